"""Identifiers of a batch, in memory: which things an event's references name, and what each batch makes known.

Of the identifiers that name one shipment only, a shipment has those that a plan gave it (`exclusive`), and those that
it is learned by: who knows it by one and adds another tells us the other. What a plan says beats what was learned.
Several shipments may be learned by one identifier; then it names none of them.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from controltower.db import rows
from controltower.tenancy.context import current_organisation_id
from exceptions.shipments.canonical import Ref, RefType
from exceptions.shipments.models import Equipment, Reference, Shipment
from exceptions.shipments.projection import FINAL_STATUSES
from exceptions.shipments.services.bulk import rows_delete, rows_insert, rows_update

# Types that name one shipment only, within their issuer. A PO, a booking or a container stands on many.
SHIPMENT_TYPES: Final = frozenset(
    {RefType.SHIPMENT, RefType.BOL, RefType.PRO, RefType.TRACKING, RefType.AWB, RefType.CMR}
)
EQUIPMENT_TYPES: Final = frozenset({RefType.CONTAINER, RefType.TRAILER})

Key = tuple[str, str]
"""Type and normalised value."""
THINGS: Final = ("shipment", "load", "order", "equipment")
_COLUMNS: Final = (
    "type",
    "value_key",
    "issuer_key",
    "exclusive",
    "value",
    *(f"{thing}_id" for thing in THINGS),
)


@dataclass(eq=False, slots=True)
class Name:
    """A row of `Reference`; `id` is 0 until it is stored. `thing` is one of THINGS, `of` its id."""

    id: int
    type: str
    value_key: str
    issuer_key: str
    exclusive: bool
    value: str
    thing: str
    of: int


@dataclass(slots=True)
class Move:
    """A piece of equipment: on which shipment or load, and whether that is over."""

    shipment_id: int | None
    load_id: int | None
    returned_at: datetime | None
    status: str


@dataclass
class Resolution:
    """What the references of an event name. `problem` is a sentence when that is not one thing; never a guess."""

    shipments: set[int] = field(default_factory=set)
    loads: set[int] = field(default_factory=set)
    orders: set[int] = field(default_factory=set)
    equipment: set[int] = field(default_factory=set)
    problem: str = ""
    same: set[int] = field(default_factory=set)
    """Shipments to become one: the references name all of them and at most one was planned by anybody."""
    by_plan: bool = False
    """Whether anything but a learned identifier says so."""


def references_lock(references: Iterable[Ref], shared: Iterable[Ref] = ()) -> None:
    """Serialise with every other batch that carries one of these identifiers, until commit; in those of `shared` only
    with batches that carry them not shared.

    So a shipment that becomes known and a signal that waits for it cannot miss each other.
    """
    keys = dict.fromkeys(map(_lock_key, shared), True) | dict.fromkeys(map(_lock_key, references), False)
    if keys:
        # In the order of their hashes, so that two batches never wait for each other.
        rows(
            "SELECT CASE WHEN shared THEN pg_advisory_xact_lock_shared(lock) ELSE pg_advisory_xact_lock(lock) END FROM "
            "(SELECT hashtextextended(key, 0) AS lock, shared FROM unnest(%s::text[], %s::boolean[]) AS k(key, shared) "
            "ORDER BY 1) AS locks",
            [[*keys], [*keys.values()]],
        )


def _lock_key(ref: Ref) -> str:
    kind, value, _ = ref.key
    return f"{current_organisation_id()} {kind} {value}"


class Names:
    """The references that a batch may speak of. Changes stay here until `store`."""

    def __init__(self) -> None:
        self._by_key: dict[Key, list[Name]] = defaultdict(list)
        self._loaded: set[Key] = set()
        self.moves: dict[int, Move] = {}
        self.plan_keys: dict[int, str] = {}
        """Of every shipment named here: the key of its latest plan, empty for one that nobody planned."""
        self.in_force: dict[int, str] = {}
        """The keys of the plans that the tables hold already."""
        self.fresh: set[Key] = set()
        """Keys that named nothing before, or something else."""
        self.stirred: set[Key] = set()
        """Keys of which it has to be found out anew whom they name."""
        self._gone: list[Name] = []
        self._raised: list[Name] = []

    def load(self, keys: Iterable[Key]) -> None:
        """Read what is known of these identifiers, unless it was read already."""
        wanted = {key for key in keys if key not in self._loaded and key[1]}
        if not wanted:
            return
        self._loaded |= wanted
        found = rows(
            "SELECT r.id, r.type, r.value_key, r.issuer_key, r.exclusive, r.value, "
            "r.shipment_id, r.load_id, r.order_id, r.equipment_id "
            "FROM unnest(%s::text[], %s::text[]) AS k(type, value_key) "
            "JOIN shipments_reference r ON r.type = k.type AND r.value_key = k.value_key "
            "AND r.organisation_id = %s ORDER BY r.id",
            [[key[0] for key in wanted], [key[1] for key in wanted], current_organisation_id()],
        )
        equipment: set[int] = set()
        for pk, kind, value_key, issuer, exclusive, value, *ids in found:
            thing, of = next((name, pk_of) for name, pk_of in zip(THINGS, ids, strict=True) if pk_of is not None)
            self._by_key[kind, value_key].append(Name(pk, kind, value_key, issuer, exclusive, value, thing, of))
            if thing == "equipment":
                equipment.add(of)
        self._load_moves(equipment)
        self._load_plan_keys()

    def _load_moves(self, equipment: set[int]) -> None:
        if missing := equipment - set(self.moves):
            columns = ("id", "shipment_id", "load_id", "returned_at", "shipment__status")
            for pk, *move in Equipment.objects.filter(pk__in=missing).values_list(*columns):
                self.moves[pk] = Move(*move)

    def _load_plan_keys(self) -> None:
        named = {name.of for names in self._by_key.values() for name in names if name.thing == "shipment"}
        named |= {move.shipment_id for move in self.moves.values() if move.shipment_id is not None}
        if missing := named - set(self.plan_keys):
            self.in_force |= dict(Shipment.objects.filter(pk__in=missing).values_list("pk", "plan_key"))
            self.plan_keys |= {pk: self.in_force.get(pk, "") for pk in missing}

    def of(self, ref: Ref) -> list[Name]:
        """Exact by type and value, and by issuer where both sides say one."""
        issuer = ref.key[2][:40]
        names = self._by_key.get(key_of(ref), [])
        if not issuer or not names:
            return names
        return [name for name in names if name.issuer_key == issuer] or [name for name in names if not name.issuer_key]

    def at(self, key: Key) -> list[Name]:
        return self._by_key.get(key, [])

    def numbered(self, kind: str, number: str) -> int | None:
        """The load or order with this number."""
        known = self._by_key.get(key_of(Ref(kind, number)), ())
        return next((name.of for name in known if name.thing == kind), None)

    def told_by(self) -> set[int]:
        """The shipments that an identifier of one shipment names. A PO or a container may stand on thousands."""
        return {
            name.of
            for names in self._by_key.values()
            for name in names
            if name.thing == "shipment" and name.type in SHIPMENT_TYPES
        }

    def forget_equipment(self, gone: set[int]) -> None:
        """Pieces that left every plan were deleted, and their identifiers with them."""
        for key, names in self._by_key.items():
            self._by_key[key] = [name for name in names if name.thing != "equipment" or name.of not in gone]
        for pk in gone:
            self.moves.pop(pk, None)

    def add(self, ref: Ref, thing: str, of: int, *, exclusive: bool = False) -> None:
        """Make an identifier known as this thing's."""
        (kind, value_key), issuer = key_of(ref), ref.key[2][:40]
        if not value_key:
            return
        names = self._by_key[kind, value_key]
        held = next((n for n in names if n.thing == thing and n.of == of and n.issuer_key == issuer), None)
        if held is None:
            names.append(Name(0, kind, value_key, issuer, exclusive, ref.value[:60], thing, of))
            self.fresh.add((kind, value_key))
        elif exclusive and not held.exclusive:
            held.exclusive = True
            self._raised.append(held)
        if exclusive and thing == "shipment":
            self._unlearn(names, kind, value_key, issuer, of)

    def _unlearn(self, names: list[Name], kind: str, value_key: str, issuer: str, of: int) -> None:
        """A plan says whose identifier it is: whoever else was thought to be known by it is not."""
        others = [n for n in names if n.thing == "shipment" and n.of != of and not n.exclusive]
        others = [n for n in others if n.issuer_key == issuer or not issuer or not n.issuer_key]
        if others:
            self.stirred.add((kind, value_key))
            for name in others:
                self.drop(name)

    def drop(self, name: Name) -> None:
        self._by_key[name.type, name.value_key].remove(name)
        self._gone.append(name)

    def move_shipment(self, old: int, new: int) -> None:
        """Everything that named one shipment names another from now on."""
        for names in self._by_key.values():
            mine = {name.issuer_key for name in names if name.thing == "shipment" and name.of == new}
            for name in [name for name in names if name.thing == "shipment" and name.of == old]:
                if name.issuer_key in mine:
                    self.drop(name)
                else:
                    name.of = new
                    if name.id:
                        self._raised.append(name)
        for move in self.moves.values():
            if move.shipment_id == old:
                move.shipment_id = new

    def store(self) -> None:
        """Write what changed: new identifiers, those that a plan took over, those that name somebody else now."""
        rows_delete(Reference, [name.id for name in self._gone if name.id])
        gone = set(map(id, self._gone))
        raised = {name.id: name for name in self._raised if name.id and id(name) not in gone}
        ids = [[name.id, name.exclusive, name.of if name.thing == "shipment" else None] for name in raised.values()]
        rows_update(Reference, ("exclusive", "shipment_id"), [row for row in ids if row[2] is not None])
        new = [name for names in self._by_key.values() for name in names if name.id == 0]
        made = rows_insert(
            Reference,
            _COLUMNS,
            [
                (
                    *(n.type, n.value_key, n.issuer_key, n.exclusive, n.value),
                    *(n.of if n.thing == thing else None for thing in THINGS),
                )
                for n in new
            ],
        )
        for name, pk in zip(new, made, strict=True):
            name.id = pk
        self._gone, self._raised = [], []


