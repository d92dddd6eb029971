"""How long freight may say nothing: learned from what it said before, by carrier, mode and lane."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from controltower.db import rows
from exceptions.cases.detection.history import ARRIVAL, DEPARTURE, HANDOVER, MOVING, RELEASE
from exceptions.cases.models import LaneGap
from exceptions.shipments.canonical import EventType
from exceptions.shipments.projection import SIGNALS
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
# What is waited for by the clock goes wrong about once in fifty times. So that an alarm is right nearly always, word that
# is only late must be rarer still: 199 of 200 words are here by then. A carrier or a lane is known by as many; of fewer
# the tail is chance, and the mode as a whole speaks for them.
LAG_QUANTILE: Final = 0.995
LAG_ENOUGH: Final = 200
# However often a carrier reports, a shorter pause than this share of the mode's usual limit worries nobody.
FLOOR: Final = 0.5

# A pause that begins with one of these is none: the freight did not move yet, or not any more.
AT_REST: Final = (
    EventType.SHIPMENT_ANNOUNCED,
    EventType.SHIPMENT_DELIVERED,
    EventType.SHIPMENT_RETURNED,
    EventType.SHIPMENT_CANCELLED,
)

# The words that tell of a thing: whichever comes first is how late its news is.
WORDS: Final[Mapping[str, tuple[EventType, ...]]] = {
    ARRIVAL: (
        EventType.SHIPMENT_ARRIVED,
        EventType.SHIPMENT_DELIVERED,
        EventType.SHIPMENT_DELIVERY_ATTEMPTED,
        EventType.SHIPMENT_REFUSED,
        EventType.SHIPMENT_AVAILABLE_FOR_PICKUP,
    ),
    DEPARTURE: (
        EventType.SHIPMENT_PICKED_UP,
        EventType.SHIPMENT_DEPARTED,
        EventType.EQUIPMENT_GATED_IN,
        EventType.EQUIPMENT_LOADED,
    ),
    HANDOVER: (EventType.SHIPMENT_PICKED_UP, EventType.SHIPMENT_DELIVERED),
    RELEASE: (EventType.SHIPMENT_RELEASED,),
}

# A pause of freight that rests on weekends is counted in seconds of working days since a Monday in 1970. Its carrier is
# that of the main leg: a container's line, and not the dray at its end, is who reports on its way. A pause that lasts
# still shows a custom as well as one that is over, else whoever says nothing for weeks is silent until the first weeks
# are over; but what one shipment alone does, the longest of a carrier, is no custom.
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
), freight AS (
    SELECT shipment.id, shipment.mode, shipment.lane, shipment.status,
           (SELECT leg.carrier_id FROM shipments_leg leg WHERE leg.shipment_id = shipment.id
            ORDER BY leg.mode = shipment.mode DESC, leg.sequence DESC LIMIT 1) AS carrier_id
    FROM shipments_shipment shipment WHERE shipment.id IN (SELECT shipment_id FROM told)
), said AS (
    SELECT shipment_id, extract(epoch FROM occurred_at) AS now_at,
           extract(epoch FROM lag(occurred_at) OVER journey) AS then_at, lag(type) OVER journey AS before
    FROM told WINDOW journey AS (PARTITION BY shipment_id ORDER BY occurred_at)
), heard AS (
    SELECT DISTINCT ON (shipment_id) shipment_id, type, extract(epoch FROM occurred_at) AS then_at
    FROM told ORDER BY shipment_id, occurred_at DESC, id DESC
), lasting AS (
    SELECT freight.id, extract(epoch FROM %s::timestamptz) AS now_at, heard.then_at,
           row_number() OVER (PARTITION BY carrier_id, mode ORDER BY heard.then_at, freight.id) AS place
    FROM freight JOIN heard ON heard.shipment_id = freight.id
    WHERE freight.status = ANY(%s) AND NOT heard.type = ANY(%s)
), paused AS (
    SELECT shipment_id, now_at, then_at FROM said WHERE NOT before = ANY(%s)
    UNION ALL SELECT id, now_at, then_at FROM lasting WHERE place > 1
), pauses AS (
    SELECT freight.carrier_id, freight.mode, freight.lane,
           CASE WHEN freight.mode = ANY(%s)
                THEN div(now_at - 345600, 604800) * 432000 + least(mod(now_at - 345600, 604800), 432000)
                     - div(then_at - 345600, 604800) * 432000 - least(mod(then_at - 345600, 604800), 432000)
                ELSE now_at - then_at END / 60 AS minutes
    FROM paused JOIN freight ON freight.id = paused.shipment_id
    WHERE now_at - then_at > 60
)
SELECT carrier_id, mode, lane, grouping(carrier_id), grouping(lane), count(*),
       percentile_cont(%s) WITHIN GROUP (ORDER BY minutes)
FROM pauses
GROUP BY GROUPING SETS ((carrier_id, mode, lane), (carrier_id, mode), (mode, lane), (mode))
HAVING count(*) >= CASE WHEN grouping(carrier_id) = 0 AND grouping(lane) = 1 THEN %s ELSE %s END
"""
# Of each thing that happened only the first word counts: a file that is sent again says nothing of how late news is.
LEARN_LAGS = """
WITH recent AS (
    SELECT id, type, kind.what, data->>'stop' AS stop, occurred_at, recorded_at FROM shipments_event
    JOIN unnest(%s::text[], %s::text[]) AS kind(type, what) USING (type)
    WHERE retracted_by_id IS NULL AND occurred_at >= %s AND recorded_at >= occurred_at
), told AS (
    SELECT about.shipment_id, recent.* FROM recent
    JOIN shipments_eventsubject about ON about.event_id = recent.id AND about.shipment_id IS NOT NULL
    UNION
    SELECT riding.shipment_id, recent.* FROM recent
    JOIN shipments_eventsubject about ON about.event_id = recent.id
    JOIN shipments_loadshipment riding ON riding.load_id = about.load_id
), first AS (
    SELECT DISTINCT ON (shipment_id, what, stop) shipment_id, what,
           extract(epoch FROM recorded_at - occurred_at) / 60 AS minutes
    FROM told ORDER BY shipment_id, what, stop, recorded_at, id
), lags AS (
    SELECT freight.mode, freight.lane, first.what, first.minutes,
           (SELECT leg.carrier_id FROM shipments_leg leg WHERE leg.shipment_id = freight.id
            ORDER BY leg.mode = freight.mode DESC, leg.sequence DESC LIMIT 1) AS carrier_id
    FROM first JOIN shipments_shipment freight ON freight.id = first.shipment_id
)
SELECT carrier_id, mode, lane, what, percentile_cont(%s) WITHIN GROUP (ORDER BY minutes) FROM lags
GROUP BY GROUPING SETS ((carrier_id, mode, lane, what), (carrier_id, mode, what), (mode, lane, what), (mode, what))
HAVING count(*) >= CASE WHEN grouping(carrier_id) = 1 AND grouping(lane) = 1 THEN %s ELSE %s END
"""


