"""Identifiers: which things an event speaks of, and the identifiers it makes known."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.db.models import Q

from controltower.db import rows
from controltower.tenancy.context import current_organisation_id
from exceptions.shipments.canonical import Ref, RefType, normalised
from exceptions.shipments.models import Equipment, Load, Order, Reference, Shipment
from exceptions.shipments.projection import FINAL_STATUSES

# Types that name one shipment only, within their issuer. A PO, a booking or a container stands on many.
SHIPMENT_TYPES: Final = frozenset(
    {RefType.SHIPMENT, RefType.BOL, RefType.PRO, RefType.TRACKING, RefType.AWB, RefType.CMR}
)
EQUIPMENT_TYPES: Final = frozenset({RefType.CONTAINER, RefType.TRAILER})


@dataclass
class Resolution:
    """What the references of an event name. `problem` is a sentence when that is not one thing; never a guess."""

    shipments: set[int] = field(default_factory=set)
    loads: set[int] = field(default_factory=set)
    orders: set[int] = field(default_factory=set)
    equipment: set[int] = field(default_factory=set)
    unknown: list[Ref] = field(default_factory=list)
    problem: str = ""
    same: list[int] = field(default_factory=list)
    """Shipments to become one: the references name all of them and at most the first was planned by anybody."""

    @property
    def is_empty(self) -> bool:
        return not (self.shipments or self.loads or self.orders or self.equipment)


def references_lock(references: Iterable[Ref]) -> None:
    """Serialise with every other event that carries one of these identifiers, until commit.

    So a shipment that becomes known and a signal that waits for it cannot miss each other.
    """
    keys = {f"{current_organisation_id()} {kind} {value}" for kind, value, _ in (ref.key for ref in references)}
    if keys:
        # In the order of their hashes, so that two events never wait for each other.
        rows(
            "SELECT pg_advisory_xact_lock(lock) FROM "
            "(SELECT hashtextextended(key, 0) AS lock FROM unnest(%s::text[]) AS key ORDER BY 1) AS locks",
            [sorted(keys)],
        )


def references_resolve(references: Sequence[Ref]) -> Resolution:
    """Exact by type and value, and by issuer where both sides say one."""
    found = _candidates(references)
    resolution = Resolution(unknown=[ref for ref in references if not found[ref]])
    sure: list[tuple[Ref, set[int]]] = []
    loose: list[tuple[Ref, set[int]]] = []
    for ref in references:
        rows = found[ref]
        resolution.orders |= {row.order_id for row in rows if row.order_id}
        resolution.loads |= {row.load_id for row in rows if row.load_id}
        resolution.equipment |= {row.equipment_id for row in rows if row.equipment_id}
        shipments = {row.shipment_id for row in rows if row.shipment_id}
        if shipments:
            (sure if ref.type in SHIPMENT_TYPES else loose).append((ref, shipments))
    _pick_shipment(resolution, sure, loose)
    if resolution.equipment:
        _pick_equipment(resolution)
    if resolution.shipments:
        resolution.loads = set()  # an event that names the shipment speaks of it, not of all that rides along
    elif len(resolution.loads) > 1:
        _refuse(resolution, "The references name more than one load.")
    return resolution


def _candidates(references: Sequence[Ref]) -> dict[Ref, list[Reference]]:
    wanted = Q(pk__in=[])
    for ref in references:
        wanted |= Q(type=ref.type, value_key=normalised(ref.value))
    by_key = defaultdict(list)
    for row in Reference.objects.filter(wanted).order_by("id"):
        by_key[row.type, row.value_key].append(row)
    return {ref: _of_issuer(by_key[ref.key[:2]], ref.key[2]) for ref in references}


def _of_issuer(rows: list[Reference], issuer: str) -> list[Reference]:
    if not issuer:
        return rows
    same = [row for row in rows if row.issuer_key == issuer]
    return same or [row for row in rows if not row.issuer_key]


def _pick_shipment(resolution: Resolution, sure: list[tuple[Ref, set[int]]], loose: list[tuple[Ref, set[int]]]) -> None:
    named = set().union(*(shipments for _, shipments in sure)) if sure else set()
    if not sure and loose:
        named = set.intersection(*(shipments for _, shipments in loose))
    if len(named) == 1:
        resolution.shipments = named
    elif sure and all(len(shipments) == 1 for _, shipments in sure) and (same := _one_and_unplanned(named)):
        resolution.shipments, resolution.same = {same[0]}, same
    elif sure or loose:
        words = ", ".join(f"{RefType(ref.type).label} {ref.value}" for ref, _ in sure or loose)
        _refuse(resolution, f"{words}: more than one shipment is meant, or none that fits all.")


def _one_and_unplanned(named: set[int]) -> list[int]:
    """The shipments with the planned one first; empty when several were planned, as those cannot be the same."""
    keys = dict(Shipment.objects.filter(pk__in=named).order_by("id").values_list("pk", "plan_key"))
    planned = [pk for pk, key in keys.items() if key]
    return planned + [pk for pk, key in keys.items() if not key] if len(planned) <= 1 else []


def _pick_equipment(resolution: Resolution) -> None:
    """A container or trailer is used again and again: the move that is under way is meant, if that is one."""
    rows = list(Equipment.objects.filter(pk__in=resolution.equipment).select_related("shipment").order_by("id"))
    if resolution.shipments or resolution.loads:
        resolution.equipment = {
            row.pk for row in rows if row.shipment_id in resolution.shipments or row.load_id in resolution.loads
        }
        return
    for narrower in (_any, _is_out, _is_under_way):
        rows = [row for row in rows if narrower(row)] or rows
        moves = {(row.shipment_id, row.load_id) for row in rows}
        if len(moves) == 1:
            resolution.equipment = {row.pk for row in rows}
            resolution.shipments = {row.shipment_id for row in rows if row.shipment_id}
            resolution.loads = {row.load_id for row in rows if row.load_id}
            return
    _refuse(resolution, "The equipment is on more than one move.")


def _any(row: Equipment) -> bool:
    return True


def _is_out(row: Equipment) -> bool:
    return row.returned_at is None


def _is_under_way(row: Equipment) -> bool:
    return row.shipment is None or row.shipment.status not in FINAL_STATUSES


def _refuse(resolution: Resolution, problem: str) -> None:
    resolution.shipments, resolution.loads, resolution.equipment = set(), set(), set()
    resolution.problem = resolution.problem or problem


def references_attach(
    references: Iterable[Ref],
    *,
    shipment: Shipment | None = None,
    load: Load | None = None,
    order: Order | None = None,
    equipment: Equipment | None = None,
) -> list[Ref]:
    """Make the identifiers known as this thing's, and return those that were not before.

    The caller holds the locks of the identifiers (`references_lock`), so nobody else adds them meanwhile.
    """
    wanted: dict[tuple[str, str, str], Ref] = {}
    for ref in references:
        wanted.setdefault(ref.key, ref)
    if not wanted:
        return []
    whose = {"shipment": shipment, "load": load, "order": order, "equipment": equipment}
    held = Reference.objects.filter(**whose, value_key__in={value for _, value, _ in wanted})
    known = set(held.values_list("type", "value_key", "issuer_key"))
    new = [ref for key, ref in wanted.items() if key not in known]
    Reference.objects.bulk_create(
        Reference(
            type=kind,
            value_key=value_key,
            issuer_key=issuer_key,
            value=ref.value,
            exclusive=_is_exclusive(kind, shipment, load, order),
            **whose,
        )
        for ref in new
        for kind, value_key, issuer_key in [ref.key]
    )
    return new


def _is_exclusive(kind: str, shipment: Shipment | None, load: Load | None, order: Order | None) -> bool:
    if shipment is not None:
        return kind in SHIPMENT_TYPES
    return (load is not None and kind == RefType.LOAD) or (order is not None and kind == RefType.ORDER)
