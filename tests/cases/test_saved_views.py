"""Views that people keep: their own, and those they share."""

from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from controltower.audit.models import AuditEntry
from controltower.audit.recording import flush
from controltower.errors import Conflict, Forbidden, Invalid, NotFound
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation, Role
from controltower.tenancy.viewer import Viewer
from exceptions.cases import services
from exceptions.cases.models import SavedView
from exceptions.cases.selectors import saved_view_get, saved_views
from exceptions.cases.services import saved
from tests.conftest import make_viewer

pytestmark = pytest.mark.django_db


def save(viewer: Viewer, now: datetime, name: str, query: str = "owner:me", *, shared: bool = False) -> SavedView:
    return services.view_save(name=name, query=query, is_shared=shared, actor=viewer.actor, now=now)


def names(viewer: Viewer) -> list[str]:
    return [row.name for row in saved_views(viewer)]


def test_a_personal_view_is_its_owners_alone(
    acting: Any, coordinator: Viewer, supervisor: Viewer, now: datetime
) -> None:
    view = save(coordinator, now, "  My   mornings ")
    assert names(coordinator) == ["My mornings"] and names(supervisor) == []
    with pytest.raises(NotFound):
        saved_view_get(supervisor, view.pk)
    with pytest.raises(NotFound):
        services.view_remove(view, actor=supervisor.actor, now=now)


def test_a_shared_view_is_for_everybody_and_kept_by_its_owner_and_supervisors(
    acting: Any, organisation: Organisation, coordinator: Viewer, supervisor: Viewer, now: datetime
) -> None:
    view = save(coordinator, now, "Reno", "customer:reno", shared=True)
    other = make_viewer(organisation, Role.COORDINATOR, "Otto")
    assert names(other) == names(supervisor) == ["Reno"]
    assert [row.is_kept for viewer in (coordinator, supervisor, other) for row in saved_views(viewer)] == [
        True,
        True,
        False,
    ]
    with pytest.raises(Forbidden, match="Cora keeps this view"):
        services.view_change(view, name="Mine now", query="owner:me", actor=other.actor, now=now)
    services.view_change(view, name="Reno hub", query="customer:reno due:<2h", actor=supervisor.actor, now=now)
    assert names(other) == ["Reno hub"]


def test_a_shared_view_stays_when_its_owner_leaves_and_goes_to_who_takes_it_back(
    acting: Any, coordinator: Viewer, supervisor: Viewer, now: datetime
) -> None:
    view = save(coordinator, now, "Night shift", shared=True)
    coordinator.member.is_active = False
    coordinator.member.save()
    assert names(supervisor) == ["Night shift"]
    services.view_unshare(view, actor=supervisor.actor, now=now)
    (row,) = saved_views(supervisor)
    assert (row.owner, row.is_mine, row.is_shared) == ("Sam", True, False)


def test_what_a_supervisor_takes_from_the_shared_ones_goes_back_to_its_owner(
    acting: Any, coordinator: Viewer, supervisor: Viewer, now: datetime
) -> None:
    view = save(coordinator, now, "Night shift", shared=True)
    services.view_unshare(view, actor=supervisor.actor, now=now)
    assert names(supervisor) == [] and names(coordinator) == ["Night shift"]


def test_views_keep_the_order_they_are_put_in(acting: Any, coordinator: Viewer, now: datetime) -> None:
    views = [save(coordinator, now, name) for name in ("a", "b", "c")]
    services.view_move(views[2], by=-1, actor=coordinator.actor, now=now)
    assert names(coordinator) == ["a", "c", "b"]
    services.view_move(views[2], by=-1, actor=coordinator.actor, now=now)
    services.view_move(views[2], by=-1, actor=coordinator.actor, now=now)
    assert names(coordinator) == ["c", "a", "b"]
    services.view_move(views[0], by=1, actor=coordinator.actor, now=now)
    assert names(coordinator) == ["c", "b", "a"]


def test_whoever_moves_a_view_takes_the_whole_list_in_one_order_first(
    acting: Any, coordinator: Viewer, now: datetime
) -> None:
    """Two who move at once would else each hold what the other waits for."""
    first, second = save(coordinator, now, "A"), save(coordinator, now, "B")
    services.view_move(second, by=-1, actor=coordinator.actor, now=now)
    with CaptureQueriesContext(connection) as asked:
        services.view_move(second, by=1, actor=coordinator.actor, now=now)
    locking = [query["sql"] for query in asked if "FOR NO KEY UPDATE" in query["sql"]]
    assert f'"id" = {second.pk}' not in locking[0] and locking[0].count("ORDER BY") == 1
    assert names(coordinator) == [first.name, second.name]


