"""Reads the columns that matter (pieces, handling units, weight, order numbers, H.M.) out of a form's tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from documents.extraction.fields import Candidate
from documents.extraction.finding import Hit
from documents.extraction.lookup import Labelled
from documents.extraction.normalise import printed, read_number, read_unit, squeezed
from documents.extraction.sheet import Sheet, Token, folded
from documents.reading.doctext import Box

_NUMERIC = ("weight", "pieces", "handling_units")
_TOTAL = re.compile(r"^(?:grand|totals?|sub-?totals?)$")
_MAX_DEPTH = 420.0


@dataclass(slots=True)
class Column:
    key: str
    header: Hit
    left: float
    right: float
    items: list[tuple[Decimal, Token, str]] = field(default_factory=list)
    totals: list[tuple[Decimal, Token, str]] = field(default_factory=list)
    unit: str = ""
    unit_token: Token | None = None


def read_columns(labelled: Labelled) -> list[Column]:
    """Numeric columns with their lines and totals, in reading order."""
    columns = []
    for hit in labelled.hits:
        key = _column_key(labelled, hit)
        if key not in _NUMERIC or not _is_header(labelled, hit):
            continue
        column = _column(labelled.sheet, key, hit)
        _fill(labelled, column)
        if column.items or column.totals:
            columns.append(column)
    return columns


def _is_header(labelled: Labelled, hit: Hit) -> bool:
    return not labelled.rest_of(hit) and (hit.start == 0 or not hit.has_colon)


def _column_key(labelled: Labelled, hit: Hit) -> str:
    """What a column counts; under `Handling unit` a quantity counts those, under `Package` it counts pieces."""
    words = " ".join(token.norm for token in hit.tokens)
    if hit.key != "pieces" or not re.fullmatch(r"quantity|qty", words):
        return hit.key
    box = _span(hit.tokens)
    above: list[tuple[float, str]] = []
    for segment in labelled.sheet.segments:
        text = folded(segment.text)
        up = box.cy - segment.box.cy
        if 2 < up < 48 and re.match(r"(?:handling|packages?\b|hu\b)", text):
            cell = labelled.sheet.cell(segment.box)
            covers = (
                cell.left - 2 <= box.cx <= cell.right + 2 if cell.is_drawn_left else abs(segment.box.cx - box.cx) < 60
            )
            if covers:
                above.append((abs(segment.box.cx - box.cx), "handling_units" if text.startswith("h") else "pieces"))
    return min(above)[1] if above else "pieces"


def _span(tokens: Sequence[Token]) -> Box:
    box = tokens[0].box
    for token in tokens[1:]:
        box = box.union(token.box)
    return box


def _column(sheet: Sheet, key: str, hit: Hit) -> Column:
    box = _span(hit.tokens)
    cell = sheet.cell(box)
    row = [segment.box for segment in sheet.rows[hit.segment.row]]
    lefts = [other.x1 for other in row if other.x1 < box.x0]
    rights = [other.x0 for other in row if other.x0 > box.x1]
    # Without drawn borders a column reaches half way to its neighbours.
    left = cell.left if cell.is_drawn_left else (max(lefts) + box.x0) / 2 if lefts else box.x0 - 25
    right = cell.right if cell.is_drawn_right else (box.x1 + min(rights)) / 2 if rights else box.x1 + 25
    column = Column(key, hit, left, right)
    for token in hit.segment.tokens[hit.start :]:
        if read_unit(token.text) and token.text.strip("()#"):
            column.unit, column.unit_token = read_unit(token.text), token
            break
    return column


def _fill(labelled: Labelled, column: Column) -> None:
    box = _span(column.header.tokens)
    last_y = box.cy
    for row in labelled.sheet.rows:
        y = row[0].box.cy
        if y <= box.y1 - 0.3 * box.height or y - box.cy > _MAX_DEPTH:
            continue
        inside = [token for segment in row for token in segment.tokens if column.left <= token.box.cx <= column.right]
        if not inside:
            continue
        if any(_heads_another(labelled, column, hit) for segment in row for hit in labelled.labels_in(segment)):
            return
        number = _number(inside, comma_decimal=labelled.comma_decimal)
        if number is None:
            if _is_remark_of_header(inside) and not column.items and y - box.cy < 40:
                continue
            return
        if not column.items and y - last_y > 120:
            return
        value, token = number
        unit = next((read_unit(t.text) for t in inside if t is not token and read_unit(t.text)), "")
        entry = (value, token, unit or column.unit)
        (column.totals if _is_total(labelled.sheet, y, token) else column.items).append(entry)
        last_y = y


def _heads_another(labelled: Labelled, column: Column, hit: Hit) -> bool:
    inside = column.left <= _span(hit.tokens).cx <= column.right
    return inside and hit is not column.header and hit.key == column.key and _is_header(labelled, hit)


def _number(tokens: Sequence[Token], *, comma_decimal: bool) -> tuple[Decimal, Token] | None:
    for token in tokens:
        value = read_number(token.text.strip("_*|"), comma_decimal=comma_decimal)
        if value is not None:
            others = [
                t for t in tokens if t is not token and re.search(r"[A-Za-z]{4,}", t.text) and not read_unit(t.text)
            ]
            return None if len(others) > 2 else (value, token)
        glued = re.fullmatch(r"([\d.,]+)([A-Za-z]{1,3})", token.text)
        if glued and read_unit(glued[2]):
            value = read_number(glued[1], comma_decimal=comma_decimal)
            if value is not None:
                return value, token
    return None


def _is_remark_of_header(tokens: Sequence[Token]) -> bool:
    text = " ".join(token.text for token in tokens)
    return len(text) < 24 or bool(re.match(r"^\(.*\)$", text))


def _is_total(sheet: Sheet, y: float, token: Token) -> bool:
    """Whether the row, or a heading set in two lines at its height, says that this is a total."""
    for segment in sheet.segments:
        is_level = abs(segment.box.cy - y) < 0.75 * max(segment.size, token.size)
        if is_level and segment.box.cx != token.box.cx and any(_TOTAL.match(word.norm) for word in segment.tokens):
            return True
    return False


def column_candidates(labelled: Labelled, column: Column) -> Iterator[Candidate]:
    """What a column says as a whole: its printed total, or its only line, or the sum of its lines."""
    sheet = labelled.sheet
    lines_sum = sum((value for value, _, _ in column.items), Decimal(0))
    checks: tuple[str, ...] = ()
    complaints: tuple[str, ...] = ()
    unit = ""
    if column.totals:
        value, token, unit = column.totals[-1]
        if column.items and lines_sum == value:
            checks = ("the lines add up to the total",)
        elif len(column.items) > 1:
            complaints = (f"the lines add up to {printed(lines_sum)}",)
        evidence = sheet.evidence([token], _quote(token))
        rank = 2
    elif len(column.items) == 1:
        value, token, unit = column.items[0]
        evidence = sheet.evidence([token], _quote(token))
        rank = 3
    else:
        value, rank = lines_sum, 4
        tokens = [token for _, token, _ in column.items]
        unit = column.items[0][2]
        evidence = sheet.evidence(tokens)
    if column.key in ("pieces", "handling_units") and value != value.to_integral_value():
        return
    yield Candidate(column.key, printed(value), printed(value), evidence, rank, checks, complaints)
    if column.key == "weight" and unit:
        yield from _unit(sheet, column, unit, rank)


def _quote(token: Token) -> str:
    match = re.search(r"\d[\d.,]*", token.text)
    return match[0] if match else token.text


def _unit(sheet: Sheet, column: Column, unit: str, rank: int) -> Iterator[Candidate]:
    tokens = [column.unit_token] if column.unit_token else []
    if not tokens:
        of_value = {token.word for _, token, _ in (*column.totals, *column.items)}
        row_tokens = [t for s in sheet.segments for t in s.tokens if column.left <= t.box.cx <= column.right]
        tokens = [t for t in row_tokens if read_unit(t.text) == unit] or [t for t in row_tokens if t.word in of_value][
            :1
        ]
    if tokens:
        yield Candidate("weight_unit", unit, unit, sheet.evidence(tokens[:1]), rank)


def order_numbers(labelled: Labelled) -> Iterator[Candidate]:
    """Order numbers listed under a `Customer order number` or `PO` heading."""
    for hit in labelled.of("po_number"):
        if labelled.rest_of(hit) or hit.has_colon:
            continue
        column = _column(labelled.sheet, "po_number", hit)
        for row in labelled.sheet.rows:
            y = row[0].box.cy
            if y <= column.header.segment.box.cy + 2 or y - column.header.segment.box.cy > 200:
                continue
            tokens = [t for segment in row for t in segment.tokens if column.left <= t.box.cx <= column.right]
            if not tokens:
                continue
            text = tokens[0].text.strip(",;")
            if len(tokens) > 2 or any(_TOTAL.match(token.norm) for token in tokens):
                break
            if not re.fullmatch(r"(?=.*\d)[A-Za-z0-9][\w./-]{2,24}", text):
                if y - column.header.segment.box.cy < 30:
                    continue
                break
            yield Candidate("po_number", text, squeezed(text), labelled.sheet.evidence([tokens[0]], text), 1)


def hazmat_marks(labelled: Labelled) -> Iterator[Candidate]:
    """A mark in the H.M. column of a line."""
    for hit in labelled.of("hazmat"):
        if labelled.rest_of(hit) or hit.has_colon:
            continue
        column = _column(labelled.sheet, "hazmat", hit)
        for row in labelled.sheet.rows:
            y = row[0].box.cy
            if not 6 < y - hit.segment.box.cy < _MAX_DEPTH:
                continue
            for token in (t for s in row for t in s.tokens if column.left <= t.box.cx <= column.right):
                if re.fullmatch(r"(?:X|RQ|YES|Y|✓|✔|✗|✘|☒|☑)", token.text):
                    yield Candidate("hazmat", "yes", "yes", labelled.sheet.evidence([token]), 2)
                    return
