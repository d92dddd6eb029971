"""Several JSON values in one body, cut apart byte for byte: an array, or one value a line (NDJSON). Pure."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from exceptions.intake.adapters.base import Envelope, Headers, Mapped, Open, Part, Split, Unreadable

NDJSON: Final = ("application/x-ndjson", "application/ndjson", "application/jsonl")
MAX_ITEMS: Final = 100_000
_SPACE: Final = re.compile(r"[ \t\n\r]*")
_DECODER: Final = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class JsonItem:
    """`body` is exactly what was sent; `where` is a JSON pointer, or a line that counts from 1."""

    body: bytes
    where: str


def is_ndjson(headers: Headers) -> bool:
    return headers.get("content-type", "").partition(";")[0].strip().lower() in NDJSON


def json_items(body: bytes, *, lines: bool) -> Sequence[JsonItem] | Unreadable | None:
    """The items of an array, or of `lines`; None where the body is one value that is no array.

    Each line stands for itself, whatever is on it. In an array what is no JSON at all leaves no way to tell where the next
    item begins, so that the whole is unreadable; `where` says at which item. Whether an item is acceptable JSON is not
    asked here.
    """
    if lines:
        numbered = enumerate(body.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1)
        found = [JsonItem(line.strip(b"\r"), f"line {number}") for number, line in numbered if line.strip()]
        return found if len(found) <= MAX_ITEMS else Unreadable(f"there are more than {MAX_ITEMS} lines")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return Unreadable("the body is not UTF-8", f"byte {error.start}")
    start = _after_space(text, 0)
    return _array(text, start + 1) if text[start : start + 1] == "[" else None


def json_split(open_item: Open) -> Split:
    """An adapter's `split` from its `open`, which is asked for each item by itself."""

    def split(body: bytes, headers: Headers, mapping: Mapped) -> Sequence[Part | Unreadable] | Unreadable:
        items = json_items(body, lines=is_ndjson(headers))
        if isinstance(items, Unreadable):
            return items
        if items is None:
            items = [JsonItem(body, "")]
        return [Part(item.body, item.where, item_envelope(item.body, headers, open_item)) for item in items]

    return split


def item_envelope(body: bytes, headers: Headers, open_item: Open) -> Envelope:
    """What makes an item known again; of one that cannot even be opened, its bytes."""
    envelope = open_item(body, headers)
    return Envelope(content=body) if isinstance(envelope, Unreadable) else envelope


def _array(text: str, start: int) -> Sequence[JsonItem] | Unreadable:
    items: list[JsonItem] = []
    at = _after_space(text, start)
    if text[at : at + 1] == "]":
        return [] if _after_space(text, at + 1) == len(text) else _broken("something follows the array", 0)
    while True:
        if len(items) == MAX_ITEMS:
            return Unreadable(f"there are more than {MAX_ITEMS} items")
        try:
            _, end = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            return _broken(getattr(error, "msg", "not JSON that can be read"), len(items))
        items.append(JsonItem(text[at:end].encode(errors="surrogatepass"), f"/{len(items)}"))
        at = _after_space(text, end)
        separator, at = text[at : at + 1], _after_space(text, at + 1)
        if separator == "]" and at == len(text):
            return items
        if separator != ",":
            return _broken("a comma or the end of the array was expected", len(items) - 1)


def _broken(reason: str, index: int) -> Unreadable:
    return Unreadable(f"the body is not a JSON array: {reason}", f"/{index}")


def _after_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at
