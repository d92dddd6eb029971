"""Shipments as one viewer may see them. What a restricted member may not see does not exist for them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, QuerySet

from controltower.errors import NotFound
from controltower.tenancy.permissions import Verb
from controltower.tenancy.viewer import Viewer, require
from exceptions.parties.models import Account
from exceptions.parties.selectors import account_scope
from exceptions.shipments.canonical import RefType, normalised
from exceptions.shipments.models import (
    Appointment,
    Equipment,
    Event,
    HandlingUnit,
    Leg,
    LoadShipment,
    Milestone,
    PartyRole,
    Reference,
    Shipment,
    ShipmentOrderLine,
    ShipmentStatus,
    Stop,
    StopKind,
)
from exceptions.shipments.queries import events_of
from exceptions.shipments.strip import Slot, StripStop, route_strip
from exceptions.shipments.words import words

PAGE_SIZE = 50
EVENTS_SHOWN = 30
_MATCHES = 200
_LAST_CHARACTER = chr(0x10FFFF)
# The identifiers people call a shipment by, the most telling first.
_SPOKEN = (RefType.PRO, RefType.BOL, RefType.TRACKING, RefType.AWB, RefType.CMR, RefType.BOOKING, RefType.PO)
_LABELS = {str(value): str(label) for value, label in StopKind.choices}


def shipments_visible(viewer: Viewer) -> QuerySet[Shipment]:
    require(viewer, Verb.VIEW)
    scope = account_scope(viewer)
    return Shipment.objects.all() if scope is None else Shipment.objects.filter(customer__in=scope)


def shipment_get(viewer: Viewer, number: str) -> Shipment:
    """By our number, or by that of one which turned out to be this one. Raises `NotFound` also for a shipment of
    somebody else's account."""
    known_by = Reference.objects.filter(type=RefType.SHIPMENT, value_key=normalised(number), shipment__isnull=False)
    shipment = (
        shipments_visible(viewer)
        .select_related("customer", "last_event", "last_event__partner")
        .filter(pk__in=known_by.values("shipment"))
        .first()
    )
    if shipment is None:
        raise NotFound(f"There is no shipment {number}.")
    return shipment


@dataclass(frozen=True)
class ShipmentRow:
    shipment: Shipment
    spoken: str
    """What the trade calls it: "PRO 771-204"."""
    origin: str
    destination: StripStop | None


@dataclass(frozen=True)
class ShipmentPage:
    rows: Sequence[ShipmentRow]
    next_before: int | None
    query: str
    status: str


def shipment_list(
    viewer: Viewer, *, now: datetime, query: str = "", status: str = "", before: int | None = None
) -> ShipmentPage:
    """Newest first, a page at a time; `before` is the id after which the page begins. `query` is the beginning of any
    identifier, of the shipment or of what it rides, with or without the letters in front."""
    chosen = status if status in ShipmentStatus.values else ""
    shipments = shipments_visible(viewer).filter(continued_as=None)
    shipments = shipments.select_related("customer", "last_event", "last_event__partner")
    if chosen:
        shipments = shipments.filter(status=chosen)
    if key := normalised(query):
        shipments = shipments.filter(pk__in=_shipments_by_key(key))
    if before:
        shipments = shipments.filter(pk__lt=before)
    found = list(shipments.order_by("-id")[: PAGE_SIZE + 1])
    more = found[PAGE_SIZE - 1].pk if len(found) > PAGE_SIZE else None
    return ShipmentPage(_rows(found[:PAGE_SIZE], now), more, query.strip(), chosen)


def _shipments_by_key(key: str) -> set[int]:
    """A range on the normalised column: the only search that row-level security leaves to the index."""
    column = Reference.searched_column(key)
    matches = Reference.objects.filter(**{f"{column}__gte": key, f"{column}__lt": key + _LAST_CHARACTER})
    refs = list(matches.order_by(column, "-id")[:_MATCHES])
    found = {ref.shipment_id for ref in refs if ref.shipment_id}
    loads = {ref.load_id for ref in refs if ref.load_id}
    equipment = {ref.equipment_id for ref in refs if ref.equipment_id}
    orders = {ref.order_id for ref in refs if ref.order_id}
    if equipment:
        for shipment, load in Equipment.objects.filter(pk__in=equipment).values_list("shipment_id", "load_id"):
            found |= {shipment} - {None}
            loads |= {load} - {None}
    if loads:
        found |= set(LoadShipment.objects.filter(load__in=loads).values_list("shipment_id", flat=True))
    if orders:
        carried = ShipmentOrderLine.objects.filter(order_line__order__in=orders)
        found |= set(carried.values_list("shipment_id", flat=True))
    return {pk for pk in found if pk is not None}


def _rows(shipments: Sequence[Shipment], now: datetime) -> list[ShipmentRow]:
    strips = strips_of(shipments, now=now)
    spoken = spoken_references(shipment.pk for shipment in shipments)
    rows = []
    for shipment in shipments:
        strip = strips[shipment.pk]
        ends = [stop for stop in strip if stop.kind == StopKind.DELIVERY] or strip
        origin = strip[0].place if strip else ""
        rows.append(ShipmentRow(shipment, spoken.get(shipment.pk, ""), origin, ends[-1] if ends else None))
    return rows


def spoken_references(shipments: Iterable[int]) -> dict[int, str]:
    """What the trade calls each shipment ("PRO 771-204"); absent where it has no such identifier."""
    refs = Reference.objects.filter(shipment__in=list(shipments), type__in=_SPOKEN).order_by("id")
    best: dict[int, Reference] = {}
    for ref in refs:
        held = best.get(ref.shipment_id or 0)
        if held is None or _SPOKEN.index(RefType(ref.type)) < _SPOKEN.index(RefType(held.type)):
            best[ref.shipment_id or 0] = ref
    return {pk: str(ref) for pk, ref in best.items()}


