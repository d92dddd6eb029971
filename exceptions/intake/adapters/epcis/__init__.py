"""GS1 EPCIS 2.0 in JSON-LD: documents, query results, lists and single events. A document is taken apart into its events.

Object and transaction events say what freight does (`happening.py`); aggregation, association and transformation events
say how things are packed and made, and are accepted without saying anything here.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from exceptions.intake.adapters.base import (
    Adapter,
    Envelope,
    Headers,
    Mapped,
    Part,
    Refusal,
    Unreadable,
    as_list,
    as_object,
    json_adapter,
    json_envelope,
)
from exceptions.intake.adapters.epcis.happening import events_of, type_of
from exceptions.intake.adapters.telemetry import held_to, thinned
from exceptions.intake.strict_json import JsonRefused, canonical_bytes, read_json
from exceptions.shipments.canonical import JSON, CanonicalEvent

MAX_EVENTS: Final = 1000
_DOCUMENTS: Final = ("EPCISDocument", "EPCISQueryDocument")


def understand(body: JSON, headers: Headers, mapping: Mapped) -> list[CanonicalEvent]:
    """Canonical events of one body. Of `mapping`: `locations` (a GLN's place), `telemetry`, `codes` for `epcis.bizstep` and
    `epcis.disposition`."""
    found = [event for item, where in items_of(body) for event in events_of(as_object(item, where), where, mapping)]
    return thinned(found, held_to(mapping))


def items_of(body: Any) -> Iterator[tuple[Any, str]]:
    """The events of a document, a query's result, a list, or one alone, with their pointers. Raises `Refusal`."""
    if isinstance(body, list):
        yield from _numbered(body, "")
        return
    document = as_object(body, "")
    if type_of(document, "") not in _DOCUMENTS and "epcisBody" not in document:
        yield document, ""
        return
    where = "/epcisBody"
    inner = as_object(document.get("epcisBody"), where)
    for step in ("queryResults", "resultsBody"):
        if step in inner:
            where = f"{where}/{step}"
            inner = as_object(inner[step], where)
    if "event" in inner:
        yield inner["event"], f"{where}/event"
    yield from _numbered(inner.get("eventList"), f"{where}/eventList")


def _numbered(items: Any, where: str) -> Iterator[tuple[Any, str]]:
    for index, item in enumerate(as_list(items, where, at_most=MAX_EVENTS)):
        yield item, f"{where}/{index}"


def split(body: bytes, headers: Headers, mapping: Mapped) -> Sequence[Part | Unreadable] | Unreadable:
    """Each event of a document by itself."""
    try:
        items = list(items_of(read_json(body)))
    except JsonRefused as refused:
        return Unreadable(refused.reason, refused.where)
    except Refusal as refusal:
        return refusal.unreadable
    return [_part(item, where) for item, where in items]


def _part(item: Any, where: str) -> Part:
    content = canonical_bytes(item)
    return Part(content, where, Envelope(content=content))


ADAPTER: Final = Adapter(
    key="epcis",
    label="GS1 EPCIS 2.0",
    content_types=frozenset({"application/ld+json", "application/json"}),
    read=json_adapter(understand),
    open=json_envelope(),
    split=split,
)
