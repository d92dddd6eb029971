"""What is promised in a case together with those merged into it: every clock keeps running, none runs twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from exceptions.cases.models import Case, CaseShipment
from exceptions.cases.services.clock_facts import case_clocks_of, with_clock_facts
from exceptions.cases.services.known_clocks import CaseClocks
from exceptions.cases.services.merging import cases_under_each
from exceptions.cases.services.priced_rows import CommitmentRow
from exceptions.cases.services.promises import Promise, Promises, promises_of
from exceptions.cases.services.state import Known, known_shipments
from exceptions.cases.services.tallying import with_tallies
from exceptions.sla.book import Book
from exceptions.sla.models import TermKind
from exceptions.sla.reach import AT_STAKE, OF_THE_CASE


@dataclass(frozen=True)
class Family:
    """A case with those merged into it, and what is known of the freight that each affects by itself."""

    case: Case
    under: Sequence[Case]
    known: Mapping[int, Sequence[Known]]
    clocks: Mapping[int, CaseClocks]

    def lasting(self, commitments: Iterable[CommitmentRow], promises: Promises) -> list[str]:
        """Keys of commitments about this freight that nothing promises any more, though nothing about it changed."""
        found = {promise.key for promise in promises.found}
        kinds = {kind for case in (self.case, *self.under) for kind, _ in AT_STAKE[case.type]}
        customers = {one.shipment.pk: one.shipment.customer_id for known in self.known.values() for one in known}
        return [
            row.key
            for row in commitments
            if row.key not in found
            and row.kind in kinds
            and row.shipment_id in customers
            and row.account_id == customers[row.shipment_id]
        ]


def families_of(cases: Sequence[Case], book: Book, now: datetime, known: Iterable[Known] = ()) -> dict[int, Family]:
    """By the id of the case on top, with a fixed number of queries.

    known: shipments as the caller read them just now in the same transaction; the others are read.
    """
    under = cases_under_each(cases)
    everybody = {case.pk: case for case in (*cases, *(case for below in under.values() for case in below))}
    own: dict[int, list[int]] = defaultdict(list)
    rows = CaseShipment.objects.filter(case__in=everybody, through=None).order_by("pk")
    for case_id, shipment_id in rows.values_list("case_id", "shipment_id"):
        own[case_id].append(shipment_id)
    wanted = {pk for some in own.values() for pk in some}
    read = {one.shipment.pk: one for one in known if one.shipment.pk in wanted}
    read |= {one.shipment.pk: one for one in known_shipments(wanted - read.keys())}
    timed = with_clock_facts(read.values(), [(case, own[key]) for key, case in everybody.items()])
    freight = {one.shipment.pk: one for one in with_tallies(timed, book, now)}
    clocks = case_clocks_of(everybody)
    affected = {key: [freight[pk] for pk in own[key] if pk in freight] for key in everybody}
    return {
        case.pk: Family(case, under[case.pk], {one.pk: affected[one.pk] for one in (case, *under[case.pk])}, clocks)
        for case in cases
    }


def promises_of_all(family: Family, book: Book, now: datetime) -> Promises:
    """The promises of the case and of each merged into it, each by its own type, cause and opening.

    What two of them promise alike about one shipment counts once, as the first of them has it.
    """
    case = family.case
    promises = promises_of(case, family.known[case.pk], book, now, family.clocks[case.pk])
    for merged in family.under:
        # What the customer hears of the case on top, they hear of each.
        also = [at for at in family.clocks[case.pk].told if at > merged.opened_at]
        own = family.clocks[merged.pk]
        clocks = replace(own, told=tuple(sorted({*own.told, *also})))
        theirs = promises_of(merged, family.known[merged.pk], book, now, clocks)
        promises.heard |= {f"{merged.number}:{key}": at for key, at in theirs.heard.items()}
        _add(promises, [_renamed(promise, merged, case) for promise in theirs.found])
        promises.assumed += [line for line in theirs.assumed if line not in promises.assumed]
        promises.trace += [line for line in theirs.trace if line not in promises.trace]
        promises.recoverable_from = promises.recoverable_from or theirs.recoverable_from
    return promises


def _add(promises: Promises, more: list[Promise]) -> None:
    held = {promise.key for promise in promises.found}
    promises.found += [promise for promise in more if promise.key not in held]


def _renamed(promise: Promise, merged: Case, case: Case) -> Promise:
    """A clock of the case itself runs beside that of the one on top; an answer there answers here."""
    if promise.kind not in OF_THE_CASE:
        return promise
    stakes = tuple(stake._replace(key=f"{merged.number}:{stake.key}") for stake in promise.stakes)
    answered = case.first_response_at if promise.kind == TermKind.FIRST_RESPONSE else None
    text = f"{promise.text} ({merged.number})"
    return replace(
        promise,
        key=f"{merged.number}:{promise.key}",
        text=text,
        stakes=stakes,
        kept_at=promise.kept_at or answered,
        before=tuple(_renamed(earlier, merged, case) for earlier in promise.before),
    )
