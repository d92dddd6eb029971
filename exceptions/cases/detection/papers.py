"""document_missing and pod_missing: papers that are not there when they are needed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from exceptions.cases.detection.history import ShipmentHistory, Told
from exceptions.cases.detection.rule import Rule, found
from exceptions.cases.detection.settings import Setting
from exceptions.cases.detection.verdicts import Clear, Evidence, Expected, Verdict
from exceptions.cases.detection.words import instant
from exceptions.shipments.canonical import EventType as E
from exceptions.sla.defaults import CUTOFF_NOTICE

MISSING, NO_POD = "document_missing", "pod_missing"
POD = "pod"


def received(history: ShipmentHistory, kind: str = "") -> list[Told]:
    """Documents that came, of one kind (or of any): kinds compare without case and punctuation."""
    told = history.of(E.DOCUMENT_RECEIVED)
    return [event for event in told if not kind or _folded(event.data.get("kind")) == _folded(kind)]


def missing(history: ShipmentHistory, setting: Setting, now: datetime) -> Iterator[Verdict]:
    """One verdict for all papers the plan requires, the proof of delivery apart."""
    required = [(kind, due) for kind, due in history.documents if _folded(kind) != POD]
    if not required:
        return
    lacking = [(kind, due) for kind, due in required if not received(history, kind)]
    if not lacking or history.status == "cancelled":
        yield Clear(MISSING, history.subject, now, "All required documents are there")
        return
    evidence: list[Evidence] = []
    for kind, due in lacking:
        awaited = Expected(
            f"{history.subject.key}:document:{_folded(kind)}"[:60], due - setting.lead, "document", shipment=history.id
        )
        if awaited.due_at <= now:
            text = f"{kind.replace('_', ' ').capitalize()} is missing, needed by {instant(due)}"
            evidence.append(Evidence(awaited.due_at, text, expected=awaited))
        else:
            yield awaited
    if evidence:
        yield found(MISSING, history.subject, setting, evidence, at=now, shipments=(history.id,))
    else:
        yield Clear(MISSING, history.subject, now, "The documents still have time")


def no_pod(history: ShipmentHistory, setting: Setting, now: datetime) -> Iterator[Verdict]:
    """Where the plan requires one, or a threshold was set; most carriers' scans are proof enough."""
    due = next((at for kind, at in history.documents if _folded(kind) == POD), None)
    delivered = history.delivered_at
    if due is None and delivered is not None and setting.threshold:
        due = delivered + setting.threshold
    if due is None:
        return
    if delivered is None or received(history, POD) or history.status == "cancelled":
        yield Clear(
            NO_POD, history.subject, now, "The proof of delivery is there" if delivered else "Not delivered yet"
        )
        return
    awaited = Expected(f"{history.subject.key}:document:{POD}", max(due, delivered), "document", shipment=history.id)
    if now < awaited.due_at:
        yield Clear(NO_POD, history.subject, now, "The proof of delivery still has time")
        yield awaited
        return
    evidence = [Evidence(awaited.due_at, f"Delivered {instant(delivered)}, no proof of delivery", expected=awaited)]
    yield found(NO_POD, history.subject, setting, evidence, at=now, shipments=(history.id,))


def _folded(kind: object) -> str:
    return "".join(character for character in str(kind).lower() if character.isalnum())


RULES = (
    Rule(
        MISSING,
        missing,
        trigger="A document that the plan requires was not received shortly before its cut-off.",
        ends="The document arrives.",
        uses="lead: how long before its cut-off a document must be there",
        default=Setting(lead=CUTOFF_NOTICE),
    ),
    Rule(
        NO_POD,
        no_pod,
        trigger="Delivered, and no proof of delivery when the plan requires it, or after the time that is set here.",
        ends="The proof of delivery arrives.",
        uses="threshold: how long after the delivery it may take where no plan says; none is set by default",
    ),
)
