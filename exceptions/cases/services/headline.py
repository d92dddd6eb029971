"""The words on a case's row: whose it is, where, on which lane, and by which number the trade calls it."""

from __future__ import annotations

from dataclasses import dataclass

from exceptions.cases.detection import Finding
from exceptions.cases.services.state import Known
from exceptions.cases.taxonomy import Subject
from exceptions.parties.models import Account
from exceptions.shipments.canonical import RefType, normalised
from exceptions.shipments.models import EquipmentKind, Load, Order, Reference, Stop

# What people quote first on the telephone.
QUOTED_FIRST = (
    RefType.PRO,
    RefType.CONTAINER,
    RefType.AWB,
    RefType.TRACKING,
    RefType.BOL,
    RefType.CMR,
    RefType.BOOKING,
    RefType.PO,
    RefType.LOAD,
)


@dataclass(frozen=True)
class Headline:
    account: Account | None
    place: str
    lane: str
    reference: str
    search_text: str


def headline_of(finding: Finding, affected: list[Known]) -> Headline:
    """From the first affected shipment; a load's case is called by the load, and is a customer's only if all are."""
    if not affected or finding.subject.kind in (Subject.ORDER, Subject.ORDER_LINE):
        return _without_freight(finding, affected)
    customers = {one.shipment.customer_id: one.shipment.customer for one in affected}
    account = next(iter(customers.values())) if len(customers) == 1 else None
    first = affected[0]
    place = first.stop.place if first.stop else ""
    lane = _route(first) or first.shipment.lane
    if finding.subject.kind == Subject.LOAD:
        load = Load.objects.get(pk=finding.subject.id)
        reference, place = f"Load {load.number}", place if len(affected) == 1 else f"{len(affected)} shipments"
    elif (
        finding.subject.kind == Subject.EQUIPMENT
        and first.equipment
        and first.equipment.kind == EquipmentKind.CONTAINER
    ):
        reference = f"Container {first.equipment.number}"
    else:
        reference = _quoted(first)
    return Headline(account, place[:100], lane[:40], reference[:80], normalised(reference)[:120])


def _without_freight(finding: Finding, affected: list[Known]) -> Headline:
    """An order's case is its customer's and called by its number; a load that nothing rides yet is nobody's."""
    reference, account = "", None
    if finding.subject.kind == Subject.LOAD:
        reference = f"Load {Load.objects.get(pk=finding.subject.id).number}"
    elif finding.orders:
        order = Order.objects.select_related("customer").get(pk=finding.orders[0])
        reference, account = f"Order {order.number}", order.customer
    place = affected[0].stop.place if affected and affected[0].stop else ""
    lane = (_route(affected[0]) or affected[0].shipment.lane) if affected else ""
    return Headline(account, place[:100], lane[:40], reference[:80], normalised(reference)[:120])


def _quoted(known: Known) -> str:
    found = {ref.type: ref for ref in Reference.objects.filter(shipment=known.shipment).order_by("-pk")}
    best = next((found[kind] for kind in QUOTED_FIRST if kind in found), None)
    return f"{best.get_type_display()} {best.value}" if best else known.shipment.number


def _route(known: Known) -> str:
    first = Stop.objects.filter(shipment=known.shipment, dropped=False).order_by("sequence").first()
    if first is None or known.stop is None or first == known.stop:
        return ""
    ends = (first.city or first.name, known.stop.city or known.stop.name)
    return " > ".join(ends) if all(ends) else ""
