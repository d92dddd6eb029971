"""Kinds of jobs for tests. A real worker process loads them with `celery worker --include tests.jobs.kinds`."""

import os
import signal
import time
from typing import Any

from controltower.audit import record
from controltower.jobs import Dead, JobContext, Retry, job


@job("tests.note")
def note(payload: dict[str, Any], ctx: JobContext) -> None:
    record(verb="test.noted", subject=f"test:{payload['n']}", actor=ctx.actor, now=ctx.now)


@job("tests.slow", timeout=1)
def slow(payload: dict[str, Any], ctx: JobContext) -> None:
    record(verb="test.started", subject=f"test:{payload['n']}", actor=ctx.actor, now=ctx.now)
    time.sleep(payload["seconds"])


@job("tests.broken", retries=2)
def broken(payload: dict[str, Any], ctx: JobContext) -> None:
    record(verb="test.half_done", subject="test:1", actor=ctx.actor, now=ctx.now)
    raise RuntimeError("the other side said no")


@job("tests.mistaken", retries=2)
def mistaken(payload: dict[str, Any], ctx: JobContext) -> None:
    payload["what nobody sent"]


@job("tests.later")
def later(payload: dict[str, Any], ctx: JobContext) -> None:
    raise Retry("not ready yet", after=120)


@job("tests.hopeless")
def hopeless(payload: dict[str, Any], ctx: JobContext) -> None:
    raise Dead("this can never work")


@job("tests.killer", timeout=1)
def killer(payload: dict[str, Any], ctx: JobContext) -> None:
    """Takes its worker along on the first `deaths` tries."""
    if ctx.attempt <= payload["deaths"]:
        os.kill(os.getpid(), signal.SIGKILL)
    record(verb="test.survived", subject=f"test:{payload['n']}", actor=ctx.actor, now=ctx.now)


@job("tests.outside", outside_transaction=True)
def outside(payload: dict[str, Any], ctx: JobContext) -> Any:
    with ctx.tenant():
        record(verb="test.claimed", subject="test:1", actor=ctx.actor, now=ctx.now)

    def finish() -> None:
        record(verb="test.finished", subject="test:1", actor=ctx.actor, now=ctx.now)

    return finish
