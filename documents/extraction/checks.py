"""Checks of identifiers, as data: what the trade's own rules say about a value. No rule means no statement."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

# ISO 6346: letters count 10 to 38 without the multiples of 11.
_LETTERS = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", [n for n in range(10, 39) if n % 11], strict=True))


class Verdict(StrEnum):
    HOLDS = "holds"
    FAILS = "fails"
    NO_RULE = "no_rule"


@dataclass(frozen=True, slots=True)
class Check:
    """`proves` is true for check digits: passing corroborates. A shape that fits says nothing, one that does not speaks."""

    name: str
    test: Callable[[str], bool]
    failing: str
    proves: bool


def is_container_number(value: str) -> bool:
    """ISO 6346: three letters of the owner, U, J or Z, six digits, and a check digit over them (weights 2^n, mod 11)."""
    if not re.fullmatch(r"[A-Z]{3}[UJZ]\d{7}", value):
        return False
    total = sum((_LETTERS[c] if c.isalpha() else int(c)) * 2**i for i, c in enumerate(value[:10]))
    return total % 11 % 10 == int(value[10])


def is_air_waybill(value: str) -> bool:
    """IATA: three digits of the airline, seven of the serial, and their remainder by 7."""
    digits = re.sub(r"[- ]", "", value)
    return bool(re.fullmatch(r"\d{11}", digits)) and int(digits[3:10]) % 7 == int(digits[10])


def is_sscc(value: str) -> bool:
    """GS1 serial shipping container code: 18 digits, weights 3 and 1 from the right, mod 10."""
    digits = re.sub(r"\D", "", value)
    if len(digits) != 18:
        return False
    total = sum(int(c) * (3 if i % 2 == 0 else 1) for i, c in enumerate(reversed(digits[:17])))
    return (10 - total % 10) % 10 == int(digits[17])


def is_scac_shaped(value: str) -> bool:
    """NMFTA: two to four capital letters."""
    return bool(re.fullmatch(r"[A-Z]{2,4}", value))


def is_un_number(value: str) -> bool:
    return bool(re.fullmatch(r"(?:UN|NA|ID)\d{4}", value))


CHECKS: dict[str, Check] = {
    "container_number": Check(
        "check digit (ISO 6346)", is_container_number, "the check digit is wrong (ISO 6346)", True
    ),
    "scac": Check("shape", is_scac_shaped, "a SCAC has two to four capital letters", False),
    "un_number": Check("shape", is_un_number, "a UN number has four digits", False),
    "awb_number": Check("check digit (mod 7)", is_air_waybill, "the check digit is wrong (mod 7)", True),
    "sscc": Check("check digit (mod 10)", is_sscc, "the check digit is wrong (mod 10)", True),
}


def check(key: str, value: str) -> tuple[Verdict, str]:
    """What the rule for this kind of value says, with a sentence; NO_RULE where none is known."""
    rule = CHECKS.get(key)
    if rule is None:
        return Verdict.NO_RULE, ""
    if not rule.test(value):
        return Verdict.FAILS, rule.failing
    return (Verdict.HOLDS, rule.name) if rule.proves else (Verdict.NO_RULE, "")
