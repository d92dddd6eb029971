"""What is wrong: rules from a state and a signal to findings. Pure: no database, no clock.

The state is read after the signal was recorded, and the rules look at the state, so the order in which signals arrive
does not matter: an attempt that is reported after the delivery finds the shipment delivered and nothing wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from exceptions.cases.taxonomy import Severity, Subject, case_type
from exceptions.shipments.canonical import EventType
from exceptions.sla.defaults import ARRIVAL_TOLERANCE

AT_RISK, BREACHED = "at_risk", "breached"
STOPPED_AT_THE_DOOR = frozenset({"delivery_attempt_failed", "delivery_refused"})
SILENCE, ARRIVAL, FREE_TIME = "silence", "arrival", "free_time"


@dataclass(frozen=True)
class SubjectRef:
    """The thing that is wrong: a kind of the taxonomy and the id of its row."""

    kind: Subject
    id: int


@dataclass(frozen=True)
class DeliveryState:
    """The stop where a shipment ends. promised: the end of the appointment, or of the window; arrived: best actual."""

    stop_id: int
    promised: datetime | None = None
    estimated: datetime | None = None
    estimated_reported_at: datetime | None = None
    arrived: datetime | None = None
    delivered: datetime | None = None

    @property
    def reached_at(self) -> datetime | None:
        return self.arrived or self.delivered


@dataclass(frozen=True)
class Reading:
    """One temperature in the unit of the shipment's band."""

    at: datetime
    value: float


@dataclass(frozen=True)
class ShipmentState:
    """What is known of one shipment after the signal.

    delivered_at: also of a parcel whose plan nobody sent; trouble_at, trouble: the last report that something holds it up, and its words; covered: types of the open cases
    that this shipment is part of; band: lowest and highest temperature allowed; readings in order of time.
    """

    id: int
    delivery: DeliveryState | None = None
    leg_id: int | None = None
    handling_unit_id: int | None = None
    equipment_id: int | None = None
    last_free_at: datetime | None = None
    gated_out_at: datetime | None = None
    held_at: datetime | None = None
    hold_text: str = ""
    released_at: datetime | None = None
    trouble_at: datetime | None = None
    trouble: str = ""
    last_heard_at: datetime | None = None
    delivered_at: datetime | None = None
    band: tuple[float | None, float | None] = (None, None)
    readings: tuple[Reading, ...] = ()
    covered: frozenset[str] = frozenset()


@dataclass(frozen=True)
class SubjectState:
    """One shipment, or with `load_id` a load and everything on it: trouble of a load is one case."""

    shipments: tuple[ShipmentState, ...]
    load_id: int | None = None


@dataclass(frozen=True)
class EventView:
    """The part of an event that rules look at. text: the sender's words."""

    type: str
    occurred_at: datetime
    text: str = ""
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ExpiredExpectation:
    """Something that should have happened by `due_at` and was not heard of. kind: silence, arrival or free_time."""

    kind: str
    due_at: datetime


Signal: TypeAlias = EventView | ExpiredExpectation


@dataclass(frozen=True)
class Settings:
    """tolerance: how much past its window is not late yet. excursion: how long outside the band is an excursion."""

    tolerance: timedelta = ARRIVAL_TOLERANCE
    excursion: timedelta = timedelta(minutes=30)


@dataclass(frozen=True)
class Finding:
    """Something is wrong. `shipments` are the affected ones; `summary` is one sentence for the timeline."""

    type: str
    subject: SubjectRef
    shipments: tuple[int, ...]
    at: datetime
    summary: str
    severity: Severity
    phase: str = ""


@dataclass(frozen=True)
class Clear:
    """It is not wrong any more. `summary` says why."""

    type: str
    subject: SubjectRef
    at: datetime
    summary: str


Verdict: TypeAlias = Finding | Clear
Rule: TypeAlias = Callable[[SubjectState, Signal, Settings], Iterator[Verdict]]


def fingerprint(type_code: str, subject: SubjectRef) -> str:
    """What makes two findings the same case: one open case per fingerprint."""
    return f"{type_code}:{subject.kind}:{subject.id}"


