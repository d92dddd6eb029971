"""The classifier's rules twin: code tables first, then the keyword model on the sources' own words. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from agents.skills.classify.form import CLASSIFIED, Classification
from agents.skills.classify.material import Material, Signal
from exceptions.cases.taxonomy import REASONS, TYPES, UNKNOWN_REASON, is_reason, reason, reason_label, type_label
from exceptions.intake.mapping.carrier_text import read_text

_SAYS_NOTHING = frozenset({"", UNKNOWN_REASON, "none"})
_LABELS = {
    "type": "Type",
    "reason": "Reason",
    "responsible_party": "Responsible party",
    "excusable": "Excused",
    "severity": "Severity",
}


@dataclass(frozen=True)
class Conflict:
    """Two answers to one question, in words. Shown before anything else."""

    what: str
    one: str
    other: str

    def as_json(self) -> dict[str, str]:
        return {"what": self.what, "one": self.one, "other": self.other}


def classify(material: Material) -> Classification:
    """Reason from the newest signal that names one; party and excuse from the reason; the rest stays as it stands."""
    found = next(reasons_named(material), None)
    if found is None:
        return Classification(**material.current, evidence=[])
    signal, code = found
    entry = reason(code)
    return Classification(
        type=material.current["type"],
        reason=code,
        responsible_party=entry.party.value,
        excusable=entry.excusable.value,
        severity=material.current["severity"],
        evidence=[signal.id],
    )


def complaints(material: Material, answer: Classification) -> list[str]:
    """What a model's answer must not do, in words that it can act on."""
    found: list[str] = []
    if unknown := [each for each in answer.evidence if each not in material.citable]:
        found.append(f"evidence: there is no {', '.join(unknown[:4])[:80]}; cite ids and keys that were given")
    if answer.reason not in _SAYS_NOTHING and not answer.evidence:
        found.append("evidence: a reason needs at least one id or key it stands on; without any, answer 'unknown'")
    if len(answer.evidence) > 12:
        found.append("evidence: at most twelve entries")
    return found


def disagreements(model: Classification, rules: Classification) -> list[Conflict]:
    """Where model and rules answer differently: the only confidence signal there is."""
    found = []
    for name in CLASSIFIED:
        one, other = getattr(model, name), getattr(rules, name)
        if one != other and not (name != "type" and name != "severity" and rules.reason in _SAYS_NOTHING):
            said = f"The model says: {label_of(name, one)}"
            found.append(Conflict(_LABELS[name], said, f"the rules say: {label_of(name, other)}"))
    return found


def contradictions(material: Material, answer: Classification) -> list[Conflict]:
    """Signals that name another reason than the answer does: evidence against it."""
    found = []
    for signal, code in reasons_named(material):
        if code != answer.reason and answer.reason not in _SAYS_NOTHING:
            said = f"The proposal says: {reason_label(answer.reason)}"
            words = f" (“{signal.text}”)" if signal.text else ""
            who = signal.source or "another source"
            found.append(Conflict("Reason", said, f"{who} says: {reason_label(code)}{words}"))
    return found


def label_of(name: str, code: str) -> str:
    """A classification's code in words."""
    if name == "type":
        return type_label(code)
    if name == "reason":
        return reason_label(code)
    return code.replace("_", " ")


def missing(material: Material, answer: Classification) -> list[str]:
    """What whoever classified did not have, in sentences."""
    gaps = []
    if not material.signals:
        gaps.append("No source has said anything about the cause.")
    elif not any(signal.text or signal.code for signal in material.signals):
        gaps.append("The sources sent states without a word about the cause.")
    if answer.reason in _SAYS_NOTHING:
        gaps.append("The cause is not known: nobody has been asked, or nobody has answered.")
    return gaps


def reasons_named(material: Material) -> Iterator[tuple[Signal, str]]:
    """Signals that name a reason, newest first, with its code."""
    for signal in material.signals:
        code = signal.reason if is_reason(signal.reason) else ""
        if code in _SAYS_NOTHING:
            code = read_text(signal.text).reason or ""
        if code not in _SAYS_NOTHING and is_reason(code):
            yield signal, code


VOCABULARY = "\n".join(
    [
        "Types:",
        *(f"- {entry.code}: {entry.label}" for entry in TYPES),
        "Reasons (usual responsible party, usually excused):",
        *(f"- {entry.code}: {entry.label} ({entry.party.value}, {entry.excusable.value})" for entry in REASONS),
    ]
)
