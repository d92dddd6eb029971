"""How many of a customer's deliveries of a month or quarter were kept: what the price of one more miss depends on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from controltower.db import rows
from controltower.tenancy.context import current_organisation_id
from exceptions.cases.services.state import Known
from exceptions.sla.book import Book
from exceptions.sla.kinds import Period
from exceptions.sla.pricing import Tally

# Deliveries due in a span of local days, by customer and local month; missed: reached after the window, or not yet
# although the window is over.
TALLY: Final = """
SELECT shipment.customer_id, date_trunc('month', stop.window_end AT TIME ZONE %(zone)s)::date AS month,
       count(*), count(*) FILTER (WHERE coalesce(reached.at, %(now)s) > stop.window_end)
  FROM shipments_shipment AS shipment
  JOIN shipments_stop AS stop ON stop.organisation_id = shipment.organisation_id AND stop.shipment_id = shipment.id
       AND stop.kind = 'delivery' AND NOT stop.dropped
  LEFT JOIN LATERAL (
       SELECT min(value) AS at FROM shipments_milestone AS milestone
        WHERE milestone.organisation_id = stop.organisation_id AND milestone.stop_id = stop.id
          AND milestone.kind = 'actual' AND milestone.code IN ('arrival', 'delivery')) AS reached ON true
 WHERE shipment.organisation_id = %(organisation)s AND shipment.customer_id = ANY(%(customers)s)
   AND shipment.status <> 'cancelled' AND stop.window_end >= %(begins)s AND stop.window_end < %(ends)s
 GROUP BY 1, 2
"""


def with_tallies(known: Iterable[Known], book: Book, now: datetime) -> list[Known]:
    """The same shipments with the tallies of their customers; as they are where no term of theirs counts over a period.

    One query for all of them. A shipment's own miss is not counted against it: `missed` is about the others.
    """
    shipments = list(known)
    counted = [one for one in shipments if book.counts_period_of(one.shipment.customer)]
    zone = ZoneInfo(book.zone)
    due = {
        one.shipment.pk: one.stop.window_end.astimezone(zone).date()
        for one in counted
        if one.stop is not None and one.stop.window_end is not None and one.shipment.customer_id is not None
    }
    if not due:
        return shipments
    months = _months(counted, min(due.values()), max(due.values()), zone, now)
    return [
        replace(one, tallies=_tallies(one, due[one.shipment.pk], months, now)) if one.shipment.pk in due else one
        for one in shipments
    ]


def _months(
    shipments: list[Known], first: date, last: date, zone: ZoneInfo, now: datetime
) -> dict[tuple[int, date], tuple[int, int]]:
    begins, ends = _quarter(first), _quarter(last)
    ends = date(ends.year + ends.month // 10, (ends.month + 2) % 12 + 1, 1)
    found = rows(
        TALLY,
        {
            "zone": zone.key,
            "now": now,
            "organisation": current_organisation_id(),
            "customers": list({one.shipment.customer_id for one in shipments if one.shipment.customer_id is not None}),
            "begins": datetime(begins.year, begins.month, 1, tzinfo=zone),
            "ends": datetime(ends.year, ends.month, 1, tzinfo=zone),
        },
    )
    return {(customer, month): (total, missed) for customer, month, total, missed in found}


def _tallies(one: Known, day: date, months: dict[tuple[int, date], tuple[int, int]], now: datetime) -> dict[str, Tally]:
    customer = one.shipment.customer_id or 0
    quarter = _quarter(day)
    spans = {
        Period.MONTH: [day.replace(day=1)],
        Period.QUARTER: [date(quarter.year, quarter.month + number, 1) for number in range(3)],
    }
    own = int(_is_missed(one, now))
    found: dict[str, Tally] = {}
    for period, span in spans.items():
        totals: dict[str, int] = defaultdict(int)
        for month in span:
            total, missed = months.get((customer, month), (0, 0))
            totals["total"] += total
            totals["missed"] += missed
        if totals["total"]:
            found[period] = Tally(totals["total"], max(0, totals["missed"] - own))
    return found


def _is_missed(one: Known, now: datetime) -> bool:
    """Whether the tally counted this one as missed."""
    delivery = one.state.delivery
    assert one.stop is not None and one.stop.window_end is not None
    reached = delivery.reached_at if delivery else None
    return (reached or now) > one.stop.window_end


def _quarter(day: date) -> date:
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
