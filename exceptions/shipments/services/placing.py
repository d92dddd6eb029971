"""Which shipment each booking plans: one that is known by its identifiers, or a new one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from exceptions.shipments.canonical import EventType, Ref, RefType
from exceptions.shipments.models import Mode, Shipment, Stop
from exceptions.shipments.services.batch import Batch, Item, ids_take
from exceptions.shipments.services.bulk import rows_insert
from exceptions.shipments.services.merging import shipments_absorb
from exceptions.shipments.services.names import EQUIPMENT_TYPES, SHIPMENT_TYPES, Names, surviving
from exceptions.shipments.services.numbers import numbers_take


@dataclass(frozen=True, slots=True)
class New:
    """A shipment to be made."""

    id: int
    created_from: str
    customer_id: int | None = None
    mode: str = Mode.ROAD


def bookings_place(batch: Batch) -> dict[int, list[Item]]:
    """Tie every booking to its shipment, making those that are not known; the bookings by shipment.

    A plan that names several shipments says that they are one. One identifier that stands for several names none.
    """
    placed: dict[int, list[Item]] = {}
    bookings = batch.of_type(EventType.SHIPMENT_BOOKED)
    free = ids_take("shipments_shipment", sum(1 for item in bookings if not _is_planned(batch.names, item)))
    made: list[New] = []
    for item in bookings:
        item.waits = False
        own = [ref for ref in item.references if ref.type in SHIPMENT_TYPES]
        same = _meant(batch.names, own)
        if same is None:
            words = ", ".join(f"{RefType(ref.type).label} {ref.value}" for ref in own)
            item.problem = f"{words}: more than one shipment is meant."
            continue
        if not same:
            made.append(New(free.pop(0), "booking"))
            same = {made[-1].id}
            batch.names.plan_keys[made[-1].id] = ""
        shipment = surviving(batch.names, same)
        if others := same - {shipment}:
            made = [new for new in made if new.id not in others]
            _join(batch, placed, shipment, others)
        item.ties.add(("shipment", shipment))
        placed.setdefault(shipment, []).append(item)
        for ref in item.references:
            if ref.type not in EQUIPMENT_TYPES and ref.type != RefType.LOAD:
                batch.names.add(ref, "shipment", shipment, exclusive=ref.type in SHIPMENT_TYPES)
        batch.names.plan_keys[shipment] = max(batch.names.plan_keys[shipment], item.plan_key)
    shipments_create(batch, made)
    return placed


def _join(batch: Batch, placed: dict[int, list[Item]], shipment: int, others: set[int]) -> None:
    shipments_absorb(batch, shipment, others)
    for other in others:
        for item in placed.pop(other, []):
            placed.setdefault(shipment, []).append(item)


def _is_planned(names: Names, item: Item) -> bool:
    own = (name for ref in item.references if ref.type in SHIPMENT_TYPES for name in names.of(ref))
    return any(name.thing == "shipment" and name.exclusive for name in own)


def _meant(names: Names, own: Sequence[Ref]) -> set[int] | None:
    """The shipments that these identifiers name by plan, and the unplanned ones that were learned by them; None when
    one of them names several."""
    planned: set[int] = set()
    unplanned: set[int] = set()
    for ref in own:
        known = [name for name in names.of(ref) if name.thing == "shipment"]
        sure = {name.of for name in known if name.exclusive}
        if len(sure) > 1:
            return None
        planned |= sure
        if not sure:
            unplanned |= {name.of for name in known if not names.plan_keys.get(name.of)}
    return planned | unplanned


def shipments_create(batch: Batch, made: Sequence[New]) -> None:
    """Make shipments with nothing but their number, a pickup and a delivery somewhere; the number names them."""
    if not made:
        return
    numbers = numbers_take("shipment", len(made))
    columns = ("id", "number", "created_from", "created_at", "customer_id", "mode")
    rows = [
        (new.id, number, new.created_from, batch.now, new.customer_id, str(new.mode))
        for new, number in zip(made, numbers, strict=True)
    ]
    rows_insert(Shipment, columns, rows)
    rows_insert(
        Stop,
        ("shipment_id", "sequence", "kind", "zone"),
        [(new.id, at, kind, "UTC") for new in made for at, kind in ((1, "pickup"), (2, "delivery"))],
    )
    for new, number in zip(made, numbers, strict=True):
        batch.names.plan_keys.setdefault(new.id, "")
        batch.names.add(Ref(RefType.SHIPMENT, number), "shipment", new.id, exclusive=True)


def shipment_create(*, created_from: str, now: datetime) -> Shipment:
    """One shipment with nothing but its number."""
    batch = Batch([], Names(), now)
    (pk,) = ids_take("shipments_shipment", 1)
    shipments_create(batch, [New(pk, created_from)])
    batch.names.store()
    return Shipment.objects.get(pk=pk)
