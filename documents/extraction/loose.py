"""Reads values that no label announces: they name themselves, or stand in a line that describes the goods."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from documents.extraction.fields import Candidate
from documents.extraction.lookup import Labelled, covering
from documents.extraction.normalise import printed, read_number, read_unit
from documents.extraction.sheet import Segment, Sheet, Token


def read_listed_counts(sheet: Sheet) -> Iterator[Candidate]:
    """Pieces of a plain list of items, one `Qty N` to a line: their sum."""
    found: list[tuple[Decimal, Token]] = []
    for segment in sheet.segments:
        for before, token in pairwise(segment.tokens):
            number = read_number(token.text.strip(",;"))
            if before.norm == "qty" and number is not None and number == number.to_integral_value():
                found.append((number, token))
    if found:
        total = sum((number for number, _ in found), Decimal(0))
        evidence = sheet.evidence([token for _, token in found])
        yield Candidate("pieces", printed(total), printed(total), evidence, 6)


def read_unlabelled(labelled: Labelled) -> Iterator[Candidate]:
    """Values that name themselves wherever they stand."""
    sheet = labelled.sheet
    for segment in sheet.segments:
        for token in segment.tokens:
            text = token.text.strip(",;.()[]")
            if re.fullmatch(r"[A-Z]{3}[UJZ]\d{7}", text):
                yield Candidate("container_number", text, text, sheet.evidence([token], text), 9)
            elif re.fullmatch(r"UN\d{4}", text):
                yield Candidate("un_number", text, text, sheet.evidence([token], text), 9)
            elif re.fullmatch(r"BOL[-#]?\d{4,}", text):
                yield Candidate("bol_number", text, text, sheet.evidence([token], text), 9)
        yield from _in_sentence(sheet, segment, comma_decimal=labelled.comma_decimal)
        found = re.search(r"(?i)\bsubject to count\b|\bshipper'?s load (?:and|&) count\b", segment.text)
        if found:
            yield Candidate("exceptions_noted", found[0], found[0].lower(), sheet.evidence(segment.tokens, found[0]), 9)


_GOODS_WEIGHT = re.compile(
    r"(?i)(?:gross weight|poids brut|bruttogewicht|weight)\s*:?\s+(\d[\d .,]*\d|\d)\s*(kgs?|lbs?)\b"
)
_PACKAGES = re.compile(
    r"(?i)(\d{1,6}) (?:pallets?|palettes?|paletten|palety?|cartons?|colis|skids?|crates?|pieces?|pcs|packages?|kartons?)\b"
)
_GOODS = frozenset({"marchandise", "marchandises", "goods", "ware", "commodity", "description", "towar"})


def _in_sentence(sheet: Sheet, segment: Segment, *, comma_decimal: bool) -> Iterator[Candidate]:
    """`24 pallets glass bottles, gross weight 18 450 kg`: counted goods described in one line."""
    weight = _GOODS_WEIGHT.search(segment.text)
    number = read_number(weight[1], comma_decimal=comma_decimal) if weight else None
    if weight and number is not None:
        tokens = covering(segment.tokens, weight[0])
        evidence = sheet.evidence(tokens, weight[1])
        yield Candidate("weight", weight[1], printed(number), evidence, 7)
        yield Candidate("weight_unit", read_unit(weight[2]), read_unit(weight[2]), sheet.evidence(tokens, weight[2]), 7)


def read_described_pieces(labelled: Labelled) -> Iterator[Candidate]:
    """`Goods: 24 pallets glass bottles`: the number before the first package in the line that describes the goods."""
    for hit in labelled.of("other"):
        if hit.has_colon and {token.norm for token in hit.tokens} & _GOODS:
            value = next(labelled.values(hit), None)
            found = _PACKAGES.match(value.text) if value else None
            if value and found:
                evidence = labelled.sheet.evidence(covering(value.tokens, found[1]), found[1])
                yield Candidate("pieces", found[1], found[1], evidence, 7)
