"""booking_rolled and cutoff_at_risk: the line or airline takes the freight later, or the freight comes too late for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from exceptions.cases.detection.folding import Statement, episode
from exceptions.cases.detection.history import DEPARTURE, LegFacts, ShipmentHistory
from exceptions.cases.detection.papers import received
from exceptions.cases.detection.rule import Rule, found
from exceptions.cases.detection.settings import Setting
from exceptions.cases.detection.verdicts import AT_RISK, BREACHED, Clear, Evidence, Expected, SubjectRef, Verdict
from exceptions.cases.detection.words import instant
from exceptions.cases.taxonomy import Subject
from exceptions.shipments.canonical import EventType as E
from exceptions.sla.defaults import CUTOFF_NOTICE

ROLLED, CUTOFF = "booking_rolled", "cutoff_at_risk"
SAILING = ("ocean", "air", "rail", "intermodal")
# What keeps each kind of cut-off: milestones at the leg's origin, or a document by its kind.
KEPT_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "warehouse": ("pickup", "departure", "gate_in"),
    "gate": ("gate_in", "loaded", "departure"),
    "flight": ("gate_in", "loaded", "departure"),
    "security": ("loaded", "departure"),
}
PAPERS: Final[Mapping[str, tuple[str, ...]]] = {
    "vgm": ("vgm",),
    "si": ("si", "shipping_instructions"),
    "documents": (),
    "security": ("security", "screening"),
}
WORDS: Final = {
    "warehouse": "Warehouse",
    "gate": "Gate",
    "flight": "Flight",
    "security": "Security",
    "vgm": "VGM",
    "si": "SI",
}


def rolled(history: ShipmentHistory, setting: Setting, now: datetime) -> Iterator[Verdict]:
    """About the leg that sails, where there is one."""
    told = history.of(E.SHIPMENT_ROLLED)
    if not told:
        return
    leg = next((leg for leg in history.legs if leg.mode in SAILING), None)
    subject = SubjectRef(Subject.LEG, leg.id) if leg is not None else history.subject
    said = [Statement(event, True) for event in told]
    said += [
        Statement(event, False)
        for event in history.of(E.SHIPMENT_BOOKED, E.EQUIPMENT_LOADED, E.SHIPMENT_DELIVERED, E.SHIPMENT_CANCELLED)
    ]
    over = episode(said)
    if over.stands:
        yield found(ROLLED, subject, setting, over.evidence, at=now, shipments=(history.id,))
    elif over.ended is not None:
        yield Clear(ROLLED, subject, over.ended.event.at, E(over.ended.event.type).label)


def cutoffs(history: ShipmentHistory, setting: Setting, now: datetime) -> Iterator[Verdict]:
    """One verdict for each leg with cut-offs: at risk when one is near without its milestone, breached when it passed."""
    for leg in history.legs:
        if not leg.cutoffs:
            continue
        subject = SubjectRef(Subject.LEG, leg.id)
        missing = [(kind, at) for kind, at in leg.cutoffs if not _kept(history, leg, kind)]
        if not missing or history.is_over:
            yield Clear(CUTOFF, subject, now, "In time for its cut-offs")
            continue
        evidence = [piece for kind, at in missing for piece in _overdue(history, leg, kind, at, setting, now)]
        yield from (
            awaited
            for kind, at in missing
            for awaited in _awaited(history, leg, kind, at, setting)
            if awaited.due_at > now
        )
        if not evidence:
            yield Clear(CUTOFF, subject, now, "The cut-offs are still ahead")
            continue
        phase = BREACHED if any(at <= now for _, at in missing) else AT_RISK
        yield found(CUTOFF, subject, setting, evidence, at=now, phase=phase, shipments=(history.id,))


def _awaited(
    history: ShipmentHistory, leg: LegFacts, kind: str, at: datetime, setting: Setting
) -> tuple[Expected, ...]:
    key = f"leg:{leg.id}:cutoff:{kind}"
    # What was brought just before may be under way to us as word. Half of the lead is left to act in, whatever it takes.
    heard = min(history.under_way(DEPARTURE), setting.lead / 2) if kind in KEPT_BY else timedelta(0)
    return (
        Expected(f"{key}:near", at - setting.lead + heard, kind, shipment=history.id, leg=leg.id),
        Expected(key, at, kind, shipment=history.id, leg=leg.id),
    )


def _overdue(
    history: ShipmentHistory, leg: LegFacts, kind: str, at: datetime, setting: Setting, now: datetime
) -> Iterator[Evidence]:
    near, passed = _awaited(history, leg, kind, at, setting)
    word = WORDS.get(kind, kind.capitalize())
    if near.due_at <= now:
        yield Evidence(near.due_at, f"{word} cut-off {instant(at)} is near and nothing says it is kept", expected=near)
    if passed.due_at <= now:
        yield Evidence(passed.due_at, f"{word} cut-off {instant(at)} passed", expected=passed)


def _kept(history: ShipmentHistory, leg: LegFacts, kind: str) -> bool:
    """Once the leg was loaded or left, no cut-off of it matters any more."""
    place = next((place for place, stop in enumerate(history.stops) if stop.id == leg.origin), None)
    if place is not None:
        origin, before = history.stops[place], history.stops[: place + 1]
        if origin.actual("loaded", "departure") or ((codes := KEPT_BY.get(kind)) and origin.actual(*codes)):
            return True
        if kind == "warehouse" and any(stop.actual("pickup", "departure") for stop in before):
            return True
        if any(stop.actual("arrival", "delivery", "discharge") for stop in history.stops[place + 1 :]):
            return True
    if kind == "documents":
        return bool(received(history))
    return any(received(history, name) for name in PAPERS.get(kind, ()))


RULES = (
    Rule(
        ROLLED,
        rolled,
        trigger="The line or airline rolled or cancelled the booking.",
        ends="A new booking, the loading, the delivery or a cancellation, reported as later.",
        one_load=True,
    ),
    Rule(
        CUTOFF,
        cutoffs,
        trigger="A cut-off of a leg (warehouse, gate, VGM, SI, documents, security, flight) is near without what keeps "
        "it (at risk), or passed without it (breached).",
        ends="The milestone or document that keeps it, the loading or departure of the leg.",
        uses="lead: how long before the cut-off it must be kept",
        default=Setting(lead=CUTOFF_NOTICE),
    ),
)
