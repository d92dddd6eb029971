"""The events of one batch while they are recorded: each with what it says and what it is tied to."""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from controltower.db import rows
from controltower.errors import DomainError, Invalid
from exceptions.parties.models import Account, Location, Partner
from exceptions.shipments.canonical import CanonicalEvent, EventType, Ref, RefType, normalised
from exceptions.shipments.services.names import SHIPMENT_TYPES, Key, Names, key_of

Tie = tuple[str, int]
"""What an event speaks of: shipment, load, order, equipment or supply, and its id."""
Codes = Callable[[Any], Iterable[str]]

_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_NUL_IN_JSON: Final = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
ORDER_PLANS: Final = frozenset({EventType.ORDER_CREATED, EventType.ORDER_CHANGED})
PLANS: Final = ORDER_PLANS | {EventType.LOAD_PLANNED, EventType.SHIPMENT_BOOKED}


@dataclass(eq=False, slots=True)
class Item:
    """An event in hand: a new one, or one that was recorded before and is read again.

    `payload` stands with new ones only. `was` is what it was tied to so far.
    """

    id: int
    type: str
    occurred_at: datetime
    reported_at: datetime
    digest: str
    references: Sequence[Ref]
    partner: Partner | None = None
    payload: Any = None
    index: int = -1
    ties: set[Tie] = field(default_factory=set)
    was: frozenset[Tie] = frozenset()
    problem: str = ""
    waits: bool = True
    is_ambiguous: bool = False

    @property
    def is_new(self) -> bool:
        return self.index >= 0

    @property
    def family(self) -> str:
        return self.type.partition(".")[0]

    @property
    def plan_key(self) -> str:
        return plan_key(self.reported_at, self.digest)

    def tied(self, thing: str) -> Iterator[int]:
        return (pk for kind, pk in self.ties if kind == thing)


@dataclass(eq=False, slots=True)
class Batch:
    """What one call of `events_record` has in hand."""

    items: list[Item]
    names: Names
    now: datetime
    accounts: dict[str, int] = field(default_factory=dict)
    locations: dict[str, Location] = field(default_factory=dict)
    again: dict[int, Item] = field(default_factory=dict)
    """Events recorded before that are read again, by id."""
    taken_back: list[Item] = field(default_factory=list)
    """Events recorded before that count no more from now on, or count again."""
    planned: set[int] = field(default_factory=set)
    """Shipments whose plan changed."""
    disturbed: set[int] = field(default_factory=set)
    """Shipments that lost something that was said of them, or heard of what was said long ago."""
    loads: set[int] = field(default_factory=set)
    """Loads whose plan changed."""
    orders: set[int] = field(default_factory=set)
    """Orders whose plan, or whose freight, changed."""

    def of_type(self, *types: str) -> list[Item]:
        """New events of these types, in the order of their reports: plans of one thing follow each other like this."""
        return sorted((item for item in self.items if item.type in types), key=lambda item: item.plan_key)


def plan_key(reported_at: datetime, digest: str) -> str:
    """Sorts plans of one thing by when they were reported; the digest breaks ties, the same way everywhere."""
    return f"{reported_at:%Y-%m-%dT%H:%M:%S.%f} {digest}"


def ids_take(table: str, count: int) -> list[int]:
    """Ids for rows that will be inserted; what is not used is lost, and nobody minds."""
    if not count:
        return []
    return [
        row[0] for row in rows("SELECT nextval(%s::regclass) FROM generate_series(1, %s)", [f"{table}_id_seq", count])
    ]


def keys_of(item: Item) -> Iterator[Key]:
    """Every identifier that an event carries, among its references or in its plan."""
    yield from map(key_of, item.references)
    yield from map(key_of, references_within(item.payload))


def references_within(payload: Any) -> Iterator[Ref]:
    """Identifiers that stand in a plan's data rather than among the event's references."""
    for leg in getattr(payload, "legs", ()):
        if leg.load:
            yield Ref(RefType.LOAD, leg.load)
    for number in getattr(payload, "loads", ()):
        yield Ref(RefType.LOAD, number)
    for line in getattr(payload, "order_lines", ()):
        yield Ref(RefType.ORDER, line.order)
    for item in getattr(payload, "equipment", ()):
        yield Ref(RefType.CONTAINER if item.kind == "container" else RefType.TRAILER, item.number)


