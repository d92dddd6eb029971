"""How long freight may say nothing: learned from what it said before, by carrier, mode and lane."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from controltower.db import rows
from exceptions.cases.models import LaneGap
from exceptions.shipments.canonical import EventType
from exceptions.shipments.projection import ACTUALS, SIGNALS
from exceptions.sla.defaults import REPORT_LAG, RESTING_MODES, SILENCE_LIMITS

Key = tuple[int | None, str, str]
"""Carrier, mode and lane; None and "" are any."""

# What counts as usual: nearly every pause is shorter. Twice that is a silence; a rest or a dead zone is not.
QUANTILE: Final = 0.98
MARGIN: Final = 2.0
LEARNED_FROM: Final = timedelta(days=60)
# Fewer pauses say nothing about a lane. A carrier's custom shows in a handful: of so few the quantile is nearly the
# longest one.
ENOUGH: Final = 40
HANDFUL: Final = 10
# Nineteen of twenty reports of what happened are here by then; what comes later than the longest patience is late itself.
LAG_QUANTILE: Final = 0.95
PATIENCE: Final = timedelta(hours=4)
# However often a carrier reports, a shorter pause than this share of the mode's usual limit worries nobody.
FLOOR: Final = 0.5

# A pause that begins with one of these is none: the freight did not move yet, or not any more.
AT_REST: Final = (
    EventType.SHIPMENT_ANNOUNCED,
    EventType.SHIPMENT_DELIVERED,
    EventType.SHIPMENT_RETURNED,
    EventType.SHIPMENT_CANCELLED,
)

# A pause of freight that rests on weekends is counted in seconds of working days since a Monday in 1970. Its carrier is
# that of the main leg: a container's line, and not the dray at its end, is who reports on its way.
LEARN = """
WITH recent AS (
    SELECT id, type, occurred_at, recorded_at FROM shipments_event
    WHERE retracted_by_id IS NULL AND type = ANY(%s) AND occurred_at >= %s
), told AS (
    SELECT about.shipment_id, recent.* FROM recent
    JOIN shipments_eventsubject about ON about.event_id = recent.id AND about.shipment_id IS NOT NULL
    UNION
    SELECT riding.shipment_id, recent.* FROM recent
    JOIN shipments_eventsubject about ON about.event_id = recent.id
    JOIN shipments_loadshipment riding ON riding.load_id = about.load_id
), said AS (
    SELECT shipment_id, extract(epoch FROM occurred_at) AS now_at,
           extract(epoch FROM lag(occurred_at) OVER journey) AS then_at, lag(type) OVER journey AS before
    FROM told WINDOW journey AS (PARTITION BY shipment_id ORDER BY occurred_at)
), pauses AS (
    SELECT freight.mode, freight.lane,
           CASE WHEN freight.mode = ANY(%s)
                THEN div(now_at - 345600, 604800) * 432000 + least(mod(now_at - 345600, 604800), 432000)
                     - div(then_at - 345600, 604800) * 432000 - least(mod(then_at - 345600, 604800), 432000)
                ELSE now_at - then_at END / 60 AS minutes,
           (SELECT leg.carrier_id FROM shipments_leg leg WHERE leg.shipment_id = freight.id
            ORDER BY leg.mode = freight.mode DESC, leg.sequence DESC LIMIT 1) AS carrier_id
    FROM said JOIN shipments_shipment freight ON freight.id = said.shipment_id
    WHERE now_at - then_at > 60 AND NOT said.before = ANY(%s)
)
SELECT carrier_id, mode, lane, grouping(carrier_id), grouping(lane), count(*),
       percentile_cont(%s) WITHIN GROUP (ORDER BY minutes)
