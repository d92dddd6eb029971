"""What was promised in a case, by which term, what missing it costs, and what can still be done: input to the rank."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from exceptions.cases.models import Case
from exceptions.cases.services.known_clocks import CaseClocks
from exceptions.cases.services.promises.base import Look, Promise, Promises
from exceptions.cases.services.promises.of_case import UPDATE, promises_of_case
from exceptions.cases.services.promises.of_freight import promises_of_freight
from exceptions.cases.services.state import Known
from exceptions.cases.taxonomy import Excusable
from exceptions.sla.book import Book
from exceptions.sla.reach import ARRIVAL as ARRIVAL_TERMS
from exceptions.sla.reach import OF_THE_CASE

__all__ = ["ARRIVAL_TERMS", "Promise", "Promises", "promises_of"]


def promises_of(
    case: Case, known: Sequence[Known], book: Book, now: datetime, clocks: CaseClocks | None = None
) -> Promises:
    """Everything promised in the case, and the house's own rates. A function of its arguments.

    The case comes with its account, so that nothing is asked of the database. clocks: its pauses, None for none.
    """
    promises = Promises(is_excused=bool(case.reason_accepted_by_id) and case.excusable == Excusable.YES)
    promises.assumed += book.unreadable
    look = Look(book, book.day(now), now, clocks or CaseClocks())
    promises.heard[UPDATE.key] = look.clocks.told
    promises.found += promises_of_case(case, look, promises)
    for one in known:
        promises.found += promises_of_freight(case, one, look, promises)
    if promises.is_excused:
        promises.trace.append("The accepted reason is excused: it stops what contracts promise and can be excused")
    elif all(promise.kind in OF_THE_CASE for promise in promises.found):
        promises.trace.append("No contract promises anything here: only the house's own rates count")
    return promises
