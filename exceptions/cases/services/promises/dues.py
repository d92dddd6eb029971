"""When what a term promises about freight is due, by which clock, and whether it was kept: one function for each kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache

from holidays import list_supported_countries

from exceptions.cases.detection import spans_outside
from exceptions.cases.models import Case
from exceptions.cases.services.known_clocks import StopTimes, subject_of
from exceptions.cases.services.promises.base import OPENED
from exceptions.cases.services.state import Known
from exceptions.shipments.models import StopKind
from exceptions.sla.book import Book, BoundTerm, calendar_of
from exceptions.sla.calendars import Calendar, NeverOpen, always_open
from exceptions.sla.clocks import Allowed, Counted
from exceptions.sla.explaining import clock as told_clock
from exceptions.sla.kinds import Counting, Measured, Starts, Subkind, TermKind
from exceptions.sla.pricing import Money

# Which cut-offs of a plan a term speaks of.
PLANNED = {
    Subkind.WAREHOUSE: ("warehouse",),
    Subkind.GATE: ("gate",),
    Subkind.VGM: ("vgm",),
    Subkind.SI: ("si", "documents"),
    Subkind.FLIGHT: ("flight", "security"),
    Subkind.TENDER_RESPONSE: ("tender",),
}


WINDOW = "End of the promised window"


@dataclass(frozen=True)
class Due:
    """One deadline. eta: when it will be kept as far as anybody knows. value: what is at stake, where the term's price
    takes it from here. part: what of the shipment it is about, where there are several. assumed: sentences. counted: how
    `at` came about, None where it was reported as it is."""

    at: datetime
    kept_at: datetime | None
    eta: datetime | None = None
    zone: str = "UTC"
    place: str = ""
    stop_id: int | None = None
    part: str = ""
    value: Money | None = None
    calendar: Calendar | None = None
    assumed: tuple[str, ...] = ()
    counted: Counted | None = None


@dataclass(frozen=True)
class Asked:
    """A term that applies to a shipment of a case."""

    case: Case
    one: Known
    bound: BoundTerm
    book: Book

    @property
    def subkind(self) -> Subkind:
        return Subkind(self.bound.term.subkind)

    def calendar(self, zone: str, *, country: str = "", open_hours: Calendar | None = None) -> Calendar:
        """What counts the term's time: its own calendar, else the place's."""
        if self.bound.row.calendar is not None:
            return calendar_of(self.bound.row.calendar)
        if open_hours is not None:
            return open_hours
        return Calendar(zone, always_open(zone).week, country=_country(country))

    def counted(self, what: str, begins: datetime, calendar: Calendar) -> Counted:
        """The term's time from an instant on."""
        return Counted(what, begins, self.bound.allowed, calendar)

    def tolerated(self, what: str, at: datetime, zone: str) -> Counted:
        """The term's tolerance after an instant of the plan: every minute counts."""
        return Counted(what, at, Allowed(minutes=self.bound.row.allowed_minutes), always_open(zone))


def dues_of(asked: Asked) -> list[Due]:
    """The deadlines of a term for a shipment; none when what they would run from is not known."""
    return _BY_KIND[TermKind(asked.bound.term.kind)](asked)


def _arrival(asked: Asked) -> list[Due]:
    delivery, one = asked.one.state.delivery, asked.one
    if delivery is None or delivery.promised is None:
        return []
    zone, place = (one.stop.zone, one.stop.city or one.stop.name) if one.stop else ("UTC", "UTC")
    kept: datetime | None = delivery.reached_at
    assumed: tuple[str, ...] = ()
    match asked.bound.row.measured:
        case Measured.UNLOADING_END:
            kept = delivery.delivered
        case Measured.PROOF:
            kept = one.state.proof_at
        case Measured.UNLOADING_START:
            assumed = ("the start of unloading is not reported: arrival counts for it",)
    counted = asked.tolerated(WINDOW, delivery.promised, zone)
    stop_id = one.stop.pk if one.stop else None
    eta = eta_of(asked.case, one)
    return [Due(counted.due_at, kept, eta, zone, place, stop_id, assumed=assumed, counted=counted)]


def _appointment(asked: Asked) -> list[Due]:
    """Of the stop that the case is about; of the delivery when it is about the freight as a whole."""
    subject = subject_of(asked.case, "appointment")
    meant = next((stop for stop in asked.one.clocks.stops if subject is not None and stop.appointment == subject), None)
    if meant is None or meant.stop.kind == StopKind.DELIVERY:
        return _arrival(asked)
    return _at_stop(asked, meant)


