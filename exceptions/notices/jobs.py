"""Background entry points: sending."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.utils import timezone

from controltower.jobs import JobContext, Retry, job, sweep
from controltower.jobs.registry import Finish
from controltower.jobs.stranded import for_each_dead
from exceptions.notices.services.sending import attempt_claim, attempt_finish, notice_stranded
from exceptions.notices.transport import How, Server, hand_over

RETRIES = 8


def mail_server() -> Server:
    return Server(
        host=settings.EMAIL_HOST,
        port=settings.EMAIL_PORT,
        user=settings.EMAIL_HOST_USER,
        password=settings.EMAIL_HOST_PASSWORD,
        use_tls=settings.EMAIL_USE_TLS,
        patience=settings.EMAIL_TIMEOUT,
    )


@job("notices.send", queue="effects", retries=RETRIES, timeout=60, outside_transaction=True)
def send(payload: dict[str, Any], ctx: JobContext) -> Finish | None:
    """Send one held notice: claim, hand over with no transaction open, put the outcome on record."""
    with ctx.tenant():
        claimed = attempt_claim(payload["notice"], now=ctx.now)
    if claimed is None:
        return None
    outcome = hand_over(claimed.mail, sender=claimed.sender, recipient=claimed.recipient, server=mail_server())
    again = outcome.how is How.TEMPORARY and ctx.attempt <= RETRIES
    finished_at = timezone.now()
    if again:
        with ctx.tenant():
            attempt_finish(claimed, outcome, again=True, now=finished_at)
        raise Retry(outcome.answer)
    return lambda: attempt_finish(claimed, outcome, again=False, now=finished_at)


@sweep("notices.stranded", every=60.0)
def stranded(now: datetime) -> int:
    """Tell of notices whose job is dead."""
    return for_each_dead("notices.send", "notice", partial(notice_stranded, now=now), now=now)
