"""The rules reader: finds the fields of a bill of lading by their labels and where they stand. Deterministic."""

from __future__ import annotations

import re

from documents.extraction import kinds
from documents.extraction.addresses import is_us_or_canadian
from documents.extraction.fields import Candidate, Extraction
from documents.extraction.labels import LABELS
from documents.extraction.lookup import Labelled
from documents.extraction.loose import read_described_pieces, read_listed_counts, read_unlabelled
from documents.extraction.parties import read_parties
from documents.extraction.settle import settle
from documents.extraction.sheet import Sheet
from documents.extraction.tables import column_candidates, hazmat_marks, order_numbers, read_columns
from documents.extraction.terms import read_freight_terms
from documents.extraction.values import read_single_values
from documents.reading.doctext import DocText

_MEANS_SHIPPED = frozenset({"bill_of_lading", "waybill", "cmr"})
BARE_DATE = len(LABELS["ship_date"]) - 1


def read_fields(text: DocText) -> Extraction:
    """All fields of a document, each with evidence and state; keys that were looked for and not found are absent."""
    sheets = [Sheet(page) for page in text.pages if page.lines]
    kind = kinds.read_kind(sheets)
    candidates: list[Candidate] = [kind] if kind else []
    words = "\n".join(page.visible_text() for page in text.pages)
    day_first = _day_first(words)
    for sheet in sheets:
        labelled = Labelled(sheet, comma_decimal=day_first is True)
        candidates += read_single_values(labelled, day_first)
        candidates += read_parties(labelled)
        candidates += read_freight_terms(labelled)
        candidates += order_numbers(labelled)
        candidates += hazmat_marks(labelled)
        for column in read_columns(labelled):
            candidates += column_candidates(labelled, column)
        candidates += read_listed_counts(sheet)
        candidates += read_described_pieces(labelled)
        candidates += read_unlabelled(labelled)
    name = kind.normalised if kind else kinds.OTHER
    if name not in _MEANS_SHIPPED:
        # A bare "Date" is the day of shipment only on a paper that goes with the goods.
        candidates = [c for c in candidates if c.key != "ship_date" or c.rank < BARE_DATE]
    return Extraction(name, settle(name, candidates, text))


def _day_first(words: str) -> bool | None:
    """How the page's country writes dates; None where the page does not say."""
    if is_us_or_canadian(words) or re.search(r"(?i)\blbs?\b", words):
        return False
    if re.search(r"(?i)\b(lettre de voiture|frachtbrief|destinataire|empf[aä]nger|odbiorca|destinatario)\b", words):
        return True
    return None
