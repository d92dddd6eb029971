"""Readings of telemetry thinned across deliveries: most devices send one reading at a time."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from exceptions.intake.adapters.telemetry import THINNED, Device, device_of, held_to, thinned
from exceptions.parties.models import Partner
from exceptions.shipments.canonical import CanonicalEvent, Place
from exceptions.shipments.models import EventReference

# Formats of devices. What a partner says in our own words it says on purpose, unless its mapping speaks of telemetry.
ADAPTERS: Final = frozenset({"dcsa", "epcis", "tive"})


def readings_thin(said: Sequence[tuple[Partner, Sequence[CanonicalEvent]]]) -> list[list[CanonicalEvent]]:
    """The events worth keeping of each message, in the order given: see `thinned`, with the last reading recorded.

    One query for each partner that sent readings, none without any. Two workers at once may both keep a sign of life;
    an excursion is kept by either.
    """
    kept = [list(events) for _, events in said]
    by_partner: dict[int, list[int]] = {}
    for index, (partner, events) in enumerate(said):
        concerned = partner.adapter in ADAPTERS or "telemetry" in partner.mapping
        if concerned and any(event.type in THINNED for event in events):
            by_partner.setdefault(partner.pk, []).append(index)
    for indexes in by_partner.values():
        partner = said[indexes[0]][0]
        events = [event for index in indexes for event in said[index][1]]
        worth = {id(event) for event in thinned(events, held_to(partner.mapping), _last(partner, events))}
        for index in indexes:
            kept[index] = [event for event in kept[index] if id(event) in worth]
    return kept


def _last(partner: Partner, events: Sequence[CanonicalEvent]) -> dict[Device, CanonicalEvent]:
    """The latest reading recorded of each device; of those too old to keep another one from being kept, none."""
    readings = [event for event in events if event.type in THINNED]
    held = held_to(partner.mapping)
    since = min(event.occurred_at for event in readings) - max(held.keep, held.keep_outside, timedelta(hours=1))
    found = (
        EventReference.objects.filter(
            value_key__in={device_of(event)[1] for event in readings},
            event__type__in={event.type for event in readings},
            event__partner=partner,
            event__occurred_at__gte=since,
            event__retracted_by=None,
        )
        .order_by("event__type", "value_key", "-event__occurred_at")
        .distinct("event__type", "value_key")
        .values_list("event__type", "value_key", "event__occurred_at", "event__data", "event__place")
    )
    return {
        (kind, key): CanonicalEvent(kind, at, place=Place(**place) if place else None, data=data)
        for kind, key, at, data, place in found
    }
