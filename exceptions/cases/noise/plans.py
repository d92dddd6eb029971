"""Plans as the shipper's own system books them, in the words of our canonical events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from exceptions.cases.noise.world import Journey, Site


def stop(sequence: int, kind: str, site: Site, opens: datetime, closes: datetime, **more: Any) -> dict[str, Any]:
    """One stop of a plan with its window."""
    place = site.place()
    return {
        "sequence": sequence,
        "kind": kind,
        **place,
        "window_start": opens,
        "window_end": closes,
        **({"promised": closes} if kind == "delivery" else {}),
        **more,
    }


def booking(journey: Journey, stops: Sequence[Mapping[str, Any]], **more: Any) -> dict[str, Any]:
    """The data of a booking; `more` replaces or adds fields."""
    lane = journey.lane
    leg = {
        "sequence": 1,
        "mode": lane.mode,
        "carrier": lane.carrier,
        "origin": 1,
        "destination": len(stops),
        **more.pop("leg", {}),
    }
    pieces = journey.rng.randint(1, 24)
    return {
        "customer": journey.customer,
        "mode": lane.mode,
        "goods": journey.rng.choice(("Fittings", "Fresh produce", "Textiles", "Paint", "Displays", "Spare parts")),
        "value": {"amount": str(journey.rng.randint(2, 90) * 1000), "currency": "USD"},
        "parties": [{"role": "contracted_carrier", "account": lane.carrier}],
        "stops": list(stops),
        "legs": [leg],
        "units": [{"sequence": 1, "kind": "pallet", "ordered": pieces, "shipped": pieces}],
        **more,
    }


def working_day(site: Site, day: datetime, days: int) -> datetime:
    """So many working days later by the calendar of the place; Saturdays and Sundays do not count."""
    moment = day
    while site.weekday(moment) >= 5:
        moment += timedelta(days=1)
    for _ in range(days):
        moment += timedelta(days=1)
        while site.weekday(moment) >= 5:
            moment += timedelta(days=1)
    return moment
