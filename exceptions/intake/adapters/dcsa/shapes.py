"""What the events of DCSA's standards have in common, in both their shapes: metadata and payload apart (version 3 and
telemetry), or all in one object (version 2.2). Pure.

Senders differ in the case of names (`unLocationCode`, `eventId`), so names are compared without it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from exceptions.intake.adapters.base import Refusal, as_list, as_object, as_text, as_time, required_text
from exceptions.intake.adapters.building import distinct
from exceptions.intake.mapping.dcsa import REFERENCES
from exceptions.intake.mapping.unlocode_zones import zone_of_unlocode
from exceptions.intake.mapping.zones import country_code
from exceptions.parties.zones import is_zone
from exceptions.shipments.canonical import REF_TYPES, Place, Ref, RefType

MAX_EVENTS: Final = 1000
_LISTS: Final = ("relateddocumentreferences", "documentreferences", "references")


@dataclass(frozen=True, slots=True)
class Told:
    """One event as sent. `head` is its metadata and `body` its payload, names in lower case; `where` its JSON pointer."""

    head: Mapping[str, Any]
    body: Mapping[str, Any]
    where: str
    mapping: Mapping[str, Any]

    def text(self, name: str, *, at_most: int = 500) -> str:
        return as_text(self.body.get(name.lower()), f"{self.where}/{name}", at_most=at_most)

    def code(self, name: str) -> str:
        return self.text(name, at_most=60).upper()

    @property
    def kind(self) -> str:
        """SHIPMENT, TRANSPORT, EQUIPMENT, IOT or REEFER; found by its own code where `eventType` is missing."""
        stated = as_text(
            self.head.get("eventtype") or self.body.get("eventtype"), f"{self.where}/eventType", at_most=60
        )
        if stated:
            return stated.upper()
        names = ("shipment", "transport", "equipment", "iot", "reefer")
        return next((name.upper() for name in names if f"{name}eventtypecode" in self.body), "")

    @property
    def event_id(self) -> str:
        return as_text(self.head.get("eventid") or self.body.get("eventid"), f"{self.where}/eventID", at_most=200)

    @property
    def retracts(self) -> str:
        stated = self.head.get("retractedeventid") or self.body.get("retractedeventid")
        return as_text(stated, f"{self.where}/retractedEventID", at_most=200)

    @property
    def created(self) -> datetime | None:
        """When the event was made, as against when it happened; None where it does not say."""
        value = self.head.get("eventcreateddatetime") or self.body.get("eventcreateddatetime")
        return None if value is None else as_time(value, f"{self.where}/eventCreatedDateTime", assume_utc=True)

    def happened(self, place: Place | None) -> datetime:
        """`eventDateTime`; local to the place where it lacks the offset that the standard wants."""
        where = f"{self.where}/eventDateTime"
        text = required_text(self.body.get("eventdatetime"), where, at_most=40)
        moment = as_time(text, where, assume_utc=True)
        tail = text[10:]
        if text[-1:] in "Zz" or "+" in tail or "-" in tail:
            return moment
        own = self.mapping.get("zone")
        zone = (place.zone if place else "") or (own if isinstance(own, str) and is_zone(own) else "")
        if not zone:
            raise Refusal("the time has no offset from UTC, and neither place nor mapping tells the zone", where)
        return moment.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def events_in(body: Any, mapping: Mapping[str, Any]) -> list[Told]:
    """The events of a body: one, a list, or a list under `events`. Raises `Refusal` where one is no object."""
    return [told(item, where, mapping) for item, where in items_of(body)]


def items_of(body: Any) -> Iterator[tuple[Any, str]]:
    """What a body holds, as sent, each with its pointer."""
    if isinstance(body, Mapping) and isinstance(body.get("events"), list):
        yield from ((item, f"/events/{index}") for index, item in enumerate(_at_most(body["events"], "/events")))
    elif isinstance(body, list):
        yield from ((item, f"/{index}") for index, item in enumerate(_at_most(body, "")))
    else:
        yield body, ""


def _at_most(items: Sequence[Any], where: str) -> Sequence[Any]:
    return as_list(items, where, at_most=MAX_EVENTS)


def told(item: Any, where: str, mapping: Mapping[str, Any]) -> Told:
    """One event with its names folded. Raises `Refusal`."""
    event = lowered(as_object(item, where))
    head = event.get("metadata")
    if head is None:
        return Told(event, event, where, mapping)
    payload = event.get("payload")
    return Told(
        lowered(as_object(head, f"{where}/metadata")),
        lowered(as_object(payload, f"{where}/payload")) if payload is not None else {},
        f"{where}/payload",
        mapping,
    )


def lowered(value: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name.lower(): item for name, item in value.items()}


def references_of(event: Told, more: Sequence[Ref] = ()) -> tuple[Ref, ...]:
    """Booking, bill of lading, container and what else identifies the freight. Raises `Refusal` without any."""
    own, issuer = event.mapping.get("references"), event.mapping.get("issuer")
    kinds = {**REFERENCES, **(own if isinstance(own, Mapping) else {})}
    issued_by = issuer[:40] if isinstance(issuer, str) else ""
    found = list(more)
    if equipment := event.text("equipmentReference", at_most=60):
        found.append(Ref(RefType.CONTAINER, equipment))
    for name in _LISTS:
        for index, item in enumerate(as_list(event.body.get(name), f"{event.where}/{name}", at_most=100)):
            where = f"{event.where}/{name}/{index}"
            entry = lowered(as_object(item, where))
            kind = as_text(_first(entry, "type", "documentreferencetype", "referencetype"), f"{where}/type", at_most=60)
            value = as_text(_first(entry, "value", "documentreferencevalue", "referencevalue"), f"{where}/value")
            ours = kinds.get(kind.upper())
            if isinstance(ours, str) and ours in REF_TYPES and 0 < len(value) <= 60:
                found.append(Ref(ours, value, "" if ours == RefType.CONTAINER else issued_by))
    if not (references := distinct(found)):
        raise Refusal("there is no reference: nothing says which freight is meant", event.where)
    return references


def _first(entry: Mapping[str, Any], *names: str) -> Any:
    return next((entry[name] for name in names if entry.get(name) is not None), None)


def place_of(event: Told) -> Place | None:
    """Where it happens: the location of the transport call, the event's own, or the codes on the call itself."""
    call = lowered(as_object(event.body.get("transportcall") or {}, f"{event.where}/transportCall"))
    for owner, name in (
        (call, "location"),
        (event.body, "eventlocation"),
        (event.body, "location"),
        (event.body, "geolocation"),
    ):
        if owner.get(name) is not None:
            where = f"{event.where}/transportCall/{name}" if owner is call else f"{event.where}/{name}"
            found = _place(lowered(as_object(owner[name], where)), call, where)
            if found is not None:
                return found
    return _place(call, call, f"{event.where}/transportCall")


