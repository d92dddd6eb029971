"""Counts beside views: right where they are shown, not shown where they would cost too much, all in one statement."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from guardian.shortcuts import assign_perm

from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation, Role
from controltower.tenancy.viewer import Viewer
from exceptions.cases import selectors, services
from exceptions.cases.models import Case
from exceptions.cases.selectors import counting, queue
from exceptions.cases.selectors.grammar import parse
from tests.cases.test_queue_filters import FILTERS, Backlog, backlog
from tests.cases.test_views_queue import HTMX, statements
from tests.conftest import make_viewer

__all__ = ["backlog", "statements"]
pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]
COUNTABLE = {query: fits for query, fits in FILTERS.items() if not parse(query).filters.is_text}


def limited(backlog: Backlog, scope: set[int]) -> Viewer:
    """The same person, seeing some accounts only."""
    viewer = backlog.viewer
    viewer.member.restricted = True
    return Viewer(viewer.member, viewer.organisation, viewer.verbs, {"account_scope": frozenset(scope)})


def counts(viewer: Viewer, queries: Any, now: datetime) -> dict[str, str]:
    found: dict[str, str] = {}
    queries = list(queries)
    for at in range(0, len(queries), queue.VIEWS):
        some = queries[at : at + queue.VIEWS]
        told, _ = selectors.queue_head(viewer, now=now, views={query: query for query in some})
        found |= {key: str(count) for key, count in told.items() if key in some}
    return found


@pytest.mark.parametrize("who", ["sees all", "sees acme", "sees nothing"])
def test_every_view_counts_what_its_list_holds(backlog: Backlog, who: str) -> None:
    cases = list(Case.objects.all())
    scope = {"sees acme": {backlog.acme.pk, backlog.west.pk}, "sees nothing": set()}.get(who)
    viewer = backlog.viewer if scope is None else limited(backlog, scope)
    seen = [case for case in cases if scope is None or case.account_id in scope]
    expected = {query: str(sum(fits(backlog, case) for case in seen)) for query, fits in COUNTABLE.items()}
    assert counts(viewer, COUNTABLE, backlog.now) == expected
    assert who == "sees nothing" or sum(int(count) > 0 for count in expected.values()) > 20


def test_presets_are_counted_the_same_way(backlog: Backlog) -> None:
    for viewer in (backlog.viewer, limited(backlog, {backlog.acme.pk, backlog.west.pk})):
        told = selectors.queue_counts(viewer, now=backlog.now)
        for key, query in (("all", ""), ("mine", "owner:me"), ("unowned", "owner:none"), ("due", "due:<2h")):
            page = selectors.queue_page(viewer, query, now=backlog.now, size=1000)
            assert told[key].value == len(page.rows), key


def test_what_is_rare_among_many_has_no_number_and_what_is_common_ends_with_a_plus(
    backlog: Backlog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "COUNTED", 5)
    monkeypatch.setattr(counting, "LOOKED", 20)
    monkeypatch.setattr(counting, "LOOKED_IN_INDEX", 20)
    asked = ("severity:S1", "exposure:>2990", "owner:me", "owner:me partner:fleet", "due:<2h", "customer:nothing")
    told = counts(backlog.viewer, asked, backlog.now)
    assert told["severity:S1"] == told["owner:me"] == told["owner:me partner:fleet"] == "5+"
    assert "exposure:>2990" not in told, "twenty of two hundred rows do not say how many there are"
    assert int(told["due:<2h"].rstrip("+")) <= 5 and told["customer:nothing"] == "0"


def test_texts_and_what_is_not_understood_are_not_counted_nor_more_than_ten_views(backlog: Backlog) -> None:
    views = {"text": "acme", "exact": '"pro772"', "wrong": "colour:red"}
    views |= {f"view {number}": f"opened:<{number + 1}h" for number in range(12)}
    told, _ = selectors.queue_head(backlog.viewer, now=backlog.now, views=views)
    assert [key for key in told if key in views] == [f"view {number}" for number in range(10)]


def test_the_counts_of_all_views_are_one_statement_and_the_names_in_them_another(backlog: Backlog) -> None:
    views = {
        query: query
        for query in ("customer:acme", "owner:dana", "partner:fleet", "-customer:zegl", "type:customs_hold")
    }
    with CaptureQueriesContext(connection) as captured:
        selectors.queue_head(backlog.viewer, now=backlog.now, views=views)
    assert len(captured) == 2


def test_the_side_shows_the_count_beside_the_view(
    client_for: SignIn, coordinator: Viewer, organisation: Organisation
) -> None:
    with acting_for(organisation):
        made = Backlog(coordinator, timezone.now())
        views = [
            services.view_save(name=name, query=query, is_shared=True, actor=coordinator.actor, now=timezone.now())
            for name, query in (("Dana's", "owner:dana"), ("Words", "acme"), ("Acme", "customer:acme"))
        ]
        owned = Case.objects.filter(owner=made.dana).count()
        acme = Case.objects.filter(account__in=[made.acme, made.west]).count()
        west = Case.objects.filter(account=made.west).count()
    side = client_for(coordinator).get("/").content.decode()
    assert f'data-count="view-{views[0].pk}">{owned}<' in side and f'data-count="view-{views[2].pk}">{acme}<' in side
    assert f'data-count="view-{views[1].pk}"' not in side
    narrow = make_viewer(organisation, Role.COORDINATOR, "Rita", restricted=True)
    with acting_for(organisation):
        assign_perm("parties.view_account", narrow.user, made.west)
    assert f'data-count="view-{views[2].pk}">{west}<' in client_for(narrow).get("/").content.decode()
    assert 0 < west < acme


def test_the_page_with_ten_named_views_and_a_case_stays_within_twelve_statements(
    client_for: SignIn, coordinator: Viewer, organisation: Organisation, statements: Callable[[], list[str]]
) -> None:
    with acting_for(organisation):
        made = Backlog(coordinator, timezone.now())
        for number in range(10):
            query = f"customer:acme owner:dana partner:fleet opened:<{number + 1}h"
            by = {"actor": coordinator.actor, "now": timezone.now()}
            services.view_save(name=f"View {number}", query=query, is_shared=True, **by)
        number = Case.objects.filter(account=made.west).values_list("number", flat=True)[0]
    narrow = make_viewer(organisation, Role.COORDINATOR, "Rita", restricted=True)
    with acting_for(organisation):
        assign_perm("parties.view_account", narrow.user, made.acme)
    for viewer in (coordinator, narrow):
        client = client_for(viewer)
        for path, headers in (("/", {}), (f"/cases/{number}/", {}), ("/", {**HTMX, "HX-Target": "list"})):
            client.get(path, headers=headers)
            before = len(statements())
            assert client.get(path, headers=headers).status_code == 200
            asked = statements()[before:]
            assert len(asked) <= 12, f"{path} {len(asked)}\n" + "\n".join(each[:150] for each in asked)
