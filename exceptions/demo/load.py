"""Loads the demo day: plays everything that had happened before it started, at the times at which it happened."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby

from django.conf import settings
from django.db import connection

from controltower.jobs.registry import QUEUES, sweeps
from controltower.jobs.runner import drain
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation
from exceptions.demo import cast
from exceptions.demo.script import Act, Day, Sent
from exceptions.demo.stories import stories
from exceptions.intake.services import message_accept
from exceptions.parties.models import Partner

# What needs the outside world waits for the workers: mail for the mailbox, drafts for a configured model.
WAITING = {"effects"} | ({"agents"} if settings.TOWER_MODEL else set())
SWEEP_EVERY = timedelta(hours=1)


def day_of(organisation: Organisation) -> Day:
    """The day an organisation's demo was loaded for."""
    return Day.starting(organisation.created_at)


def load(now: datetime) -> Organisation:
    """Raise the curtain and play the past. Returns the organisation that is worked in."""
    day = Day.starting(now)
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")  # a load that dies is loaded again
    organisation = cast.raise_curtain(day.now)
    told = stories(day)
    past: list[Sent] = [signal for story in told for signal in story.signals if signal.at <= day.now]
    past += [delivery for story in told for delivery in story.deliveries]
    acts = [act for story in told for act in story.acts if act.at <= day.now]
    with acting_for(organisation):
        partners = {partner.slug: partner for partner in Partner.objects.all()}
    next_sweep = day.ago(30)
    for at, steps in _by_minute(past, acts):
        if at >= next_sweep:
            _sweep(at)
            next_sweep = at + SWEEP_EVERY
        for step in steps:
            if not isinstance(step, Act):
                _deliver(organisation, partners[step.partner], step, day)
        _work(at)
        for step in steps:
            if isinstance(step, Act):
                with acting_for(organisation):
                    step.what(step.at)
                _work(at)
    _sweep(day.now)
    _work(day.now)
    return organisation


def _by_minute(signals: list[Sent], acts: list[Act]) -> Iterator[tuple[datetime, list[Sent | Act]]]:
    """Signals and acts in order of time, those of one minute together."""
    everything: list[Sent | Act] = sorted([*signals, *acts], key=lambda step: step.at)
    for minute, steps in groupby(everything, key=lambda step: step.at.replace(second=0)):
        yield minute, list(steps)


def _deliver(organisation: Organisation, partner: Partner, signal: Sent, day: Day) -> None:
    """What the front door does once a signature holds."""
    with acting_for(organisation):
        message_accept(
            partner,
            body=signal.body(day),
            headers={"content-type": signal.content_type},
            content_type=signal.content_type,
            now=signal.at,
        )


def _work(now: datetime) -> None:
    for queue in QUEUES:
        if queue not in WAITING:
            drain(queue, now=now)


def _sweep(now: datetime) -> None:
    for sweep in sweeps():
        if not sweep.name.startswith(("audit.", "jobs.")):
            sweep.run(now)
    _work(now)
