"""Asking on behalf of an organisation: at most once for the same question, within budget, on record."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Generic, TypeVar

from django.db.models import F, Sum
from pydantic import BaseModel

from agents.gateway import metrics
from agents.gateway.ask import Answer, Question, ask
from agents.gateway.models import Run, RunAttempt, RunState
from agents.gateway.outcomes import Outcome
from agents.gateway.profiles import Profile
from agents.gateway.shared import Breaker, Transition, place
from controltower.audit import SYSTEM, record
from controltower.crypto import seal

KEEP_RAW = timedelta(days=30)
SECOND_LOOK_SECONDS = 60.0

A = TypeVar("A", bound=BaseModel)
Tenant = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True)
class Inquiry(Generic[A]):
    """A question with what identifies it: the same inquiry is answered from the record."""

    subject: str
    skill: str
    prompt_version: str
    input_digest: str
    question: Question[A]


@dataclass(frozen=True)
class Consulted(Generic[A]):
    """What came of it. Without a value, `outcome` says why and `look_again_after` (seconds) whether to try later."""

    outcome: Outcome
    value: A | None = None
    run_id: int | None = None
    model: str = ""
    look_again_after: float | None = None


def consult(profile: Profile | None, inquiry: Inquiry[A], *, tenant: Tenant, now: datetime) -> Consulted[A]:
    """Answers an inquiry from the record or by asking the model. Opens no transaction around the call; never raises for
    what the model server does.

    `tenant` opens a short transaction of the organisation (`JobContext.tenant`).
    """
    if profile is None:
        return Consulted(Outcome.NOT_CONFIGURED)
    with tenant():
        run = _run_for(profile, inquiry, now)
        if run.state == RunState.ANSWERED:
            value = inquiry.question.form.model_validate_json(json.dumps(run.answer), strict=True)
            return Consulted(Outcome.OK, value, run.pk, run.model)
        over_budget = _over_budget(profile, inquiry.subject, now)
    if over_budget:
        metrics.unasked(inquiry.skill, Outcome.BUDGET)
        return _not_asked(run.pk, Outcome.BUDGET, tenant, now)
    breaker = Breaker(profile)
    gate = breaker.enter()
    if not gate.open:
        outcome = gate.cause or Outcome.BREAKER_OPEN
        metrics.unasked(inquiry.skill, Outcome.BREAKER_OPEN)
        _record_silence(run.pk, outcome, tenant, now)
        return Consulted(outcome, None, run.pk, "", max(1.0, gate.until - now.timestamp()))
    with place(profile) as free:
        if not free:
            metrics.unasked(inquiry.skill, Outcome.BUSY)
            return _not_asked(run.pk, Outcome.BUSY, tenant, now)
        answer = ask(profile, inquiry.question)
    metrics.asked(inquiry.skill, answer)
    transition = breaker.report(answer.outcome, answer.retry_after)
    with tenant():
        run_store(run.pk, answer, profile=profile, now=now)
        if transition is not None:
            _record_transition(profile, transition, now)
    again = _again_after(answer.outcome, answer.retry_after, breaker, now)
    return Consulted(answer.outcome, answer.value, run.pk, answer.model or profile.model, again)


def run_store(run_id: int, answer: Answer[A], *, profile: Profile, now: datetime) -> None:
    """Writes down how a run went, with every exchange as it was received."""
    run = Run.objects.select_for_update(no_key=True).get(pk=run_id)
    first = run.attempts.count() + 1
    RunAttempt.objects.bulk_create(
        RunAttempt(
            run=run,
            number=first + index,
            outcome=turn.outcome.code,
            detail=turn.detail,
            complaints=list(turn.complaints),
            prompt_tokens=turn.usage.prompt_tokens,
            completion_tokens=turn.usage.completion_tokens,
            latency_ms=round(turn.seconds * 1000),
            raw=seal(turn.raw).decode() if turn.raw else "",
            at=now,
            expires_at=now + KEEP_RAW,
        )
        for index, turn in enumerate(answer.turns)
    )
    usage = answer.usage
    cost = profile.cost(usage.prompt_tokens, usage.completion_tokens)
    run.state = RunState.ANSWERED if answer.value is not None else RunState.FAILED
    run.outcome = answer.outcome.code
    run.answer = answer.value.model_dump(mode="json") if answer.value is not None else None
    run.model = answer.model or profile.model
    run.prompt_tokens += usage.prompt_tokens
    run.completion_tokens += usage.completion_tokens
    run.cost = run.cost if cost is None else (run.cost or 0) + cost
    run.latency_ms = round(answer.seconds * 1000)
    run.finished_at = now
    run.save()


def raw_expire(now: datetime) -> int:
    """Drops what servers sent once its time is over; what was read from it stays. Returns how many."""
    return RunAttempt.objects.filter(expires_at__lte=now).exclude(raw="").update(raw="")


def _run_for(profile: Profile, inquiry: Inquiry[A], now: datetime) -> Run:
    run, _ = Run.objects.get_or_create(
        subject=inquiry.subject,
        skill=inquiry.skill,
        input_digest=inquiry.input_digest,
        prompt_version=inquiry.prompt_version,
        profile=profile.key,
        defaults={"model": profile.model, "started_at": now},
    )
    return run


def _over_budget(profile: Profile, subject: str, now: datetime) -> bool:
    midnight = datetime.combine(now.astimezone(UTC).date(), time.min, UTC)
    spent = Sum(F("prompt_tokens") + F("completion_tokens"))
    today = Run.objects.filter(started_at__gte=midnight).aggregate(spent=spent)["spent"] or 0
    case = Run.objects.filter(subject=subject).aggregate(spent=spent)["spent"] or 0
    return today >= profile.daily_tokens or case >= profile.case_tokens


def _record_silence(run_id: int, outcome: Outcome, tenant: Tenant, now: datetime) -> None:
    with tenant():
        Run.objects.filter(pk=run_id).update(state=RunState.FAILED, outcome=outcome.code, finished_at=now)


def _not_asked(run_id: int, outcome: Outcome, tenant: Tenant, now: datetime) -> Consulted[A]:
    _record_silence(run_id, outcome, tenant, now)
    return Consulted(outcome, None, run_id, "", SECOND_LOOK_SECONDS if outcome.deserves_second_look else None)


def _again_after(outcome: Outcome, retry_after: float | None, breaker: Breaker, now: datetime) -> float | None:
    if not outcome.deserves_second_look:
        return None
    gate = breaker.gate()
    pause = 0.0 if gate.open else gate.until - now.timestamp()
    return max(SECOND_LOOK_SECONDS, retry_after or 0.0, pause)


def _record_transition(profile: Profile, transition: Transition, now: datetime) -> None:
    after = {"profile": profile.key, "model": profile.model}
    if transition.cause is not None:
        after |= {"cause": transition.cause.code, "until": datetime.fromtimestamp(transition.until, UTC).isoformat()}
    verb = "model_breaker.opened" if transition.opened else "model_breaker.closed"
    record(verb=verb, subject=f"profile:{profile.key}", actor=SYSTEM, after=after, now=now)
