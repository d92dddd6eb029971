"""Which kind of paper this is, by its title: the large words at the top, then the phrases on the page."""

from __future__ import annotations

import re
from collections.abc import Sequence

from documents.extraction.fields import Candidate
from documents.extraction.sheet import Segment, Sheet, Token, folded

OTHER = "other"

# In the order in which they win when one title names two (a signed BOL is a BOL; "freight bill" is an invoice).
TITLES: tuple[tuple[str, str], ...] = (
    (r"proof of delivery|\bpod\b|delivery receipt|ablieferbeleg|preuve de livraison", "proof_of_delivery"),
    (r"os ?& ?d report|over,? short,? (?:and|&) damage", "osd_report"),
    (r"rate (?:and load )?confirmation|load confirmation|carrier confirmation", "rate_confirmation"),
    (r"packing (?:list|slip)|packliste|liste de colisage", "packing_list"),
    (r"commercial invoice|tax invoice|sales invoice|proforma", "commercial_invoice"),
    (r"freight (?:bill|invoice)|carrier invoice", "freight_invoice"),
    (r"entry summary|customs (?:entry|declaration)|zollanmeldung", "customs_entry"),
    (r"\bcmr\b|lettre de voiture|internationaler frachtbrief|frachtbrief|list przewozowy", "cmr"),
    (r"air ?waybill|sea ?waybill|\bwaybill\b", "waybill"),
    (r"bill of lading|\bb/l\b|straight bill|\bbol\b", "bill_of_lading"),
    (r"delivery (?:note|order)|lieferschein|bon de livraison", "delivery_note"),
    (r"\binvoice\b|rechnung|facture", "commercial_invoice"),
)


def read_kind(sheets: Sequence[Sheet]) -> Candidate | None:
    """The kind with the words that say so; None when no title is recognised."""
    if not sheets or not sheets[0].segments:
        return None
    sheet = sheets[0]
    top = [run for segment in sheet.segments if segment.box.cy < 0.35 * sheet.page.height for run in _runs(segment)]
    largest = max((max(token.size for token in run) for run in top), default=0.0)
    titles = [run for run in top if max(token.size for token in run) >= 0.85 * largest]
    first = [run for row in sheet.rows[:3] for segment in row for run in _runs(segment)]
    for runs in (titles, first, top):
        for run in runs:
            text = folded(" ".join(token.text for token in run))
            for pattern, kind in TITLES:
                found = re.search(pattern, text)
                if found and not _is_field(run, found.end()):
                    return Candidate("document_kind", kind, kind, sheet.evidence(run))
    return None


def _runs(segment: Segment) -> list[list[Token]]:
    """Pieces of a segment set in one size: a title may share its line with small print."""
    runs: list[list[Token]] = []
    for token in segment.tokens:
        if runs and abs(runs[-1][-1].size - token.size) <= 0.15 * token.size:
            runs[-1].append(token)
        else:
            runs.append([token])
    return runs


def _is_field(run: Sequence[Token], end: int) -> bool:
    """`Bill of Lading Number: 123` is a field and no title; `Commodity: ... bill of lading` is a sentence."""
    text = " ".join(token.text for token in run)
    return ":" in text[end:] or text.rstrip().endswith(":")
