"""The page that shows how far pricing everything anew has got."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from controltower.audit import SYSTEM
from controltower.jobs.models import Job, JobState
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation, Role
from controltower.tenancy.viewer import Viewer
from exceptions.cases import services
from exceptions.cases.models import Repricing
from tests.conftest import make_viewer

pytestmark = pytest.mark.django_db
SignIn = Callable[[Viewer], Client]
PAGE = "/settings/repricing/"


@pytest.fixture
def running(organisation: Organisation) -> Repricing:
    with acting_for(organisation):
        started = services.repricing_start("Contract FRT-2026 changed", actor=SYSTEM, now=timezone.now())
        Repricing.objects.filter(pk=started.pk).update(total=400, done=100, failed=2)
    return started


def test_it_shows_how_far_it_is_and_can_be_stopped_once(
    client_for: SignIn, supervisor: Viewer, running: Repricing
) -> None:
    client = client_for(supervisor)
    text = client.get(PAGE).content.decode()
    assert "Contract FRT-2026 changed" in text and "100 of 400" in text and "2 not priced" in text
    assert 'hx-trigger="every 2s"' in text, "it moves while it runs"
    text = client.post(f"{PAGE}{running.pk}/cancel/", follow=True).content.decode()
    assert "Cancelled" in text and 'hx-trigger="every 2s"' not in text
    again = client.post(f"{PAGE}{running.pk}/cancel/")
    assert again.status_code == 409 and "cancelled already" in again.content.decode()


def test_one_whose_step_was_given_up_says_so_and_goes_on_when_that_is_run_again(
    client_for: SignIn, supervisor: Viewer, running: Repricing, organisation: Organisation, run_jobs: Callable[[], int]
) -> None:
    client = client_for(supervisor)
    assert "Stands still" not in client.get(PAGE).content.decode()
    with acting_for(organisation):
        steps = Job.objects.filter(kind="cases.reprice")
        steps.update(state=JobState.DEAD, finished_at=timezone.now())
        dead = list(steps.values_list("pk", flat=True))
    for page in (PAGE, "/settings/contracts/"):
        text = client.get(page).content.decode()
        assert "Stands still" in text and "/jobs/?state=dead&amp;kind=cases.reprice" in text
    client.post("/jobs/replay/", {"job": dead})
    run_jobs()
    assert "Done" in client.get(PAGE).content.decode() and "Stands still" not in client.get(PAGE).content.decode()


def test_it_is_begun_by_hand(client_for: SignIn, supervisor: Viewer, organisation: Organisation) -> None:
    text = client_for(supervisor).post(f"{PAGE}start/", follow=True).content.decode()
    assert "Asked for by hand" in text and "Sam" in text
    with acting_for(organisation):
        assert Repricing.objects.get().started_by == supervisor.member


def test_coordinators_and_strangers_neither_see_nor_stop_it(
    client_for: SignIn, coordinator: Viewer, stranger: Viewer, running: Repricing
) -> None:
    assert client_for(coordinator).get(PAGE).status_code == 403
    assert client_for(coordinator).post(f"{PAGE}{running.pk}/cancel/").status_code == 403
    assert "FRT-2026" not in client_for(stranger).get(PAGE).content.decode()
    assert client_for(stranger).post(f"{PAGE}{running.pk}/cancel/").status_code == 404


def test_who_sees_some_customers_only_learns_nothing_of_the_others(
    client_for: SignIn, organisation: Organisation, running: Repricing
) -> None:
    client = client_for(make_viewer(organisation, Role.SUPERVISOR, "Sue", restricted=True))
    assert "FRT-2026" not in client.get(PAGE).content.decode()
    assert client.post(f"{PAGE}start/").status_code == client.post(f"{PAGE}{running.pk}/cancel/").status_code == 403
