"""The words on a case's row: whose it is, where, on which lane, and by which number the trade calls it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

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


@dataclass
class _Words:
    """What headlines are made of, by id: of each shipment where it starts and the numbers it is known by."""

    loads: dict[int, str] = field(default_factory=dict)
    orders: dict[int, Order] = field(default_factory=dict)
    starts: dict[int, Stop] = field(default_factory=dict)
    numbers: dict[int, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))


def headlines_of(findings: Sequence[Finding], affected: Sequence[Sequence[Known]]) -> list[Headline]:
    """One for each finding, from the first shipment that it affects: `affected` has all of them, in the same order. A
    load's case is called by the load, and is a customer's only if all are. A fixed number of queries."""
    words = _words(findings, affected)
    return [_headline(finding, known, words) for finding, known in zip(findings, affected, strict=True)]


def _words(findings: Sequence[Finding], affected: Sequence[Sequence[Known]]) -> _Words:
    words = _Words()
    first = {known[0].shipment.pk for known in affected if known}
    if first:
        starts = Stop.objects.filter(shipment__in=first, dropped=False).order_by("shipment_id", "sequence")
        words.starts = {stop.shipment_id or 0: stop for stop in starts.distinct("shipment_id")}
        known_by = Reference.objects.filter(shipment__in=first).order_by("-pk")
        for shipment, kind, value in known_by.values_list("shipment_id", "type", "value"):
            words.numbers[shipment or 0][kind] = value
    loads = {finding.subject.id for finding in findings if finding.subject.kind == Subject.LOAD}
    if loads:
        words.loads = dict(Load.objects.filter(pk__in=loads).values_list("pk", "number"))
    orders = {finding.orders[0] for finding in findings if finding.orders}
    if orders:
        words.orders = Order.objects.select_related("customer").in_bulk(orders)
    return words


def _headline(finding: Finding, affected: Sequence[Known], words: _Words) -> Headline:
    if not affected or finding.subject.kind in (Subject.ORDER, Subject.ORDER_LINE):
        return _without_freight(finding, affected, words)
    customers = {one.shipment.customer_id: one.shipment.customer for one in affected}
    account = next(iter(customers.values())) if len(customers) == 1 else None
    first = affected[0]
    place = first.stop.place if first.stop else ""
    lane = _route(first, words) or first.shipment.lane
    if finding.subject.kind == Subject.LOAD:
        reference = f"Load {words.loads[finding.subject.id]}"
        place = place if len(affected) == 1 else f"{len(affected)} shipments"
    elif (
        finding.subject.kind == Subject.EQUIPMENT
        and first.equipment
        and first.equipment.kind == EquipmentKind.CONTAINER
    ):
        reference = f"Container {first.equipment.number}"
    else:
        reference = _quoted(first, words)
    return Headline(account, place[:100], lane[:40], reference[:80], normalised(reference)[:120])


def _without_freight(finding: Finding, affected: Sequence[Known], words: _Words) -> Headline:
    """An order's case is its customer's and called by its number; a load that nothing rides yet is nobody's."""
    reference, account = "", None
    if finding.subject.kind == Subject.LOAD:
        reference = f"Load {words.loads[finding.subject.id]}"
    elif finding.orders:
        order = words.orders[finding.orders[0]]
        reference, account = f"Order {order.number}", order.customer
    place = affected[0].stop.place if affected and affected[0].stop else ""
    lane = (_route(affected[0], words) or affected[0].shipment.lane) if affected else ""
    return Headline(account, place[:100], lane[:40], reference[:80], normalised(reference)[:120])


def _quoted(known: Known, words: _Words) -> str:
    numbers = words.numbers[known.shipment.pk]
    best = next((kind for kind in QUOTED_FIRST if kind in numbers), None)
    return f"{best.label} {numbers[best]}" if best else known.shipment.number


def _route(known: Known, words: _Words) -> str:
    first = words.starts.get(known.shipment.pk)
    if first is None or known.stop is None or first == known.stop:
        return ""
    ends = (first.city or first.name, known.stop.city or known.stop.name)
    return " > ".join(ends) if all(ends) else ""