def strips_of(shipments: Iterable[Shipment], *, now: datetime) -> dict[int, list[StripStop]]:
    """The route strips of some shipments in two queries. The stops are the shipment's own, or, for one that has
    none, those of its legs."""
    keys = [shipment.pk for shipment in shipments]
    stops: dict[int, dict[int, Stop]] = {key: {} for key in keys}
    for stop in _stops_with_slot().filter(shipment__in=keys, dropped=False):
        stops[stop.shipment_id or 0][stop.pk] = stop
    if bare := [key for key in keys if not stops[key]]:
        _stops_of_legs(bare, stops)
    known = {pk: stop for own in stops.values() for pk, stop in own.items()}
    milestones = list(Milestone.objects.filter(stop__in=known)) if known else []
    slots = {pk: slot for pk, stop in known.items() if (slot := _slot(stop)) is not None}
    return {
        key: route_strip(list(own.values()), [row for row in milestones if row.stop_id in own], slots, _LABELS, now)
        for key, own in stops.items()
    }


def _stops_of_legs(shipments: Sequence[int], stops: dict[int, dict[int, Stop]]) -> None:
    ends: dict[int, set[int]] = defaultdict(set)
    for shipment, *both in Leg.objects.filter(shipment__in=shipments).values_list(
        "shipment_id", "origin_id", "destination_id"
    ):
        ends[shipment] |= {pk for pk in both if pk is not None}
    found = _stops_with_slot().in_bulk(set().union(*ends.values())) if ends else {}
    for shipment, wanted in ends.items():
        stops[shipment] = {pk: found[pk] for pk in wanted}


def _stops_with_slot() -> QuerySet[Stop]:
    """Stops, each with what its one appointment says."""
    return Stop.objects.annotate(
        slot_state=F("appointments__state"), slot_number=F("appointments__number"), slot_ends=F("appointments__ends_at")
    )


def _slot(stop: Stop) -> Slot | None:
    state = getattr(stop, "slot_state", None)
    if not state:
        return None
    appointment = Appointment(state=state, number=getattr(stop, "slot_number", ""))
    appointment.ends_at = getattr(stop, "slot_ends", None)
    words = f"appointment {appointment.get_state_display().lower()}"
    if appointment.number:
        words += f", no. {appointment.number}"
    return Slot(words, appointment.ends_at if appointment.holds else None)


@dataclass(frozen=True)
class ShipmentDetail:
    shipment: Shipment
    strip: list[StripStop]
    references: list[Reference]
    parties: list[PartyRole]
    legs: list[Leg]
    units: list[HandlingUnit]
    equipment: list[Equipment]
    order_lines: list[ShipmentOrderLine]


def shipment_detail(viewer: Viewer, number: str, *, now: datetime) -> ShipmentDetail:
    shipment = shipment_get(viewer, number)
    about = Q(shipment=shipment)
    on_board = about | Q(load__load_shipments__shipment=shipment)
    return ShipmentDetail(
        shipment=shipment,
        strip=strips_of([shipment], now=now)[shipment.pk],
        references=list(Reference.objects.filter(about).exclude(type=RefType.SHIPMENT).order_by("type", "id")),
        parties=list(PartyRole.objects.filter(about).select_related("account").order_by("id")),
        legs=list(Leg.objects.filter(about).select_related("carrier", "load").order_by("sequence")),
        units=list(HandlingUnit.objects.filter(about).order_by("sequence")),
        equipment=list(Equipment.objects.filter(on_board).order_by("id").distinct()),
        order_lines=list(
            ShipmentOrderLine.objects.filter(about).select_related("order_line__order").order_by("order_line")
        ),
    )


@dataclass(frozen=True)
class EventRow:
    event: Event
    words: str


@dataclass(frozen=True)
class EventPage:
    shipment: Shipment
    rows: Sequence[EventRow]
    has_more: bool


def shipment_events(viewer: Viewer, number: str, *, all_of_them: bool = False) -> EventPage:
    """What was said about a shipment or a load it rides, the latest first: the last 30, or up to 1,000."""
    shipment = shipment_get(viewer, number)
    shown = 1000 if all_of_them else EVENTS_SHOWN
    rows = Event.objects.filter(events_of(shipment)).select_related("partner").distinct()
    events = list(rows.order_by("-occurred_at", "-id")[: shown + 1])
    return EventPage(shipment, [EventRow(row, _said(row)) for row in events[:shown]], len(events) > shown)


def _said(row: Event) -> str:
    said = words(row.data)
    if row.retracted_by_id is None:
        return said
    return f"taken back by the sender; it said {said}" if said else "taken back by the sender"


def shipments_of(event: Event) -> list[Shipment]:
    """The shipments an event speaks of, those on a load it names included. For code that acts, not for viewers."""
    subjects = Q(event_subjects__event=event) | Q(load_shipments__load__event_subjects__event=event)
    return list(Shipment.objects.filter(subjects).order_by("id").distinct())


def carrier_of(shipment: Shipment) -> Account | None:
    """Who carries it to its end: the carrier of its last leg, of the load that leg rides, or the contracted one."""
    leg = Leg.objects.filter(shipment=shipment).select_related("carrier", "load__carrier").order_by("-sequence").first()
    if leg is not None and (carrier := leg.carrier or (leg.load.carrier if leg.load else None)):
        return carrier
    role = PartyRole.objects.filter(shipment=shipment, role__in=["actual_carrier", "contracted_carrier"])
    found = role.select_related("account").order_by("role").first()
    return found.account if found else None
