"""When what a term promises about freight is due, by which clock, and whether it was kept: one function for each kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from holidays import list_supported_countries

from exceptions.cases.models import Case
from exceptions.cases.services.known_clocks import StopTimes, subject_of
from exceptions.cases.services.state import Known
from exceptions.shipments.models import StopKind
from exceptions.sla.book import Book, BoundTerm, calendar_of
from exceptions.sla.calendars import Calendar, NeverOpen, always_open
from exceptions.sla.clocks import Allowed, deadline
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


@dataclass(frozen=True)
class Due:
    """One deadline. eta: when it will be kept as far as anybody knows. value: what is at stake, where the term's price
    takes it from here. part: what of the shipment it is about, where there are several. assumed: sentences."""

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

    def allowed(self) -> Allowed:
        row = self.bound.row
        return Allowed(
            minutes=row.allowed_minutes,
            days=row.allowed_days,
            counting=Counting(row.counting),
            first_day_counts=row.first_day_counts,
        )


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
            kept = one.clocks.proof_at
        case Measured.UNLOADING_START:
            assumed = ("the start of unloading is not reported: arrival counts for it",)
    at = delivery.promised + _tolerance(asked)
    return [Due(at, kept, eta_of(asked.case, one), zone, place, one.stop.pk if one.stop else None, assumed=assumed)]


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
    at = stop.promised + _tolerance(asked)
    return [Due(at, kept, stop.estimated, stop.stop.zone, place, stop.stop.pk)]


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
    begins = {
        Starts.DISCHARGE: box.discharged_at,
        Starts.AVAILABLE: box.available_at,
        Starts.GATE_OUT: box.gated_out_at,
    }.get(Starts(row.starts or (Starts.DISCHARGE if is_at_terminal else Starts.GATE_OUT)))
    stops = Measured(row.measured or (Measured.GATE_OUT if is_at_terminal else Measured.EMPTY_RETURN))
    kept = {Measured.GATE_OUT: box.gated_out_at, Measured.EMPTY_RETURN: box.returned_at}.get(stops)
    reported = box.last_free_at if is_at_terminal else box.return_by
    hours = asked.book.hours_of_location(stop.location if stop else None)
    calendar = asked.calendar(
        zone,
        country=stop.country if stop else "",
        open_hours=hours.calendar if hours and _is_worked(row.counting) else None,
    )
    ends, assumed = reported, tuple[str, ...]()
    if begins is not None and (row.allowed_days is not None or row.allowed_minutes is not None):
        ends = _deadline(asked, begins, asked.allowed(), calendar)
        if ends is not None and reported is not None and ends != reported:
            said = told_clock(reported, ends, zone)
            assumed = (f"the last free day was reported as {said}; the contract's own count is used",)
    if ends is None:
        return []
    return [Due(ends, kept, None, zone, place, stop.pk if stop else None, calendar=calendar, assumed=assumed)]


def _truck(asked: Asked) -> list[Due]:
    subject = subject_of(asked.case, "stop")
    meant = next((stop for stop in asked.one.clocks.stops if stop.stop.pk == subject), None)
    if meant is None or meant.arrived is None:
        return []
    calendar = asked.calendar(meant.stop.zone, country=meant.stop.country)
    at = _deadline(asked, meant.arrived, asked.allowed(), calendar)
    place = meant.stop.city or meant.stop.name
    return [] if at is None else [Due(at, meant.departed, None, meant.stop.zone, place, meant.stop.pk)]


def _cut_off(asked: Asked) -> list[Due]:
    return [
        Due(cut.at + _tolerance(asked), cut.kept_at, None, cut.zone, cut.place, part=cut.key)
        for cut in asked.one.clocks.cut_offs
        if cut.kind in PLANNED[asked.subkind]
    ]


def _document(asked: Asked) -> list[Due]:
    if asked.subkind == Subkind.INVOICE_DISPUTE:
        return _disputes(asked)
    delivery, one = asked.one.state.delivery, asked.one
    delivered = (delivery.delivered or delivery.arrived) if delivery else None
    if delivered is None:
        return []
    zone, country = (one.stop.zone, one.stop.country) if one.stop else ("UTC", "")
    at = _deadline(asked, delivered, asked.allowed(), _office(asked, zone, country))
    return [] if at is None else [Due(at, one.clocks.proof_at, None, zone, "")]


def _disputes(asked: Asked) -> list[Due]:
    """One for each charge of the case, or of the shipment. What is disputed becomes undisputable when it passes."""
    subject = subject_of(asked.case, "charge")
    found = []
    for charge in asked.one.clocks.charges:
        if subject is not None and charge.id != subject:
            continue
        zone = asked.book.zone
        at = charge.until
        if at is None and charge.invoiced_at is not None:
            at = _deadline(asked, charge.invoiced_at, asked.allowed(), _office(asked, zone, ""))
        if at is not None:
            kept = at if charge.is_disputed else None
            found.append(Due(at, kept, None, zone, part=str(charge.id), value=Money(charge.over, charge.currency)))
    return found


def _temperature(asked: Asked) -> list[Due]:
    """So many minutes outside the band after the case found it there."""
    one = asked.one
    zone, place = (one.stop.zone, one.stop.city or one.stop.name) if one.stop else ("UTC", "UTC")
    return [Due(asked.case.opened_at + _tolerance(asked), None, None, zone, place)]


def _claim(asked: Asked) -> list[Due]:
    """From the delivery, as a regime counts that a person confirmed, or as the contract says."""
    row, one, delivery = asked.bound.row, asked.one, asked.one.state.delivery
    regime = row.regime
    starts = Starts(row.starts or (regime.starts if regime else Starts.DELIVERY))
    if starts == Starts.DISALLOWANCE:
        return []
    allowed = asked.allowed()
    if regime is not None and row.allowed_days is None and row.allowed_minutes is None:
        allowed = Allowed(days=regime.days, months=regime.months, counting=Counting(regime.counting))
    zone, country = (one.stop.zone, one.stop.country) if one.stop else ("UTC", "")
    delivered = (delivery.delivered or delivery.arrived) if delivery else None
    assumed = () if delivered else ("the delivery is not reported: the claim's time runs from the opening of the case",)
    at = _deadline(asked, delivered or asked.case.opened_at, allowed, _office(asked, zone, country))
    return [] if at is None else [Due(at, None, None, zone, assumed=assumed)]


def _office(asked: Asked, zone: str, country: str) -> Calendar:
    """Working days and hours of an office matter are ours, days and holidays those of the place."""
    ours = asked.book.ours.calendar if _is_worked(asked.bound.row.counting) else None
    regime = asked.bound.row.regime
    if regime is not None and regime.counting == Counting.WORKING_DAYS:
        ours = asked.book.ours.calendar
    return asked.calendar(zone, country=country, open_hours=ours)


def _is_worked(counting: str) -> bool:
    return counting in (Counting.BUSINESS, Counting.WORKING_DAYS)


def _deadline(asked: Asked, start: datetime, allowed: Allowed, calendar: Calendar) -> datetime | None:
    try:
        return deadline(start, allowed, calendar)
    except NeverOpen:
        return None


def _tolerance(asked: Asked) -> timedelta:
    return timedelta(minutes=asked.bound.row.allowed_minutes or 0)


def _country(code: str) -> str:
    """A country whose public holidays are known, else none."""
    return code if code in list_supported_countries() else ""


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
