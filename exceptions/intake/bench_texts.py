"""Holds the reading of carriers' status texts against rows that other people labelled.

The rows lie beside the project (`../shared/data/status_text/`). A row counts once by its text. The words alone are
measured, without any code beside them. Two kinds of rows are shown but not counted, because their label is not about
their text: codes without a word in them, and rows of one collection of connectors whose label repeats the parcel's last
state, or contradicts the text in plain sight (listed in `CONTRADICTORY`).
"""

from __future__ import annotations

import csv
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from controltower.ops import processes
from controltower.ops.benchmarks import Bench, Figure, benchmark
from exceptions.intake.mapping.carrier_text import folded, read_text
from exceptions.intake.mapping.normalised import normalised_status

FOLDER: Final = processes.ROOT.parent / "shared" / "data" / "status_text"
GOAL: Final = 0.95
TEXTS: Final = ("raw_text", "subtag_message", "substatus", "description", "text")
LABELS: Final = ("status", "normalised_status", "karrio_status", "karrio_normalized")
# `status` of this file is Shippo's own; its label stands in another column.
LABEL_OF: Final = {"shippo_substatus.csv": "normalised_status"}
# Ten words of the connectors' vocabulary in ours; its "delivery_failed" holds every bad end.
SAME: Final[Mapping[str, str]] = {
    "pending": "pre_transit",
    "picked_up": "in_transit",
    "on_hold": "held",
    "delivery_delayed": "delayed",
    "ready_for_pickup": "available_for_pickup",
    "return_to_sender": "returned",
}
BAD_ENDS: Final = frozenset({"delivery_failed", "returned", "damaged", "lost", "cancelled"})
# Carrier and code of rows whose label contradicts their text: "en transit" as out for delivery, "picked up" as pending.
CONTRADICTORY: Final = frozenset(
    {
        ("bpost", "L00"),
        ("dhl_parcel_de", "PO"),
        ("dhl_universal", "pre-transit"),
        ("dpd", "ReturningFromDelivery"),
        ("laposte", "ET1"),
        ("landmark", "400"),
        ("mydhl", "PU"),
        ("parcelone", "REGISTERED"),
        ("teleship", "in_transit"),
        ("ups", "SR"),
    }
)
# Each row of this carrier repeats that the parcel was delivered in the end.
LAST_STATE: Final = frozenset({"australiapost"})
REASONS: Final[Mapping[str, str]] = {
    "address": "address_wrong",
    "refused": "receiver_refused",
    "customs_other": "customs_exam",
    "customs_documents": "customs_documents",
    "customs_duties": "credit_or_payment",
    "payment": "credit_or_payment",
    "unclaimed": "customer_reschedule",
    "customer_request": "customer_reschedule",
    "recipient_unavailable": "receiver_closed",
    "recipient_closed": "receiver_closed",
    "access_restricted": "receiver_restricted",
    "oversize": "receiver_restricted",
    "noncompliance": "restricted_goods",
}


@dataclass(frozen=True, slots=True)
class Row:
    file: str
    text: str
    label: str
    reason: str
    counts: bool

    @property
    def right(self) -> bool:
        found = normalised_status(read_text(self.text).event_type)
        if self.file.startswith("karrio") and self.label == "delivery_failed":
            return found in BAD_ENDS
        return found == self.label

    @property
    def half(self) -> int:
        """One of two halves by hash: the model was written on 0 and looked at with 1."""
        return zlib.crc32(folded(self.text).encode()) % 2


@benchmark("texts", "what share of labelled status texts is read as its label says", durable=False)
def texts(bench: Bench) -> Mapping[str, Figure]:
    """Shares by file, by half and in all; nothing to measure where the folder is absent."""
    if not FOLDER.is_dir():
        bench.say(f"  nothing measured: the labelled texts are not there ({FOLDER})")
        return {}
    rows = list(labelled(FOLDER))
    counted = [row for row in rows if row.counts]
    figures = {"texts": Figure((len(counted),), "texts"), "right": Figure((share(counted),), "of texts", goal=GOAL)}
    for half in (0, 1):
        figures[f"right_half_{half}"] = Figure((share([row for row in counted if row.half == half]),), "of texts")
    for file in sorted({row.file for row in rows}):
        name = file.removesuffix(".csv")
        mine = [row for row in rows if row.file == file and row.counts]
        if mine:
            figures[f"right_{name}"] = Figure((share(mine),), f"of {len(mine)} texts")
        whole = [row for row in rows if row.file == file]
        if len(whole) != len(mine):
            figures[f"right_{name}_every_row"] = Figure((share(whole),), f"of {len(whole)} texts")
    reasoned = [row for row in counted if row.reason in REASONS]
    if reasoned:
        why = [read_text(row.text).reason == REASONS[row.reason] for row in reasoned]
        figures["reason_right"] = Figure((sum(why) / len(why),), f"of {len(why)} texts with a reason")
    for row in counted:
        if not row.right:
            bench.say(f"  {row.file}: {row.text[:70]!r} is {row.label}, read {read_text(row.text).event_type}")
    return figures


def share(rows: list[Row]) -> float:
    return sum(row.right for row in rows) / len(rows) if rows else 1.0


def labelled(folder: Path) -> Iterator[Row]:
    """The labelled rows of every CSV in `folder`, each text and label once a file."""
    for path in sorted(folder.glob("*.csv")):
        seen = set()
        with path.open(encoding="utf-8", newline="") as lines:
            for line in csv.DictReader(lines):
                row = _row(path.name, {name: value or "" for name, value in line.items() if name})
                if row is not None and (row.text, row.label) not in seen:
                    seen.add((row.text, row.label))
                    yield row


def _row(file: str, line: Mapping[str, str]) -> Row | None:
    label = line.get(LABEL_OF.get(file, ""), "") or next((line[name] for name in LABELS if line.get(name)), "")
    code = line.get("carrier_code_or_text", "")
    text = next((line[name] for name in TEXTS if line.get(name)), "") or line.get("comment_text", "") or code
    if not label or not text or line.get("kind", "status") != "status":
        return None
    carrier = line.get("carrier", "")
    doubtful = carrier in LAST_STATE or (carrier, line.get("code", "")) in CONTRADICTORY
    # A list of codes says with one word what a carrier's code means to its connector, not what a text says.
    counts = not doubtful and "carrier_code_or_text" not in line
    if not counts and not re.search(r"[A-Za-z]{4}", text):
        return None
    return Row(file, " ".join(text.split()), SAME.get(label, label), line.get("reason", ""), counts)
