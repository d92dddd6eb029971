"""All open cases priced anew after a contract, a table or the half-life has changed: with progress, in small steps.

Each step is a transaction of its own that prices one batch in order of id, moves the progress and puts the next step in
line. So the queue is read and worked on meanwhile, a worker that dies loses one batch at most, and two workers never do
the same one: each part of the cases is a row that is locked. There are two parts, since pricing keeps a worker as busy as
it keeps the database: with more, other work would have to wait.

Ranks compare only under one half-life. After it was changed, those of all open cases are first written anew from their
stakes as they stand, a few thousand cases with each statement; the words and everything else follow with the pricing.
The order is a mix only for as long as that first part takes.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Final

from billiard.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models import F, Q, QuerySet

from controltower.audit import Actor, record
from controltower.db import is_passing, rows
from controltower.errors import Conflict, NotFound
from controltower.jobs import enqueue
from controltower.tenancy.context import current_organisation_id
from controltower.web import live
from exceptions.cases.models import OPEN_STATES, Case, Repricing, RepricingPart, RepricingState
from exceptions.cases.services.pricing import cases_price
from exceptions.cases.services.recording import member_of
from exceptions.parties.models import Account
from exceptions.sla.book import book_now
from exceptions.sla.exposure import T0

log = logging.getLogger(__name__)
BATCH: Final = 250
RANKED_TOGETHER: Final = 5_000
PARTS: Final = 2
JOB: Final = "cases.reprice"

# `exposure.rank` over what is stored: log-sum-exp of saves, in units of the organisation's currency, by act_by.
RANKS = """
WITH picked AS (
    SELECT id FROM cases_case
     WHERE organisation_id = %(organisation)s AND id > %(after)s AND state IN ('new', 'open', 'waiting')
     ORDER BY id LIMIT %(limit)s FOR NO KEY UPDATE),
weights AS (
    SELECT stake.case_id, ln(stake.saves / 100.0::float8 * coalesce((%(rates)s::jsonb ->> stake.currency)::float8, 1))
               / ln(2::float8) - extract(epoch FROM stake.act_by - %(t0)s)::float8 / %(half_life)s AS weight
      FROM cases_stake AS stake JOIN picked ON picked.id = stake.case_id
     WHERE stake.organisation_id = %(organisation)s AND stake.state = 'open' AND stake.saves > 0
       AND stake.act_by IS NOT NULL),
highest AS (SELECT case_id, max(weight) AS top FROM weights GROUP BY case_id),
ranks AS (
    SELECT weights.case_id, top + ln(sum(power(2::float8, weight - top))) / ln(2::float8) AS rank
      FROM weights JOIN highest USING (case_id) GROUP BY weights.case_id, top),
written AS (
    UPDATE cases_case AS stored SET rank = ranks.rank FROM ranks WHERE stored.id = ranks.case_id RETURNING 1)
