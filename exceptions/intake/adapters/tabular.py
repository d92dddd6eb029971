"""CSV and its kin, read with a mapping that an integrator writes (`mapping.grammar`): one row, one item.

A source is a column: its header, in whatever case, or `#3` for the third. Encoding and delimiter are found out where the
mapping does not name them. NDJSON with the same mapping is the adapter `json_mapping`'s.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from exceptions.intake.adapters.base import (
    Adapter,
    Envelope,
    Headers,
    Mapped,
    Part,
    Refusal,
    Unreadable,
)
from exceptions.intake.adapters.mapped import Item, item_events
from exceptions.intake.mapping.grammar import SOURCES, grammar_problems
from exceptions.shipments.canonical import CanonicalEvent

MAX_ROWS: Final = 100_000
MAX_COLUMNS: Final = 500
MAX_ROW: Final = 64 * 1024
# A quote that is never closed ends with its line after so many.
MAX_LINES_OF_A_ROW: Final = 50
DELIMITERS: Final = (",", ";", "\t", "|")
ENCODINGS: Final = ("utf-8", "utf-8-sig", "cp1252", "utf-16")
MAX_SKIPPED: Final = 50
_OWN_KEYS: Final = frozenset({"delimiter", "quote", "encoding", "header", "skip"})
_LINES: Final = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")
_MARKS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass(frozen=True, slots=True)
class _Table:
    """A decoded file: what stands before its rows (skipped lines and the header, as written), the columns, the rows."""

    head: str
    columns: Mapping[str, int]
    rows: Sequence[tuple[int, str]]
    delimiter: str
    quote: str


def mapping_problems(mapping: Mapping[str, Any]) -> list[str]:
    """Sentences about what is wrong with a partner's mapping for this adapter; none when all is well."""
    problems = grammar_problems(mapping, _source_problem, _OWN_KEYS)
    delimiter, quote = mapping.get("delimiter"), mapping.get("quote", '"')
    if delimiter is not None and delimiter not in DELIMITERS:
        problems.append("'delimiter' must be a comma, a semicolon, a tab or a vertical bar.")
    if not isinstance(quote, str) or len(quote) != 1 or quote in (*DELIMITERS, "\r", "\n", " "):
        problems.append("'quote' must be one character, usually a double quotation mark.")
    encoding = mapping.get("encoding")
    if encoding is not None and encoding not in ENCODINGS:
        problems.append(f"'encoding' must be one of {', '.join(ENCODINGS)}; left out, it is found out.")
    header, skip = mapping.get("header", True), mapping.get("skip", 0)
    if not isinstance(header, bool):
        problems.append("'header' must be true or false: whether the first line names the columns.")
    if isinstance(skip, bool) or not isinstance(skip, int) or not 0 <= skip <= MAX_SKIPPED:
        problems.append(f"'skip' must be how many lines stand before the header or first row, up to {MAX_SKIPPED}.")
    if header is False:
        if delimiter is None:
            problems.append("'delimiter' is missing: without a header there is nothing to find it out from.")
        problems += [f"{name!r} names a column, but there is no header: use #1, #2 ..." for name in _named(mapping)]
    return problems


def read(body: bytes, headers: Headers, mapping: Mapped) -> list[CanonicalEvent] | Unreadable:
    """Every event that the rows say. The first row that cannot be understood refuses the file."""
    try:
        table = _table(body, mapping)
        events: list[CanonicalEvent] = []
        for line, raw in table.rows:
            # A single row is what a part holds, and a part's own place says the line of the file.
            where = f"line {line}" if len(table.rows) > 1 else ""
            events += item_events(Item(_finder(table, _cells(raw, table, line), where), mapping), where)
        return events
    except Refusal as refusal:
        return refusal.unreadable


def split(body: bytes, headers: Headers, mapping: Mapped) -> Sequence[Part | Unreadable] | Unreadable:
    """One part for each row, with the header before it. A file without a column that the mapping names is refused
    whole: no row of it can be understood."""
    try:
        table = _table(body, mapping)
    except Refusal as refusal:
        return refusal.unreadable
    parts = []
    for line, raw in table.rows:
        alone = (table.head + raw).encode("utf-8-sig")
        parts.append(Part(alone, f"line {line}", Envelope(content=raw.strip().encode())))
    return parts


def _table(body: bytes, mapping: Mapped) -> _Table:
    text = _decoded(body, mapping)
    lines = _LINES.findall(text)
    skip, header = mapping.get("skip", 0), mapping.get("header", True) is not False
    first = min(skip, len(lines)) if isinstance(skip, int) and not isinstance(skip, bool) and skip > 0 else 0
    quote = mapping.get("quote")
    quote = quote if isinstance(quote, str) and len(quote) == 1 and quote not in (*DELIMITERS, "\r", "\n", " ") else '"'
    delimiter = mapping.get("delimiter")
    if delimiter not in DELIMITERS:
        delimiter = _delimiter(next((line for line in lines[first:] if line.strip()), ""), quote)
    records = _records(lines, first, str(delimiter), quote)
    rows = []
    head, top, at = "".join(lines[:first]), "", first + 1
    for line, raw in records:
        if header and not top:
            if raw.strip():
                head, top, at = head + raw, raw, line
            continue
        if raw.strip(" \t\r\n,;|" + quote):
            rows.append((line, raw))
            if len(rows) > MAX_ROWS:
                raise Refusal(f"there are more than {MAX_ROWS} rows", f"line {line}")
    if header and not top:
        raise Refusal("the file is empty", "line 1")
    if top and not top.endswith(("\n", "\r")):
        head += "\n"
    table = _Table(head, {}, rows, str(delimiter), quote)
    names = _cells(top, table, at) if top else []
    columns: dict[str, int] = {}
    for index, name in enumerate(names):
        columns.setdefault(_folded(name), index)
    missing = [name for name in _named(mapping) if _folded(name) not in columns]
    if missing and header:
        raise Refusal(f"there is no column {missing[0][:60]!r}", f"line {at}")
    return _Table(head, columns, rows, str(delimiter), quote)


