"""Whom identifiers name that several shipments are told to be known by.

Identifiers that no plan gave to a shipment and that stand together in events hang together: all of them name the one
shipment that plans tie to any of these events. Where that is more than one, none of them names any; events that plans
tie to a shipment stay with it, the others wait for a person. Found out from all of these events, so that it does not
matter which of them came first.
"""

from collections.abc import Iterable, Sequence

from exceptions.shipments.canonical import Ref
from exceptions.shipments.services.batch import PLANS, Batch, Item
from exceptions.shipments.services.binding import events_carrying, worth_knowing
from exceptions.shipments.services.merging import shipments_absorb
from exceptions.shipments.services.names import Key, Resolution, key_of, references_resolve, surviving

_OTHERS = ("order", "inventory", "load", "supply")


def names_settle(batch: Batch) -> None:
    """Find out anew whom the identifiers name about which the batch brought a contradiction."""
    if not batch.names.stirred:
        return
    items = _hanging_together(batch, set(batch.names.stirred))
    batch.names.stirred.clear()
    by_plan = {item.id: references_resolve(batch.names, item.references, learned=False) for item in items}
    for group in _groups(batch, items):
        _settle(batch, group, by_plan)
    batch.names.fresh.clear()


def _hanging_together(batch: Batch, keys: set[Key]) -> list[Item]:
    found: dict[int, Item] = {}
    done: set[Key] = set()
    while keys:
        done |= keys
        items = [
            item
            for item in (*batch.items, *batch.again.values())
            if item.id not in found and not keys.isdisjoint(map(key_of, item.references))
        ]
        items += events_carrying(batch, keys, without=set(found) | set(batch.again), only_waiting=False)
        items = [item for item in items if item.family not in _OTHERS and item.type not in PLANS]
        found |= {item.id: item for item in items}
        batch.again |= {item.id: item for item in items if not item.is_new}
        keys = {key for item in items for key in _free_keys(batch, item)} - done
    return list(found.values())


def _free(batch: Batch, item: Item) -> list[Ref]:
    """Its identifiers that no plan gave to a shipment."""
    return [ref for ref in worth_knowing(item.references) if not any(name.exclusive for name in batch.names.of(ref))]


def _free_keys(batch: Batch, item: Item) -> set[Key]:
    return {key_of(ref) for ref in _free(batch, item)}


def _groups(batch: Batch, items: Iterable[Item]) -> list[list[Item]]:
    """Events that share identifiers which no plan gave away; one without any stands alone."""
    groups: list[tuple[set[Key], list[Item]]] = []
    for item in items:
        keys = _free_keys(batch, item)
        together = [group for group in groups if not keys.isdisjoint(group[0])]
        merged = (keys.union(*(group[0] for group in together)), [item, *(i for g in together for i in g[1])])
        groups = [group for group in groups if group not in together] + [merged]
    return [members for _, members in groups]


def _settle(batch: Batch, items: Sequence[Item], by_plan: dict[int, Resolution]) -> None:
    claims: set[int] = set().union(*(by_plan[item.id].shipments for item in items))
    refs = {ref.key: ref for item in items for ref in _free(batch, item)}
    known = {name.of for ref in refs.values() for name in batch.names.of(ref) if name.thing == "shipment"}
    unplanned = {pk for pk in known - claims if not batch.names.plan_keys.get(pk)}
    if unplanned:
        meant = {surviving(batch.names, claims)} if claims else {surviving(batch.names, unplanned)}
        shipments_absorb(batch, next(iter(meant)), unplanned - meant)
        claims = claims or meant
    for ref in refs.values():
        for name in [name for name in batch.names.of(ref) if name.thing == "shipment" and name.of not in claims]:
            batch.names.drop(name)
        for shipment in claims:
            batch.names.add(ref, "shipment", shipment)
    for item in items:
        _tie(batch, item, by_plan[item.id], claims)


def _tie(batch: Batch, item: Item, by_plan: Resolution, claims: set[int]) -> None:
    shipments = by_plan.shipments or (claims if len(claims) == 1 and not by_plan.problem else set())
    item.ties = {
        *(("shipment", pk) for pk in shipments),
        *(("load", pk) for pk in by_plan.loads if not shipments),
        *(("equipment", pk) for pk in by_plan.equipment),
    }
    item.waits = not shipments
    item.problem = by_plan.problem
    if not shipments and not item.problem:
        said = ", ".join(f"{ref.type.upper()} {ref.value}" for ref in item.references)
        item.problem = f"{said}: more than one shipment is meant, or none that fits all."
