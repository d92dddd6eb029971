"""Background entry points of the intake. Thin; the services do the work."""

import random
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.db import DatabaseError

from controltower.jobs import JobContext, Retry, enqueue, job
from controltower.jobs.along import crashes, take_along
from exceptions.intake.services import message_give_up, messages_process
from exceptions.intake.services.processing import is_passing
from exceptions.intake.services.storing import CHUNK

# A chunk whose worker died is tried again in so many: then a message that ends workers is alone after three of them.
PARTS: Final = 16
DEATHS: Final = 2  # after so many of a message alone nobody looks at it a third time
WHY: Final = "understanding it ended the worker twice"


@job("intake.process", queue="intake", timeout=60)
def process(payload: dict[str, Any], ctx: JobContext) -> None:
    """Understand some messages together, with others that wait where they are small."""
    ids: list[int] = payload["messages"]
    if ctx.attempt > 1 and len(ids) > 1:
        size = -(-len(ids) // PARTS)
        for begin in range(0, len(ids), size):
            enqueue("intake.process", {"messages": ids[begin : begin + size]})
    elif ctx.attempt > DEATHS and crashes(ctx.job_id) >= DEATHS:
        message_give_up(ids[0], WHY, now=ctx.now)
    else:
        if ctx.attempt == 1 and payload.get("small"):
            mates = take_along("intake.process", queue="intake", like={"small": True}, at_most=CHUNK - len(ids))
            ids = [*ids, *(pk for mate in mates for pk in mate["messages"])]
        _patiently(messages_process, ids, ctx.now)


@job("intake.split", queue="intake", timeout=90)
def split(payload: dict[str, Any], ctx: JobContext) -> None:
    """Take a big delivery apart: alone, because that may take its time."""
    if ctx.attempt > DEATHS and crashes(ctx.job_id) >= DEATHS:
        message_give_up(payload["message"], WHY, now=ctx.now)
    else:
        _patiently(messages_process, [payload["message"]], ctx.now)


def _patiently(work: Callable[..., None], ids: list[int], now: datetime) -> None:
    """What was rolled back by the server, as in a deadlock, is tried again at once and not after the usual pause."""
    try:
        work(ids, now=now)
    except DatabaseError as error:
        if is_passing(error) and str(getattr(error.__cause__, "sqlstate", "")).startswith("40"):
            raise Retry(f"rolled back: {error}"[:500], after=random.uniform(0.05, 0.5)) from error  # noqa: S311
        raise
