"""What people and programs get when something cannot be done."""

import json
from collections.abc import Callable

import pytest
from django.core.exceptions import SuspiciousOperation
from django.http import HttpResponse
from django.test import Client, RequestFactory

from controltower.errors import Conflict, RateLimited
from controltower.tenancy.viewer import Viewer
from controltower.web import views
from controltower.web.errors import error_response

SignIn = Callable[..., Client]
STALE = Conflict("Sam changed EX-1042: taken. Check it and try again.", details={"changes": ["owner: Sam"]})


def text_of(response: HttpResponse) -> str:
    return response.content.decode()


def test_a_page_says_what_happened_and_where_to_go(rf: RequestFactory) -> None:
    response = error_response(rf.get("/"), STALE)
    assert response.status_code == 409
    assert STALE.message in text_of(response) and "owner: Sam" in text_of(response)
    assert "<html" in text_of(response) and 'href="/"' in text_of(response)


def test_a_fragment_goes_to_the_place_for_problems_and_leaves_the_form_alone(rf: RequestFactory) -> None:
    response = error_response(rf.post("/", headers={"HX-Request": "true"}), STALE)
    assert response["HX-Retarget"] == "#problem" and response["HX-Push-Url"] == "false"
    assert "<html" not in text_of(response) and 'role="alert"' in text_of(response)


def test_a_program_gets_problem_details(rf: RequestFactory) -> None:
    for request in (rf.get("/api/v1/cases/"), rf.get("/", headers={"Accept": "application/json"})):
        response = error_response(request, STALE)
        body = json.loads(response.content)
        assert response["Content-Type"] == "application/problem+json"
        assert (body["status"], body["title"], body["detail"]) == (409, "conflict", STALE.message)


def test_too_many_requests_say_when_to_come_back(rf: RequestFactory) -> None:
    assert error_response(rf.get("/"), RateLimited("Slow down.", details={"retry_after": 30}))["Retry-After"] == "30"


def test_a_sentence_is_shown_as_text(rf: RequestFactory) -> None:
    assert "<script>" not in text_of(error_response(rf.get("/"), Conflict("<script>alert(1)</script>")))


@pytest.mark.django_db
def test_an_address_that_does_not_exist_is_a_page_of_ours(client: Client) -> None:
    response = client.get("/nowhere/")
    assert response.status_code == 404 and "Nothing here" in response.content.decode()


@pytest.mark.django_db
def test_a_break_on_our_side_shows_no_trace(
    client_for: SignIn, coordinator: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*args: object, **kwargs: object) -> None:
        raise RuntimeError("secret detail of the inside")

    monkeypatch.setattr("exceptions.cases.selectors.queue_page", breaks)
    client = client_for(coordinator, raise_request_exception=False)
    for headers in ({}, {"HX-Request": "true", "HX-Target": "list"}):
        response = client.get("/", headers=headers)
        text = response.content.decode()
        assert response.status_code == 500 and "broke on our side" in text
        assert "secret detail" not in text and "Traceback" not in text
        assert ("<html" in text) is (headers == {})


@pytest.mark.django_db
def test_a_form_from_before_the_sign_in_says_what_to_do(client_for: SignIn, coordinator: Viewer) -> None:
    client = client_for(coordinator, enforce_csrf_checks=True)
    response = client.post("/settings/preferences/", {"theme": "dark"})
    assert response.status_code == 403 and "Reload the page" in response.content.decode()


@pytest.mark.django_db
def test_an_expired_session_sends_a_fragment_to_the_sign_in_and_back(client: Client) -> None:
    headers = {"HX-Request": "true", "HX-Target": "detail", "HX-Current-URL": "http://testserver/cases/EX-1042/?q=x"}
    response = client.get("/cases/EX-1043/", headers=headers)
    assert response["HX-Redirect"] == "/accounts/login/?next=%2Fcases%2FEX-1042%2F%3Fq%3Dx"


def test_the_plain_answers_of_django_are_ours(rf: RequestFactory) -> None:
    assert views.bad_request(rf.get("/"), SuspiciousOperation()).status_code == 400
    assert views.forbidden(rf.get("/")).status_code == 403
    assert views.server_error(rf.get("/api/v1/cases/")).status_code == 500
    assert views.server_error(rf.get("/api/v1/cases/"))["Content-Type"] == "application/problem+json"


@pytest.mark.django_db
def test_the_address_of_a_form_opened_by_hand_is_a_page_of_ours(client_for: SignIn, coordinator: Viewer) -> None:
    response = client_for(coordinator).get("/cases/EX-1042/take/")
    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert "for forms only" in response.content.decode()


@pytest.mark.django_db
def test_a_form_sent_after_the_session_ended_leads_back_to_a_page_that_opens(client: Client) -> None:
    assert client.post("/cases/EX-1042/take/", {"version": 1})["Location"] == "/accounts/login/?next=/"
