"""Identifiers in the words of a mail: labelled ones ("PRO 4417702"), and those that prove themselves. Pure."""

import re
from collections.abc import Iterator
from typing import Final

from documents.extraction.checks import is_air_waybill, is_container_number
from exceptions.shipments.canonical import Ref, RefType

# Space is taken possessively and the look ahead is bounded: else a crafted mail keeps these busy for hours.
_NUMBER: Final = r"(?:\s*+(?:no|nr|num|number|ref|reference|id)\b\.?)?\s*+(?:[:#=]|\bis\b)?\s*+#?\s*+"
_VALUE: Final = r"(?P<value>(?=[A-Z0-9/-]{0,29}\d)[A-Z0-9][A-Z0-9/-]{3,29})"
# In this order: a longer label wins over one that stands inside it.
_LABELS: Final[tuple[tuple[RefType, str], ...]] = (
    (RefType.BOL, r"bill of lading|b\s?/\s?l|bol|bl|konnossement|connaissement|conocimiento"),
    (RefType.PO, r"purchase order|p\.?\s?o\.?|bestellung|bestell-?nr|orden de compra"),
    (RefType.PRO, r"pro"),
    (RefType.AWB, r"air ?way ?bill|m?awb|luftfrachtbrief"),
    (RefType.BOOKING, r"booking|bkg|buchung|réservation"),
    (RefType.CMR, r"cmr"),
    (RefType.LOAD, r"load|trip|ladung|ladunek"),
    (RefType.CONTAINER, r"container|cntr|conteneur|contenedor|kontener"),
    (RefType.TRACKING, r"tracking|track(?:ing)?[- ]?id|consignment|parcel|sendung(?:snummer)?|colis|przesyłka|envío"),
    (RefType.ORDER, r"(?:sales |customer )?order|delivery note|lieferschein|auftrag|commande|pedido|zamówieni[ea]"),
    (RefType.SHIPMENT, r"shipment"),
)
_LABELLED: Final = tuple(
    (kind, re.compile(rf"(?<![\w/.])(?:{label})(?![\w/]){_NUMBER}{_VALUE}(?![\w-])", re.IGNORECASE))
    for kind, label in _LABELS
)
_MORE: Final = re.compile(rf"\s*(?:,|;|&|/|\band\b|\bund\b|\bet\b|\by\b|\bi\b|\+)\s*{_VALUE}(?![\w-])", re.IGNORECASE)
_CONTAINER: Final = re.compile(r"(?<!\w)([A-Z]{3}[UJZ])[ -]?(\d{6})[ -]?(\d)(?!\w)")
_AWB: Final = re.compile(r"(?<![\w-])(\d{3})[- ](\d{4})[ ]?(\d{4})(?![\w-])")
_COLUMNS: Final[tuple[tuple[RefType, re.Pattern[str]], ...]] = tuple(
    (kind, re.compile(rf"\W*(?:{label}){_NUMBER}\W*", re.IGNORECASE)) for kind, label in _LABELS
)
_CELL: Final = re.compile(rf"\W*{_VALUE}\W*", re.IGNORECASE)
_DATE_SHAPED: Final = re.compile(r"\d{1,4}[-/]\d{1,2}[-/]\d{1,4}")
MAX_REFERENCES: Final = 50


def references_in(text: str) -> list[Ref]:
    """Every identifier the text names, in order, each once; at most 50."""
    found: dict[tuple[str, str, str], tuple[int, Ref]] = {}
    taken = bytearray(len(text))  # a mark for each character: comparing spans would take the square of their number
    for kind, pattern in _LABELLED:
        for match in pattern.finditer(text):
            if _is_free(match.span("value"), taken) and _is_number(match["value"]):
                for start, value in _listed(text, match):
                    taken[start : start + len(value)] = b"x" * len(value)
                    _keep(found, start, Ref(kind, value))
    for start, ref in _proven(text):
        if _is_free((start, start + len(ref.value)), taken):
            _keep(found, start, ref)
    return [ref for _, ref in sorted(found.values(), key=lambda entry: entry[0])][:MAX_REFERENCES]


def column_kind(heading: str) -> RefType | None:
    """The kind of identifier that a table's column of this heading holds."""
    return next((kind for kind, pattern in _COLUMNS if pattern.fullmatch(heading)), None)


def reference_in_cell(cell: str, kind: RefType) -> Ref | None:
    match = _CELL.fullmatch(cell)
    return Ref(kind, match["value"].upper()) if match and _is_number(match["value"]) else None


def _listed(text: str, match: re.Match[str]) -> Iterator[tuple[int, str]]:
    """The value, and those that follow it in a list: "B/L MBSU0071140, MBSU0071152"."""
    yield match.start("value"), _tidy(match["value"])
    shape = _shape(match["value"])
    following = _MORE.match(text, match.end("value"))
    while following and _shape(following["value"]) == shape and _is_number(following["value"]):
        yield following.start("value"), _tidy(following["value"])
        following = _MORE.match(text, following.end("value"))


def _proven(text: str) -> Iterator[tuple[int, Ref]]:
    for match in _CONTAINER.finditer(text):
        if is_container_number("".join(match.groups())):
            yield match.start(), Ref(RefType.CONTAINER, "".join(match.groups()))
    for match in _AWB.finditer(text):
        if is_air_waybill("".join(match.groups())):
            yield match.start(), Ref(RefType.AWB, f"{match[1]}-{match[2]}{match[3]}")


def _shape(value: str) -> tuple[int, bool]:
    return len(value), value[:1].isalpha()


def _is_number(value: str) -> bool:
    """Enough digits to be one, and not a date."""
    digits = sum(character.isdigit() for character in value)
    return digits >= 4 and not _DATE_SHAPED.fullmatch(value)


def _tidy(value: str) -> str:
    return value.strip("-/").upper()


def _is_free(span: tuple[int, int], taken: bytearray) -> bool:
    return not any(taken[slice(*span)])


def _keep(found: dict[tuple[str, str, str], tuple[int, Ref]], at: int, ref: Ref) -> None:
    found.setdefault(ref.key, (at, ref))
