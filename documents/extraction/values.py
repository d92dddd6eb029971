"""Reads what stands beside or under one label: numbers, names, dates, counts, weights, remarks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from documents.extraction.fields import Candidate
from documents.extraction.finding import Hit
from documents.extraction.lookup import Labelled, Value, covering, first_matching
from documents.extraction.normalise import printed, read_date, read_number, read_unit, squeezed, tidy
from documents.extraction.sheet import Token, folded

_ID = re.compile(r"(?=.*\d)[A-Z0-9][A-Z0-9./_-]{2,29}", re.IGNORECASE)


def read_single_values(labelled: Labelled, day_first: bool | None) -> Iterator[Candidate]:
    for hit in labelled.hits:
        reader = _READERS.get(hit.key)
        if reader is None:
            continue
        wraps = hit.key == "carrier_name"
        for value in labelled.values(hit, wraps=wraps):
            found = list(reader(labelled, hit, value, day_first))
            if found:
                yield from found
                break


def _is_in_sentence(hit: Hit, value: Value) -> bool:
    """Whether what looks like a label is only a word of a sentence."""
    stands_alone = hit.has_colon or hit.fills_segment
    return not stands_alone and len(value.tokens) > 3 and not any(c.isdigit() for c in value.tokens[0].text)


def _identifier(labelled: Labelled, hit: Hit, value: Value, day_first: bool | None) -> Iterator[Candidate]:
    if _is_in_sentence(hit, value):
        return
    token = first_matching(value.tokens[:2], lambda text: bool(_ID.fullmatch(text)))
    if token is None or re.fullmatch(r"\d{1,2}/\d{1,2}/\d{2,4}", token.text):
        return
    text = token.text.strip(" ,;:()[]")
    yield Candidate(hit.key, text, squeezed(text), labelled.sheet.evidence([token], text), hit.rank)


def _orders(labelled: Labelled, hit: Hit, value: Value, day_first: bool | None) -> Iterator[Candidate]:
    if _is_in_sentence(hit, value):
        return
    for token in value.tokens[:12]:
        for text in re.split(r"[,;&]", token.text):
            if _ID.fullmatch(text):
                yield Candidate("po_number", text, squeezed(text), labelled.sheet.evidence([token], text), hit.rank)
            elif text.strip() and not re.fullmatch(r"(?i)po|#|no\.?|and|/", text.strip()):
                return


def _container(labelled: Labelled, hit: Hit, value: Value, day_first: bool | None) -> Iterator[Candidate]:
    joined = ""
    for index, token in enumerate(value.tokens[:3]):
        joined += re.sub(r"[^A-Z0-9]", "", token.text.upper())
        if re.fullmatch(r"[A-Z]{4}\d{7}", joined):
            tokens = value.tokens[: index + 1]
            quote = " ".join(t.text for t in tokens)
            yield Candidate("container_number", quote, joined, labelled.sheet.evidence(tokens, quote), hit.rank)
            return


def _scac(labelled: Labelled, hit: Hit, value: Value, day_first: bool | None) -> Iterator[Candidate]:
    token = value.tokens[0]
    text = token.text.strip(" ,;:()[]")
    if re.fullmatch(r"[A-Za-z]{2,4}", text) and (hit.has_colon or hit.fills_segment or text.isupper()):
        yield Candidate("scac", text, text, labelled.sheet.evidence([token], text), hit.rank)


def _name(labelled: Labelled, hit: Hit, value: Value, day_first: bool | None) -> Iterator[Candidate]:
    tokens = value.tokens
    if not hit.has_colon and not hit.fills_segment and not _is_name_in_cell(labelled, hit, tokens):
        return
    for index, token in enumerate(tokens):
        tail = " ".join(item.text for item in tokens[index + 1 :])
        # "Carrier: Name, 12 rue du Port, 69007 Lyon": the name ends where a street begins.
        if token.text.endswith(",") and re.match(r"\d+[a-z]? \D", folded(tail)):
            tokens = tokens[: index + 1]
            break
    text = tidy(" ".join(token.text for token in tokens))
    if 2 <= len(text) <= 80 and re.search(r"[^\W\d_]{2}", text):
        yield Candidate(hit.key, text, text, labelled.sheet.evidence(tokens), hit.rank)


_NO_NAME = frozenset(
    {
        "information",
        "signature",
        "use",
        "only",
        "name",
        "code",
        "number",
        "instructions",
        "copy",
        "stamp",
        "certification",
        "id",
    }
)


def _is_name_in_cell(labelled: Labelled, hit: Hit, tokens: Sequence[Token]) -> bool:
    """`Carrier Blue Ridge Freightways` in a drawn cell: few words, each with a capital, none that ends a label."""
    cell = labelled.sheet.cell(hit.segment.box)
    if not (cell.is_drawn_left and cell.is_drawn_right) or hit.start or len(tokens) > 6:
        return False
    words = [token for token in tokens if token.norm not in {"and", "&", "of", "the", "de", "y"}]
    return bool(words) and all(word.text[:1].isupper() and word.norm not in _NO_NAME for word in words)


def _date(labelled: Labelled, hit: Hit, value: Value, day_first: bool | None) -> Iterator[Candidate]:
    said = value.text
    found = read_date(said, day_first=day_first)
    if found is None or (not hit.has_colon and not hit.fills_segment and found.quote not in said[:20]):
        return
    tokens = covering(value.tokens, found.quote)
    complaints = (f"day and month could be swapped ({found.other.isoformat()})",) if found.other else ()
    evidence = labelled.sheet.evidence(tokens, found.quote)
    yield Candidate(hit.key, found.quote, found.value.isoformat(), evidence, hit.rank, (), complaints)


def _count(labelled: Labelled, hit: Hit, value: Value, day_first: bool | None) -> Iterator[Candidate]:
    if not labelled.asks_right(hit):
        return
    token = value.tokens[0]
    number = read_number(token.text.strip("_"), comma_decimal=labelled.comma_decimal)
    if number is not None and number == number.to_integral_value():
        yield Candidate(hit.key, token.text, printed(number), labelled.sheet.evidence([token]), hit.rank)


def _weight(labelled: Labelled, hit: Hit, value: Value, day_first: bool | None) -> Iterator[Candidate]:
    tokens = value.tokens
    if not labelled.asks_right(hit) and tokens != labelled.rest_of(hit)[:2]:
        return  # a heading over a column: the table is read as a whole
    number, used = _leading_number(tokens, comma_decimal=labelled.comma_decimal)
    if number is None:
        return
    quote = " ".join(token.text for token in used)
    digits = re.match(r"[\d.,' ]*\d", quote)
    said = digits[0] if digits else quote
    yield Candidate("weight", said, printed(number), labelled.sheet.evidence(used, said), hit.rank)
    behind = tokens[len(used) : len(used) + 1]
    glued = re.search(r"[A-Za-z]+$", quote)
    sources = [(t, read_unit(t.text)) for t in (*behind, *hit.tokens)]
    if glued:
        sources.insert(0, (used[-1], read_unit(glued[0])))
    for token, unit in sources:
        if unit:
            yield Candidate("weight_unit", unit, unit, labelled.sheet.evidence([token]), hit.rank)
            return


def _leading_number(tokens: Sequence[Token], *, comma_decimal: bool) -> tuple[Decimal | None, Sequence[Token]]:
    """A number at the beginning, with blanks between its thousands if it is printed so."""
    for length in (3, 2, 1):
        run = tokens[:length]
        text = re.sub(r"[A-Za-z]+$", "", " ".join(token.text for token in run)).strip(" _")
        number = read_number(text, comma_decimal=comma_decimal)
        if number is not None and len(run) == length:
            return number, run
    return None, ()


def _hazmat(labelled: Labelled, hit: Hit, value: Value, day_first: bool | None) -> Iterator[Candidate]:
    token = value.tokens[0]
    said = folded(token.text).strip(".,")
    if labelled.asks_right(hit) and said in {"yes", "y", "no", "n", "none", "oui", "non", "ja", "nein"}:
        answer = "yes" if said in {"yes", "y", "oui", "ja"} else "no"
        yield Candidate("hazmat", token.text, answer, labelled.sheet.evidence([token]), hit.rank)


_NOTHING = re.compile(r"^(?:none|no|n/?a|nil|0|-+|clean|ok|good|no exceptions?|keine|aucune|_+)\.?$")


def _exceptions(labelled: Labelled, hit: Hit, value: Value, day_first: bool | None) -> Iterator[Candidate]:
    text = tidy(value.text)
    if labelled.asks_right(hit) and len(text) > 2 and not _NOTHING.match(folded(text)):
        yield Candidate("exceptions_noted", text, text, labelled.sheet.evidence(value.tokens), hit.rank)


_Reader = Callable[[Labelled, Hit, Value, "bool | None"], Iterator[Candidate]]

_READERS: dict[str, _Reader] = {
    "bol_number": _identifier,
    "pro_number": _identifier,
    "shipment_id": _identifier,
    "seal_number": _identifier,
    "trailer_number": _identifier,
    "un_number": _identifier,
    "container_number": _container,
    "po_number": _orders,
    "scac": _scac,
    "carrier_name": _name,
    "ship_date": _date,
    "delivery_date": _date,
    "pieces": _count,
    "handling_units": _count,
    "weight": _weight,
    "hazmat": _hazmat,
    "exceptions_noted": _exceptions,
}
