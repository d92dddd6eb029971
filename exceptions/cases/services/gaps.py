"""How long freight may say nothing: learned from what it said before, by carrier, mode and lane."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from controltower.db import rows
from exceptions.cases.models import LaneGap
from exceptions.shipments.canonical import EventType
from exceptions.shipments.projection import SIGNALS
from exceptions.sla.defaults import SILENCE_LIMITS

Key = tuple[int | None, str, str]
"""Carrier, mode and lane; None and "" are any."""

# What counts as usual: nearly every pause is shorter, and a little more than the longest of them is no silence yet.
QUANTILE: Final = 0.98
MARGIN: Final = 1.25
LEARNED_FROM: Final = timedelta(days=60)
# Fewer pauses say nothing about a lane.
ENOUGH: Final = 40
# However often a carrier reports, a shorter pause than this share of the mode's usual limit worries nobody.
FLOOR: Final = 0.5

# A pause that begins with one of these is none: the freight did not move yet, or not any more.
AT_REST: Final = (
    EventType.SHIPMENT_ANNOUNCED,
    EventType.SHIPMENT_DELIVERED,
    EventType.SHIPMENT_RETURNED,
    EventType.SHIPMENT_CANCELLED,
)

LEARN = """
WITH told AS (
    SELECT shipment_id, event_id FROM shipments_eventsubject WHERE shipment_id IS NOT NULL
    UNION
    SELECT riding.shipment_id, about.event_id FROM shipments_eventsubject about
    JOIN shipments_loadshipment riding ON riding.load_id = about.load_id
), said AS (
    SELECT told.shipment_id,
           e.occurred_at - lag(e.occurred_at) OVER journey AS pause, lag(e.type) OVER journey AS before
    FROM told JOIN shipments_event e ON e.id = told.event_id
    WHERE e.retracted_by_id IS NULL AND e.type = ANY(%s) AND e.occurred_at >= %s
    WINDOW journey AS (PARTITION BY told.shipment_id ORDER BY e.occurred_at)
), pauses AS (
    SELECT freight.mode, freight.lane, extract(epoch FROM said.pause) / 60 AS minutes,
           (SELECT leg.carrier_id FROM shipments_leg leg WHERE leg.shipment_id = freight.id
            ORDER BY leg.sequence DESC LIMIT 1) AS carrier_id
    FROM said JOIN shipments_shipment freight ON freight.id = said.shipment_id
    WHERE said.pause > interval '1 minute' AND NOT said.before = ANY(%s)
)
SELECT carrier_id, mode, lane, grouping(carrier_id), grouping(lane), count(*),
       percentile_cont(%s) WITHIN GROUP (ORDER BY minutes)
FROM pauses
GROUP BY GROUPING SETS ((carrier_id, mode, lane), (carrier_id, mode), (mode, lane), (mode))
HAVING count(*) >= %s
"""


class Gaps:
    """The learned gaps of an organisation, with the shipped limits by mode for what was never learned."""

    def __init__(self, learned: Mapping[Key, int]) -> None:
        self._learned = learned

    @classmethod
    def load(cls) -> Gaps:
        columns = ("carrier_id", "mode", "lane", "gap_minutes")
        return cls({(carrier, mode, lane): gap for carrier, mode, lane, gap in LaneGap.objects.values_list(*columns)})

    def of(self, carrier: int | None, mode: str, lane: str) -> timedelta:
        """Of this carrier on this lane, else of the carrier, else of the lane, else of the mode; never below the floor."""
        usual = SILENCE_LIMITS.get(mode, SILENCE_LIMITS[""])
        keys = ((carrier, mode, lane), (carrier, mode, ""), (None, mode, lane), (None, mode, ""))
        minutes = next((self._learned[key] for key in keys if key in self._learned), None)
        return usual if minutes is None else max(timedelta(minutes=minutes), usual * FLOOR)


def gaps_learn(*, now: datetime) -> int:
    """Learn this organisation's gaps anew from its stored events. Returns how many are known now."""
    values = [sorted(SIGNALS), now - LEARNED_FROM, [str(at_rest) for at_rest in AT_REST], QUANTILE, ENOUGH]
    found: dict[Key, LaneGap] = {}
    for carrier, mode, lane, any_carrier, any_lane, samples, minutes in rows(LEARN, values):
        if (carrier is None and not any_carrier) or (lane == "" and not any_lane):
            continue  # freight whose carrier or lane nobody told is counted where any will do
        row = LaneGap(
            carrier_id=carrier,
            mode=mode,
            lane=lane or "",
            gap_minutes=round(float(minutes) * MARGIN),
            samples=samples,
            learned_at=now,
        )
        found[carrier, mode, row.lane] = row
    LaneGap.objects.all().delete()
    LaneGap.objects.bulk_create(found.values())
    return len(found)
