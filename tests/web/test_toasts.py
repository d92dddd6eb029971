"""A word after an action reaches the person on whichever way the answer goes."""

import json
from collections.abc import Callable

import pytest
from django.contrib.messages.storage.fallback import FallbackStorage
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from controltower.web.middleware import WebMiddleware
from controltower.web.render import page
from controltower.web.toast import pending, toast


@pytest.fixture
def request_with(rf: RequestFactory) -> Callable[..., HttpRequest]:
    def make(**headers: str) -> HttpRequest:
        request = rf.get("/", headers=headers)
        request.session = {}  # type: ignore[assignment]
        request._messages = FallbackStorage(request)  # type: ignore[attr-defined]
        return request

    return make


def answer(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    return WebMiddleware(lambda _: response)(request)  # type: ignore[return-value]


def test_a_toast_is_read_once_with_its_way_back(request_with: Callable[..., HttpRequest]) -> None:
    request = request_with()
    toast(request, "Taken", undo="/cases/EX-1/release/", fields={"version": 4})
    assert pending(request) == [
        {
            "text": "Taken",
            "danger": False,
            "undo": "/cases/EX-1/release/",
            "fields": {"version": "4"},
            "target": "detail",
        }
    ]


def test_an_htmx_answer_carries_it_in_a_header(request_with: Callable[..., HttpRequest]) -> None:
    request = request_with(**{"HX-Request": "true"})
    toast(request, "Poznań: übernommen")
    carried = json.loads(answer(request, HttpResponse("x"))["Tower-Toasts"])
    assert carried[0]["text"] == "Poznań: übernommen"


@pytest.mark.parametrize(
    "response",
    [HttpResponse(status=302), HttpResponse(status=204), HttpResponse(headers={"HX-Redirect": "/"})],
    ids=["redirect", "nothing new", "whole new page"],
)
def test_an_answer_that_shows_nothing_keeps_it_for_the_next(
    request_with: Callable[..., HttpRequest], response: HttpResponse
) -> None:
    request = request_with(**{"HX-Request": "true"})
    toast(request, "Taken")
    answer(request, response)
    assert [each["text"] for each in pending(request)] == ["Taken"]


def test_a_message_of_a_library_is_shown_as_plain_words(request_with: Callable[..., HttpRequest]) -> None:
    from django.contrib import messages

    request = request_with()
    messages.error(request, "Wrong password", extra_tags="auth")
    shown = {"text": "Wrong password", "danger": True, "undo": None, "fields": {}, "target": "detail"}
    assert pending(request)[0] == shown


def test_pages_are_not_cached_unless_they_say_otherwise(request_with: Callable[..., HttpRequest]) -> None:
    assert answer(request_with(), HttpResponse("x"))["Cache-Control"] == "private, no-store"
    public = HttpResponse("x", headers={"Cache-Control": "public, max-age=60"})
    assert answer(request_with(), public)["Cache-Control"] == "public, max-age=60"
    assert "Cache-Control" not in answer(request_with(), HttpResponse("x", content_type="text/csv")).headers


def test_one_view_renders_the_page_or_the_part_that_was_asked_for(rf: RequestFactory) -> None:
    fragments = {"list": "ui/_money.html"}
    context = {"amount": 5, "currency": "USD", "error": {"message": "m"}}

    def body(**headers: str) -> str:
        return page(rf.get("/", headers=headers), "web/error_500.html", context, fragment=fragments).content.decode()

    assert "<html" in body()
    assert "<html" not in body(**{"HX-Request": "true", "HX-Target": "list"})
    assert "<html" in body(**{"HX-Request": "true", "HX-Target": "elsewhere"})
    assert "<html" in body(**{"HX-Request": "true", "HX-Target": "list", "HX-History-Restore-Request": "true"})
