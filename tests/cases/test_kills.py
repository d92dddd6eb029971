"""Sweepers and workers that die without a word while they price: whoever goes on does the rest, and nothing twice."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable
from datetime import datetime

import pytest
from django.utils import timezone

from controltower.audit import SYSTEM
from controltower.db import rows
from controltower.jobs.models import Job
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation
from exceptions.cases import services
from exceptions.cases.models import Case, Escalation, Repricing
from exceptions.sla.models import Term
from tests.cases.conftest import HOUR
from tests.cases.test_sweeping import audited, many, told
from tests.jobs.test_kills import PATIENCE, process, wait_for

__all__ = ["many", "process"]
pytestmark = pytest.mark.django_db(transaction=True)

Start = Callable[..., subprocess.Popen[bytes]]

# Dies while the n-th case is put on the trail, after everything else of its batch of two was written.
MORTAL = """
import os, signal, sys
import django; django.setup()
from datetime import datetime
from controltower.jobs.runner import drain
from exceptions.cases import services
from exceptions.cases.services import pricing, repricing, sweeping
sweeping.TOGETHER = repricing.BATCH = 2
repricing.PARTS = 1
left, audit = [int(sys.argv[1])], pricing._audit
def dies(change, now):
    audit(change, now)
    left[0] -= 1
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
pricing._audit = dies
"""
SWEEPS = f"{MORTAL}services.stakes_sweep(datetime.fromisoformat(sys.argv[2]))"
WORKS = f'{MORTAL}drain("default", limit=50)'


@pytest.fixture
def now() -> datetime:
    """Jobs run by the clock on the wall."""
    return timezone.now()


@pytest.mark.parametrize("dies_at, done", [(1, 0), (4, 2), (5, 4)])
def test_a_sweeper_killed_in_the_middle_leaves_the_rest_to_the_next(
    organisation: Organisation, many: list[int], now: datetime, process: Start, dies_at: int, done: int
) -> None:
    due = now + 6 * HOUR
    assert process("-c", SWEEPS, str(dies_at), due.isoformat()).wait(PATIENCE) == -signal.SIGKILL
    with acting_for(organisation):
        assert Case.objects.filter(lost=8000_00).count() == len(audited("loss.booked")) == done

    def swept() -> bool:
        services.stakes_sweep(due)  # what the dead one had locked is free once the server has noticed
        with acting_for(organisation):
            return not Case.objects.filter(next_change_at__lte=due).exists()

    wait_for(swept, PATIENCE)
    with acting_for(organisation):
        assert told("Broken") == told("8,000 USD lost") == many
        assert audited("commitment.broken") == audited("loss.booked") == sorted(f"case:{pk}" for pk in many)
        assert Escalation.objects.count() == 3 * len(many)


def test_a_worker_killed_while_it_prices_anew_is_followed_by_one_that_goes_on(
    organisation: Organisation, many: list[int], now: datetime, process: Start, run_jobs: Callable[[], int]
) -> None:
    run_jobs()
    with acting_for(organisation):
        Term.objects.update(price={"kind": "flat", "amount": "9000", "currency": "USD"})
        started = services.repricing_start("prices", actor=SYSTEM, now=now)
    assert process("-c", WORKS, "5").wait(PATIENCE) == -signal.SIGKILL
    with acting_for(organisation):
        assert 0 < Repricing.objects.get().done < len(many)
        Job.objects.filter(state="running").update(lease_until="2020-01-01T00:00Z")

    def priced() -> bool:
        rows("SELECT jobs_take_back()")
        run_jobs()
        with acting_for(organisation):
            return Repricing.objects.get().state == "done"

    wait_for(priced, PATIENCE)
    with acting_for(organisation):
        ended = Repricing.objects.get(pk=started.pk)
        assert (ended.done, ended.total, ended.failed) == (len(many), len(many), 0)
        assert Case.objects.filter(at_risk__gte=9000_00).count() == len(many)
