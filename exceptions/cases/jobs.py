"""Background entry points of cases: pricing, what ran out, what wakes. Thin; the services do the work."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from controltower.audit import SYSTEM
from controltower.db import is_passing, rows
from controltower.jobs import JobContext, enqueue, job, sweep
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Member, Organisation
from exceptions.cases import escalation_mail as mails
from exceptions.cases import services
from exceptions.cases.models import Case, Escalation, Expectation, NextCheck

log = logging.getLogger(__name__)
# How many due rows one round of a sweep takes.
BATCH = 200
MANY = 2_000
# So long a sweep goes on taking rounds.
SECONDS = 4.0


@job("cases.price", retries=8, timeout=30)
def price(payload: dict[str, Any], ctx: JobContext) -> None:
    """Price one case."""
    case = Case.objects.filter(pk=payload["case"]).first()
    if case is not None:
        services.case_price(case, now=ctx.now)


@job("cases.reprice", retries=8, timeout=60)
def reprice(payload: dict[str, Any], ctx: JobContext) -> None:
    """Price the next batch of all that is priced anew."""
    services.repricing_step(payload["repricing"], part=payload["part"], now=ctx.now)


@job("cases.heard", retries=8, timeout=30)
def heard(payload: dict[str, Any], ctx: JobContext) -> None:
    """The customer heard from us: what was promised to them is kept, and what they were told with it goes on."""
    told = datetime.fromisoformat(payload["told"]) if payload["told"] else None
    services.update_heard(payload["case"], at=datetime.fromisoformat(payload["at"]), told=told, now=ctx.now)


@job("cases.escalation_mail", queue="effects", retries=8, timeout=60, outside_transaction=True)
def escalation_mail(payload: dict[str, Any], ctx: JobContext) -> None:
    """Tell a member of broken promises by mail. After a crash at the worst moment they get it twice."""
    with ctx.tenant():
        member = Member.objects.select_related("user", "organisation").get(pk=payload["member"])
        about = Escalation.objects.filter(pk__in=payload["escalations"]).select_related("case", "commitment")
        mail = mails.escalation_mail(member, list(about.order_by("pk")))
    if mail is not None:
        mail.send()


@job("cases.expectation", retries=8, timeout=60)
def expectation(payload: dict[str, Any], ctx: JobContext) -> None:
    """See what follows from things expected that did not come."""
    expired = list(Expectation.objects.filter(pk__in=payload["expectations"]))
    services.expectation_run(expectations=expired, now=ctx.now, as_of=datetime.fromisoformat(payload["at"]))


@job("cases.suppression", retries=8, timeout=60)
def suppression(payload: dict[str, Any], ctx: JobContext) -> None:
    """Open what a suppression that is over had kept down, and leave the rest of a long list to the next job."""
    after = services.suppression_settle(payload["suppression"], now=ctx.now, after=payload.get("after"))
    if after is not None:
        enqueue("cases.suppression", {"suppression": payload["suppression"], "after": after})


@job("cases.learn_gaps", retries=2, timeout=300)
def learn_gaps(payload: dict[str, Any], ctx: JobContext) -> None:
    """Learn this organisation's normal gaps between signals anew."""
    services.gaps_learn(now=ctx.now)


@job("cases.propose_disruptions", retries=2, timeout=120)
def propose_disruptions(payload: dict[str, Any], ctx: JobContext) -> None:
    """Propose causes behind cases that have something in common."""
    services.disruptions_propose(now=ctx.now)


@job("cases.sweep", retries=8, timeout=60)
def sweep_share(payload: dict[str, Any], ctx: JobContext) -> None:
    """Price a batch of what the sweep found due."""
    services.stakes_help(payload["hand"], now=ctx.now)


@sweep("cases.stakes", every=2.0)
def stakes(now: datetime) -> int:
    """Price the cases whose next option closes or loss books. One that fails is pushed forward and reported."""
    return services.stakes_sweep(now)


@sweep("cases.escalations", every=5.0)
def escalations(now: datetime) -> int:
    """Take the steps about broken promises that are due, those of an organisation together."""
    due: dict[int, list[int]] = {}
    for organisation_id, pk in rows(
        "SELECT organisation_id, escalation_id FROM cases_due_escalations(%s, %s)", [now, MANY]
    ):
        due.setdefault(organisation_id, []).append(pk)
    done = 0
    for organisation_id, ids in due.items():
        done += _escalated(organisation_id, ids, now)
    return done