def _place(location: Mapping[str, Any], call: Mapping[str, Any], where: str) -> Place | None:
    def text(name: str, source: Mapping[str, Any] = location) -> str:
        return as_text(source.get(name), f"{where}/{name}", at_most=200)[:120]

    address = lowered(as_object(location.get("address") or {}, f"{where}/address"))
    code = (text("unlocationcode") or text("unlocationcode", call)).upper()
    unlocode = code if len(code) == 5 and code.isascii() and code.isalnum() and code[:2].isalpha() else ""
    latitude, longitude = degrees(location.get("latitude"), 90), degrees(location.get("longitude"), 180)
    name = text("locationname") or text("otherfacility") or text("otherfacility", call) or text("facilitycode")
    city = text("city", address) or text("cityname", address)
    if not (unlocode or name or city or (latitude is not None and longitude is not None)):
        return None
    country = country_code(text("countrycode", address)) or country_code(text("country", address)) or unlocode[:2]
    return Place(
        name=name,
        city=city,
        region=text("stateregion", address)[:50],
        country=country,
        postcode=(text("postcode", address) or text("postalcode", address))[:20],
        unlocode=unlocode,
        zone=zone_of_unlocode(unlocode) if unlocode else "",
        latitude=latitude,
        longitude=longitude,
    )


def degrees(value: Any, limit: int) -> float | None:
    """A coordinate as a number or its text; None where it is none, as a place is worth more than its last digit."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= limit:
        return None
    return float(value)


def vessel_of(event: Told) -> str:
    """ "Vessel EVER GIVEN, voyage 1224E" of the transport call; the train or the plate where it is no vessel."""
    where = f"{event.where}/transportCall"
    call = lowered(as_object(event.body.get("transportcall") or {}, where))
    vessel = lowered(as_object(call.get("vessel") or {}, f"{where}/vessel"))
    name = as_text(_first(vessel, "name", "vesselname"), f"{where}/vessel/name", at_most=100)
    voyage = as_text(
        _first(call, "carrierexportvoyagenumber", "exportvoyagenumber", "carriervoyagenumber"),
        f"{where}/voyage",
        at_most=60,
    )
    service = as_text(_first(call, "railservice", "licenceplate"), f"{where}/service", at_most=60)
    parts = (f"Vessel {name}" if name else "", f"voyage {voyage}" if voyage else "", service if not name else "")
    return ", ".join(part for part in parts if part)
