"""The queue page: who sees what, and what it costs."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation
from controltower.tenancy.viewer import Viewer
from controltower.web import live
from exceptions.cases.models import Case
from exceptions.cases.selectors.grammar import KEYS
from exceptions.cases.services import case_pin, case_resolve
from tests.cases.conftest import HOUR, book, eta

pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def case(organisation: Organisation) -> Case:
    """A delivery that will be three hours late."""
    now = timezone.now()
    with acting_for(organisation):
        book("482913007", now - 2 * HOUR, now + 5 * HOUR)
        (made,) = eta("482913007", now - HOUR, now + 8 * HOUR)
    return made


@pytest.fixture
def statements() -> Iterator[Callable[[], list[str]]]:
    """What was asked of the database; opening transactions and naming the organisation are not counted."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        yield lambda: [
            query["sql"]
            for query in captured.captured_queries
            if not query["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "SELECT set_config"))
        ]


def test_a_row_links_to_its_case_and_says_why_it_stands_there(
    client_for: SignIn, coordinator: Viewer, case: Case
) -> None:
    text = client_for(coordinator).get("/").content.decode()
    assert f'href="/cases/{case.number}/"' in text
    assert f"Select {case.number}" in text and "PRO 482913007" in text


def test_a_stranger_sees_nothing_of_it(client_for: SignIn, stranger: Viewer, case: Case) -> None:
    text = client_for(stranger).get("/").content.decode()
    assert case.number not in text and "482913007" not in text and "All clear" in text


def test_without_login_the_way_leads_to_the_sign_in_and_back(client: Client) -> None:
    response = client.get("/?q=owner:me")
    assert response.status_code == 302 and response["Location"].startswith("/accounts/login/?next=")


def test_a_case_number_in_the_filter_opens_the_case(client_for: SignIn, coordinator: Viewer, case: Case) -> None:
    response = client_for(coordinator).get("/", {"q": case.number.lower()})
    assert response.status_code == 302 and response["Location"] == f"/cases/{case.number}/"


def test_a_case_number_that_is_not_there_matches_nothing_and_keeps_the_queue(
    client_for: SignIn, coordinator: Viewer, stranger: Viewer, case: Case
) -> None:
    for client, number in (
        (client_for(coordinator), "EX-999999"),
        (client_for(coordinator), "EX-\u0661"),
        (client_for(stranger), case.number),
    ):
        response = client.get("/", {"q": number})
        assert response.status_code == 200 and "Nothing matches" in response.content.decode()


def test_a_filter_that_fits_nothing_offers_to_clear_it(client_for: SignIn, coordinator: Viewer, case: Case) -> None:
    text = client_for(coordinator).get("/", {"q": "owner:me"}).content.decode()
    assert "Nothing matches" in text and 'href="/"' in text


def test_a_number_that_no_open_case_has_is_offered_to_be_looked_for_among_the_others(
    client_for: SignIn, coordinator: Viewer, case: Case
) -> None:
    client = client_for(coordinator)
    text = client.get("/", {"q": "sort:due 40851"}).content.decode()
    assert 'href="/?q=is%3Asnoozed+40851"' in text and 'href="/?q=is%3Aresolved+40851"' in text
    assert client.get("/?q=is%3Aresolved+40851").status_code == 200
    for elsewhere in ("is:snoozed 40851", "state:closed 40851", "owner:me"):
        assert "No open case fits" not in client.get("/", {"q": elsewhere}).content.decode()


def test_a_filter_that_is_wrong_shows_nothing_but_where_and_what_to_write(
    client_for: SignIn, coordinator: Viewer, case: Case
) -> None:
    text = client_for(coordinator).get("/", {"q": "owner:none custmer:acme"}).content.decode()
    assert "This filter is not understood" in text and case.number not in text.split("data-list")[1]
    assert "owner:none <mark>custmer:acme</mark>" in text
    assert 'href="/?q=owner%3Anone%20customer%3Aacme"' in text
    assert 'value="owner:none custmer:acme"' in text and 'aria-invalid="true"' in text


def test_the_help_beside_the_filter_comes_from_the_table_of_the_grammar(
    client_for: SignIn, coordinator: Viewer
) -> None:
    text = client_for(coordinator).get("/").content.decode()
    for key in KEYS.values():
        assert escape(key.examples[0]) in text and escape(key.help) in text


