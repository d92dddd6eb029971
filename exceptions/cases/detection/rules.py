"""All rules, and what they say together about a set of histories. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain
from types import ModuleType
from typing import Final, TypeAlias

from exceptions.cases.detection import (
    appointment,
    booking,
    customer,
    customs,
    delivery,
    departure,
    door,
    dwell,
    free_time,
    freight,
    holds,
    inventory,
    invoices,
    papers,
    pickup,
    reference_data,
    route,
    seal,
    silence,
    temperature,
    tender,
)
from exceptions.cases.detection.history import LoadHistory, OrderHistory, ShipmentHistory
from exceptions.cases.detection.rule import LOAD, ORDER, SHIPMENT, Rule
from exceptions.cases.detection.settings import Setting, Settings
from exceptions.cases.detection.verdicts import BREACHED, Clear, Expected, Finding, SubjectRef, Verdict
from exceptions.cases.taxonomy import TYPES, Subject

FAMILIES: Final[tuple[ModuleType, ...]] = (
    tender,
    booking,
    pickup,
    departure,
    delivery,
    appointment,
    door,
    dwell,
    silence,
    route,
    freight,
    seal,
    temperature,
    customs,
    free_time,
    papers,
    invoices,
    inventory,
    holds,
    customer,
    reference_data,
)
RULES: Final[tuple[Rule, ...]] = tuple(rule for family in FAMILIES for rule in family.RULES)
DETECTED_TYPES: Final = frozenset(rule.type for rule in RULES)
# What no signal tells: documents that contradict each other are found where documents are read (`reconciliation`).
WITHOUT_RULE: Final = frozenset({"document_mismatch"})
ONCE: Final = frozenset(rule.type for rule in RULES if rule.once)
# What the cause of one type becomes when it gets worse: its open case goes on as that, under its number.
BECOMES: Final[Mapping[str, str]] = {silence.SILENT: delivery.LATE}
ONE_LOAD: Final = frozenset(rule.type for rule in RULES if rule.one_load)
DEFAULTS: Final[Mapping[str, Setting]] = {
    **{entry.code: Setting() for entry in TYPES},
    **{rule.type: rule.default for rule in reversed(RULES)},
}

_OF: Final = {kind: tuple(rule for rule in RULES if rule.of == kind) for kind in (SHIPMENT, LOAD, ORDER)}
History: TypeAlias = ShipmentHistory | LoadHistory | OrderHistory


@dataclass
class Judgement:
    """What stands wrong, by fingerprint; why other things are not, by fingerprint and by (type, shipment); what is
    waited for, by key."""

    findings: dict[str, Finding] = field(default_factory=dict)
    clears: dict[str, Clear] = field(default_factory=dict)
    reasons: dict[tuple[str, int], Clear] = field(default_factory=dict)
    expected: dict[str, Expected] = field(default_factory=dict)

    @property
    def overdue(self) -> list[Expected]:
        """What ran out and stands as evidence."""
        pieces = chain.from_iterable(finding.evidence for finding in self.findings.values())
        return [piece.expected for piece in pieces if piece.expected is not None]


def judge(
    shipments: Iterable[ShipmentHistory],
    loads: Iterable[LoadHistory] = (),
    orders: Iterable[OrderHistory] = (),
    *,
    settings: Settings | None = None,
    now: datetime,
) -> Judgement:
    """What every rule says of these histories at `now`, one finding per fingerprint.

    A function of its arguments: the order of arrival of what the histories hold is not among them.
    """
    settings = settings or Settings(DEFAULTS)
    judgement = Judgement()
    found: list[tuple[Finding, ShipmentHistory | None]] = []
    for shipment in shipments:
        verdicts = _part_of_worse(_verdicts(shipment, _OF[SHIPMENT], settings, now))
        found += [(finding, shipment) for finding in _noted(judgement, verdicts, shipment.id)]
    for load in loads:
        found += [(finding, None) for finding in _noted(judgement, _verdicts(load, _OF[LOAD], settings, now))]
    for order in orders:
        found += [(finding, None) for finding in _noted(judgement, _verdicts(order, _OF[ORDER], settings, now))]
    for finding in _about_loads(found):
        held = judgement.findings.get(finding.fingerprint)
        judgement.findings[finding.fingerprint] = together(held, finding) if held is not None else finding
    return judgement


def _verdicts(history: History, rules: tuple[Rule, ...], settings: Settings, now: datetime) -> list[Verdict]:
    verdicts: list[Verdict] = []
    for rule in rules:
        setting = settings.of(rule.type, history.accounts, history.lane)
        if setting.enabled:
            verdicts += rule.judge(history, setting, now)
    return verdicts


def _part_of_worse(verdicts: list[Verdict]) -> list[Verdict]:
    """Silence is not found where a late delivery or trouble at the door is, nor it or lateness where the freight is lost,
    nor a missed departure of a leg whose booking was rolled: it continues as that."""
    found = {said.type for said in verdicts if isinstance(said, Finding)}
    rolled = {said.subject for said in verdicts if isinstance(said, Finding) and said.type == booking.ROLLED}
    parts = {silence.SILENT: "a late delivery"} if delivery.LATE in found else {}
    if not found.isdisjoint(rule.type for rule in door.RULES):
        parts = {silence.SILENT: "trouble at the door"}
    if freight.LOST in found:
        parts = {silence.SILENT: "lost freight", delivery.LATE: "lost freight"}
    return [_part_of(said, parts, rolled) if isinstance(said, Finding) else said for said in verdicts]


def _part_of(said: Finding, parts: Mapping[str, str], rolled: Collection[SubjectRef]) -> Finding | Clear:
    is_rolled = said.type == departure.MISSED and said.subject in rolled
    worse = "a rolled booking" if is_rolled else parts.get(said.type)
    return Clear(said.type, said.subject, said.at, f"Continues as {worse}") if worse else said


def _noted(judgement: Judgement, verdicts: Iterable[Verdict], shipment: int | None = None) -> list[Finding]:
    """Keep recoveries and what is waited for; hand back the findings."""
    findings: list[Finding] = []
    for said in verdicts:
        if isinstance(said, Finding):
            findings.append(said)
        elif isinstance(said, Expected):
            judgement.expected[said.key] = said
        else:
            judgement.clears[said.fingerprint] = said
            if shipment is not None:
                judgement.reasons[said.type, shipment] = said
    return findings


def _about_loads(found: list[tuple[Finding, ShipmentHistory | None]]) -> list[Finding]:
    """Trouble that a shared load brought is about the load; so is other trouble of that type on it while that stands."""
    troubled: set[tuple[str, int]] = set()
    turned: list[tuple[Finding, ShipmentHistory | None]] = []
    for finding, shipment in found:
        load = _load_of(finding, shipment)
        if load is not None:
            troubled.add((finding.type, load))
            finding = replace(finding, subject=SubjectRef(Subject.LOAD, load))
        turned.append((finding, shipment))
    for place, (finding, shipment) in enumerate(turned):
        if shipment is None or finding.subject.kind == Subject.LOAD:
            continue
        load = next((load for load in sorted(shipment.shared) if (finding.type, load) in troubled), None)
        if load is not None:
            turned[place] = (replace(finding, subject=SubjectRef(Subject.LOAD, load)), shipment)
    return [finding for finding, _ in turned]


def _load_of(finding: Finding, shipment: ShipmentHistory | None) -> int | None:
    if shipment is None or not shipment.shared or finding.type not in ONE_LOAD:
        return None
    told = [piece.load for piece in finding.evidence if piece.load in shipment.shared]
    return told[-1] if told else None


def together(one: Finding, other: Finding) -> Finding:
    """Two findings about the same thing, as one: the worse one speaks, both give their evidence."""
    worse, lesser = sorted((one, other), key=_badness)[::-1]
    pieces = {
        (piece.event, piece.expected and piece.expected.key): piece for piece in (*lesser.evidence, *worse.evidence)
    }
    return replace(
        worse,
        shipments=tuple(sorted({*one.shipments, *other.shipments})),
        orders=tuple(sorted({*one.orders, *other.orders})),
        evidence=tuple(sorted(pieces.values(), key=lambda piece: (piece.at, piece.event or 0))),
        parts=(*(one.parts or (one,)), *(other.parts or (other,))),
    )


def _badness(finding: Finding) -> tuple[bool, str, str, tuple[int, ...]]:
    """The worse sorts later; what nothing tells apart sorts by what it is about, the same way everywhere."""
    severity = {"S1": "4", "S2": "3", "S3": "2", "S4": "1"}[finding.severity]
    return (finding.phase == BREACHED, severity, finding.summary, finding.shipments)