SELECT max(id), (SELECT count(*) FROM written) FROM picked
"""


def repricing_start(
    reason: str, *, actor: Actor, now: datetime, account: Account | None = None, ranks_first: bool = False
) -> Repricing:
    """Have all open cases priced anew, or those of a customer, those below it and those of several customers.

    One that still runs is overtaken: it may have priced cases by what has changed since, so all of its cases are done
    again. `ranks_first`: the half-life changed.
    """
    member = member_of(actor)
    for running in _running():
        _end(running, RepricingState.OVERTAKEN, now)
        # What the earlier one had still to do must not be forgotten.
        account = account if account is not None and running.account_id == account.pk else None
        ranks_first = ranks_first or running.ranks_first
    repricing = Repricing(
        reason=reason[:200], account=account, started_by=member, ranks_first=ranks_first, started_at=now
    )
    repricing.total = _cases(repricing).count()
    repricing.save()
    after = {"reason": repricing.reason, "cases": repricing.total, "account": repricing.account_id}
    record(verb="repricing.started", subject=f"repricing:{repricing.pk}", actor=actor, after=after, now=now)
    if ranks_first:
        _next(repricing)
    else:
        _split(repricing)
    return repricing


def repricing_cancel(repricing_id: int, *, actor: Actor, now: datetime) -> Repricing:
    """Stop after the batch that is being priced. What was priced stays; the sweep comes to the others in time."""
    repricing = Repricing.objects.select_for_update(no_key=True).filter(pk=repricing_id).first()
    if repricing is None:
        raise NotFound("This repricing does not exist.")
    if repricing.state != RepricingState.RUNNING:
        raise Conflict(f"It is {repricing.get_state_display().lower()} already.", code="repricing_over")
    _end(repricing, RepricingState.CANCELLED, now)
    after = {"done": repricing.done, "cases": repricing.total}
    record(verb="repricing.cancelled", subject=f"repricing:{repricing.pk}", actor=actor, after=after, now=now)
    return repricing


def repricing_step(repricing_id: int, *, now: datetime, part: int | None = None) -> bool:
    """One batch of a part, or of the ranks that come before. Whether there is more to do; the next step is then in line.

    Nothing when it is over, or when another worker is doing this part.
    """
    if part is not None:
        return _part_step(repricing_id, part, now)
    repricing = (
        Repricing.objects.select_for_update(no_key=True).filter(pk=repricing_id, state=RepricingState.RUNNING).first()
    )
    if repricing is None or not repricing.ranks_first:
        return False
    if _rank(repricing, now):
        _next(repricing)
    else:
        repricing.ranks_first = False
        _split(repricing)
    repricing.save(update_fields=["ranked_to", "ranks_first"])
    live.changed(current_organisation_id())
    return repricing.ranks_first


def _part_step(repricing_id: int, part_id: int, now: datetime) -> bool:
    """The row of the repricing itself is only locked at the end, for the count: both parts write to it."""
    part = (
        RepricingPart.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
        .select_related("repricing__account")
        .filter(pk=part_id, repricing=repricing_id, is_done=False, repricing__state=RepricingState.RUNNING)
        .first()
    )
    if part is None:
        return False
    cases = _cases(part.repricing).filter(pk__gt=part.after)
    if part.last is not None:
        cases = cases.filter(pk__lte=part.last)
    ids = list(cases.order_by("pk").values_list("pk", flat=True)[:BATCH])
    failed = _price_or_halve(ids, now) if ids else 0
    part.after, part.is_done = ids[-1] if ids else part.after, len(ids) < BATCH
    part.save(update_fields=["after", "is_done"])
    Repricing.objects.filter(pk=repricing_id).update(done=F("done") + len(ids), failed=F("failed") + failed)
    if not part.is_done:
        _next(part.repricing, part)
    elif not RepricingPart.objects.filter(repricing=repricing_id, is_done=False).exists():
        # The count above has locked the repricing: of two parts that end at once the second one sees the first.
        running = Repricing.objects.filter(pk=repricing_id, state=RepricingState.RUNNING)
        running.update(state=RepricingState.DONE, finished_at=now)
    live.changed(current_organisation_id())
    return not part.is_done


def _split(repricing: Repricing) -> None:
    """Parts of as many cases each, and their first steps."""
    size = -(-repricing.total // PARTS)
    cases = _cases(repricing).order_by("pk").values_list("pk", flat=True)
    ends = [cases[number * size - 1 : number * size].first() for number in range(1, PARTS)] if size else []
    bounds = [0, *(end for end in ends if end is not None), None]
    for after, last in pairwise(bounds):
        _next(repricing, RepricingPart.objects.create(repricing=repricing, after=after or 0, last=last))


def _rank(repricing: Repricing, now: datetime) -> bool:
    """The next ranks under the half-life as it is now; whether there were any."""
    book = book_now()
    currencies = rows("SELECT DISTINCT currency FROM cases_stake WHERE organisation_id = %s", [book.stamp.organisation])
    values = {
        "organisation": book.stamp.organisation,
        "after": repricing.ranked_to,
        "limit": RANKED_TOGETHER,
        "rates": json.dumps({name: str(book.rate(name, book.day(now)) or 1) for (name,) in currencies}),
        "t0": T0,
        "half_life": book.half_life.total_seconds(),
    }
    last = rows(RANKS, values)[0][0]
    repricing.ranked_to = last or repricing.ranked_to
    return last is not None


def _price_or_halve(ids: Sequence[int], now: datetime) -> int:
    """How many could not be priced: those are due for the sweep, which reports them. What passes is raised: the step is
    then done again."""
    try:
        with transaction.atomic():
            cases_price(ids, now=now)
    except Exception as problem:
        if isinstance(problem, SoftTimeLimitExceeded) or is_passing(problem):
            raise
        if len(ids) > 1:
            half = len(ids) // 2
            return _price_or_halve(ids[:half], now) + _price_or_halve(ids[half:], now)
        log.exception("case could not be priced anew", extra={"case": ids[0], "problem": type(problem).__name__})
        Case.objects.filter(pk=ids[0]).update(next_change_at=now)
        return 1
    return 0


def _cases(repricing: Repricing) -> QuerySet[Case]:
    cases = Case.objects.filter(state__in=OPEN_STATES)
    if repricing.account is None:
        return cases
    return cases.filter(Q(account=None) | Q(account__path__startswith=repricing.account.path))


def _running() -> list[Repricing]:
    return list(Repricing.objects.select_for_update(no_key=True).filter(state=RepricingState.RUNNING).order_by("pk"))


def _end(repricing: Repricing, state: RepricingState, now: datetime) -> None:
    repricing.state, repricing.finished_at = state, now
    repricing.save(update_fields=["state", "finished_at"])


def _next(repricing: Repricing, part: RepricingPart | None = None) -> None:
    enqueue(JOB, {"repricing": repricing.pk, "part": part.pk if part else None})
