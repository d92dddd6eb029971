"""appointment_problem: a dock appointment was missed, or nobody confirmed one in good time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from exceptions.cases.detection.folding import Statement, episode
from exceptions.cases.detection.history import LOADING, UNLOADING, ShipmentHistory, StopFacts, Told
from exceptions.cases.detection.rule import Rule, found
from exceptions.cases.detection.settings import Setting
from exceptions.cases.detection.verdicts import Clear, Evidence, Expected, SubjectRef, Verdict
from exceptions.cases.detection.words import instant
from exceptions.cases.taxonomy import Subject
from exceptions.shipments.canonical import EventType as E
from exceptions.shipments.canonical import Place
from exceptions.shipments.projection import APPOINTMENTS, appointment_stop

PROBLEM = "appointment_problem"
MADE = ("confirmed", "rescheduled")


def judge(history: ShipmentHistory, setting: Setting, now: datetime) -> Iterator[Verdict]:
    """One verdict for each pickup or delivery stop that has an appointment, or whose place wants one."""
    told = history.of(*APPOINTMENTS)
    for stop in history.stops:
        if stop.kind not in (LOADING, UNLOADING) or (stop.appointment is None and not stop.needs_appointment):
            continue
        appointment = stop.appointment
        subject = SubjectRef(Subject.APPOINTMENT, appointment.id) if appointment is not None else stop.subject
        came = stop.actual("arrival", "pickup", "delivery")
        if came is not None or history.is_over:
            yield Clear(PROBLEM, subject, came or history.status_at or now, "Arrived")
        elif appointment is not None and appointment.state == "missed":
            own = [event for event in told if _is_of(history, event, stop)]
            yield from _missed(history, subject, own, setting, now)
        elif appointment is not None and appointment.state in MADE:
            yield Clear(PROBLEM, subject, now, f"Appointment {appointment.state}")
        else:
            yield from _unconfirmed(history, stop, subject, setting, now)


def _missed(
    history: ShipmentHistory, subject: SubjectRef, told: list[Told], setting: Setting, now: datetime
) -> Iterator[Verdict]:
    said = [Statement(event, True) for event in told if event.type == E.APPOINTMENT_MISSED]
    said += [Statement(event, False) for event in told if APPOINTMENTS[event.type] in MADE]
    over = episode(said)
    yield found(
        PROBLEM,
        subject,
        setting,
        over.evidence,
        at=now,
        summary=over.last.text if over.evidence else "Appointment missed",
        shipments=(history.id,),
    )


def _unconfirmed(
    history: ShipmentHistory, stop: StopFacts, subject: SubjectRef, setting: Setting, now: datetime
) -> Iterator[Verdict]:
    arrival = stop.times.get(("planned", "arrival")) or stop.window_start or stop.window_end
    if arrival is None:
        return
    due = arrival - setting.lead
    awaited = Expected(f"{stop.subject.key}:appointment", due, "appointment", shipment=history.id, stop=stop.id)
    if now < due:
        yield Clear(PROBLEM, subject, now, "There is time to confirm an appointment")
        yield awaited
        return
    what = "cancelled" if stop.appointment is not None and stop.appointment.state == "cancelled" else "not confirmed"
    text = f"Appointment {what}; arrival is planned for {instant(arrival)}"
    evidence = [Evidence(due, text, expected=awaited)]
    yield found(PROBLEM, subject, setting, evidence, at=due, shipments=(history.id,))


def _is_of(history: ShipmentHistory, event: Told, stop: StopFacts) -> bool:
    place = Place(**event.place) if event.place else None
    meant = appointment_stop(event.data.get("stop"), place, history.views)
    return meant is not None and meant.id == stop.id


RULES = (
    Rule(
        PROBLEM,
        judge,
        trigger="The appointment was missed; or, where one was asked for or the place wants one, none is confirmed when "
        "the planned arrival is near.",
        ends="A confirmed or new appointment, or the arrival.",
        uses="lead: how long before the planned arrival it must be confirmed",
        default=Setting(lead=timedelta(hours=24)),
        one_load=True,
    ),
)
