"""Whole numbers as addresses and forms give them."""

from collections.abc import Iterable


def number_in(text: str) -> int | None:
    """A row's number, a version or a place in a list; None for what can be none. No column holds more than 18 digits."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def numbers_in(texts: Iterable[str]) -> list[int]:
    """All of them; none when one of them can be no number: what was chosen is not done by halves."""
    found = [number_in(text) for text in texts]
    return [] if None in found else [number for number in found if number is not None]