def test_removing_is_taken_back_to_the_same_place(acting: Any, coordinator: Viewer, now: datetime) -> None:
    first, second = save(coordinator, now, "a"), save(coordinator, now, "b")
    removed = services.view_remove(first, actor=coordinator.actor, now=now, version=first.version)
    assert names(coordinator) == ["b"]
    services.view_restore(removed, actor=coordinator.actor, now=now, version=removed.version)
    assert names(coordinator) == ["a", "b"]
    services.view_remove(second, actor=coordinator.actor, now=now)
    save(coordinator, now, "B")
    with pytest.raises(Conflict, match="called b already"):
        services.view_restore(second, actor=coordinator.actor, now=now)


def test_an_old_version_is_refused(acting: Any, coordinator: Viewer, now: datetime) -> None:
    view = save(coordinator, now, "a")
    services.view_change(view, name="b", query="owner:me", actor=coordinator.actor, now=now, version=1)
    with pytest.raises(Conflict, match="changed meanwhile"):
        services.view_change(view, name="c", query="owner:me", actor=coordinator.actor, now=now, version=1)


@pytest.mark.parametrize(
    ("name", "query", "sentence"),
    [
        ("", "owner:me", "name"),
        ("x" * 61, "owner:me", "60 characters"),
        ("a", "", "shows all open cases"),
        ("a", "colour:red owner:me", "colour"),
    ],
)
def test_what_says_nothing_or_is_not_understood_is_not_kept(
    acting: Any, coordinator: Viewer, now: datetime, name: str, query: str, sentence: str
) -> None:
    with pytest.raises(Invalid, match=sentence):
        save(coordinator, now, name, query)
    assert names(coordinator) == []


def test_one_name_stands_for_one_view(acting: Any, coordinator: Viewer, supervisor: Viewer, now: datetime) -> None:
    save(coordinator, now, "Late")
    save(supervisor, now, "Late")
    with pytest.raises(Conflict, match="You have a view called late"):
        save(coordinator, now, "late")
    shared = save(supervisor, now, "LATE", shared=True)
    with pytest.raises(Conflict, match="There is a shared view"):
        services.view_share(SavedView.objects.get(owner=coordinator.member), actor=coordinator.actor, now=now)
    assert saved_view_get(coordinator, shared.pk) == shared


@pytest.mark.parametrize("query", ["owner:me", "owner:none"])
def test_two_that_are_saved_at_the_same_moment_are_one_view(
    acting: Any, coordinator: Viewer, now: datetime, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    def meanwhile(*given: object) -> None:
        monkeypatch.undo()
        save(coordinator, now, "Late", "owner:me")

    monkeypatch.setattr(saved, "_name_free", meanwhile)
    if query == "owner:me":
        assert save(coordinator, now, "Late", query) == SavedView.objects.get()
    else:
        with pytest.raises(Conflict, match="You have a view called Late"):
            save(coordinator, now, "Late", query)
    assert names(coordinator) == ["Late"]


def test_a_filter_that_is_not_understood_any_more_says_so(acting: Any, coordinator: Viewer, now: datetime) -> None:
    view = save(coordinator, now, "Old")
    SavedView.objects.filter(pk=view.pk).update(query="colour:red")
    (row,) = saved_views(coordinator)
    assert "colour" in row.problem


def test_another_organisation_sees_none_of_it(coordinator: Viewer, stranger: Viewer, now: datetime) -> None:
    with acting_for(coordinator.organisation):
        view = save(coordinator, now, "Late", shared=True)
    with acting_for(stranger.organisation):
        assert names(stranger) == []
        with pytest.raises(NotFound):
            services.view_remove(view, actor=stranger.actor, now=now)


def test_every_step_is_on_the_trail_without_the_words(acting: Any, coordinator: Viewer, now: datetime) -> None:
    view = save(coordinator, now, "Late at Acme")
    services.view_share(view, actor=coordinator.actor, now=now)
    services.view_remove(view, actor=coordinator.actor, now=now)
    flush()
    entries = list(AuditEntry.objects.filter(subject=f"view:{view.pk}").order_by("seq"))
    assert [entry.verb for entry in entries] == ["view.saved", "view.shared", "view.removed"]
    assert all("Acme" not in f"{entry.before}{entry.after}" for entry in entries)