def own_number(item: Item) -> str:
    """The number of the order or load whose plan this is."""
    kind = RefType.LOAD if item.type == EventType.LOAD_PLANNED else RefType.ORDER
    return next(ref.value for ref in item.references if ref.type == kind)


def check_text(event: CanonicalEvent) -> None:
    """Raise `Invalid` for characters that no text of the database holds: NUL, and halves of a surrogate pair (in the data
    the payload refuses those)."""
    place = str(event.place) if event.place else ""
    words = [ref.value + ref.issuer for ref in event.references]
    text = "".join([event.source_code, event.source_text, event.event_id, place, *words])
    if "\x00" in text or _SURROGATE.search(text) or _NUL_IN_JSON.search(json.dumps(event.data)):
        raise Invalid("The event holds a character that is no text (NUL or half a surrogate pair).", code="not_text")


def check_references(event_type: str, references: Sequence[Ref]) -> None:
    """Raise `Invalid` for an event that says what it cannot say without a number."""
    kinds = [ref.type for ref in references if normalised(ref.value)]
    wanted = {EventType.LOAD_PLANNED: RefType.LOAD, **dict.fromkeys(ORDER_PLANS, RefType.ORDER)}.get(
        EventType(event_type)
    )
    if wanted is not None and kinds.count(wanted) != 1:
        raise Invalid(f"{event_type} needs one reference of type {str(wanted)!r}: the number.", code="number_missing")
    if event_type == EventType.SHIPMENT_BOOKED and not SHIPMENT_TYPES.intersection(kinds):
        raise Invalid(
            "A booking needs a reference that names the shipment alone: BOL, PRO, tracking number, AWB or CMR.",
            code="reference_missing",
        )
    if event_type.startswith("supply.") and RefType.PO not in kinds:
        raise Invalid(f"{event_type} needs a reference of type 'po': the purchase order.", code="number_missing")


def codes_check(batch: Batch) -> dict[int, DomainError]:
    """Read the accounts and locations that the plans name. What is wrong, by index, when somebody entered no such code:
    the message waits, and is replayed once it is there."""
    accounts = {item.index: set(_accounts_in(item.payload)) for item in batch.items if item.type in PLANS}
    locations = {item.index: set(_locations_in(item.payload)) for item in batch.items if item.type in PLANS}
    if wanted := set().union(*accounts.values()) if accounts else set():
        batch.accounts = dict(Account.objects.filter(code__in=wanted).values_list("code", "pk"))
    if wanted := set().union(*locations.values()) if locations else set():
        batch.locations = {place.code: place for place in Location.objects.filter(code__in=wanted)}
    wrong: dict[int, DomainError] = {}
    for what, wanted_by, known in (("location", locations, batch.locations), ("account", accounts, batch.accounts)):
        for index, codes in wanted_by.items():
            if missing := sorted(codes - set(known)):
                wrong[index] = _unknown(what, missing)
    return wrong


def _unknown(what: str, missing: list[str]) -> Invalid:
    return Invalid(
        f"No {what} has the code {missing[0]!r}. An administrator can add it in the admin; then replay the message.",
        code=f"unknown_{what}",
        details={"codes": missing},
    )


def _accounts_in(payload: Any) -> Iterator[str]:
    for code in (getattr(payload, "customer", ""), getattr(payload, "carrier", "")):
        if code:
            yield code
    yield from (party.account for party in getattr(payload, "parties", ()) if party.account)
    yield from (leg.carrier for leg in getattr(payload, "legs", ()) if leg.carrier)


def _locations_in(payload: Any) -> Iterator[str]:
    return (stop.location for stop in getattr(payload, "stops", ()) if stop.location)


def grouped(pairs: Iterable[tuple[int, Any]]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found
