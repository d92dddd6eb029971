"""What is promised in a case together with those merged into it: every clock keeps running, none runs twice."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import datetime

from exceptions.cases.models import Case, CaseShipment
from exceptions.cases.services.merging import cases_under
from exceptions.cases.services.promises import Promise, Promises, promises_of
from exceptions.cases.services.state import known_shipments
from exceptions.sla.book import Book
from exceptions.sla.models import TermKind

OF_THE_CASE = (TermKind.FIRST_RESPONSE, TermKind.HOUSE_RATE)


def promises_of_all(case: Case, book: Book, now: datetime) -> Promises:
    """The promises of the case and of each merged into it, each by its own type, cause and opening.

    What two of them promise alike about one shipment counts once, as the first of them has it.
    """
    under = cases_under(case)
    own: dict[int, list[int]] = defaultdict(list)
    rows = CaseShipment.objects.filter(case__in=[case, *under], through=None).order_by("pk")
    for case_id, shipment_id in rows.values_list("case_id", "shipment_id"):
        own[case_id].append(shipment_id)
    known = {one.shipment.pk: one for one in known_shipments({pk for some in own.values() for pk in some})}
    promises = promises_of(case, [known[pk] for pk in own[case.pk] if pk in known], book, now)
    for merged in under:
        theirs = promises_of(merged, [known[pk] for pk in own[merged.pk] if pk in known], book, now)
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
    stakes = tuple(replace(stake, key=f"{merged.number}:{stake.key}") for stake in promise.stakes)
    answered = case.first_response_at if promise.kind == TermKind.FIRST_RESPONSE else None
    text = f"{promise.text} ({merged.number})"
    return replace(
        promise,
        key=f"{merged.number}:{promise.key}",
        text=text,
        stakes=stakes,
        kept_at=promise.kept_at or answered,
    )
