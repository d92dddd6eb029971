"""Plans of loads and orders, and the equipment that goes with a load or shipment."""

from collections.abc import Iterable, Sequence
from typing import Any

from controltower.errors import Invalid
from exceptions.parties.models import Account
from exceptions.shipments.canonical import Ref, RefType, normalised
from exceptions.shipments.models import Equipment, Load, Order, OrderLine, Reference, Shipment
from exceptions.shipments.payloads.plans import EquipmentData, LineData, LoadData, OrderData
from exceptions.shipments.services.putting import rows_put
from exceptions.shipments.services.references import references_attach
from exceptions.shipments.services.removal import discard


def accounts_by_code(codes: Iterable[str]) -> dict[str, Account]:
    """Raises `Invalid` for a code nobody entered: the message waits, and is replayed once the account exists."""
    wanted = {code for code in codes if code}
    found = {account.code: account for account in Account.objects.filter(code__in=wanted)} if wanted else {}
    if missing := sorted(wanted - set(found)):
        raise Invalid(
            f"No account has the code {missing[0]!r}. An administrator can add it in the admin; then replay the message.",
            code="unknown_account",
            details={"codes": missing},
        )
    return found


def customer_fill(thing: Shipment | Order, code: str) -> None:
    """A later plan that is silent about the customer does not take away what an earlier one said, in either order."""
    if thing.customer_id is None and code:
        thing.customer = accounts_by_code([code])[code]
        thing.save(update_fields=["customer"])


def equipment_plan(
    wanted: Sequence[EquipmentData], *, shipment: Shipment | None = None, load: Load | None = None
) -> list[Ref]:
    new: list[Ref] = []
    kept = []
    for item in wanted:
        equipment, _ = Equipment.objects.update_or_create(
            number=item.number,
            shipment=shipment,
            load=load,
            defaults={"kind": item.kind, "iso_type": item.iso_type, "seal": item.seal},
        )
        kept.append(equipment.pk)
        kind = RefType.CONTAINER if item.kind == "container" else RefType.TRAILER
        new += references_attach([Ref(kind, item.number)], equipment=equipment)
    discard(Equipment.objects.filter(shipment=shipment, load=load).exclude(pk__in=kept))
    return new


def load_named(number: str) -> tuple[Load, list[Ref]]:
    """The load with this number, made if it is not known; and its reference when that is new."""
    ref = Ref(RefType.LOAD, number)
    known = Reference.objects.filter(type=ref.type, value_key=normalised(number), load__isnull=False).first()
    if known is not None and known.load is not None:
        return known.load, []
    load = Load.objects.create(number=number)
    return load, references_attach([ref], load=load)


def load_plan(load: Load, data: LoadData, *, key: str) -> list[Ref]:
    if key <= load.plan_key:
        return []
    load.plan_key = key
    load.carrier = accounts_by_code([data.carrier]).get(data.carrier)
    load.mode, load.vehicle, load.voyage = data.mode, data.vehicle, data.voyage
    load.save()
    return equipment_plan(data.equipment, load=load)


def order_named(number: str) -> tuple[Order, list[Ref]]:
    """The order with this number, made if it is not known; and its reference when that is new."""
    ref = Ref(RefType.ORDER, number)
    known = Reference.objects.filter(type=ref.type, value_key=normalised(number), order__isnull=False).first()
    if known is not None and known.order is not None:
        return known.order, []
    order = Order.objects.create(number=number)
    return order, references_attach([ref], order=order)


def order_plan(order: Order, data: OrderData, *, key: str, references: Sequence[Ref]) -> list[Ref]:
    new = references_attach([ref for ref in references if ref.type != RefType.ORDER], order=order)
    if key <= order.plan_key:
        customer_fill(order, data.customer)
        return new
    order.plan_key = key
    order.customer = accounts_by_code([data.customer]).get(data.customer) or order.customer
    order.need_by = data.need_by
    order.value = data.value.amount if data.value else None
    order.currency = data.value.currency if data.value else ""
    order.save()
    rows_put(OrderLine, ("order", "line_number"), {(order, line.line): _line_row(line) for line in data.lines})
    return new


def _line_row(line: LineData) -> dict[str, Any]:
    return {
        "sku": line.sku,
        "description": line.description,
        "unit": line.unit,
        "ordered": line.quantity,
        "value": line.value,
        "need_by": line.need_by,
    }
