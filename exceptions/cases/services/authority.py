"""Whether a person may let something happen that is worth money: role and authority limit, in the house's currency."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from controltower.audit import Actor
from controltower.errors import Forbidden
from controltower.tenancy.models import Member
from controltower.tenancy.permissions import VERBS, Verb
from exceptions.cases.models import Case
from exceptions.cases.services.recording import major, person
from exceptions.sla.book import book_now


def in_house(case: Case, *, now: datetime, settled: bool = False) -> Decimal:
    """What is at risk on the case, in the currency of authority limits; one without a known rate counts as one.

    It is worth what pricing counts with: the organisation's own rate of the day before the shipped one.

    `settled` adds what is already lost or can be recovered: an excuse decides on that too.
    """
    book = book_now()
    rate = book.rate(case.currency, book.day(now))
    amount = case.at_risk + (case.lost + case.recoverable if settled else 0)
    return major(amount) * (Decimal(1) if rate is None else rate)


def approver(actor: Actor) -> Member:
    """The member behind `actor`, who must be a person and may decide; Forbidden otherwise."""
    member = person(actor)
    if Verb.DECIDE not in VERBS[member.role]:
        raise Forbidden("Only a supervisor may decide this. Ask one to do it.", code="approver_needed")
    return member


def approver_within_limit(actor: Actor, case: Case, *, now: datetime, settled: bool = False) -> Member:
    """An approver whose authority covers the case."""
    member = approver(actor)
    limit, amount = member.authority_limit or Decimal(0), in_house(case, now=now, settled=settled)
    if limit < amount:
        raise Forbidden(
            f"This involves {amount:,.0f} and your limit is {limit:,.0f}. Ask somebody with a higher limit.",
            code="authority",
        )
    return member