def key_of(ref: Ref) -> Key:
    """As the column holds it."""
    kind, value, _ = ref.key
    return str(kind), value[:60]


def references_resolve(names: Names, references: Sequence[Ref], *, learned: bool = True) -> Resolution:
    """What the references name. Without `learned`, by plans alone: as if nobody had told us an identifier more."""
    resolution = Resolution(by_plan=True)
    planned: list[tuple[Ref, set[int]]] = []
    heard: list[tuple[Ref, set[int]]] = []
    loose: list[tuple[Ref, set[int]]] = []
    for ref in references:
        known = names.of(ref)
        if not known:
            continue
        shipments: set[int] = set()
        taught: set[int] = set()
        for name in known:
            if name.thing == "shipment":
                is_learned = ref.type in SHIPMENT_TYPES and not name.exclusive
                (taught if is_learned else shipments).add(name.of)
            elif name.thing == "load":
                resolution.loads.add(name.of)
            elif name.thing == "order":
                resolution.orders.add(name.of)
            else:
                resolution.equipment.add(name.of)
        if shipments:
            (planned if ref.type in SHIPMENT_TYPES else loose).append((ref, shipments))
        elif taught:
            heard.append((ref, taught))
    _pick_shipment(names, resolution, planned, heard if learned else [], loose)
    if resolution.equipment:
        _pick_equipment(names, resolution)
    if resolution.shipments:
        resolution.loads = set()  # an event that names the shipment speaks of it, not of all that rides along
    elif len(resolution.loads) > 1:
        _refuse(resolution, "The references name more than one load.")
    return resolution


