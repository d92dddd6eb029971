"""Reads who sends, who receives and who pays: single labelled lines, forms with sub-labels, and plain address blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from documents.extraction.addresses import read_address
from documents.extraction.fields import Candidate
from documents.extraction.finding import Hit
from documents.extraction.labels import HEADING_RANK, PARTIES
from documents.extraction.lookup import Labelled, Value
from documents.extraction.normalise import tidy
from documents.extraction.sheet import Segment, Token

_MAX_LINES = 8
_LINE_GAP = 2.6
_NOT_A_NAME = re.compile(r"^[\W\d_]*$")
_CONTACT = re.compile(
    r"(?i)^(?:tel|phone|ph|fax|e-?mail|attn|contact|vat|ust|nip|eori|licen[cs]e)\b|@|^\(?\d{3}\)?[ -.]\d{3}[-.]\d{4}"
)


@dataclass(slots=True)
class _Block:
    name: list[tuple[Token, ...]] = field(default_factory=list)
    address: list[tuple[Token, ...]] = field(default_factory=list)
    rank: int = 0


def read_parties(labelled: Labelled) -> Iterator[Candidate]:
    """Candidates for `<role>_name` and `<role>_address` and the parts of the address."""
    for role in PARTIES:
        for hit in labelled.of(role):
            block = _named_part(labelled, hit) if hit.part else _block(labelled, hit)
            if block is not None:
                yield from _candidates(labelled, role, block)


def _named_part(labelled: Labelled, hit: Hit) -> _Block | None:
    value = next(labelled.values(hit, wraps=True), None)
    if value is None or not value.text.strip():
        return None
    return _Block(name=list(value.lines)) if hit.part == "name" else _Block(address=list(value.lines))


def _block(labelled: Labelled, hit: Hit) -> _Block | None:
    rest = labelled.rest_of(hit)
    if rest and not hit.has_colon:
        return None
    right = None if rest else labelled.sheet.right_of(hit.segment)
    if hit.rank == HEADING_RANK and (rest or hit.has_colon):
        return None  # "Origin: Laredo" is a place, "Origin" over an address is a party
    if rest:
        return _inline(labelled, hit, rest)
    if labelled.asks_right(hit) and right is not None and not labelled.begins_with_label(right):
        near = right.box.x0 - hit.segment.box.x1 < 0.35 * labelled.sheet.page.width
        cell = labelled.sheet.cell(hit.segment.box)
        if near and not (cell.is_drawn_right and right.box.x0 > cell.right):
            return _inline(labelled, hit, right.tokens)
    if not hit.fills_segment and hit.start != 0:
        return None
    lines = list(_lines_under(labelled, hit))
    return _sort(labelled, lines, rank=hit.rank) if lines else None


def _inline(labelled: Labelled, hit: Hit, tokens: Sequence[Token]) -> _Block:
    """`Consignee: Name, street, city`: the name ends at the first comma if an address follows."""
    text = " ".join(token.text for token in tokens)
    following = [line for line in _lines_under(labelled, hit, start=tokens[0]) if line]
    if "," in text:
        for index, token in enumerate(tokens):
            tail = " ".join(item.text for item in tokens[index + 1 :])
            if token.text.endswith(",") and (re.search(r"\d", tail) or read_address(tail).region):
                return _Block(name=[tuple(tokens[: index + 1])], address=[tuple(tokens[index + 1 :])], rank=1)
    below = _sort(labelled, following, rank=1)
    lines = [*below.name, *below.address] if below else []
    return _Block(name=[tuple(tokens)], address=lines if _looks_postal(lines) else [], rank=1)


def _looks_postal(lines: Sequence[Sequence[Token]]) -> bool:
    text = ", ".join(" ".join(token.text for token in line) for line in lines)
    found = read_address(text)
    return bool(found.postcode or found.region)


def _lines_under(labelled: Labelled, hit: Hit, start: Token | None = None) -> Iterator[tuple[Token, ...]]:
    """The lines of a block under its heading, down to the next heading, the cell's border or a wide gap."""
    sheet = labelled.sheet
    box = hit.segment.box
    cell = sheet.cell(box)
    right = sheet.right_of(hit.segment)
    limit = min(cell.right, right.box.x0 - 2 if right is not None and start is None else sheet.page.width)
    alone = right is None and sheet.rows[hit.segment.row][0] is hit.segment
    left = start.box.x0 - 6 if start else cell.left if cell.is_drawn_left or alone else box.x0 - 8
    # A block stands under its heading's column; behind an inline name its lines begin under the name or the label.
    columns = [start.box.x0, hit.tokens[0].box.x0] if start else []
    left = min([left, *(column - 6 for column in columns)])
    before, count = box, 0
    for segment in sheet.below(box, left, limit):
        if columns and all(abs(segment.box.x0 - column) > 14 for column in columns):
            continue
        if not columns and not cell.is_drawn_right and segment.box.x0 > box.x1:
            continue  # another column, whose lines happen to stand a little higher
        if segment.box.cy - before.cy > _LINE_GAP * max(segment.size, 7) + (14 if count == 0 else 0):
            return
        if count and sheet.is_ruled_below(before, segment.box):
            return
        if _ends_block(labelled, segment):
            return
        columns = [segment.box.x0]
        before = segment.box
        count += 1
        yield segment.tokens
        if count >= _MAX_LINES:
            return


