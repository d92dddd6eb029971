"""Deterministic normalisers: from what is printed to what is compared. A value counts only if one of these makes it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from documents.extraction.sheet import folded

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january janvier januar enero stycznia", "feb february fevrier februar febrero lutego",
            "mar march mars marz marzo marca", "apr april avril abril kwietnia", "may mai mayo maja",
            "jun june juin juni junio czerwca", "jul july juillet juli julio lipca", "aug august aout agosto sierpnia",
            "sep sept september septembre septiembre wrzesnia", "oct october octobre oktober octubre pazdziernika okt",
            "nov november novembre noviembre listopada", "dec december decembre dezember diciembre grudnia dez",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip

_ISO = re.compile(r"\b(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\b")
_NUMERIC = re.compile(r"\b(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})\b")
_MONTH_FIRST = re.compile(r"\b([a-z]{3,12})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})\b")
_DAY_FIRST = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th|\.)?[ -]([a-z]{3,12})\.?,?[ -](\d{4}|\d{2})\b")


@dataclass(frozen=True, slots=True)
class ReadDate:
    """A date as printed. `other` is the second meaning that the same digits have where day and month may be swapped."""

    value: date
    quote: str
    other: date | None = None


def read_date(text: str, *, day_first: bool | None) -> ReadDate | None:
    """The first date in a text. `day_first` says how the page's country writes; None means that it is not known."""
    plain = folded(text)
    for pattern, order in ((_ISO, (1, 2, 3)), (_MONTH_FIRST, (3, 1, 2)), (_DAY_FIRST, (3, 2, 1))):
        for match in pattern.finditer(plain):
            month = match[order[1]]
            number = _MONTHS.get(month) if month.isalpha() else int(month)
            found = _date(int(match[order[0]]), number, int(match[order[2]]))
            if found:
                return ReadDate(found, text[match.start() : match.end()])
    for match in _NUMERIC.finditer(plain):
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        by_day, by_month = _date(year, second, first), _date(year, first, second)
        if match[2] == "." and by_day:
            by_month = None
        found = by_day if day_first else by_month
        if found is None or day_first is None:
            found = by_month or by_day
        if found:
            other = by_day if found == by_month else by_month
            ambiguous = other if day_first is None and other and other != found else None
            return ReadDate(found, text[match.start() : match.end()], ambiguous)
    return None


def _date(year: int, month: int | None, day: int) -> date | None:
    if year < 100:
        year += 2000
    try:
        return date(year, month or 0, day) if 1950 <= year <= 2100 else None
    except ValueError:
        return None


_NUMBER = re.compile(r"^[~$€£]?(?P<number>\d{1,3}(?:[ ,.'’]\d{3})+(?:[.,]\d{1,3})?|\d+(?:[.,]\d+)?)$")


def read_number(text: str, *, comma_decimal: bool = False) -> Decimal | None:
    """A printed quantity. `9,640` is thousands, `9,64` and `9.640,5` are decimals, `18 450` is one number.

    With `comma_decimal` the page's country writes the comma before decimals, and `6.240` is thousands.
    """
    match = _NUMBER.match(text.strip())
    if not match:
        return None
    digits = re.sub(r"[ '’]", "", match["number"])
    last_comma, last_dot = digits.rfind(","), digits.rfind(".")
    if last_comma >= 0 and last_dot >= 0:
        decimal_mark = "," if last_comma > last_dot else "."
        digits = digits.replace("." if decimal_mark == "," else ",", "").replace(decimal_mark, ".")
    elif last_comma >= 0:
        thousands = not comma_decimal and re.fullmatch(r"\d{1,3}(?:,\d{3})+", digits)
        digits = digits.replace(",", "") if thousands else digits.replace(",", ".")
    elif re.fullmatch(r"\d{1,3}(?:\.\d{3})+" if comma_decimal else r"\d{1,3}(?:\.\d{3}){2,}", digits):
        digits = digits.replace(".", "")
    try:
        return Decimal(digits)
    except InvalidOperation:
        return None


def printed(number: Decimal) -> str:
    """A number as it is compared: no exponent, no trailing zeros behind the point."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


_UNITS = {
    "lb": "LB", "lbs": "LB", "pound": "LB", "pounds": "LB", "#": "LB", "kg": "KG", "kgs": "KG", "kgm": "KG", "kilo": "KG", "kilos": "KG",
    "kilograms": "KG", "kilogrammes": "KG", "t": "T", "mt": "T", "tonnes": "T",
}  # fmt: skip


def read_unit(text: str) -> str:
    """LB, KG or T; empty when the text names no unit of weight."""
    return _UNITS.get(folded(text).strip("().:,[]*"), "")


_TERMS = (
    (r"(?:3(?:rd)?|third) ?-?party,? ?prepaid|prepaid,? (?:3rd|third) party", "third_party_prepaid"),
    (r"(?:3(?: ?rd)?|third) ?-?party|tiers", "third_party"),
    (r"pre-?paid|ppd|port paye|paye|franco|frei|frachtfrei", "prepaid"),
    (r"collect|port du|du|unfrei", "collect"),
)


def read_terms(text: str) -> str:
    """prepaid, collect, third_party or third_party_prepaid; empty when the text says none of them."""
    plain = re.sub(r"[^\w\s&-]", " ", folded(text))
    plain = " ".join(plain.split())
    for pattern, terms in _TERMS:
        if re.fullmatch(rf"(?:freight )?(?:{pattern})(?: freight| charges| & add| and add)?", plain):
            return terms
    return ""


def squeezed(text: str) -> str:
    """An identifier as it is compared: upper case, no blanks."""
    return "".join(text.split()).upper()


def tidy(text: str) -> str:
    """A name or an address line: single blanks, no stray marks at its ends."""
    text = re.sub(r"\s+", " ", text).strip(" \t,;:-_|")
    return re.sub(r"\s+([,.;])", r"\1", text)