def _escalated(organisation_id: int, ids: Sequence[int], now: datetime) -> int:
    """Halves what fails until the one that it is about stands alone, so that it holds up no other step."""
    try:
        with acting_for(organisation_id):
            return services.escalations_take(ids, now=now)
    except Exception as problem:
        if len(ids) == 1 or is_passing(problem):
            log.exception("due escalations failed", extra={"row": ids[0]})
            return 0
    half = len(ids) // 2
    return _escalated(organisation_id, ids[:half], now) + _escalated(organisation_id, ids[half:], now)


@sweep("cases.expectations", every=2.0)
def expectations(now: datetime) -> int:
    """Claim what ran out, all of an organisation's at once, and enqueue what follows in the same transaction."""
    due: dict[int, list[int]] = {}
    for organisation_id, pk in rows(
        "SELECT organisation_id, expectation_id FROM cases_due_expectations(%s, %s)", [now, BATCH]
    ):
        due.setdefault(organisation_id, []).append(pk)
    done = 0
    for organisation_id, ids in due.items():
        try:
            with acting_for(organisation_id):
                if claimed := services.expectations_claim(ids, now=now):
                    enqueue("cases.expectation", {"expectations": claimed, "at": now.isoformat()})
                done += len(claimed)
        except Exception:
            log.exception("due expectations failed", extra={"row": ids[0]})
    return done


@sweep("cases.suppressions", every=10.0)
def suppressions(now: datetime) -> int:
    """Look again at what suppressions kept down that are over."""

    def settle(pk: int) -> bool:
        return enqueue("cases.suppression", {"suppression": pk}, dedupe_key=f"suppression:{pk}") is not None

    return _each("SELECT organisation_id, suppression_id FROM cases_due_suppressions(%s, %s)", settle, now)


@sweep("cases.gaps", every=6 * 3600.0)
def gaps(now: datetime) -> int:
    """Have each organisation's normal gaps between signals learned anew."""
    return _for_each_organisation("cases.learn_gaps")


@sweep("cases.wake", every=5.0)
def wake(now: datetime) -> int:
    """Bring snoozed cases back when their time has come."""

    def unsnooze(pk: int) -> bool:
        case = (
            Case.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=pk, snoozed_until__lte=now).first()
        )
        if case is None:
            return False
        services.case_unsnooze(case, actor=SYSTEM, now=now, why="The snooze is over")
        return True

    return _each("SELECT organisation_id, case_id FROM cases_due_wakes(%s, %s)", unsnooze, now)


@sweep("cases.checks", every=5.0)
def checks(now: datetime) -> int:
    """Remind of checks that are due, once each."""

    def remind(pk: int) -> bool:
        check = NextCheck.objects.filter(pk=pk).first()
        return check is not None and services.next_check_remind(check, now=now)

    return _each("SELECT organisation_id, check_id FROM cases_due_checks(%s, %s)", remind, now)


@sweep("cases.disruptions", every=300.0)
def disruptions(now: datetime) -> int:
    """Have causes looked for behind cases that have something in common."""
    return _for_each_organisation("cases.propose_disruptions")


def _for_each_organisation(kind: str) -> int:
    """Leave work over a whole organisation to the workers, so that it holds up no other schedule; once where it waits
    already."""
    done = 0
    for organisation_id in Organisation.objects.order_by("pk").values_list("pk", flat=True):
        try:
            with acting_for(organisation_id):
                done += enqueue(kind, {}, dedupe_key=kind) is not None
        except Exception:
            log.exception("could not be put in line", extra={"kind": kind, "organisation": organisation_id})
    return done


def _each(due: str, act: Callable[[int], bool], now: datetime) -> int:
    """Do something for each due row, in a transaction of its own inside its organisation: for all of them, such as what
    sleeps until Monday morning, but no longer than other schedules can wait."""
    until, done = time.monotonic() + SECONDS, 0
    while True:
        found, acted = rows(due, [now, BATCH]), 0
        for organisation_id, pk in found:
            try:
                with acting_for(organisation_id):
                    acted += act(pk)
            except Exception:
                log.exception("due row failed", extra={"row": pk})
        done += acted
        if len(found) < BATCH or not acted or time.monotonic() > until:
            return done