Naming = list[tuple[Ref, set[int]]]


def _pick_shipment(names: Names, resolution: Resolution, planned: Naming, heard: Naming, loose: Naming) -> None:
    sure = planned or heard
    meant = set().union(*(shipments for _, shipments in sure)) if sure else set()
    if not sure and loose:
        meant = set.intersection(*(shipments for _, shipments in loose))
    resolution.by_plan = bool(planned or not heard)
    unplanned = {pk for _, shipments in heard for pk in shipments if not names.plan_keys.get(pk)} if planned else set()
    if len(meant) == 1:
        resolution.shipments = meant
        resolution.same = meant | unplanned if unplanned else set()
    elif heard and not planned and all(len(s) == 1 for _, s in heard) and _at_most_one_planned(names, meant):
        resolution.shipments, resolution.same = {surviving(names, meant)}, meant
    elif sure or loose:
        words = ", ".join(f"{RefType(ref.type).label} {ref.value}" for ref, _ in sure or loose)
        _refuse(resolution, f"{words}: more than one shipment is meant, or none that fits all.")


def _at_most_one_planned(names: Names, meant: set[int]) -> bool:
    return sum(1 for pk in meant if names.plan_keys.get(pk)) <= 1


def surviving(names: Names, same: Iterable[int]) -> int:
    """Of shipments that are one: the one with the latest plan in force, else the one known longest."""
    return max(same, key=lambda pk: (names.in_force.get(pk, ""), -pk))


def _pick_equipment(names: Names, resolution: Resolution) -> None:
    """A container or trailer is used again and again: the move that is under way is meant, if that is one."""
    pieces = {pk: names.moves[pk] for pk in sorted(resolution.equipment) if pk in names.moves}
    if resolution.shipments or resolution.loads:
        resolution.equipment = {
            pk
            for pk, move in pieces.items()
            if move.shipment_id in resolution.shipments or move.load_id in resolution.loads
        }
        return
    for is_narrower in (lambda _: True, _is_out, _is_under_way):
        pieces = {pk: move for pk, move in pieces.items() if is_narrower(move)} or pieces
        if len({(move.shipment_id, move.load_id) for move in pieces.values()}) == 1:
            resolution.equipment = set(pieces)
            resolution.shipments = {move.shipment_id for move in pieces.values() if move.shipment_id is not None}
            resolution.loads = {move.load_id for move in pieces.values() if move.load_id is not None}
            return
    _refuse(resolution, "The equipment is on more than one move.")


def _is_out(move: Move) -> bool:
    return move.returned_at is None


def _is_under_way(move: Move) -> bool:
    return move.shipment_id is None or move.status not in FINAL_STATUSES


def _refuse(resolution: Resolution, problem: str) -> None:
    resolution.shipments, resolution.loads, resolution.equipment = set(), set(), set()
    resolution.problem = resolution.problem or problem
