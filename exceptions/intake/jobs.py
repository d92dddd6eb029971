"""Background entry points of the intake. Thin; the services do the work."""

import random
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.db import DatabaseError

from controltower.db import is_passing, rows
from controltower.jobs import Finish, JobContext, Retry, enqueue, job, sweep
from controltower.jobs.along import crashes, take_along
from controltower.tenancy.context import acting_for
from exceptions.intake.imap import MailboxTrouble, fetch_new
from exceptions.intake.models import Mailbox
from exceptions.intake.services import (
    message_give_up,
    messages_process,
    messages_replay_on,
    messages_reread,
    requests_forget,
)
from exceptions.intake.services.attachments import attachments_file
from exceptions.intake.services.mailboxes import mailbox_address, mailbox_claim, mailbox_failed, mails_take
from exceptions.intake.services.storing import CHUNK

# A chunk whose worker died is tried again in so many: then a message that ends workers is alone after three of them.
PARTS: Final = 16
PATIENCE: Final = 3  # after so many tries that passing trouble ended, a chunk may be too large to succeed at once
DEATHS: Final = 2  # after so many of a message alone nobody looks at it a third time
AT_ONCE: Final = 100  # mailboxes that one round of the sweep puts in line
WHY: Final = "understanding it ended the worker twice"


@job("intake.process", queue="intake", timeout=60)
def process(payload: dict[str, Any], ctx: JobContext) -> None:
    """Understand some messages together, with others that wait where they are small."""
    ids: list[int] = payload["messages"]
    died = crashes(ctx.job_id) if ctx.attempt > 1 else 0
    if len(ids) > 1 and (died or ctx.attempt > PATIENCE):
        size = -(-len(ids) // PARTS)
        for begin in range(0, len(ids), size):
            enqueue("intake.process", {"messages": ids[begin : begin + size]})
    elif died >= DEATHS:
        message_give_up(ids[0], WHY, now=ctx.now)
    else:
        if ctx.attempt == 1 and payload.get("small"):
            like: dict[str, Any] = {name: payload[name] for name in ("small", "lane") if name in payload}
            mates = take_along("intake.process", queue="intake", like=like, room=CHUNK - len(ids))
            ids = [*ids, *(pk for mate in mates for pk in mate["messages"])]
        _patiently(messages_process, ids, ctx.now)


@job("intake.split", queue="intake", timeout=90)
def split(payload: dict[str, Any], ctx: JobContext) -> None:
    """Take a big delivery apart: alone, because that may take its time."""
    if ctx.attempt > DEATHS and crashes(ctx.job_id) >= DEATHS:
        message_give_up(payload["message"], WHY, now=ctx.now)
    else:
        _patiently(messages_process, [payload["message"]], ctx.now)


@job("intake.replay", queue="intake")
def replay(payload: dict[str, Any], ctx: JobContext) -> None:
    """Put the next dead letters of a filter back in line."""
    messages_replay_on(payload, now=ctx.now)


@job("intake.attachments", queue="documents")
def attachments(payload: dict[str, Any], ctx: JobContext) -> None:
    """Keep the files of a message as documents."""
    attachments_file(payload["message"], now=ctx.now)


@job("intake.mailbox", queue="documents", timeout=120, outside_transaction=True)
def mailbox(payload: dict[str, Any], ctx: JobContext) -> Finish | None:
    """Look into one mailbox and take what is new. A server that does not answer is no failure of the job."""
    with ctx.tenant():
        found = Mailbox.objects.filter(pk=payload["mailbox"], partner__active=True).first()
    if found is None:
        return None
    address, first_look = mailbox_address(found), found.first_look_at
    try:
        fetched = fetch_new(address, uid_validity=found.uid_validity, last_uid=found.last_uid, first_look=first_look)
    except MailboxTrouble as trouble:
        why = str(trouble)
        return lambda: mailbox_failed(found.pk, why, address=address, now=ctx.now)

    def take() -> None:
        mails_take(found.pk, fetched, address=address, seen_from=found.last_uid, now=ctx.now)

    return take


@sweep("intake.mailboxes", every=10.0)
def mailboxes(now: datetime) -> int:
    """Put the mailboxes in line that are due for a look."""
    claimed = 0
    for organisation_id, pk in rows("SELECT organisation_id, mailbox_id FROM mailboxes_due(%s, %s)", [now, AT_ONCE]):
        with acting_for(organisation_id):
            claimed += mailbox_claim(pk, now=now)
    return claimed


@sweep("intake.requests", every=3600.0)
def requests(now: datetime) -> int:
    """Forget answers under idempotency keys that have expired."""
    return requests_forget(now)


@job("intake.reread", queue="intake", timeout=60)
def reread(payload: dict[str, Any], ctx: JobContext) -> None:
    """Read messages again whose unknown code somebody mapped."""
    messages_reread(payload, now=ctx.now)


def _patiently(work: Callable[..., None], ids: list[int], now: datetime) -> None:
    """What was rolled back by the server, as in a deadlock, is tried again at once and not after the usual pause."""
    try:
        work(ids, now=now)
    except DatabaseError as error:
        if is_passing(error) and str(getattr(error.__cause__, "sqlstate", "")).startswith("40"):
            raise Retry(f"rolled back: {error}"[:500], after=random.uniform(0.05, 0.5)) from error  # noqa: S311
        raise