class Gaps:
    """What was learned of an organisation's carriers and lanes, with the shipped figures for what never was.

    learned: the gap, and the lag of each kind of word (`WORDS`), in minutes.
    """

    def __init__(self, learned: Mapping[Key, tuple[int, Mapping[str, int]]]) -> None:
        self._learned = learned

    @classmethod
    def load(cls) -> Gaps:
        columns = ("carrier_id", "mode", "lane", "gap_minutes", "lags")
        rows = LaneGap.objects.values_list(*columns)
        return cls({(carrier, mode, lane): (gap, lags) for carrier, mode, lane, gap, lags in rows})

    def of(self, carrier: int | None, mode: str, lane: str) -> timedelta:
        """How long it may say nothing: of this carrier on this lane, else of the carrier, else of the lane; never below
        the floor. Else the shipped limit, or what is usual for the mode where that is longer: that others report often
        is no custom of this one. Working time in the modes that rest on weekends."""
        usual = SILENCE_LIMITS.get(mode, SILENCE_LIMITS[""])
        known = next((self._learned[key] for key in _keys(carrier, mode, lane) if key in self._learned), None)
        if known is None:
            return usual
        learned = timedelta(minutes=known[0])
        return max(learned, usual * FLOOR if self.is_learned(carrier, mode, lane) else usual)

    def lags_of(self, carrier: int | None, mode: str, lane: str) -> dict[str, timedelta]:
        """How long after the fact its words come, by their kind, each as the nearest knows it that heard enough of
        them; REPORT_LAG where nobody did."""
        known = [self._learned[key][1] for key in _keys(carrier, mode, lane) if key in self._learned]
        found = {what: next((lags[what] for lags in known if what in lags), None) for what in WORDS}
        return {what: REPORT_LAG if lag is None else timedelta(minutes=lag) for what, lag in found.items()}

    def is_learned(self, carrier: int | None, mode: str, lane: str) -> bool:
        """Whether it is known how this carrier, or freight on this lane, is reported on."""
        return any(key in self._learned for key in _keys(carrier, mode, lane) if key != (None, mode, ""))


def _keys(carrier: int | None, mode: str, lane: str) -> tuple[Key, ...]:
    """Where to look for what is known of freight, the nearest first."""
    return ((carrier, mode, lane), (carrier, mode, ""), (None, mode, lane), (None, mode, ""))


def gaps_learn(*, now: datetime) -> int:
    """Learn this organisation's gaps anew from its stored events. Returns how many are known now."""
    at_rest = [str(kind) for kind in AT_REST]
    since = [sorted(SIGNALS), now - LEARNED_FROM]
    waiting = [*at_rest, str(EventType.SHIPMENT_ARRIVED)]
    values = [*since, now, sorted(MOVING), waiting, at_rest, list(RESTING_MODES), QUANTILE, HANDFUL, ENOUGH]
    lags = _lags_learn(now)
    found: dict[Key, LaneGap] = {}
    for carrier, mode, lane, any_carrier, any_lane, samples, minutes in rows(LEARN, values):
        if (carrier is None and not any_carrier) or (lane == "" and not any_lane):
            continue  # freight whose carrier or lane nobody told is counted where any will do
        row = LaneGap(
            carrier_id=carrier,
            mode=mode,
            lane=lane or "",
            gap_minutes=round(float(minutes) * MARGIN),
            lags=lags.get((carrier, mode, lane or ""), {}),
            samples=samples,
            learned_at=now,
        )
        found[carrier, mode, row.lane] = row
    LaneGap.objects.all().delete()
    LaneGap.objects.bulk_create(found.values())
    return len(found)


def _lags_learn(now: datetime) -> dict[Key, dict[str, int]]:
    said = [(str(kind), what) for what, kinds in WORDS.items() for kind in kinds]
    values = [
        *(list(column) for column in zip(*said, strict=True)),
        now - LEARNED_FROM,
        LAG_QUANTILE,
        ENOUGH,
        LAG_ENOUGH,
    ]
    found: dict[Key, dict[str, int]] = {}
    for carrier, mode, lane, what, minutes in rows(LEARN_LAGS, values):
        found.setdefault((carrier, mode, lane or ""), {})[what] = round(float(minutes))
    return found