def test_rows_carry_the_filter_so_that_the_list_stays(client_for: SignIn, coordinator: Viewer, case: Case) -> None:
    text = client_for(coordinator).get("/", {"q": "owner:none"}).content.decode()
    assert f'href="/cases/{case.number}/?q=owner%3Anone"' in text


def test_htmx_gets_the_list_alone_with_the_counts(client_for: SignIn, coordinator: Viewer, case: Case) -> None:
    response = client_for(coordinator).get("/", headers={**HTMX, "HX-Target": "list"})
    text = response.content.decode()
    assert "<html" not in text and f'id="case-{case.pk}"' in text and 'data-count="unowned"' in text
    assert "HX-Target" in response["Vary"]


def test_pinned_cases_stand_first(client_for: SignIn, coordinator: Viewer, organisation: Organisation) -> None:
    now = timezone.now()
    with acting_for(organisation):
        for number in ("1", "2"):
            book(number, now - 2 * HOUR, now + 5 * HOUR)
            eta(number, now - HOUR, now + 8 * HOUR)
        last = Case.objects.order_by("rank", "id").first()
        assert last is not None
        case_pin(last, actor=coordinator.actor, now=now)
    text = client_for(coordinator).get("/").content.decode()
    rows = [part.split('"')[0] for part in text.split('id="case-')[1:]]
    assert rows[0] == str(last.pk)


def test_pages_are_kept_in_no_cache_and_carry_the_whole_policy(client_for: SignIn, coordinator: Viewer) -> None:
    response = client_for(coordinator).get("/")
    assert response["Cache-Control"] == "private, no-store"
    policy = {part.strip() for part in response["Content-Security-Policy"].split(";")}
    assert policy == {
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    }


def test_the_page_stays_within_its_budget_of_questions(
    client_for: SignIn, coordinator: Viewer, case: Case, statements: Callable[[], list[str]]
) -> None:
    client = client_for(coordinator)
    before = len(statements())
    client.get("/")
    assert len(statements()) - before <= 12, "\n".join(statements()[before:])


def test_the_poll_answers_204_until_something_changed_and_asks_nothing(
    client_for: SignIn, coordinator: Viewer, organisation: Organisation, django_assert_num_queries: Any
) -> None:
    client = client_for(coordinator)
    number = live.current(organisation.pk)
    with django_assert_num_queries(0):
        response = client.get(f"/live/?since={number}")
    assert (response.status_code, response.content) == (204, b"")
    assert sum(len(name) + len(value) + 4 for name, value in response.headers.items()) <= 300
    live._bump(organisation.pk)
    assert client.get(f"/live/?since={number}").json() == {"seq": (number or 0) + 1}


def test_the_poll_tells_a_signed_out_page_so(client: Client) -> None:
    assert client.get("/live/?since=1").status_code == 401


def test_the_poll_counts_as_missed_while_redis_is_away(
    client_for: SignIn, coordinator: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_for(coordinator)
    monkeypatch.setattr(live, "current", lambda organisation_id: None)
    assert client.get("/live/?since=1").status_code == 503


def test_several_cases_are_taken_at_once(client_for: SignIn, coordinator: Viewer, case: Case) -> None:
    client = client_for(coordinator)
    response = client.post("/cases/?q=owner%3Anone", {"action": "take", "case": [case.number]}, follow=True)
    assert "1 taken." in response.content.decode()
    with acting_for(case.organisation_id):
        assert Case.objects.get().owner_id == coordinator.member.pk


def test_of_several_cases_the_ones_that_refuse_are_named(
    client_for: SignIn, coordinator: Viewer, case: Case, organisation: Organisation
) -> None:
    with acting_for(organisation):
        case_resolve(case, actor=coordinator.actor, now=timezone.now(), resolution="done", reason_unknown=True)
    response = client_for(coordinator).post("/cases/", {"action": "take", "case": [case.number]}, follow=True)
    text = response.content.decode()
    assert "0 taken." in text and f"{case.number} is resolved already" in text


def test_the_snoozed_view_shows_when_it_wakes(client_for: SignIn, coordinator: Viewer, case: Case) -> None:
    client = client_for(coordinator)
    client.post("/cases/", {"action": "snooze", "case": [case.number]})
    assert case.number not in client.get("/").content.decode().split("data-list")[1]
    text = client.get("/", {"q": "is:snoozed"}).content.decode()
    assert "Snoozed until" in text and case.number in text
    with acting_for(case.organisation_id):
        woken = Case.objects.get().snoozed_until
        assert woken is not None and timedelta(minutes=59) < woken - timezone.now() <= timedelta(hours=1)
