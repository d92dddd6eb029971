"""Promising the customer the next word from the page of a case: errors at the field, too late, twice, and taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from guardian.shortcuts import assign_perm

from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation, Role
from controltower.tenancy.viewer import Viewer
from exceptions.cases import services
from exceptions.cases.models import Case, Commitment
from exceptions.cases.update_forms import UpdateForm
from exceptions.parties.models import Account, AccountKind
from tests.cases.conftest import HOUR, book, eta, make_account
from tests.cases.test_views_queue import HTMX
from tests.conftest import make_viewer

pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]
CHICAGO = ZoneInfo("America/Chicago")


@pytest.fixture
def case(organisation: Organisation) -> Case:
    """A delivery to Chicago that will be three hours late, for a customer."""
    now = timezone.now()
    with acting_for(organisation):
        customer = make_account("NORTHGATE", AccountKind.CUSTOMER)
        book("482913007", now - 2 * HOUR, now + 5 * HOUR, customer=customer)
        (made,) = eta("482913007", now - HOUR, now + 8 * HOUR)
        return services.case_price(made, now=now)


def promised(case: Case) -> datetime | None:
    with acting_for(case.organisation_id):
        return Case.objects.values_list("next_update_at", flat=True).get(pk=case.pk)


def post(client: Client, case: Case, action: str = "promise_update", **data: object) -> HttpResponse:
    with acting_for(case.organisation_id):
        version = Case.objects.values_list("version", flat=True).get(pk=case.pk)
    return client.post(f"/cases/{case.number}/{action}/", {"version": version, **data}, follow=True)


def test_a_promise_is_given_shown_and_taken_back(client_for: SignIn, coordinator: Viewer, case: Case) -> None:
    client = client_for(coordinator)
    page = client.get(f"/cases/{case.number}/").content.decode()
    assert "not promised" in page and "Promise next update" in page and "Withdraw the promise" not in page
    text = post(client, case, after="4h").content.decode()
    first = promised(case)
    assert first is not None and abs(first - timezone.now() - timedelta(hours=4)) < timedelta(minutes=2)
    assert "Promised: the customer hears by" in text and "Customer hears within" in text and "promised by" in text
    assert f'action="/cases/{case.number}/restore_update/"' in text and f'value="{first.isoformat()}"' not in text
    text = post(client, case, after="1h").content.decode()
    assert f'name="was" value="{first.isoformat()}"' in text, "what is taken back is what stood before"
    post(client, case, "restore_update", was=first.isoformat())
    assert promised(case) == first
    text = post(client, case, "withdraw_update").content.decode()
    assert promised(case) is None and "Promise withdrawn" in text and f'value="{first.isoformat()}"' in text
    post(client, case, "restore_update", was="")
    assert promised(case) is None


def test_taking_back_what_came_after_a_missed_time_leaves_that_missed(
    client_for: SignIn, coordinator: Viewer, case: Case
) -> None:
    now = timezone.now()
    with acting_for(case.organisation_id):
        given = {"actor": coordinator.actor, "now": now - timedelta(minutes=40)}
        services.update_promise(case, by=now - timedelta(minutes=20), **given)
        services.case_price(case, now=now)
    missed, client = promised(case), client_for(coordinator)
    assert missed is not None
    assert f'name="was" value="{missed.isoformat()}"' in post(client, case, after="1h").content.decode()
    assert post(client, case, "restore_update", was=missed.isoformat()).status_code == 200
    assert promised(case) is None
    with acting_for(case.organisation_id):
        assert Commitment.objects.get(case=case, kind="next_update").state == "broken"


def test_of_a_case_of_several_customers_a_promise_that_stands_can_be_withdrawn(
    client_for: SignIn, coordinator: Viewer, case: Case
) -> None:
    client, now = client_for(coordinator), timezone.now()
    post(client, case, after="4h")
    with acting_for(case.organisation_id):
        book("482913008", now - 2 * HOUR, now + 5 * HOUR, customer=make_account("SOUTHGATE", AccountKind.CUSTOMER))
        (other,) = eta("482913008", now - HOUR, now + 8 * HOUR)
        services.case_merge(case, [other], actor=coordinator.actor, now=now)
    page = client.get(f"/cases/{case.number}/").content.decode()
    assert "Withdraw the promise" in page and "Promise next update" not in page
    assert post(client, case, "withdraw_update").status_code == 200
    assert promised(case) is None


def test_the_second_of_a_double_click_finds_the_work_of_the_first(
    client_for: SignIn, coordinator: Viewer, case: Case
) -> None:
    client, data = client_for(coordinator), {"version": case.version, "after": "1h"}
    answers = [client.post(f"/cases/{case.number}/promise_update/", data) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    with acting_for(case.organisation_id):
        assert Case.objects.get(pk=case.pk).timeline.filter(text__startswith="Next update promised").count() == 1


def test_who_is_too_late_is_told_and_keeps_what_they_typed(
    client_for: SignIn, coordinator: Viewer, supervisor: Viewer, case: Case
) -> None:
    with acting_for(case.organisation_id):
        services.case_take(case, actor=supervisor.actor, now=timezone.now())
    typed = f"{timezone.now() + timedelta(days=2):%Y-%m-%dT%H:%M}"
    data = {"version": case.version, "at": typed}
    answer = client_for(coordinator).post(f"/cases/{case.number}/promise_update/", data)
    text = answer.content.decode()
    assert answer.status_code == 409 and typed in text and "Sam changed" in text
    assert promised(case) is None


@pytest.mark.parametrize(
    ("away", "said"),
    [(timedelta(hours=-2), "still ahead"), (timedelta(days=40), "within 31 days")],
)
def test_a_time_that_cannot_be_is_refused_at_its_field(
    client_for: SignIn, coordinator: Viewer, case: Case, away: timedelta, said: str
) -> None:
    typed = f"{timezone.now().astimezone(CHICAGO) + away:%Y-%m-%dT%H:%M}"
    answer = post(client_for(coordinator), case, at=typed)
    text = answer.content.decode()
    assert answer.status_code == 422 and 'id="id_update_at_error"' in text and said in text and typed in text
    assert promised(case) is None


@pytest.mark.parametrize("was", ["yesterday", "2026-01-01T00:00:00"])
def test_a_way_back_that_nobody_offered_is_refused(
    client_for: SignIn, coordinator: Viewer, case: Case, was: str
) -> None:
    assert post(client_for(coordinator), case, "restore_update", was=was).status_code == 422
    assert promised(case) is None


def test_only_who_works_on_the_case_promises(client_for: SignIn, stranger: Viewer, auditor: Viewer, case: Case) -> None:
    assert post(client_for(stranger), case, after="1h").status_code == 404
    assert post(client_for(auditor), case, after="1h").status_code == 403
    assert promised(case) is None


def test_a_limited_member_promises_their_own_customers_only(
    client_for: SignIn, organisation: Organisation, case: Case
) -> None:
    limited = make_viewer(organisation, Role.COORDINATOR, "Lena", restricted=True)
    assert post(client_for(limited), case, after="1h").status_code == 404
    with acting_for(organisation.pk):
        assign_perm("parties.view_account", limited.user, Account.objects.get(pk=case.account_id))
    assert post(client_for(limited), case, after="1h").status_code == 200
    assert promised(case) is not None


def test_what_was_missed_shows_as_missed(client_for: SignIn, coordinator: Viewer, case: Case) -> None:
    now = timezone.now()
    with acting_for(case.organisation_id):
        by = {"actor": coordinator.actor, "now": now - timedelta(minutes=40)}
        given = services.update_promise(case, by=now - timedelta(minutes=20), **by)
        services.case_price(given, now=now)
    client = client_for(coordinator)
    assert "Customer was to hear" in client.get(f"/cases/{case.number}/").content.decode()
    text = post(client, case, after="4h").content.decode()
    assert "Customer was to hear" in text and ", now by" in text, "the later promise is shown beside it"


def test_an_hour_that_a_night_has_twice_is_the_one_ahead() -> None:
    now = datetime(2026, 11, 1, 6, 45, tzinfo=ZoneInfo("UTC"))  # 01:45, for the first time
    form = UpdateForm({"at": "2026-11-01T01:30"}, now=now, zone="America/Chicago")
    assert form.is_valid() and form.cleaned_data["when"] == datetime(2026, 11, 1, 7, 30, tzinfo=ZoneInfo("UTC"))


def test_htmx_gets_the_case_with_the_promise(client_for: SignIn, coordinator: Viewer, case: Case) -> None:
    headers = {**HTMX, "HX-Target": "detail"}
    path = f"/cases/{case.number}/promise_update/"
    answer = client_for(coordinator).post(path, {"version": case.version, "after": "1h"}, headers=headers, follow=True)
    text = answer.content.decode()
    assert text.startswith("<article") and "Customer hears within" in text