def _pickup(asked: Asked) -> list[Due]:
    subject = subject_of(asked.case, "stop")
    pickups = [stop for stop in asked.one.clocks.stops if stop.stop.kind == StopKind.PICKUP]
    meant = next((stop for stop in pickups if stop.stop.pk == subject), pickups[0] if pickups else None)
    return _at_stop(asked, meant) if meant is not None else []


def _at_stop(asked: Asked, stop: StopTimes) -> list[Due]:
    if stop.promised is None:
        return []
    place = stop.stop.city or stop.stop.name
    kept = stop.arrived or stop.done
    counted = asked.tolerated(WINDOW, stop.promised, stop.stop.zone)
    return [Due(counted.due_at, kept, stop.estimated, stop.stop.zone, place, stop.stop.pk, counted=counted)]


def eta_of(case: Case, one: Known) -> datetime | None:
    """The ETA, unless something happened since that it does not know of."""
    delivery = one.state.delivery
    if delivery is None or delivery.estimated_reported_at is None:
        return None
    since = one.state.trouble_at if case.type == "delivery_late" else case.opened_at
    return None if since is not None and delivery.estimated_reported_at < since else delivery.estimated


def _free_time(asked: Asked) -> list[Due]:
    """Counted from the event by the term's days, else as the terminal or line reported the end of it."""
    if asked.subkind == Subkind.TRUCK_DETENTION:
        return _truck(asked)
    box, one = asked.one.equipment, asked.one
    if box is None:
        return []
    is_at_terminal = asked.subkind in (Subkind.DEMURRAGE, Subkind.STORAGE)
    row = asked.bound.row
    stop = one.terminal or one.stop
    zone, place = (stop.zone, stop.city or stop.name) if stop else ("UTC", "UTC")
    starts = Starts(row.starts or (Starts.DISCHARGE if is_at_terminal else Starts.GATE_OUT))
    begins = {
        Starts.DISCHARGE: box.discharged_at,
        Starts.AVAILABLE: box.available_at,
        Starts.GATE_OUT: box.gated_out_at,
    }.get(starts)
    stops = Measured(row.measured or (Measured.GATE_OUT if is_at_terminal else Measured.EMPTY_RETURN))
    kept = {Measured.GATE_OUT: box.gated_out_at, Measured.EMPTY_RETURN: box.returned_at}.get(stops)
    reported = box.last_free_at if is_at_terminal else box.return_by
    hours = asked.book.hours_of_location(stop.location if stop else None)
    calendar = asked.calendar(
        zone,
        country=stop.country if stop else "",
        open_hours=hours.calendar if hours and _is_worked(row.counting) else None,
    )
    ends, assumed, counted = reported, tuple[str, ...](), None
    if begins is not None and (row.allowed_days is not None or row.allowed_minutes is not None):
        counted = asked.counted(str(starts.label), begins, calendar)
        ends = _at(counted)
        if ends is not None and reported is not None and ends != reported:
            said = told_clock(reported, ends, zone)
            assumed = (f"the last free day was reported as {said}; the contract's own count is used",)
    if ends is None:
        return []
    stop_id = stop.pk if stop else None
    return [Due(ends, kept, None, zone, place, stop_id, calendar=calendar, assumed=assumed, counted=counted)]


def _truck(asked: Asked) -> list[Due]:
    subject = subject_of(asked.case, "stop")
    meant = next((stop for stop in asked.one.clocks.stops if stop.stop.pk == subject), None)
    if meant is None or meant.arrived is None:
        return []
    calendar = asked.calendar(meant.stop.zone, country=meant.stop.country)
    counted = asked.counted(str(Starts.ARRIVAL.label), meant.arrived, calendar)
    at, place = _at(counted), meant.stop.city or meant.stop.name
    return [] if at is None else [Due(at, meant.departed, None, meant.stop.zone, place, meant.stop.pk, counted=counted)]


def _cut_off(asked: Asked) -> list[Due]:
    planned = [cut for cut in asked.one.clocks.cut_offs if cut.kind in PLANNED[asked.subkind]]
    timed = [(cut, asked.tolerated("Planned cut-off", cut.at, cut.zone)) for cut in planned]
    return [
        Due(counted.due_at, cut.kept_at, None, cut.zone, cut.place, part=cut.key, counted=counted)
        for cut, counted in timed
    ]


def _document(asked: Asked) -> list[Due]:
    if asked.subkind == Subkind.INVOICE_DISPUTE:
        return _disputes(asked)
    delivery, one = asked.one.state.delivery, asked.one
    delivered = (delivery.delivered or delivery.arrived) if delivery else None
    if delivered is None:
        return []
    zone, country = (one.stop.zone, one.stop.country) if one.stop else ("UTC", "")
    counted = asked.counted("Delivery", delivered, _office(asked, zone, country))
    at = _at(counted)
    return [] if at is None else [Due(at, one.state.proof_at, None, zone, "", counted=counted)]


