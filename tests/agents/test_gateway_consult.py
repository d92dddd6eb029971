"""Asking on behalf of an organisation: once, within budget, behind the breaker, on record."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, SecretStr

from agents.gateway import shared
from agents.gateway.ask import Question
from agents.gateway.jobs import expire_raw
from agents.gateway.models import Run, RunAttempt
from agents.gateway.outcomes import Outcome
from agents.gateway.profiles import Profile, ProfileError, profile_from
from agents.gateway.services import Inquiry, consult
from agents.gateway.shared import Breaker, place
from controltower.audit.models import AuditEntry
from controltower.crypto import unseal
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation
from tests.agents.model_server import answers, fails, hangs, model_server, says

pytestmark = pytest.mark.django_db(transaction=True)


class Verdict(BaseModel):
    model_config = ConfigDict(extra="forbid")

    word: Literal["late", "lost"]


def profile(base_url: str = "http://127.0.0.1:9/v1", **changes: Any) -> Profile:
    name = f"model-{uuid.uuid4().hex[:8]}"  # the breaker of another test must not be ours
    return Profile(base_url=base_url, api_key=SecretStr("k"), model=name, **{"deadline_seconds": 40, **changes})


def inquiry(digest: str = "d1", subject: str = "case:1") -> Inquiry[Verdict]:
    question = Question(messages=[{"role": "user", "content": "?"}], form=Verdict)
    return Inquiry(subject, "classify", "classify-1", digest, question)


@pytest.fixture
def ask_as(organisation: Organisation, now: datetime) -> Any:
    @contextmanager
    def tenant() -> Iterator[None]:
        with acting_for(organisation):
            yield

    def ask(profile: Profile | None, **changes: Any) -> Any:
        return consult(profile, inquiry(**changes), tenant=tenant, now=now)

    return ask


def test_without_a_model_the_reason_is_that_none_is_configured(ask_as: Any) -> None:
    assert ask_as(None).outcome is Outcome.NOT_CONFIGURED


def test_the_same_question_is_asked_once(ask_as: Any, organisation: Organisation) -> None:
    with model_server(answers({"word": "late"})) as server:
        mine = profile(server.base_url)
        first, second = ask_as(mine), ask_as(mine)
        ask_as(mine, digest="d2")
        assert len(server.script.requests) == 2
    assert first.value == second.value == Verdict(word="late")
    assert first.run_id == second.run_id


def test_a_run_keeps_what_came_sealed_and_what_it_cost(ask_as: Any, organisation: Organisation) -> None:
    with model_server(says("no json"), answers({"word": "late"})) as server:
        consulted = ask_as(profile(server.base_url, input_price=Decimal(2), output_price=Decimal(10)))
    with acting_for(organisation):
        run = Run.objects.get(pk=consulted.run_id)
        attempts = list(run.attempts.order_by("number"))
    assert run.state == "answered" and run.answer == {"word": "late"}
    assert (run.prompt_tokens, run.completion_tokens) == (200, 40)
    assert run.cost == Decimal("0.0008")
    assert [attempt.outcome for attempt in attempts] == ["not_json", "ok"]
    assert b"no json" in unseal(attempts[0].raw.encode()) and "no json" not in attempts[0].raw


def test_raw_bytes_are_dropped_when_their_time_is_over(ask_as: Any, organisation: Organisation, now: datetime) -> None:
    with model_server(answers({"word": "late"})) as server:
        ask_as(profile(server.base_url))
    assert expire_raw(now + timedelta(days=29)) == 0
    assert expire_raw(now + timedelta(days=31)) == 1
    with acting_for(organisation):
        assert RunAttempt.objects.get().raw == "" and Run.objects.get().answer == {"word": "late"}


def test_over_the_budget_of_the_case_or_the_day_nothing_is_asked(ask_as: Any) -> None:
    with model_server(answers({"word": "late"})) as server:
        mine = profile(server.base_url, case_tokens=100)
        assert ask_as(mine).outcome is Outcome.OK
        assert ask_as(mine, digest="d2").outcome is Outcome.BUDGET
        assert ask_as(mine, digest="d2", subject="case:2").outcome is Outcome.OK
        daily = profile(server.base_url, daily_tokens=100)
        assert ask_as(daily, subject="case:3").outcome is Outcome.BUDGET
        assert len(server.script.requests) == 2


def test_a_refused_key_opens_the_breaker_at_once_and_is_audited(ask_as: Any, organisation: Organisation) -> None:
    with model_server(fails(401)) as server:
        mine = profile(server.base_url)
        first, second = ask_as(mine), ask_as(mine, digest="d2")
        assert len(server.script.requests) == 1
    assert first.outcome is second.outcome is Outcome.AUTH
    assert first.look_again_after and first.look_again_after > 600
    with acting_for(organisation):
        opened = AuditEntry.objects.filter(verb="model_breaker.opened")
        assert opened.count() == 1
        assert opened.get().subject == f"profile:{mine.key}"


def test_three_failures_open_the_breaker_and_one_good_try_closes_it(
    ask_as: Any, organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    with model_server(fails(500), fails(500), fails(500), answers({"word": "late"})) as server:
        mine = profile(server.base_url)
        outcomes = [ask_as(mine, digest=f"d{number}").outcome for number in range(4)]
        assert outcomes == [Outcome.SERVER_ERROR] * 4 and len(server.script.requests) == 3
        clock = shared.time.time
        monkeypatch.setattr(shared.time, "time", lambda: clock() + shared.FIRST_PAUSE_SECONDS + 1)
        assert ask_as(mine, digest="d9").outcome is Outcome.OK
    with acting_for(organisation):
        verbs = list(AuditEntry.objects.filter(verb__startswith="model_breaker").order_by("seq").values_list("verb"))
    assert verbs == [("model_breaker.opened",), ("model_breaker.closed",)]


def test_after_a_pause_only_one_may_try(monkeypatch: pytest.MonkeyPatch) -> None:
    breaker = Breaker(profile())
    for _ in range(shared.FAILURES_TO_OPEN):
        breaker.report(Outcome.CONNECT)
    assert not breaker.enter().open
    clock = shared.time.time
    monkeypatch.setattr(shared.time, "time", lambda: clock() + shared.FIRST_PAUSE_SECONDS + 1)
    assert breaker.enter().open
    assert not breaker.enter().open
    breaker.report(Outcome.CONNECT)
    gate = breaker.enter()
    assert not gate.open and gate.until > shared.time.time() + shared.FIRST_PAUSE_SECONDS


def test_an_answer_that_is_merely_wrong_does_not_open_the_breaker() -> None:
    breaker = Breaker(profile())
    for _ in range(10):
        assert breaker.report(Outcome.SEMANTIC) is None
    assert breaker.enter().open


def test_no_more_calls_run_at_once_than_the_profile_has_places() -> None:
    mine = profile(concurrency=1, slot_wait_seconds=0)
    with place(mine) as first, place(mine) as second:
        assert first and not second
    with place(mine) as third:
        assert third


def test_a_place_of_a_killed_worker_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = profile(concurrency=1, slot_wait_seconds=0)
    killed = place(mine)
    killed.__enter__()
    clock = shared.time.time
    monkeypatch.setattr(shared.time, "time", lambda: clock() + 60)
    with place(mine) as free:
        assert free


def test_without_redis_calls_still_go_out(ask_as: Any, settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    with model_server(answers({"word": "late"})) as server:
        assert ask_as(profile(server.base_url)).outcome is Outcome.OK


def test_a_call_that_times_out_wants_a_second_look(ask_as: Any) -> None:
    with model_server(hangs) as server:
        consulted = ask_as(profile(server.base_url, deadline_seconds=0.5))
    assert consulted.outcome is Outcome.DEADLINE and consulted.look_again_after


def test_another_organisation_does_not_find_the_run(ask_as: Any, other_organisation: Organisation) -> None:
    with model_server(answers({"word": "late"})) as server:
        ask_as(profile(server.base_url))
    with acting_for(other_organisation):
        assert not Run.objects.exists() and not RunAttempt.objects.exists()


def test_options_of_the_operator_are_checked_and_never_shown() -> None:
    with pytest.raises(ProfileError, match="concurrency") as raised:
        profile_from(base_url="", api_key="sk-secret", model="m", options={"concurrency": "many"})
    assert "sk-secret" not in str(raised.value)
    made = profile_from(base_url="http://x/v1", api_key="", model="m", options={})
    assert made is not None and "none" not in repr(made)
    assert profile_from(base_url="", api_key="", model="", options={}) is None
