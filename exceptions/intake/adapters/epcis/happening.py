"""One EPCIS event: what its business step, disposition, transactions and identifiers say about freight. Pure.

Prefixed and full forms of the vocabulary mean the same. Source: GS1 EPCIS 2.0 and Core Business Vocabulary 2.0.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from exceptions.intake.adapters.base import (
    Mapped,
    Refusal,
    as_list,
    as_object,
    as_text,
    as_time,
)
from exceptions.intake.adapters.building import distinct, event_data, joined, sound
from exceptions.intake.adapters.epcis.ids import document_number, identifier_of, location_key, word_of
from exceptions.intake.adapters.epcis.sensors import readings_of
from exceptions.intake.mapping.epcis import (
    DISPOSITION_REASONS,
    IDENTIFIERS,
    SILENT_STEPS,
    TRANSACTIONS,
)
from exceptions.intake.mapping.meaning import Meaning, status_meaning
from exceptions.shipments.canonical import CanonicalEvent, EventType, Place, Ref, RefType

MAX_THINGS: Final = 5000
MAX_ITEMS: Final = 10  # items named where nothing better says which freight is meant
READ: Final = frozenset({"ObjectEvent", "TransactionEvent"})
ACCEPTED: Final = frozenset({"AggregationEvent", "AssociationEvent", "TransformationEvent"})


def type_of(event: Mapping[str, Any], where: str) -> str:
    """The type of an event or document, without its prefix."""
    name = event.get("type", event.get("@type", event.get("isA")))
    return word_of(as_text(name, f"{where}/type", at_most=200))


def events_of(event: Mapping[str, Any], where: str, mapping: Mapped) -> list[CanonicalEvent]:
    """What one event says. Raises `Refusal` for what is no event, or speaks of no freight that is named."""
    kind = type_of(event, where)
    if kind in ACCEPTED:
        return []
    if kind not in READ:
        raise Refusal("this is no EPCIS event: its type is none of the five", f"{where}/type")
    declared = event.get("errorDeclaration")
    if declared is not None:
        return [_retraction(event, as_object(declared, f"{where}/errorDeclaration"), where)]
    if as_text(event.get("action"), f"{where}/action", at_most=20).upper() == "DELETE":
        return []  # things are unlinked or leave the world of EPCIS: nothing moves
    at = _time(event, where)
    references = _references(event, where)
    place = _place(event, where, mapping)
    found = _step(event, where, mapping, at, references, place)
    if not references:
        if found is not None and found.type != EventType.SHIPMENT_SCANNED:
            raise Refusal("there is no reference: nothing says which freight is meant", where)
        return []
    told = [found] if found is not None else []
    return [sound(each, where) for each in (*told, *readings_of(event, where, at, references, place))]


def _time(event: Mapping[str, Any], where: str) -> datetime:
    text = as_text(event.get("eventTime"), f"{where}/eventTime", at_most=40)
    offset = as_text(event.get("eventTimeZoneOffset"), f"{where}/eventTimeZoneOffset", at_most=10)
    has_own = text[-1:] in "Zz" or "+" in text[10:] or "-" in text[10:]
    return as_time(text if has_own or not text else text + offset, f"{where}/eventTime")


def _retraction(event: Mapping[str, Any], declared: Mapping[str, Any], where: str) -> CanonicalEvent:
    """An error declaration repeats an event to say that it was wrong. Corrections come as events of their own."""
    name = as_text(event.get("eventID"), f"{where}/eventID", at_most=400)[:200]
    if not name:
        raise Refusal("an error declaration without the id of what was wrong", f"{where}/eventID")
    at = as_time(declared.get("declarationTime"), f"{where}/errorDeclaration/declarationTime")
    reason = word_of(as_text(declared.get("reason"), f"{where}/errorDeclaration/reason", at_most=200))
    data = event_data(EventType.EVENT_RETRACTED, event_id=name, detail=reason)
    return sound(CanonicalEvent(EventType.EVENT_RETRACTED, at, data=data, reported_at=at), where)


def _step(
    event: Mapping[str, Any],
    where: str,
    mapping: Mapped,
    at: datetime,
    references: tuple[Ref, ...],
    place: Place | None,
) -> CanonicalEvent | None:
    """What the business step and the dispositions say; None where they say nothing about freight on its way."""
    step = word_of(as_text(event.get("bizStep"), f"{where}/bizStep", at_most=300))
    states = [state for state in _dispositions(event, where) if state]
    wrong = [found for state in states if (found := status_meaning(mapping, "epcis.disposition", state, "")).event_type]
    meaning = wrong[0] if wrong else status_meaning(mapping, "epcis.bizstep", step, "")
    if meaning.event_type is None and (not step or step in SILENT_STEPS):
        return None
    event_type = meaning.event_type or EventType.SHIPMENT_SCANNED
    if not wrong and step == "receiving" and event_type == EventType.SHIPMENT_ARRIVED and _is_at_the_end(event, where):
        event_type = EventType.SHIPMENT_DELIVERED
    reason = meaning.reason or next(
        (DISPOSITION_REASONS[state] for state in states if state in DISPOSITION_REASONS), None
    )
    words = joined(step, *states).replace("_", " ")
    data = event_data(
        event_type,
        Meaning(event_type, reason, meaning.unmapped[:120]),
        status=words,
        note=step.replace("_", " ").capitalize() if event_type == EventType.SHIPMENT_SCANNED else "",
        kind={EventType.SHIPMENT_HELD: "quality", EventType.CUSTOMER_REQUESTED_CHANGE: "other"}.get(
            EventType(event_type), ""
        ),
    )
    recorded = event.get("recordTime")
    return CanonicalEvent(
        event_type,
        at,
        references,
        place,
        data,
        source_code=(states[0] if wrong and states else step)[:60],
        source_text=words[:500],
        event_id=as_text(event.get("eventID"), f"{where}/eventID", at_most=400)[:200],
        reported_at=as_time(recorded, f"{where}/recordTime") if recorded is not None else None,
    )


def _dispositions(event: Mapping[str, Any], where: str) -> Iterator[str]:
    yield word_of(as_text(event.get("disposition"), f"{where}/disposition", at_most=300))
    lasting = as_object(event.get("persistentDisposition") or {}, f"{where}/persistentDisposition")
    for index, state in enumerate(as_list(lasting.get("set"), f"{where}/persistentDisposition/set", at_most=50)):
        yield word_of(as_text(state, f"{where}/persistentDisposition/set/{index}", at_most=300))


def _is_at_the_end(event: Mapping[str, Any], where: str) -> bool:
    """Whether the things are received where they are meant to go."""
    here = {location_key(uri) for name in ("readPoint", "bizLocation") if (uri := _located(event, name, where))}
    for index, item in enumerate(as_list(event.get("destinationList"), f"{where}/destinationList", at_most=50)):
        entry = as_object(item, f"{where}/destinationList/{index}")
        kind = word_of(as_text(entry.get("type"), f"{where}/destinationList/{index}/type", at_most=200))
        goal = as_text(entry.get("destination"), f"{where}/destinationList/{index}/destination", at_most=500)
        if kind in ("location", "possessing_party", "owning_party") and goal and location_key(goal) in here:
            return True
    return False


def _located(event: Mapping[str, Any], name: str, where: str) -> str:
    value = event.get(name)
    if isinstance(value, str):
        return as_text(value, f"{where}/{name}")
    return as_text(as_object(value or {}, f"{where}/{name}").get("id"), f"{where}/{name}/id")


def _references(event: Mapping[str, Any], where: str) -> tuple[Ref, ...]:
    """Documents, logistic units and carriers of freight; single items only where there is nothing else."""
    found: list[Ref] = []
    entries = as_list(event.get("bizTransactionList"), f"{where}/bizTransactionList", at_most=200)
    for index, item in enumerate(entries):
        entry = as_object(item, f"{where}/bizTransactionList/{index}")
        kind = word_of(as_text(entry.get("type"), f"{where}/bizTransactionList/{index}/type", at_most=200))
        uri = as_text(entry.get("bizTransaction"), f"{where}/bizTransactionList/{index}/bizTransaction", at_most=600)
        if kind.lower() in TRANSACTIONS and uri:
            found += _ref(TRANSACTIONS[kind.lower()], document_number(uri))
    items: list[Ref] = []
    for uri in _things(event, where):
        thing = identifier_of(uri)
        if thing.scheme in IDENTIFIERS:
            found += _ref(IDENTIFIERS[thing.scheme], thing.value)
        elif len(items) < MAX_ITEMS:
            items += _ref(RefType.CUSTOMER, thing.value)
    return distinct(found or items)


def _ref(kind: str, value: str) -> list[Ref]:
    return [Ref(kind, value)] if 0 < len(value) <= 60 and any(character.isalnum() for character in value) else []


def _things(event: Mapping[str, Any], where: str) -> Iterator[str]:
    yield from filter(None, [as_text(event.get("parentID"), f"{where}/parentID", at_most=600)])
    for index, item in enumerate(as_list(event.get("epcList"), f"{where}/epcList", at_most=MAX_THINGS)):
        yield as_text(item, f"{where}/epcList/{index}", at_most=600)
    for index, item in enumerate(as_list(event.get("quantityList"), f"{where}/quantityList", at_most=MAX_THINGS)):
        entry = as_object(item, f"{where}/quantityList/{index}")
        yield as_text(entry.get("epcClass"), f"{where}/quantityList/{index}/epcClass", at_most=600)


def _place(event: Mapping[str, Any], where: str, mapping: Mapped) -> Place | None:
    """Where it was read, else where the things are from now on; its name and city from the mapping's `locations`."""
    uri = _located(event, "readPoint", where) or _located(event, "bizLocation", where)
    if not uri:
        return None
    if uri.startswith("geo:"):
        return _coordinates(uri)
    key = location_key(uri)
    known = mapping.get("locations")
    entry = known.get(key) if isinstance(known, Mapping) else None
    if not isinstance(entry, Mapping):
        return Place(name=key[:120])

    def text(name: str) -> str:
        return str(entry.get(name) or "")[:120]

    return Place(
        name=text("name") or key,
        city=text("city"),
        region=text("region"),
        country=text("country"),
        postcode=text("postcode"),
        unlocode=text("unlocode"),
        zone=text("zone"),
    )


def _coordinates(uri: str) -> Place | None:
    """RFC 5870: `geo:48.85,2.29`."""
    parts = uri[4:].partition(";")[0].split(",")
    try:
        latitude, longitude = float(parts[0]), float(parts[1])
    except (ValueError, IndexError):
        return None
    fits = abs(latitude) <= 90 and abs(longitude) <= 180
    return Place(latitude=latitude, longitude=longitude) if fits else None