def _ends_block(labelled: Labelled, segment: Segment) -> bool:
    labels = labelled.labels_in(segment)
    if any(hit.has_colon and hit.key and not (hit.key in PARTIES and hit.part) for hit in labels[1:]):
        return True
    if not labels:
        return False
    first = labels[0]
    if first.start != 0 and not first.fills_segment:
        return first.has_colon and first.key != ""
    if _is_town(labelled, first):
        return False
    if first.key == "" or (first.key in PARTIES and first.part):
        return False
    return first.has_colon or first.fills_segment


def _is_town(labelled: Labelled, hit: Hit) -> bool:
    """In the old straight form the town of a party is labelled `Destination:` or `Origin:`."""
    words = " ".join(token.norm for token in hit.tokens)
    if words not in ("origin", "destination") or not hit.has_colon:
        return False
    found = read_address(" ".join(token.text for token in labelled.rest_of(hit)))
    return bool(found.region or found.postcode)


def _sort(labelled: Labelled, lines: Sequence[tuple[Token, ...]], *, rank: int) -> _Block | None:
    block = _Block(rank=rank)
    by_first = {id(segment.tokens[0]): segment for segment in labelled.sheet.segments}
    for line in lines:
        segment = by_first[id(line[0])]
        labels = [hit for hit in labelled.labels_in(segment) if hit.key == "" or _is_town(labelled, hit)]
        if labels and labels[0].start == 0 and labels[0].has_colon:
            for label in labels:
                rest = labelled.rest_of(label)
                if rest:
                    (block.name if label.part == "name" else block.address).append(rest)
            continue
        text = " ".join(token.text for token in line)
        if _CONTACT.search(text):
            continue
        if block.name or block.address:
            block.address.append(line)
        else:
            block.name.append(line)
    return block if block.name or block.address else None


def _candidates(labelled: Labelled, role: str, block: _Block) -> Iterator[Candidate]:
    if block.name:
        value = Value(tuple(block.name))
        name = tidy(value.text)
        if name and not _NOT_A_NAME.match(name):
            yield _candidate(labelled, f"{role}_name", name, value, block.rank)
    if not block.address:
        return
    value = Value(tuple(block.address))
    text = tidy(", ".join(tidy(" ".join(token.text for token in line)) for line in block.address))
    if not text or not any(char.isalnum() for char in text):
        return
    yield _candidate(labelled, f"{role}_address", text, value, block.rank)
    parts = read_address(text)
    for part in ("city", "region", "postcode"):
        found = getattr(parts, part)
        tokens = _tokens_of(found, value.tokens)
        if found and tokens:
            yield _candidate(labelled, f"{role}_{part}", found, Value((tokens,)), block.rank)
    if parts.country and parts.region:
        yield Candidate(
            f"{role}_country", parts.country, parts.country, labelled.sheet.evidence(value.tokens), block.rank
        )


def _tokens_of(found: str, tokens: Sequence[Token]) -> tuple[Token, ...]:
    """The last run of tokens that spells a part of the address; empty when it does not stand there as such."""
    wanted = "".join(found.split()).casefold()
    for start in range(len(tokens) - 1, -1, -1):
        said = ""
        for end in range(start, min(len(tokens), start + 6)):
            said += "".join(tokens[end].text.split())
            if tidy(said).replace(",", "").casefold() == wanted.replace(",", ""):
                return tuple(tokens[start : end + 1])
    return ()


def _candidate(labelled: Labelled, key: str, text: str, value: Value, rank: int) -> Candidate:
    return Candidate(key, text, text, labelled.sheet.evidence(value.tokens), rank)
