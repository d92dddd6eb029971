from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from agents.proposals.services.executing import effect_give_up, effect_run, effect_settle
from agents.proposals.services.reconsidering import subject_reconsider
from controltower.jobs import JobContext, job, sweep
from controltower.jobs.stranded import for_each_dead

EFFECT_RETRIES = 8
GIVEN_UP = "It failed again and again; the list of jobs says why."


@job("proposals.effect", queue="effects", retries=EFFECT_RETRIES)
def effect(payload: dict[str, Any], ctx: JobContext) -> None:
    if ctx.attempt > EFFECT_RETRIES:
        effect_give_up(payload["effect"], GIVEN_UP, now=ctx.now)
        return
    effect_run(payload["effect"], now=ctx.now)


@job("proposals.settle", queue="effects")
def settle(payload: dict[str, Any], ctx: JobContext) -> None:
    effect_settle(payload["notice"], now=ctx.now)


@job("proposals.reconsider")
def reconsider(payload: dict[str, Any], ctx: JobContext) -> None:
    subject_reconsider(payload["subject"], now=ctx.now)


@sweep("proposals.stranded", every=60.0)
def stranded(now: datetime) -> int:
    """Tell of approved proposals whose effect's job is dead."""
    return for_each_dead("proposals.effect", "effect", partial(effect_give_up, why=GIVEN_UP, now=now), now=now)
