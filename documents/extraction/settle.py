"""Candidates -> fields: one value per key, its state, and what spoke for and against it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from documents.extraction.checks import Verdict, check
from documents.extraction.fields import Candidate, Field, FieldState, evidence_holds
from documents.extraction.normalise import squeezed
from documents.reading.doctext import DocText, TextSource

# What is looked for on every document, in the order of the review page. Keys that may repeat come in the plural.
KEYS = (
    "document_kind", "bol_number", "pro_number", "shipment_id", "scac", "carrier_name", "shipper_name", "shipper_address", "shipper_city",
    "shipper_region", "shipper_postcode", "shipper_country", "consignee_name", "consignee_address", "consignee_city", "consignee_region",
    "consignee_postcode", "consignee_country", "bill_to_name", "bill_to_address", "notify_name", "notify_address", "ship_date", "delivery_date",
    "po_number", "pieces", "handling_units", "weight", "weight_unit", "freight_terms", "seal_number", "trailer_number", "container_number",
    "hazmat", "un_number", "exceptions_noted",
)  # fmt: skip
REPEATED = frozenset({"po_number", "exceptions_noted", "seal_number", "container_number", "un_number"})
# Absent is an answer worth a row only for what a bill of lading should carry.
EXPECTED = (
    "bol_number", "pro_number", "scac", "carrier_name", "shipper_name", "shipper_address", "consignee_name", "consignee_address",
    "ship_date", "po_number", "pieces", "handling_units", "weight", "weight_unit", "freight_terms", "seal_number", "hazmat", "exceptions_noted",
)  # fmt: skip


def settle(kind: str, candidates: Sequence[Candidate], text: DocText) -> tuple[Field, ...]:
    """Fields in the order of `KEYS`, absent ones included where they are expected."""
    pages = {page.number: page for page in text.pages}
    sound = [c for c in candidates if c.evidence.page in pages and evidence_holds(c.evidence, pages[c.evidence.page])]
    fields: list[Field] = []
    for key in KEYS:
        found = sorted((c for c in sound if c.key == key), key=lambda c: (c.rank, c.evidence.page))
        if not found:
            if key in EXPECTED:
                fields.append(Field(key, FieldState.ABSENT))
        elif key in REPEATED:
            fields += [_one(key, group, text) for group in _grouped(found)]
        else:
            fields.append(_one(key, found, text))
    return tuple(_without_empty_unit(fields))


def _without_empty_unit(fields: Iterable[Field]) -> list[Field]:
    """A unit without a weight says nothing."""
    known = list(fields)
    has_weight = any(field.key == "weight" and field.state is not FieldState.ABSENT for field in known)
    return [field for field in known if has_weight or field.key != "weight_unit" or field.state is FieldState.ABSENT]


def _grouped(found: Sequence[Candidate]) -> list[list[Candidate]]:
    groups: dict[str, list[Candidate]] = {}
    best = found[0].rank
    for candidate in found:
        # A value that only names itself counts where no label gave one, or where it repeats one.
        if candidate.rank <= best + 3 or squeezed(candidate.normalised) in groups:
            groups.setdefault(squeezed(candidate.normalised), []).append(candidate)
    return list(groups.values())


def _one(key: str, found: Sequence[Candidate], text: DocText) -> Field:
    best = found[0]
    same = [c for c in found[1:] if _same(c, best)]
    others = [c for c in found[1:] if not _same(c, best) and _rivals(key, best, c)]
    checks = list(best.checks) + [check for c in same for check in c.checks]
    complaints = list(best.complaints)
    verdict, sentence = check(key, best.normalised)
    if verdict is Verdict.HOLDS:
        checks.append(sentence)
    elif verdict is Verdict.FAILS:
        complaints.append(sentence)
    if key in ("pieces", "weight") and any(not set(c.evidence.words) & set(best.evidence.words) for c in same):
        checks.append("stands on the document twice")
    complaints += [f"the document also says {c.value}" for c in others]
    state = FieldState.CONFLICT if complaints else FieldState.VERIFIED if checks else FieldState.SUPPORTED
    if state is FieldState.VERIFIED and _is_ocr(best, text):
        state = FieldState.SUPPORTED
    field = Field(key, state, best.value, best.normalised, best.evidence, tuple(others[:3]))
    return replace(field, checks=tuple(dict.fromkeys(checks)), complaints=tuple(dict.fromkeys(complaints)))


def _same(a: Candidate, b: Candidate) -> bool:
    return squeezed(a.normalised) == squeezed(b.normalised)


def _rivals(key: str, best: Candidate, other: Candidate) -> bool:
    """A reading through a much weaker label is no contradiction; totals against lines are one at any distance."""
    if key in ("pieces", "weight"):
        return True
    if key in ("ship_date", "document_kind") or key.endswith(
        ("_name", "_address", "_city", "_region", "_postcode", "_country")
    ):
        return False
    return other.rank <= best.rank + 1


def _is_ocr(candidate: Candidate, text: DocText) -> bool:
    page = next(page for page in text.pages if page.number == candidate.evidence.page)
    return any(page.words[index].source is TextSource.OCR for index in candidate.evidence.words)