def detect(
    state: SubjectState, signal: Signal, settings: Settings | None = None, *, rules: tuple[Rule, ...] | None = None
) -> list[Verdict]:
    """Everything the rules (all by default) say after this signal, one verdict per fingerprint, findings first.

    Silence is not found where a late delivery is found or open: it closes into it.
    """
    settings = settings or Settings()
    verdicts = [verdict for rule in rules or RULES for verdict in rule(state, signal, settings)]
    late = any(isinstance(verdict, Finding) and verdict.type == "delivery_late" for verdict in verdicts)
    chosen: dict[str, Verdict] = {}
    for verdict in sorted(verdicts, key=lambda verdict: isinstance(verdict, Clear)):
        if late and isinstance(verdict, Finding) and verdict.type == "tracking_silent":
            continue
        chosen.setdefault(fingerprint(verdict.type, verdict.subject), verdict)
    if late:
        for shipment in state.shipments:
            silent = _silence_of(shipment)
            clear = Clear("tracking_silent", silent, _at(signal), "Continues as a late delivery")
            chosen.setdefault(fingerprint("tracking_silent", silent), clear)
    return list(chosen.values())


def delivery_late(state: SubjectState, signal: Signal, settings: Settings) -> Iterator[Verdict]:
    """The ETA, a standstill or the clock says that a delivery window will be or was missed; phases in one type."""
    findings = [(shipment, *_lateness(shipment, signal, settings)) for shipment in state.shipments if shipment.delivery]
    late = [(shipment, phase, summary) for shipment, phase, summary in findings if phase in (AT_RISK, BREACHED)]
    fine = [(shipment, summary) for shipment, phase, summary in findings if phase == "fine"]
    if state.load_id is None:
        for shipment, phase, summary in late:
            yield _found("delivery_late", _stop_of(shipment), (shipment.id,), signal, summary, phase)
        for shipment, summary in fine:
            yield Clear("delivery_late", _stop_of(shipment), _at(signal), summary)
        return
    load = SubjectRef(Subject.LOAD, state.load_id)
    if late:
        worst = next((entry for entry in late if entry[1] == BREACHED), late[0])
        yield _found("delivery_late", load, tuple(entry[0].id for entry in late), signal, worst[2], worst[1])
    elif fine and len(fine) == len(findings):
        yield Clear("delivery_late", load, _at(signal), fine[0][1])


def attempt_failed(state: SubjectState, signal: Signal, settings: Settings) -> Iterator[Verdict]:
    """A delivery was attempted in vain, until one succeeds."""
    yield from _until_delivered(state, signal, EventType.SHIPMENT_DELIVERY_ATTEMPTED, "delivery_attempt_failed")


def refused(state: SubjectState, signal: Signal, settings: Settings) -> Iterator[Verdict]:
    """The receiver refused the freight, until it is delivered after all."""
    yield from _until_delivered(state, signal, EventType.SHIPMENT_REFUSED, "delivery_refused")


def damaged(state: SubjectState, signal: Signal, settings: Settings) -> Iterator[Verdict]:
    """Damage was noted. Nothing undoes it."""
    if not _is(signal, EventType.SHIPMENT_DAMAGED):
        return
    for shipment in state.shipments:
        unit = shipment.handling_unit_id
        subject = SubjectRef(Subject.HANDLING_UNIT, unit) if unit else SubjectRef(Subject.SHIPMENT, shipment.id)
        yield _found("freight_damaged", subject, (shipment.id,), signal, _words(signal, "Damage reported"))


