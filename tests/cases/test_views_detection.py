"""The screens of detection's settings and of suppressions."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from guardian.shortcuts import assign_perm

from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation, Role
from controltower.tenancy.viewer import Viewer
from exceptions.cases.models import DetectionSetting, Suppressed, Suppression
from exceptions.cases.selectors.detection import rules_list, suppressions_list
from exceptions.parties.models import AccountKind
from tests.cases.conftest import make_account
from tests.conftest import make_viewer

pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]
LATE = "/settings/detection/delivery_late/"


def typed(moment: Any) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M")


@pytest.fixture
def announced(organisation: Organisation, supervisor: Viewer) -> Suppression:
    now = timezone.now()
    with acting_for(organisation):
        return Suppression.objects.create(
            starts_at=now - timedelta(hours=1),
            ends_at=now + timedelta(hours=4),
            note="Strike at the port",
            place="Hamburg",
            made_by=supervisor.member,
            made_at=now,
        )


def test_every_rule_is_listed_with_what_opens_and_ends_its_cases(client_for: SignIn, coordinator: Viewer) -> None:
    text = client_for(coordinator).get("/settings/detection/").content.decode()
    assert "Delivery at risk or late" in text and "No signal for too long" in text
    assert "Set what differs" not in client_for(coordinator).get(LATE).content.decode()
    assert client_for(coordinator).get("/settings/detection/nothing/").status_code == 404


def test_an_administrator_corrects_a_rule_for_a_customer_on_a_lane_and_takes_it_back(
    client_for: SignIn, administrator: Viewer, organisation: Organisation
) -> None:
    client = client_for(administrator)
    with acting_for(organisation):
        customer = make_account("NORTHGATE", AccountKind.CUSTOMER)
    asked = {"account": customer.code, "lane": "US-TX>US-IL", "tolerance_minutes": "45", "enabled": ""}
    answer = client.post(f"{LATE}save/", asked, follow=True).content.decode()
    assert "It holds from the next signal on" in answer and "Northgate" in answer and "US-TX" in answer
    with acting_for(organisation):
        row = DetectionSetting.objects.get()
        assert (row.account_id, row.tolerance_minutes, row.enabled) == (customer.pk, 45, None)
    client.post(f"{LATE}{row.pk}/remove/")
    with acting_for(organisation):
        assert not DetectionSetting.objects.exists()


def test_who_sees_some_customers_reads_no_corrections_for_others(
    client_for: SignIn, organisation: Organisation
) -> None:
    dan = make_viewer(organisation, Role.COORDINATOR, "Dan", restricted=True)
    with acting_for(organisation):
        mine, other = (make_account(code, AccountKind.CUSTOMER) for code in ("NORTHGATE", "HALVORSEN"))
        assign_perm("parties.view_account", dan.user, mine)
        for account in (mine, other):
            DetectionSetting.objects.create(type="delivery_late", account=account, lane="", tolerance_minutes=5)
    page = client_for(dan).get(LATE).content.decode()
    assert "Northgate" in page and "Halvorsen" not in page


def test_saying_nothing_or_nonsense_is_refused_with_what_was_typed(client_for: SignIn, administrator: Viewer) -> None:
    client = client_for(administrator)
    nothing = client.post(f"{LATE}save/", {"lane": "US-TX>US-IL"})
    assert nothing.status_code == 422 and "Say what differs" in nothing.content.decode()
    assert "US-TX&gt;US-IL" in nothing.content.decode()
    assert client.post(f"{LATE}save/", {"tolerance_minutes": "-5"}).status_code == 422
    assert client.post(f"{LATE}save/", {"account": "9999", "enabled": "no"}).status_code == 422


def test_a_supervisor_announces_a_strike_on_the_clock_of_the_house_and_the_queue_says_so(
    client_for: SignIn, supervisor: Viewer, organisation: Organisation
) -> None:
    client = client_for(supervisor)
    here = timezone.now().astimezone(ZoneInfo(organisation.time_zone))
    begins, ends = here - timedelta(hours=30), here + timedelta(hours=30)
    asked = {"note": "Strike at the port", "starts_at": typed(begins), "ends_at": typed(ends), "place": "Hamburg"}
    text = client.post("/settings/suppressions/add/", asked, follow=True).content.decode()
    assert "Strike at the port" in text and "at Hamburg" in text and "In force" in text
    assert "No new cases for what is announced" in client.get("/").content.decode()


def test_a_suppression_ends_at_once_and_only_once(
    client_for: SignIn, supervisor: Viewer, announced: Suppression
) -> None:
    client = client_for(supervisor)
    url = f"/settings/suppressions/{announced.pk}/end/"
    assert "Over. What still stands wrong becomes a case." in client.post(url, follow=True).content.decode()
    again = client.post(url)
    assert again.status_code == 409 and "over already" in again.content.decode()
    assert "Strike at the port" not in client.get("/").content.decode()


def test_a_time_that_ends_before_it_begins_is_refused(client_for: SignIn, supervisor: Viewer) -> None:
    now = timezone.now()
    asked = {"note": "Strike", "starts_at": typed(now), "ends_at": typed(now - timedelta(days=2))}
    refused = client_for(supervisor).post("/settings/suppressions/add/", asked)
    assert refused.status_code == 422 and 'value="Strike"' in refused.content.decode()


def test_coordinators_read_and_strangers_see_nothing(
    client_for: SignIn, coordinator: Viewer, stranger: Viewer, announced: Suppression
) -> None:
    text = client_for(coordinator).get("/settings/suppressions/").content.decode()
    assert "Strike at the port" in text and "End now" not in text
    assert client_for(coordinator).post(f"/settings/suppressions/{announced.pk}/end/").status_code == 403
    assert "Strike" not in client_for(stranger).get("/settings/suppressions/").content.decode()
    assert client_for(stranger).post(f"/settings/suppressions/{announced.pk}/end/").status_code == 404


def test_who_sees_some_customers_sets_and_ends_no_suppression(
    client_for: SignIn, organisation: Organisation, announced: Suppression
) -> None:
    sue = make_viewer(organisation, Role.SUPERVISOR, "Sue", restricted=True)
    client, now = client_for(sue), timezone.now()
    asked = {"note": "Storm", "starts_at": typed(now), "ends_at": typed(now + timedelta(days=2))}
    for answer in (
        client.post("/settings/suppressions/add/", asked),
        client.post(f"/settings/suppressions/{announced.pk}/end/"),
    ):
        assert answer.status_code == 403 and "customers that you do not see" in answer.content.decode()
    page = client.get("/settings/suppressions/").content.decode()
    assert "Strike at the port" in page and "End now" not in page
    with acting_for(organisation):
        assert Suppression.objects.get().ends_at == announced.ends_at


def test_who_sees_some_customers_counts_only_what_is_theirs(
    client_for: SignIn, organisation: Organisation, announced: Suppression
) -> None:
    dan = make_viewer(organisation, Role.COORDINATOR, "Dan", restricted=True)
    with acting_for(organisation):
        mine, other = (make_account(code, AccountKind.CUSTOMER) for code in ("NORTHGATE", "HALVORSEN"))
        assign_perm("parties.view_account", dan.user, mine)
        for number, account in enumerate((mine, other, other, None)):
            Suppressed.objects.create(
                suppression=announced, fingerprint=f"late:{number}", type="delivery_late", severity="S2",
                account=account, first_at=announced.starts_at, last_at=announced.starts_at,
            )  # fmt: skip
        DetectionSetting.objects.create(type="delivery_late", account=other, lane="", tolerance_minutes=5)
        assert [row.kept_down for row in suppressions_list(dan, now=timezone.now())] == [1]
        assert {row.corrections for row in rules_list(dan)} == {0}


def test_an_administrator_limited_to_customers_corrects_rules_for_these_only(
    client_for: SignIn, organisation: Organisation
) -> None:
    ann = make_viewer(organisation, Role.ADMINISTRATOR, "Ann", restricted=True)
    with acting_for(organisation):
        mine, other = (make_account(code, AccountKind.CUSTOMER) for code in ("NORTHGATE", "HALVORSEN"))
        assign_perm("parties.view_account", ann.user, mine)
        row = DetectionSetting.objects.create(type="delivery_late", account=other, lane="", tolerance_minutes=5)
    client = client_for(ann)
    assert "Halvorsen" not in client.get(LATE).content.decode()
    assert client.post(f"{LATE}save/", {"account": mine.code, "enabled": "no"}).status_code == 302
    assert client.post(f"{LATE}save/", {"account": other.code, "enabled": "no"}).status_code == 422
    assert client.post(f"{LATE}save/", {"enabled": "no"}).status_code == 403
    assert client.post(f"{LATE}{row.pk}/remove/").status_code == 404
