"""The screens of calendars: written as people type them, refused with a sentence at the place, tried before they hold."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from guardian.shortcuts import assign_perm

from controltower.jobs.models import Job
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation, Role
from controltower.tenancy.viewer import Viewer
from exceptions.parties.models import AccountKind
from exceptions.sla.models import Calendar, LeadTime
from tests.cases.conftest import make_account
from tests.conftest import make_viewer

pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]
NEW = "/settings/calendars/new/"
SPLIT = "08:00-12:00, 13:00-17:00"


def typed(**more: str) -> dict[str, str]:
    week = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), SPLIT)
    return {
        "name": "Dispatch",
        "zone": "America/Chicago",
        **week,
        "holiday_country": "US",
        "holiday_subdivision": "TX",
        "closures": "2026-12-24",
        "extra_days": "2026-12-19 08:00-12:00",
        **more,
    }


@pytest.fixture
def calendar(organisation: Organisation) -> Calendar:
    with acting_for(organisation):
        return Calendar.objects.create(
            name="Office", zone="America/Chicago", intervals={"mon": [["08:00", "17:00"]]}, holiday_country="US"
        )


def test_an_empty_list_says_what_is_assumed_until_then(client_for: SignIn, supervisor: Viewer) -> None:
    text = client_for(supervisor).get("/settings/calendars/").content.decode()
    assert "No calendar yet" in text and "around the clock is assumed" in text


def test_a_calendar_is_written_as_people_type_it(
    client_for: SignIn, supervisor: Viewer, organisation: Organisation
) -> None:
    text = client_for(supervisor).post(NEW, typed(), follow=True).content.decode()
    assert "Dispatch" in text and "being priced anew" in text
    with acting_for(organisation):
        row = Calendar.objects.get()
        assert row.intervals["mon"] == [["08:00", "12:00"], ["13:00", "17:00"]] and row.intervals["sun"] == []
        assert (row.closures, row.extra_days) == (["2026-12-24"], {"2026-12-19": [["08:00", "12:00"]]})
        assert Job.objects.filter(kind="cases.reprice").exists()
    listed = client_for(supervisor).get("/settings/calendars/").content.decode()
    assert "Mon to Fri 08:00-12:00, 13:00-17:00" in listed and "US, TX" in listed


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"mon": "08:00-12:00, 11:00-17:00"}, "must not overlap"),
        ({"mon": "8 to 5"}, "Write them like"),
        ({"mon": "08:00-25:00"}, "is not a time like 08:30"),
        (dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "extra_days"), ""), "nobody would ever be there"),
        ({"closures": "24.12.2026"}, "is not a date"),
        ({"extra_days": "2026-12-19"}, "has no hours"),
        ({"holiday_subdivision": "BY"}, "Known are"),
        ({"zone": "Mars/Olympus"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_is_refused_at_its_place_and_stays_typed(
    client_for: SignIn, supervisor: Viewer, organisation: Organisation, change: dict[str, str], sentence: str
) -> None:
    answer = client_for(supervisor).post(NEW, typed(**change))
    text = answer.content.decode()
    assert answer.status_code == 422 and sentence in text and 'value="Dispatch"' in text
    with acting_for(organisation):
        assert not Calendar.objects.exists()


def test_a_preview_shows_two_weeks_and_the_next_holidays_and_saves_nothing(
    client_for: SignIn, supervisor: Viewer, organisation: Organisation
) -> None:
    text = client_for(supervisor).post(NEW, typed(preview="1")).content.decode()
    assert "The coming two weeks, as typed" in text and "Next public holidays" in text
    with acting_for(organisation):
        assert not Calendar.objects.exists()


def test_adding_working_hours_shows_each_step(client_for: SignIn, coordinator: Viewer, calendar: Calendar) -> None:
    url = f"/settings/calendars/{calendar.pk}/"
    answer = client_for(coordinator).get(url, {"hours": "12", "since": "2026-12-21T14:00"})
    text = answer.content.decode()
    # Monday 14 to 17, the Monday of the next week nine hours: it is the 28th, and Christmas passed as a holiday.
    assert "28 Dec 17:00" in text and "Christmas Day" in text and "Public holiday" in text
    fragment = client_for(coordinator).get(
        url, {"hours": "12", "since": "2026-12-21T14:00"}, headers={"hx-request": "true", "hx-target": "tried"}
    )
    assert "28 Dec 17:00" in fragment.content.decode() and "<h1" not in fragment.content.decode()


@pytest.mark.parametrize("since", ["9999-12-31T23:59", "0001-01-01T00:00"])
def test_hours_are_added_to_a_time_that_can_be_counted_from(
    client_for: SignIn, coordinator: Viewer, calendar: Calendar, since: str
) -> None:
    answer = client_for(coordinator).get(f"/settings/calendars/{calendar.pk}/", {"hours": "8", "since": since})
    assert "Choose a time between 2000 and 2100" in answer.content.decode()


def test_who_was_slower_keeps_the_text_and_reads_who_was_faster(
    client_for: SignIn, supervisor: Viewer, administrator: Viewer, organisation: Organisation, calendar: Calendar
) -> None:
    url, asked = f"/settings/calendars/{calendar.pk}/change/", typed(revision="1")
    assert client_for(administrator).post(url, {**asked, "name": "Ada's"}).status_code == 302
    late = client_for(supervisor).post(url, {**asked, "name": "Sam's"})
    text = late.content.decode()
    assert late.status_code == 409 and "Ada changed this while you were writing" in text
    assert "Sam&#x27;s" in text and 'name="revision" value="2"' in text
    assert client_for(supervisor).post(url, {**asked, "name": "Sam's", "revision": "2"}).status_code == 302
    with acting_for(organisation):
        assert Calendar.objects.get().name == "Sam's"


def test_a_calendar_that_something_counts_by_stays(
    client_for: SignIn, supervisor: Viewer, organisation: Organisation, calendar: Calendar
) -> None:
    with acting_for(organisation):
        lead = LeadTime.objects.create(action="rebook", minutes=5, currency="USD", p_act=0.1, calendar=calendar)
    url = f"/settings/calendars/{calendar.pk}/remove/"
    refused = client_for(supervisor).post(url)
    assert refused.status_code == 409 and "Choose another one there first" in refused.content.decode()
    with acting_for(organisation):
        lead.delete()
    assert "is removed" in client_for(supervisor).post(url, follow=True).content.decode()


def test_who_may_see_and_change_what(
    client_for: SignIn, organisation: Organisation, coordinator: Viewer, stranger: Viewer, calendar: Calendar
) -> None:
    url = f"/settings/calendars/{calendar.pk}/"
    assert "Change it" not in client_for(coordinator).get(url).content.decode()
    assert client_for(coordinator).post(f"{url}change/", typed()).status_code == 403
    assert client_for(stranger).get(url).status_code == 404
    assert client_for(stranger).post(f"{url}remove/").status_code == 404
    sue = make_viewer(organisation, Role.SUPERVISOR, "Sue", restricted=True)
    with acting_for(organisation):
        mine, other = (make_account(code, AccountKind.CUSTOMER) for code in ("NORTHGATE", "HALVORSEN"))
        assign_perm("parties.view_account", sue.user, mine)
        for account in (mine, other):
            Calendar.objects.create(name=f"Of {account.name}", account=account, zone="UTC", intervals={})
    listed = client_for(sue).get("/settings/calendars/").content.decode()
    assert "Of Northgate" in listed and "Of Halvorsen" not in listed and "New calendar" not in listed
    assert client_for(sue).post(NEW, typed()).status_code == 403


def test_a_page_takes_few_queries(client_for: SignIn, supervisor: Viewer, calendar: Calendar) -> None:
    client = client_for(supervisor)
    for url in ("/settings/calendars/", f"/settings/calendars/{calendar.pk}/", NEW):
        assert len(statements(client, url)) <= 12, url


def statements(client: Client, url: str) -> list[dict[str, Any]]:
    client.get(url)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    return [query for query in asked if "set_config" not in query["sql"] and "SAVEPOINT" not in query["sql"]]