def too_warm_or_cold(state: SubjectState, signal: Signal, settings: Settings) -> Iterator[Verdict]:
    """The freight was outside its band for too long without a break. Coming back does not undo it."""
    if not _is(signal, EventType.SHIPMENT_TEMPERATURE_READ):
        return
    for shipment in state.shipments:
        outside, worst = time_outside(shipment.readings, shipment.band)
        if worst is None or outside < settings.excursion:
            continue
        subject = _carrier_of(shipment)
        minutes = int(outside.total_seconds() // 60)
        summary = f"{worst:g} degrees for {minutes} min outside {_band_words(shipment.band)}"
        yield _found("temperature_excursion", subject, (shipment.id,), signal, summary)


def time_outside(
    readings: tuple[Reading, ...], band: tuple[float | None, float | None]
) -> tuple[timedelta, float | None]:
    """The longest unbroken time outside the band, first to last reading of it, and the worst value in that time."""
    longest, worst = timedelta(0), None
    begun: Reading | None = None
    extreme: Reading | None = None
    for reading in readings:
        if _excess(reading.value, band) <= 0:
            begun = extreme = None
            continue
        begun = begun or reading
        if extreme is None or _excess(reading.value, band) > _excess(extreme.value, band):
            extreme = reading
        if worst is None or reading.at - begun.at > longest:
            longest, worst = reading.at - begun.at, extreme.value
    return longest, worst


def free_time_expiring(state: SubjectState, signal: Signal, settings: Settings) -> Iterator[Verdict]:
    """A container is still at the terminal when its last free day comes near."""
    for shipment in state.shipments:
        if shipment.equipment_id is None or shipment.last_free_at is None:
            continue
        subject = SubjectRef(Subject.EQUIPMENT, shipment.equipment_id)
        if shipment.gated_out_at:
            yield Clear("free_time_expiring", subject, shipment.gated_out_at, "Out of the gate")
        elif isinstance(signal, ExpiredExpectation) and signal.kind == FREE_TIME:
            summary = "Not out of the gate and the last free day is near"
            yield _found("free_time_expiring", subject, (shipment.id,), signal, summary)


def silent(state: SubjectState, signal: Signal, settings: Settings) -> Iterator[Verdict]:
    """Nobody reported anything for longer than usual; any word ends it. An open late delivery already covers it."""
    for shipment in state.shipments:
        if isinstance(signal, EventView):
            yield Clear("tracking_silent", _silence_of(shipment), signal.occurred_at, "Heard of again")
        elif signal.kind == SILENCE and "delivery_late" not in shipment.covered:
            heard = shipment.last_heard_at
            summary = f"No signal since {heard.astimezone(UTC):%d %b %H:%M} UTC" if heard else "No signal yet"
            yield _found("tracking_silent", _silence_of(shipment), (shipment.id,), signal, summary)


def on_hold(state: SubjectState, signal: Signal, settings: Settings) -> Iterator[Verdict]:
    """An authority holds the shipment, until it releases it."""
    if not isinstance(signal, EventView):
        return
    for shipment in state.shipments:
        if shipment.held_at is None:
            continue
        subject = SubjectRef(Subject.SHIPMENT, shipment.id)
        if shipment.released_at and shipment.released_at >= shipment.held_at:
            yield Clear("customs_hold", subject, shipment.released_at, "Released")
        elif signal.type == EventType.SHIPMENT_HELD:
            yield _found("customs_hold", subject, (shipment.id,), signal, shipment.hold_text or "Held")


def stated(state: SubjectState, signal: Signal, settings: Settings) -> Iterator[Verdict]:
    """Events that say themselves what is wrong, and those that take it back; see STATED."""
    if not isinstance(signal, EventView):
        return
    for type_code, (says, takes_back) in STATED.items():
        if signal.type not in (says, *takes_back):
            continue
        for subject, shipments in _stated_subjects(type_code, state):
            if signal.type == says:
                yield _found(type_code, subject, shipments, signal, _words(signal, EventType(says).label))
            else:
                yield Clear(type_code, subject, signal.occurred_at, EventType(signal.type).label)


# Case type: the event that states it, and the events that end it.
STATED: dict[str, tuple[EventType, tuple[EventType, ...]]] = {
    "tender_rejected": (EventType.LOAD_REJECTED, (EventType.LOAD_ACCEPTED,)),
    "booking_rolled": (EventType.SHIPMENT_ROLLED, (EventType.SHIPMENT_BOOKED,)),
    "appointment_problem": (
        EventType.APPOINTMENT_MISSED,
        (EventType.APPOINTMENT_CONFIRMED, EventType.APPOINTMENT_RESCHEDULED),
    ),
    "freight_lost": (EventType.SHIPMENT_LOST, (EventType.SHIPMENT_DELIVERED,)),
    "route_deviation": (EventType.SHIPMENT_DEVIATED, (EventType.SHIPMENT_DELIVERED,)),
    "customer_change_requested": (EventType.CUSTOMER_REQUESTED_CHANGE, ()),
}

RULES: tuple[Rule, ...] = (
    delivery_late,
    attempt_failed,
    refused,
    damaged,
    too_warm_or_cold,
    free_time_expiring,
    silent,
    on_hold,
    stated,
)

DETECTED_TYPES = frozenset(
    {
        "delivery_late",
        "delivery_attempt_failed",
        "delivery_refused",
        "freight_damaged",
        "temperature_excursion",
        "free_time_expiring",
        "tracking_silent",
        "customs_hold",
        *STATED,
    }
)


def _lateness(shipment: ShipmentState, signal: Signal, settings: Settings) -> tuple[str, str]:
    """(phase, sentence): at_risk, breached, "fine" when positively in time, or "" when nothing can be said."""
    delivery = shipment.delivery
    if delivery is None or delivery.promised is None:
        return "", ""
    if shipment.covered & STOPPED_AT_THE_DOOR and "delivery_late" not in shipment.covered:
        return "", ""  # that it is late too is part of the case that says why
    limit = delivery.promised + settings.tolerance
    if delivery.reached_at is not None:
        if delivery.reached_at <= limit:
            return "fine", "Arrived in time"
        return BREACHED, f"Arrived {_span(delivery.reached_at - delivery.promised)} late"
    if isinstance(signal, ExpiredExpectation):
        passed = signal.kind == ARRIVAL and signal.due_at >= limit
        return (BREACHED, "The window passed without an arrival") if passed else ("", "")
    phase = BREACHED if signal.occurred_at > limit else AT_RISK
    stale = delivery.estimated_reported_at is None or (
        shipment.trouble_at is not None and delivery.estimated_reported_at < shipment.trouble_at
    )
    if delivery.estimated is not None and delivery.estimated > limit:
        return phase, f"ETA {_span(delivery.estimated - delivery.promised)} past the window"
    if shipment.trouble_at is not None and stale:
        return phase, shipment.trouble or "Held up on the way"
    return ("fine", "ETA within the window") if delivery.estimated is not None else ("", "")


def _until_delivered(state: SubjectState, signal: Signal, event: EventType, type_code: str) -> Iterator[Verdict]:
    for shipment in state.shipments:
        subject, delivered = _stop_of(shipment), shipment.delivered_at
        if (
            isinstance(signal, EventView)
            and signal.type == event
            and not (delivered and delivered >= signal.occurred_at)
        ):
            summary = _words(signal, EventType(event).label)
            yield _found(type_code, subject, (shipment.id,), signal, summary)
        elif delivered is not None:
            yield Clear(type_code, subject, delivered, "Delivered")


def _stated_subjects(type_code: str, state: SubjectState) -> Iterator[tuple[SubjectRef, tuple[int, ...]]]:
    everything = tuple(shipment.id for shipment in state.shipments)
    if state.load_id is not None:
        yield SubjectRef(Subject.LOAD, state.load_id), everything
        return
    for shipment in state.shipments:
        wants_stop = case_type(type_code).subject in (Subject.STOP, Subject.APPOINTMENT)
        yield (_stop_of(shipment) if wants_stop else SubjectRef(Subject.SHIPMENT, shipment.id)), (shipment.id,)


def _found(
    type_code: str, subject: SubjectRef, shipments: tuple[int, ...], signal: Signal, summary: str, phase: str = ""
) -> Finding:
    return Finding(type_code, subject, shipments, _at(signal), summary, case_type(type_code).severity, phase)


def _stop_of(shipment: ShipmentState) -> SubjectRef:
    if shipment.delivery is None:
        return SubjectRef(Subject.SHIPMENT, shipment.id)
    return SubjectRef(Subject.STOP, shipment.delivery.stop_id)


def _silence_of(shipment: ShipmentState) -> SubjectRef:
    if shipment.leg_id is None:
        return SubjectRef(Subject.SHIPMENT, shipment.id)
    return SubjectRef(Subject.LEG, shipment.leg_id)


def _carrier_of(shipment: ShipmentState) -> SubjectRef:
    if shipment.equipment_id is None:
        return SubjectRef(Subject.SHIPMENT, shipment.id)
    return SubjectRef(Subject.EQUIPMENT, shipment.equipment_id)


def _excess(value: float, band: tuple[float | None, float | None]) -> float:
    low, high = band
    return max(0.0 if low is None else low - value, 0.0 if high is None else value - high)


def _band_words(band: tuple[float | None, float | None]) -> str:
    low, high = band
    return f"{low:g} to {high:g}" if low is not None and high is not None else f"{low if high is None else high:g}"


def _at(signal: Signal) -> datetime:
    return signal.occurred_at if isinstance(signal, EventView) else signal.due_at


def _is(signal: Signal, event: EventType) -> bool:
    return isinstance(signal, EventView) and signal.type == event


def _words(signal: Signal, default: str) -> str:
    text = signal.text if isinstance(signal, EventView) else ""
    return text.strip() or default


def _span(duration: timedelta) -> str:
    minutes = int(duration.total_seconds() // 60)
    hours, rest = divmod(minutes, 60)
    if hours >= 48:
        return f"{hours // 24} days"
    return f"{hours} h {rest} min" if hours and rest else f"{hours} h" if hours else f"{minutes} min"