FROM pauses
GROUP BY GROUPING SETS ((carrier_id, mode, lane), (carrier_id, mode), (mode, lane), (mode))
HAVING count(*) >= CASE WHEN grouping(carrier_id) = 0 AND grouping(lane) = 1 THEN %s ELSE %s END
"""
LEARN_LAGS = """
WITH recent AS (
    SELECT id, type, occurred_at, recorded_at FROM shipments_event
    WHERE retracted_by_id IS NULL AND type = ANY(%s) AND occurred_at >= %s
), told AS (
    SELECT about.shipment_id, recent.* FROM recent
    JOIN shipments_eventsubject about ON about.event_id = recent.id AND about.shipment_id IS NOT NULL
    UNION
    SELECT riding.shipment_id, recent.* FROM recent
    JOIN shipments_eventsubject about ON about.event_id = recent.id
    JOIN shipments_loadshipment riding ON riding.load_id = about.load_id
), said AS (
    SELECT shipment_id, extract(epoch FROM recorded_at - occurred_at) / 60 AS minutes
    FROM told WHERE recorded_at >= occurred_at
), lags AS (
    SELECT freight.mode, freight.lane, said.minutes,
           (SELECT leg.carrier_id FROM shipments_leg leg WHERE leg.shipment_id = freight.id
            ORDER BY leg.mode = freight.mode DESC, leg.sequence DESC LIMIT 1) AS carrier_id
    FROM said JOIN shipments_shipment freight ON freight.id = said.shipment_id
)
SELECT carrier_id, mode, lane, percentile_cont(%s) WITHIN GROUP (ORDER BY minutes) FROM lags
GROUP BY GROUPING SETS ((carrier_id, mode, lane), (carrier_id, mode), (mode, lane), (mode))
HAVING count(*) >= %s
"""


class Gaps:
    """What was learned of an organisation's carriers and lanes, with the shipped figures for what never was.

    learned: (gap, lag) in minutes.
    """

    def __init__(self, learned: Mapping[Key, tuple[int, int]]) -> None:
        self._learned = learned

    @classmethod
    def load(cls) -> Gaps:
        columns = ("carrier_id", "mode", "lane", "gap_minutes", "lag_minutes")
        rows = LaneGap.objects.values_list(*columns)
        return cls({(carrier, mode, lane): (gap, lag) for carrier, mode, lane, gap, lag in rows})

    def of(self, carrier: int | None, mode: str, lane: str) -> timedelta:
        """How long it may say nothing: of this carrier on this lane, else of the carrier, else of the lane; never below
        the floor. Else the shipped limit, or what is usual for the mode where that is longer: that others report often
        is no custom of this one. Working time in the modes that rest on weekends."""
        usual = SILENCE_LIMITS.get(mode, SILENCE_LIMITS[""])
        known = self._known(carrier, mode, lane)
        if known is None:
            return usual
        learned = timedelta(minutes=known[0])
        return max(learned, usual * FLOOR if self.is_learned(carrier, mode, lane) else usual)

    def lag_of(self, carrier: int | None, mode: str, lane: str) -> timedelta:
        """How long after the fact its reports come, found in the same way."""
        known = self._known(carrier, mode, lane)
        return REPORT_LAG if known is None else min(timedelta(minutes=known[1]), PATIENCE)

    def is_learned(self, carrier: int | None, mode: str, lane: str) -> bool:
        """Whether it is known how this carrier, or freight on this lane, is reported on."""
        keys = ((carrier, mode, lane), (carrier, mode, ""), (None, mode, lane))
        return any(key in self._learned for key in keys if key != (None, mode, ""))

    def _known(self, carrier: int | None, mode: str, lane: str) -> tuple[int, int] | None:
        keys = ((carrier, mode, lane), (carrier, mode, ""), (None, mode, lane), (None, mode, ""))
        return next((self._learned[key] for key in keys if key in self._learned), None)


def gaps_learn(*, now: datetime) -> int:
    """Learn this organisation's gaps anew from its stored events. Returns how many are known now."""
    at_rest = [str(kind) for kind in AT_REST]
    values = [sorted(SIGNALS), now - LEARNED_FROM, list(RESTING_MODES), at_rest, QUANTILE, HANDFUL, ENOUGH]
    since = [sorted(ACTUALS), now - LEARNED_FROM, LAG_QUANTILE, 1]
    lags = {(carrier, mode, lane or ""): minutes for carrier, mode, lane, minutes in rows(LEARN_LAGS, since)}
    found: dict[Key, LaneGap] = {}
    for carrier, mode, lane, any_carrier, any_lane, samples, minutes in rows(LEARN, values):
        if (carrier is None and not any_carrier) or (lane == "" and not any_lane):
            continue  # freight whose carrier or lane nobody told is counted where any will do
        row = LaneGap(
            carrier_id=carrier,
            mode=mode,
            lane=lane or "",
            gap_minutes=round(float(minutes) * MARGIN),
            lag_minutes=round(float(lags.get((carrier, mode, lane or ""), 0))),
            samples=samples,
            learned_at=now,
        )
        found[carrier, mode, row.lane] = row
    LaneGap.objects.all().delete()
    LaneGap.objects.bulk_create(found.values())
    return len(found)
