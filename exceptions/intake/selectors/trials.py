"""What a sample would say here, and of what that we know."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from controltower.tenancy.viewer import Viewer
from exceptions.intake.adapters import Unreadable, adapter_for
from exceptions.intake.selectors.messages import operates_all
from exceptions.intake.trial import Item, Said, Trial, trial_run
from exceptions.parties.models import Partner
from exceptions.shipments.canonical import Ref
from exceptions.shipments.models import Reference


@dataclass(frozen=True, slots=True)
class Subject:
    """Something known here that a sample speaks of: `Shipment SH-1007`, with its page where it has one."""

    kind: str
    name: str
    shipment: str = ""


@dataclass(frozen=True, slots=True)
class ToldEvent:
    said: Said
    subjects: Sequence[Subject]


@dataclass(frozen=True, slots=True)
class ToldItem:
    item: Item
    events: Sequence[ToldEvent]


@dataclass(frozen=True, slots=True)
class Told:
    """A sample as read: item by item what it says and of what, or `refused` as the door would refuse the whole."""

    items: Sequence[ToldItem] = ()
    refused: Unreadable | None = None
    events: int = 0
    refused_items: int = 0
    cut: bool = False


def trial_of(
    viewer: Viewer,
    partner: Partner,
    *,
    body: bytes,
    headers: Mapping[str, str],
    mapping: Mapping[str, Any] | None = None,
) -> Told:
    """Read a sample as this partner's deliveries are read, with `mapping` in place of its own where one is given."""
    operates_all(viewer)  # it names shipments, which may belong to any account
    read = trial_run(
        adapter_for(partner.adapter),
        body,
        headers=headers,
        mapping=partner.mapping if mapping is None else mapping,
    )
    if isinstance(read, Unreadable):
        return Told(refused=read)
    known = _known(read)
    items = [
        ToldItem(item, [ToldEvent(said, _subjects(said.event.references, known)) for said in item.said])
        for item in read.items
    ]
    return Told(items, None, len(read.said), read.refused, read.cut)


def _known(read: Trial) -> Mapping[tuple[str, str], list[Reference]]:
    """Everything known by the identifiers of a sample, by type and normalised value. One query."""
    keys = {ref.key[:2] for said in read.said for ref in said.event.references}
    found: dict[tuple[str, str], list[Reference]] = defaultdict(list)
    if keys:
        rows = Reference.objects.filter(value_key__in={value for _, value in keys}, type__in={kind for kind, _ in keys})
        for row in rows.select_related("shipment", "load", "order", "equipment")[:2000]:
            found[row.type, row.value_key].append(row)
    return found


def _subjects(refs: Iterable[Ref], known: Mapping[tuple[str, str], list[Reference]]) -> list[Subject]:
    found: dict[Subject, None] = {}
    for ref in refs:
        kind, value, issuer = ref.key
        for row in known.get((kind, value), ()):
            if not issuer or not row.issuer_key or issuer == row.issuer_key:
                found[_subject(row)] = None
    return list(found)


def _subject(row: Reference) -> Subject:
    if row.shipment:
        return Subject("Shipment", row.shipment.number, row.shipment.number)
    for kind, thing in (("Load", row.load), ("Order", row.order), ("Equipment", row.equipment)):
        if thing:
            return Subject(kind, str(thing))
    return Subject("", row.value)
