"""JSON from strangers. Pure: bytes in, a plain value or `JsonRefused` out, never another exception.

Python's own reader takes NaN, duplicate keys, numbers without end, half a surrogate pair and a depth that exhausts
the stack. Each of them breaks something later (PostgreSQL refuses NUL and surrogates, two readers disagree about a
duplicate key), so they are refused here, where the sender can still be told where.
"""

import json
import math
from collections.abc import Iterator
from typing import Any, Final, NoReturn

from exceptions.shipments.canonical import JSON

MAX_BYTES: Final = 1024 * 1024
MAX_DEPTH: Final = 32
MAX_INTEGER: Final = 2**63 - 1


class JsonRefused(Exception):
    """`reason` is a clause for people, `where` a JSON pointer (RFC 6901) or a line and column."""

    def __init__(self, reason: str, where: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.where = where


def read_json(body: bytes, *, max_bytes: int = MAX_BYTES) -> JSON:
    """The one JSON value in `body` (UTF-8, a byte order mark is tolerated).

    Objects become dicts, arrays lists; integers fit 64 bits, floats are finite, strings hold neither NUL nor lone
    surrogates, nothing is nested deeper than 32. Raises `JsonRefused`.
    """
    if len(body) > max_bytes:
        raise JsonRefused(f"the body is larger than {max_bytes} bytes")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise JsonRefused("the body is not UTF-8", f"byte {error.start}") from None
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise JsonRefused(f"the body is not JSON: {error.msg}", f"line {error.lineno} column {error.colno}") from None
    except RecursionError:
        raise JsonRefused(f"the body is nested deeper than {MAX_DEPTH}") from None
    # What is decoded from UTF-8 has neither, and JSON lets no NUL stand as it is: only an escape can bring them in. And
    # nothing is deeper than it has brackets. Nearly every body is done here.
    if "\\u" in text or text.count("{") + text.count("[") >= MAX_DEPTH:
        _refuse_within(value)
    return value


def _refuse_within(value: JSON) -> None:
    for where, string, depth in _strings(value):
        if depth > MAX_DEPTH:
            raise JsonRefused(f"the body is nested deeper than {MAX_DEPTH}", where)
        if "\x00" in string or not _encodable(string):
            raise JsonRefused("a text holds a NUL or half a surrogate pair", where)


def canonical_bytes(value: JSON) -> bytes:
    """One spelling for equal values: keys sorted, no spaces. What a digest is taken over."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def _strings(value: Any) -> Iterator[tuple[str, str, int]]:
    """Every key and text with its pointer and depth. A list instead of recursion: the depth is not trusted yet."""
    pending: list[tuple[str, Any, int]] = [("", value, 1)]
    while pending:
        where, item, depth = pending.pop()
        if isinstance(item, str):
            yield where, item, depth
        elif isinstance(item, dict | list):
            yield where, "", depth
            pairs = item.items() if isinstance(item, dict) else enumerate(item)
            for key, child in pairs:
                if isinstance(key, str):
                    yield where, key, depth
                pending.append((f"{where}/{_pointer(key)}", child, depth + 1))


def _pointer(key: str | int) -> str:
    return str(key)[:60].replace("~", "~0").replace("/", "~1")


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise JsonRefused("an object names the same key twice", f"key {_printable(twice)}")
    return value


def _no_constant(name: str) -> NoReturn:
    raise JsonRefused(f"{name} is not a JSON number")


def _bounded_integer(digits: str) -> int:
    # Length first: int() on a million digits is the attack, not the answer.
    if len(digits) > 20 or abs(number := int(digits)) > MAX_INTEGER:
        raise JsonRefused("a whole number does not fit 64 bits", f"number {digits[:24]}")
    return number


def _finite_float(digits: str) -> float:
    if len(digits) > 400 or not math.isfinite(number := float(digits)):
        raise JsonRefused("a number is out of range", f"number {digits[:24]}")
    return number


def _printable(text: str) -> str:
    return text[:60].encode("ascii", "backslashreplace").decode()


# Made once: making one costs as much as reading a small body.
_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_unique_keys,
    parse_constant=_no_constant,
    parse_int=_bounded_integer,
    parse_float=_finite_float,
)
