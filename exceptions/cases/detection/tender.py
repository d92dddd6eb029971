"""tender_rejected: a load was declined, or nobody answered the tender in time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from exceptions.cases.detection.folding import evidence_of, latest
from exceptions.cases.detection.history import LoadHistory
from exceptions.cases.detection.rule import LOAD, Rule, found
from exceptions.cases.detection.settings import Setting
from exceptions.cases.detection.verdicts import Clear, Evidence, Expected, SubjectRef, Verdict
from exceptions.cases.detection.words import instant
from exceptions.cases.taxonomy import Subject
from exceptions.shipments.canonical import EventType as E

REJECTED = "tender_rejected"
TALK = (E.LOAD_TENDERED, E.LOAD_ACCEPTED, E.LOAD_REJECTED, E.LOAD_CANCELLED)


def judge(history: LoadHistory, setting: Setting, now: datetime) -> Iterator[Verdict]:
    """The last word between us and the carrier holds; a new tender after a rejection asks anew."""
    talk = [event for event in history.events if event.type in TALK]
    last = latest(talk)
    if last is None:
        return
    subject = SubjectRef(Subject.LOAD, history.id)
    if last.type == E.LOAD_REJECTED:
        asked = latest(event for event in talk if event.type == E.LOAD_TENDERED)
        said = [e for e in talk if e.type == E.LOAD_REJECTED and (asked is None or e.order > asked.order)]
        evidence = [evidence_of(event) for event in sorted(said, key=lambda event: event.order)]
        yield found(REJECTED, subject, setting, evidence, at=now, shipments=history.riders)
        return
    if last.type != E.LOAD_TENDERED:
        yield Clear(REJECTED, subject, last.at, E(last.type).label)
        return
    by = last.moment("respond_by") or (last.at + setting.threshold if setting.threshold else None)
    awaited = Expected(f"{subject.key}:answer", by, "answer", load=history.id) if by is not None else None
    if awaited is None or now < awaited.due_at:
        yield Clear(REJECTED, subject, last.at, "Tendered anew")
        if awaited is not None:
            yield awaited
        return
    evidence = [Evidence(awaited.due_at, f"No answer to the tender by {instant(awaited.due_at)}", expected=awaited)]
    yield found(REJECTED, subject, setting, evidence, at=awaited.due_at, shipments=history.riders)


RULES = (
    Rule(
        REJECTED,
        judge,
        trigger="The carrier declined the load, or did not answer by the time that the tender gives.",
        ends="An acceptance, a new tender or a cancellation, reported as later.",
        uses="threshold: how long an answer may take where the tender names no time; none is set by default",
        of=LOAD,
    ),
)