def _decoded(body: bytes, mapping: Mapped) -> str:
    """The text of a file. A byte order mark says more than the mapping; without either UTF-8 is tried, then Windows-1252,
    which is what spreadsheets of the western world write."""
    marked = next((codec for mark, codec in _MARKS if body.startswith(mark)), "")
    given = mapping.get("encoding")
    if marked:
        codecs = [marked]
    elif given in ENCODINGS:
        codecs = ["utf-16-le" if given == "utf-16" else str(given)]
    elif body[:200].count(0) * 3 > len(body[:200]):
        codecs = ["utf-16-be" if body[:1] == b"\x00" else "utf-16-le"]
    else:
        codecs = ["utf-8", "cp1252"]
    for codec in codecs:
        try:
            text = body.decode(codec)
        except UnicodeDecodeError as error:
            place = f"byte {error.start}"
            continue
        if "\x00" in text:
            raise Refusal("the file holds a NUL character", f"line {text[: text.index(chr(0))].count(chr(10)) + 1}")
        return text
    raise Refusal(f"the file is not {' or '.join(codecs)}", place)


def _records(lines: Sequence[str], first: int, delimiter: str, quote: str) -> Iterator[tuple[int, str]]:
    """Rows as written, with the line they begin at: a line break between quotes belongs to its row."""
    pending: list[str] = []
    inside, begun = False, first + 1
    for number, line in enumerate(lines[first:], start=first + 1):
        begun = begun if pending else number
        pending.append(line)
        if inside or quote in line:
            inside = _ends_inside(line, delimiter, quote, inside=inside)
        if inside and len(pending) >= MAX_LINES_OF_A_ROW:
            # The quote was no opening one: its line stands by itself, and so do those that it swallowed.
            yield from enumerate(pending, start=begun)
            pending, inside = [], False
        elif not inside:
            yield begun, "".join(pending)
            pending = []
    yield from enumerate(pending, start=begun)


def _ends_inside(line: str, delimiter: str, quote: str, *, inside: bool) -> bool:
    """Whether the line ends between quotes. A quote opens only where a cell begins, as `csv` has it."""
    begins, previous = not inside, ""
    for character in line.rstrip("\r\n"):
        if inside:
            inside = character != quote
        elif character == quote and (begins or previous == quote):
            inside = True
        begins = character == delimiter
        previous = character
    return inside


def _cells(raw: str, table: _Table, line: int) -> list[str]:
    if len(raw) > MAX_ROW:
        raise Refusal(f"the row is longer than {MAX_ROW} characters", f"line {line}")
    try:
        # One record; a quote that is never closed takes what is left of it.
        cells = next(csv.reader([raw], delimiter=table.delimiter, quotechar=table.quote), [])
    except csv.Error as error:
        raise Refusal(f"the row cannot be read: {error}", f"line {line}") from None
    if len(cells) > MAX_COLUMNS:
        raise Refusal(f"the row has more than {MAX_COLUMNS} columns", f"line {line}")
    return cells


def _finder(table: _Table, cells: list[str], where: str) -> Any:
    def find(source: str) -> tuple[str, str]:
        position = _position(source)
        index = position - 1 if position else table.columns.get(_folded(source), -1)
        value = cells[index].strip() if 0 <= index < len(cells) else ""
        return value, f"{where}, column {source[:60]}".removeprefix(", ")

    return find


def _delimiter(top: str, quote: str) -> str:
    """The delimiter that parts the first line most, outside of quotes; a comma where none does."""
    bare = re.sub(rf"{re.escape(quote)}[^{re.escape(quote)}]*{re.escape(quote)}", "", top)
    return max(DELIMITERS, key=lambda delimiter: (bare.count(delimiter), -DELIMITERS.index(delimiter)))


def _named(mapping: Mapping[str, Any]) -> list[str]:
    """The columns that a mapping names by their header, each once."""
    found: list[Any] = [mapping.get(key) for key in SOURCES]
    references, place, data = mapping.get("references"), mapping.get("place"), mapping.get("data")
    for entry in references if isinstance(references, list) else []:
        found += [entry.get("value"), entry.get("issuer")] if isinstance(entry, Mapping) else []
    for table in (place, data):
        found += list(table.values()) if isinstance(table, Mapping) else []
    flat = [one for value in found for one in (value if isinstance(value, list) else [value])]
    names = [one for one in flat if isinstance(one, str) and one and not one.startswith("=") and not _position(one)]
    return list(dict.fromkeys(names))


def _position(source: str) -> int:
    return int(source[1:]) if re.fullmatch(r"#[1-9]\d{0,2}", source, re.ASCII) else 0


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def _source_problem(source: str) -> str:
    if source.startswith("#") and not _position(source):
        return f"{source[:60]!r} is no column: write its header, or #1 for the first"
    return ""


def _open(body: bytes, headers: Headers) -> Envelope | Unreadable:
    """A repeat of a file is known by its bytes; its rows are known again by themselves."""
    return Envelope(content=body) if body.strip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n") else Unreadable("the file is empty")


ADAPTER: Final = Adapter(
    key="tabular",
    label="CSV of your own columns",
    content_types=frozenset(
        {"text/csv", "application/csv", "text/tab-separated-values", "text/plain", "application/vnd.ms-excel"}
    ),
    read=read,
    open=_open,
    split=split,
)