def _disputes(asked: Asked) -> list[Due]:
    """One for each charge of the case, or of the shipment. What is disputed becomes undisputable when it passes."""
    subject = subject_of(asked.case, "charge")
    found = []
    for charge in asked.one.clocks.charges:
        if subject is not None and charge.id != subject:
            continue
        zone = asked.book.zone
        at, counted = charge.until, None
        if at is None and charge.invoiced_at is not None:
            counted = asked.counted("Invoice", charge.invoiced_at, _office(asked, zone, ""))
            at = _at(counted)
        if at is not None:
            kept, over = at if charge.is_disputed else None, Money(charge.over, charge.currency)
            found.append(Due(at, kept, None, zone, part=str(charge.id), value=over, counted=counted))
    return found


def _temperature(asked: Asked) -> list[Due]:
    """So many minutes outside the band from the reading that first found it there, kept by the one that finds it back.

    Of several times outside it is the first that lasted too long, else the last. Without such a reading, as when a reefer
    was set wrong, the minutes run from the opening of the case.
    """
    one, state = asked.one, asked.one.state
    zone, place = (one.stop.zone, one.stop.city or one.stop.name) if one.stop else ("UTC", "UTC")
    spans = spans_outside(state.readings, state.band)
    if not spans:
        assumed = ("no reading outside the band is known: its time runs from the opening of the case",)
        counted = asked.tolerated(OPENED, asked.case.opened_at, zone)
        return [Due(counted.due_at, None, None, zone, place, assumed=assumed, counted=counted)]
    timed = [(asked.tolerated("Outside the band", left, zone), back) for left, back in spans]
    late = (one for one in timed if one[1] is None or one[1] > one[0].due_at)
    counted, back = next(late, timed[-1])
    return [Due(counted.due_at, back, None, zone, place, counted=counted)]


def _claim(asked: Asked) -> list[Due]:
    """From the delivery, as a regime counts that a person confirmed, or as the contract says."""
    one, delivery = asked.one, asked.one.state.delivery
    if asked.bound.starts == Starts.DISALLOWANCE:
        return []
    zone, country = (one.stop.zone, one.stop.country) if one.stop else ("UTC", "")
    delivered = (delivery.delivered or delivery.arrived) if delivery else None
    assumed = () if delivered else ("the delivery is not reported: the claim's time runs from the opening of the case",)
    what, begins = ("Delivery", delivered) if delivered else (OPENED, asked.case.opened_at)
    counted = asked.counted(what, begins, _office(asked, zone, country))
    at = _at(counted)
    return [] if at is None else [Due(at, None, None, zone, assumed=assumed, counted=counted)]


def _office(asked: Asked, zone: str, country: str) -> Calendar:
    """Working days and hours of an office matter are ours, days and holidays those of the place."""
    ours = asked.book.ours.calendar if _is_worked(asked.bound.row.counting) else None
    regime = asked.bound.row.regime
    if regime is not None and regime.counting == Counting.WORKING_DAYS:
        ours = asked.book.ours.calendar
    return asked.calendar(zone, country=country, open_hours=ours)


def _is_worked(counting: str) -> bool:
    return counting in (Counting.BUSINESS, Counting.WORKING_DAYS)


def _at(counted: Counted) -> datetime | None:
    try:
        return counted.due_at
    except NeverOpen:
        return None


def _country(code: str) -> str:
    """A country whose public holidays are known, else none."""
    return code if code in _supported() else ""


@cache
def _supported() -> frozenset[str]:
    return frozenset(list_supported_countries())


def amount_of(one: Known) -> Money | None:
    """What the freight is worth."""
    shipment = one.shipment
    return Money(Decimal(shipment.value), shipment.currency) if shipment.value is not None else None


_BY_KIND: dict[TermKind, Callable[[Asked], list[Due]]] = {
    TermKind.PICKUP_WINDOW: _pickup,
    TermKind.DELIVERY_WINDOW: _arrival,
    TermKind.APPOINTMENT: _appointment,
    TermKind.OTIF: _arrival,
    TermKind.SERVICE_CREDIT: _arrival,
    TermKind.FREE_TIME: _free_time,
    TermKind.CUT_OFF: _cut_off,
    TermKind.DOCUMENT: _document,
    TermKind.TEMPERATURE: _temperature,
    TermKind.CLAIM: _claim,
}
