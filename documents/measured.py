"""Compares what the rules reader reads with labelled documents. Pure; `benchmarks.py` runs it over a folder.

The rules of comparison are those that stand beside the labels (`ground_truth/README.md` of the sample data).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from documents.extraction.fields import Extraction, FieldState
from documents.extraction.sheet import folded

# Field of ours -> (key in the labels, how to compare).
COMPARED: dict[str, tuple[str, str]] = {
    "document_kind": ("document_type", "exact"),
    "bol_number": ("bol_number", "identifier"),
    "pro_number": ("pro_number", "identifier"),
    "shipment_id": ("shipment_id", "identifier"),
    "scac": ("scac", "identifier"),
    "carrier_name": ("carrier_name", "name"),
    "shipper_name": ("shipper_name", "name"),
    "shipper_address": ("shipper_address", "address"),
    "consignee_name": ("consignee_name", "name"),
    "consignee_address": ("consignee_address", "address"),
    "bill_to_name": ("bill_to_name", "name"),
    "bill_to_address": ("bill_to_address", "address"),
    "ship_date": ("ship_date", "exact"),
    "po_number": ("po_numbers", "set"),
    "pieces": ("pieces", "number"),
    "weight": ("weight", "number"),
    "weight_unit": ("weight_unit", "exact"),
    "freight_terms": ("freight_terms", "exact"),
    "seal_number": ("seal_number", "identifier"),
    "container_number": ("container_number", "identifier"),
    "hazmat": ("hazmat", "yes"),
    "un_number": ("un_number", "identifier"),
}

# Kinds whose labels use finer words than our list of kinds.
KIND_WORDS = {"tax_invoice": "commercial_invoice", "lettre_de_voiture": "cmr"}


@dataclass(slots=True)
class Tally:
    right: int = 0
    wrong: int = 0
    missed: int = 0
    invented: int = 0
    verified: int = 0
    verified_right: int = 0
    examples: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float | None:
        given = self.right + self.wrong + self.invented
        return self.right / given if given else None

    @property
    def recall(self) -> float | None:
        wanted = self.right + self.wrong + self.missed
        return self.right / wanted if wanted else None


def labelled_documents(folder: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Files with their labels, of the sample data's `documents` folder."""
    for path in sorted((folder / "ground_truth").glob("sh_*.json")):
        truth = json.loads(path.read_text(encoding="utf-8"))
        file = folder.parent / truth["file"]
        if file.suffix == ".pdf" and file.exists():
            yield file, truth


def compare(extraction: Extraction, truth: Mapping[str, Any], tallies: dict[str, Tally], name: str) -> None:
    """Count every compared field of one document into `tallies`."""
    for key, (label, how) in COMPARED.items():
        tally = tallies.setdefault(key, Tally())
        given = extraction.values(key)
        wanted = _wanted(truth, label)
        states = [f.state for f in extraction.fields if f.key == key]
        if how == "yes":
            given, wanted = [v for v in given if v == "yes"], ["yes"] if wanted == ["True"] else []
        is_right = bool(given) and bool(wanted) and _equal(how, given, wanted, truth, label)
        if not wanted and not given:
            continue
        if not given:
            tally.missed += 1
        elif not wanted:
            tally.invented += 1
        elif is_right:
            tally.right += 1
        else:
            tally.wrong += 1
        if given and FieldState.VERIFIED in states:
            tally.verified += 1
            tally.verified_right += is_right
        if not is_right:
            tally.examples.append(f"{name}: read {given}, is {wanted}")


def _wanted(truth: Mapping[str, Any], label: str) -> list[str]:
    value = truth.get(label)
    if value is None or value == []:
        return []
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


def _equal(how: str, given: list[str], wanted: list[str], truth: Mapping[str, Any], label: str) -> bool:
    others = truth.get(f"{label}_alt", [])
    accepted = wanted + [str(item) for item in (others if isinstance(others, list) else [others])]
    if how == "set":
        return {_squeezed(v) for v in given} == {_squeezed(v) for v in wanted}
    if how == "number":
        return float(given[0]) == float(wanted[0])
    if how == "address":
        return _words(wanted[0]) <= _words(given[0])
    if how == "identifier":
        return len(given) == 1 and _squeezed(given[0]) in {_squeezed(v) for v in accepted}
    if how == "name":
        return " ".join(folded(given[0]).split()) in {" ".join(folded(v).split()) for v in accepted}
    return given[0] in {KIND_WORDS.get(v, v) for v in accepted}


def _squeezed(text: str) -> str:
    return "".join(text.split()).upper()


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", folded(text)))


def summary(tallies: Mapping[str, Tally]) -> dict[str, Any]:
    """Per field and in total, as JSON."""
    rows = {key: _row(tally) for key, tally in tallies.items()}
    total = Tally()
    for tally in tallies.values():
        total.right += tally.right
        total.wrong += tally.wrong
        total.missed += tally.missed
        total.invented += tally.invented
        total.verified += tally.verified
        total.verified_right += tally.verified_right
    return {"fields": rows, "all": _row(total)}


def _row(tally: Tally) -> dict[str, Any]:
    precision, recall = tally.precision, tally.recall
    f1 = 2 * precision * recall / (precision + recall) if precision and recall else None
    return {
        "right": tally.right,
        "wrong": tally.wrong,
        "missed": tally.missed,
        "invented": tally.invented,
        "precision": _rounded(precision),
        "recall": _rounded(recall),
        "f1": _rounded(f1),
        "verified": tally.verified,
        "verified_right": tally.verified_right,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
