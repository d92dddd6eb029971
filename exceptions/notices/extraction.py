"""Values read back from rendered text, by rules of their own.

Rendering goes through Babel; this does not, so that a mistake in a pattern, a zone or a locale cannot hide itself.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from decimal import Decimal

from exceptions.notices.drafts import Locale
from exceptions.notices.lexicon import fold
from exceptions.notices.values import Code, Count, Day, Moment, Money, Temperature, Value

Found = tuple[str, ...]
"""Kind and parts of a value in a form that can be compared: ("time", "14:00"), ("day", "11-03"), ("number", "24")."""

_MONTHS = {
    Locale.EN: "january february march april may june july august september october november december",
    Locale.DE: "januar februar marz april mai juni juli august september oktober november dezember",
    Locale.PL: "stycznia lutego marca kwietnia maja czerwca lipca sierpnia wrzesnia pazdziernika listopada grudnia",
    Locale.ES: "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
}
_WEEKDAYS = {
    Locale.EN: "monday tuesday wednesday thursday friday saturday sunday",
    Locale.DE: "montag dienstag mittwoch donnerstag freitag samstag sonntag",
    Locale.PL: "poniedzialek wtorek sroda czwartek piatek sobota niedziela",
    Locale.ES: "lunes martes miercoles jueves viernes sabado domingo",
}
_DECIMAL = {Locale.EN: (",", "."), Locale.DE: (".", ","), Locale.PL: (" ", ","), Locale.ES: (".", ",")}
_SYMBOLS = {"$": "USD", "us$": "USD", "€": "EUR", "£": "GBP", "zl": "PLN", "mx$": "MXN", "ca$": "CAD", "¥": "JPY"}
_NUMBERS = {locale: rf"-?\d+(?:[.,{' ' if locale is Locale.PL else ''}]\d+)*" for locale in Locale}
_CURRENCY = r"(?:[a-z]{2}\$|[$€£¥]|zl(?!\w)|(?<!\w)[a-z]{3}(?!\w))"


def expected(values: Iterable[Value]) -> Counter[Found]:
    """What a faithful text has to contain, computed from the values alone."""
    found: Counter[Found] = Counter()
    for value in values:
        match value:
            case Moment():
                local = value.local
                found[("time", f"{local.hour:02}:{local.minute:02}")] += 1
                found[("day", f"{local.month:02}-{local.day:02}")] += 1
                found[("weekday", str(local.weekday()))] += 1
                found[("words", value.told_place)] += 1
            case Day():
                found[("day", f"{value.on.month:02}-{value.on.day:02}")] += 1
                found[("year", str(value.on.year))] += 1
                found[("weekday", str(value.on.weekday()))] += 1
            case Money():
                found[("money", _plain(round(value.amount, 2)), value.currency)] += 1
            case Temperature():
                found[("temperature", _plain(round(value.degrees, 2)), value.unit)] += 1
            case Count():
                found[("number", _plain(round(value.number, 3)))] += 1
            case Code():
                pass
            case _:
                found[("words", value.text)] += 1
    return found


def extract(text: str, locale: Locale, words: Iterable[str] = ()) -> Counter[Found]:
    """Every value in `text`, once each. `words` are names and references to be found as they stand."""
    found: Counter[Found] = Counter()
    for phrase in sorted(words, key=len, reverse=True):
        at = text.find(phrase)
        if at >= 0:
            found[("words", phrase)] += 1
            text = text[:at] + "\u2022" + text[at + len(phrase) :]
    rest = re.sub(r"[\u00a0\u202f]", " ", fold(text))
    rest = _take(rest, r"(?<!\d)(\d{1,2}):(\d{2})(?!\d)", found, lambda m: ("time", f"{int(m[1]):02}:{m[2]}"))
    months = _MONTHS[locale].split()
    dated = rf"(?<!\d)(\d{{1,2}})\.?\s+(?:de\s+)?({'|'.join(months)})(?:\s+(?:de\s+)?(\d{{4}}))?(?!\w)"
    for match in re.finditer(dated, rest):
        if match[3]:
            found[("year", match[3])] += 1
    rest = _take(rest, dated, found, lambda m: ("day", f"{months.index(m[2]) + 1:02}-{int(m[1]):02}"))
    days = _WEEKDAYS[locale].split()
    rest = _take(rest, rf"(?<!\w)({'|'.join(days)})(?!\w)", found, lambda m: ("weekday", str(days.index(m[1]))))
    number = _NUMBERS[locale]
    rest = _take(rest, rf"({number})\s*°([cf])", found, lambda m: ("temperature", _parse(m[1], locale), m[2].upper()))
    if locale is Locale.EN:
        rest = _take(rest, rf"(-?)({_CURRENCY})\s*({number})", found, lambda m: _money(m[1] + m[3], m[2], locale))
    else:
        rest = _take(rest, rf"({number})\s*({_CURRENCY})", found, lambda m: _money(m[1], m[2], locale))
    _take(rest, rf"({number})", found, lambda m: ("number", _parse(m[1], locale)))
    return found


def _take(text: str, pattern: str, found: Counter[Found], read: Callable[[re.Match[str]], Found | None]) -> str:
    """Count every match and blank it, so that no value is read twice."""
    for match in re.finditer(pattern, text):
        value = read(match)
        if value is not None:
            found[value] += 1
    return re.sub(pattern, lambda m: m[0] if read(m) is None else "\u2022", text)


def _money(number: str, symbol: str, locale: Locale) -> Found | None:
    currency = _SYMBOLS.get(symbol) or (symbol.upper() if symbol.upper() in _CODES else None)
    return ("money", _parse(number, locale), currency) if currency else None


# ISO 4217 codes that trade lanes of the shipped languages use; others show as plain numbers and are refused as different.
_CODES = frozenset(["USD", "EUR", "GBP", "PLN", "MXN", "CAD", "CHF", "CZK", "SEK", "NOK", "DKK", "HUF", "CNY", "JPY"])


def _parse(number: str, locale: Locale) -> str:
    group, point = _DECIMAL[locale]
    return _plain(Decimal(number.replace(group, "").replace(" ", "").replace(point, ".")))


def _plain(number: Decimal) -> str:
    """One spelling per number: 24, not 24.0 or 2.4E+1."""
    return format(number.normalize(), "f") if number else "0"
