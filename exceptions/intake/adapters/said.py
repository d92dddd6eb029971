"""What our own event schema says, wherever it stands: in a CloudEvent or by itself. Pure.

Each takes what it finds or refuses it with its JSON pointer (`where` is that of the value given).
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final
from zoneinfo import available_timezones

from controltower.errors import Invalid
from exceptions.intake.adapters.base import Mapped, Refusal, as_list, as_object, as_text, required_text
from exceptions.intake.mapping.carrier_text import REASONED, read_text
from exceptions.intake.mapping.codes import event_type_of, reason_of
from exceptions.intake.mapping.meaning import own_meaning, own_words
from exceptions.shipments.canonical import JSON, REF_TYPES, CanonicalEvent, Place, Ref, RefType
from exceptions.shipments.payloads import payload_of

MAX_REFERENCES: Final = 50


def checked(event: CanonicalEvent, where: str) -> CanonicalEvent:
    """The event, whose data (at `where`) its type allows."""
    try:
        payload_of(event)
    except Invalid as invalid:
        field = next(iter(invalid.details), "").replace(".", "/")
        raise Refusal(invalid.message, f"{where}/{field}") from None
    return event


def type_of(name: Any, mapping: Mapped, where: str) -> str:
    """One of our event types: by its own name, by a name or code that the mapping or the tables translate."""
    types = mapping.get("types")
    translated = str(types.get(name, name)) if isinstance(types, Mapping) and isinstance(name, str) else str(name)
    system, _, code = translated.rpartition(".")
    wanted = own_meaning(mapping, system, code).event_type or event_type_of(translated)
    if wanted is None:
        raise Refusal(f"the event type {str(name)[:80]!r} is not known here and not in this partner's mapping", where)
    return wanted


def payload_data(fields: Mapping[str, Any], event_type: str, text: str, mapping: Mapped, where: str) -> dict[str, JSON]:
    """What the type's own fields say, with the reason in our words: the sender's code, else what the text says."""
    payload = dict(fields)
    given = as_text(payload.pop("reason", None), f"{where}/reason", at_most=60)
    system, _, code = given.rpartition(".")
    reason = own_meaning(mapping, system, code).reason or (reason_of(given) if given else None)
    if given and reason is None:
        payload["unmapped"] = given
    if reason is None and event_type in REASONED:
        reason = own_words(mapping, text).reason or read_text(text).reason
    if reason is not None:
        payload["reason"] = reason
    return payload


def references_of(value: Any, where: str) -> tuple[Ref, ...]:
    """At least one identifier of what is spoken of."""
    found = []
    for index, item in enumerate(as_list(value, where, at_most=MAX_REFERENCES)):
        place = f"{where}/{index}"
        item = as_object(item, place)
        kind = required_text(item.get("type"), f"{place}/type", at_most=30).lower()
        if kind not in REF_TYPES:
            raise Refusal(
                f"{kind!r} is not a type of reference; use one of {', '.join(RefType.values)}", f"{place}/type"
            )
        found.append(
            Ref(
                kind,
                required_text(item.get("value"), f"{place}/value", at_most=60),
                as_text(item.get("issuer"), f"{place}/issuer", at_most=40),
            )
        )
    if not found:
        raise Refusal("there is no reference: nothing says which shipment is meant", where)
    return tuple(found)


def place_of(value: Any, where: str) -> Place | None:
    """Where it happened, None where nothing is said."""
    if value is None:
        return None
    item = as_object(value, where)
    names = ("name", "city", "region", "country", "postcode", "unlocode", "zone")
    texts = {name: as_text(item.get(name), f"{where}/{name}", at_most=120) for name in names}
    if texts["zone"] and texts["zone"] not in _zones():
        raise Refusal("not an IANA time zone like America/Chicago", f"{where}/zone")
    return Place(
        **texts,
        latitude=_degrees(item.get("latitude"), 90, f"{where}/latitude"),
        longitude=_degrees(item.get("longitude"), 180, f"{where}/longitude"),
    )


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _degrees(value: Any, limit: int, where: str) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > limit:
        raise Refusal(f"a number from -{limit} to {limit} was expected", where)
    return float(value)
