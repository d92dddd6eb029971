"""One action on many cases: each for itself, refusals named, and back again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation, Role
from controltower.tenancy.viewer import Viewer
from controltower.web.toast import pending
from exceptions.cases import services
from exceptions.cases.chances import chance_of
from exceptions.cases.models import Case
from tests.cases.conftest import HOUR, book, eta
from tests.conftest import make_viewer

pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]


@pytest.fixture
def cases(organisation: Organisation) -> list[Case]:
    """Three deliveries that will be late."""
    now = timezone.now()
    with acting_for(organisation):
        for number in ("1", "2", "3"):
            book(number, now - 2 * HOUR, now + 5 * HOUR)
            eta(number, now - HOUR, now + 8 * HOUR)
        return list(Case.objects.order_by("pk"))


def chosen(*cases: Case) -> list[str]:
    return [f"{case.number}:{case.version}" for case in cases]


def test_the_last_chance_is_over_at_its_instant(cases: list[Case]) -> None:
    case, now = cases[0], timezone.now()
    case.explanation = {}
    for ahead, chance in ((timedelta(microseconds=1), True), (timedelta(0), False)):
        case.act_by = now + ahead
        assert (chance_of(case, now) is not None) is chance


def do(client: Client, action: str, cases: list[str], **more: Any) -> dict[str, Any]:
    """Post it; the word that is said."""
    response = client.post("/cases/", {"action": action, "case": cases, **more})
    assert response.status_code == 302, response.content
    return pending(response.wsgi_request)[-1]


def undo(client: Client, said: dict[str, Any]) -> dict[str, Any]:
    response = client.post(said["undo"], said["fields"])
    assert response.status_code == 302
    return pending(response.wsgi_request)[-1]


def now_is(case: Case) -> Case:
    with acting_for(case.organisation_id):
        return Case.objects.select_related("owner__user").get(pk=case.pk)


def test_a_stale_one_is_refused_by_name_and_the_others_are_done(
    client_for: SignIn, coordinator: Viewer, supervisor: Viewer, cases: list[Case]
) -> None:
    with acting_for(coordinator.organisation):
        services.case_pin(cases[1], actor=supervisor.actor, now=timezone.now())
    said = do(client_for(coordinator), "take", chosen(*cases))
    assert said["text"].startswith("2 taken. Sam changed ") and cases[1].number in said["text"] and said["danger"]
    assert [now_is(case).owner_id for case in cases] == [coordinator.member.pk, None, coordinator.member.pk]


def test_taking_many_is_taken_back_at_once(client_for: SignIn, coordinator: Viewer, cases: list[Case]) -> None:
    client = client_for(coordinator)
    said = do(client, "take", chosen(*cases))
    assert said["text"] == "3 taken." and said["target"] == "list"
    assert undo(client, said)["text"] == "3 as before."
    assert [now_is(case).owner_id for case in cases] == [None, None, None]


def test_what_changed_since_is_not_taken_back(
    client_for: SignIn, coordinator: Viewer, supervisor: Viewer, cases: list[Case]
) -> None:
    client = client_for(coordinator)
    said = do(client, "take", chosen(*cases))
    with acting_for(coordinator.organisation):
        services.case_assign(now_is(cases[0]), to=supervisor.member, actor=supervisor.actor, now=timezone.now())
    answer = undo(client, said)
    assert answer["text"].startswith("2 as before. Sam changed ") and now_is(cases[0]).owner_id == supervisor.member.pk


def test_a_double_click_does_it_once(client_for: SignIn, coordinator: Viewer, cases: list[Case]) -> None:
    client = client_for(coordinator)
    for action, more in (("take", {}), ("snooze", {"after": "1h"}), ("pin", {})):
        posted = chosen(*(now_is(case) for case in cases))
        first = do(client, action, posted, **more)
        versions = [now_is(case).version for case in cases]
        second = do(client, action, posted, **more)
        assert first["text"] == second["text"] and not second["danger"]
        assert second["undo"] is None, "there is nothing that this click did"
        assert versions == [now_is(case).version for case in cases]


def test_given_to_a_colleague_and_back_to_who_had_them(
    client_for: SignIn, coordinator: Viewer, supervisor: Viewer, cases: list[Case]
) -> None:
    with acting_for(coordinator.organisation):
        services.case_take(cases[0], actor=coordinator.actor, now=timezone.now())
    client = client_for(coordinator)
    said = do(client, "assign", chosen(*map(now_is, cases)), to=supervisor.member.pk)
    assert said["text"] == "3 given to Sam."
    assert {now_is(case).owner_id for case in cases} == {supervisor.member.pk}
    undo(client, said)
    assert [now_is(case).owner_id for case in cases] == [coordinator.member.pk, None, None]


def test_asleep_until_a_reply_and_awake_again(client_for: SignIn, coordinator: Viewer, cases: list[Case]) -> None:
    client = client_for(coordinator)
    said = do(client, "snooze", chosen(*cases), after="reply")
    assert said["text"].startswith("3 asleep until a reply, at the latest ")
    found = now_is(cases[0])
    assert found.snoozed_for == "reply" and found.snoozed_until is not None
    assert abs(found.snoozed_until - timezone.now() - timedelta(hours=24)) < timedelta(minutes=5)
    woken = do(client, "unsnooze", chosen(*map(now_is, cases)))
    assert now_is(cases[0]).snoozed_until is None
    undo(client, woken)
    again = now_is(cases[0])
    assert (again.snoozed_for, again.snoozed_until) == ("reply", found.snoozed_until)
    assert undo(client, said)["text"].startswith("0 as before."), "the versions that it knew are gone"


def test_pinned_and_unpinned(client_for: SignIn, coordinator: Viewer, cases: list[Case]) -> None:
    client = client_for(coordinator)
    said = do(client, "pin", chosen(*cases))
    assert all(now_is(case).pinned for case in cases)
    undo(client, said)
    do(client, "pin", chosen(now_is(cases[0])))
    unpinned = do(client, "unpin", chosen(*map(now_is, cases)))
    assert unpinned["text"] == "3 unpinned (2 already were)." and not now_is(cases[0]).pinned
    undo(client, unpinned)
    assert [now_is(case).pinned for case in cases] == [True, False, False]


def test_who_may_not_see_a_case_is_told_what_they_would_be_told_of_none(
    client_for: SignIn, organisation: Organisation, cases: list[Case]
) -> None:
    with acting_for(organisation):
        narrow = make_viewer(organisation, Role.COORDINATOR, "Rita", restricted=True)
    said = do(client_for(narrow), "take", [*chosen(cases[0]), "EX-999999:1"])
    assert said["text"] == " ".join(
        ["0 taken."]
        + [f"There is no case {number}, or it is not yours to see." for number in (cases[0].number, "EX-999999")]
    )
    assert now_is(cases[0]).owner_id is None


def test_those_that_were_so_before_are_told_and_are_not_taken_back(
    client_for: SignIn, coordinator: Viewer, cases: list[Case]
) -> None:
    with acting_for(coordinator.organisation):
        services.case_take(cases[0], actor=coordinator.actor, now=timezone.now())
    client = client_for(coordinator)
    said = do(client, "take", chosen(*map(now_is, cases)))
    assert said["text"] == f"{len(cases)} taken (1 already was)."
    assert undo(client, said)["text"] == f"{len(cases) - 1} as before."
    assert [now_is(case).owner_id for case in cases] == [coordinator.member.pk] + [None] * (len(cases) - 1)
    do(client, "take", chosen(now_is(cases[0])))
    assert do(client, "take", chosen(now_is(cases[0])))["text"] == "1 taken.", "a double click says it once"


def test_a_stranger_can_do_nothing_to_them(client_for: SignIn, stranger: Viewer, cases: list[Case]) -> None:
    assert do(client_for(stranger), "pin", chosen(*cases))["text"].startswith("0 pinned. There is no case")
    assert not now_is(cases[0]).pinned


@pytest.mark.parametrize(
    ("action", "values", "sentence"),
    [
        ("take", [], "Select a case first."),
        ("take", [f"EX-{number}:1" for number in range(101)], "Select at most 100 cases at once."),
        ("assign", ["EX-1:1"], "Choose a colleague from the list."),
        ("merge", ["EX-1:1"], "Select two cases or more to merge them."),
    ],
)
def test_what_cannot_be_meant_is_said(
    client_for: SignIn, coordinator: Viewer, action: str, values: list[str], sentence: str
) -> None:
    assert do(client_for(coordinator), action, values)["text"] == sentence


def test_an_undo_that_we_did_not_write_is_refused(client_for: SignIn, coordinator: Viewer, cases: list[Case]) -> None:
    said = do(client_for(coordinator), "undo", [], token="WyJ0YWtlIl0:x:y")
    assert said["text"] == "This cannot be taken back any more. Look at the cases."


def test_merging_holds_each_to_the_version_that_was_seen(
    client_for: SignIn, coordinator: Viewer, supervisor: Viewer, cases: list[Case]
) -> None:
    with acting_for(coordinator.organisation):
        services.case_take(cases[1], actor=supervisor.actor, now=timezone.now())
    client = client_for(coordinator)
    assert do(client, "merge", chosen(*cases))["text"].startswith("Sam changed")
    assert now_is(cases[0]).is_open and now_is(cases[2]).is_open
    do(client, "merge", chosen(*map(now_is, cases)))
    assert [now_is(case).state for case in cases] == ["new", "merged", "merged"]


def test_an_undo_is_for_who_did_it_only(
    client_for: SignIn, coordinator: Viewer, supervisor: Viewer, stranger: Viewer, cases: list[Case]
) -> None:
    said = do(client_for(coordinator), "take", chosen(*cases))
    for other in (supervisor, stranger):
        assert undo(client_for(other), said)["text"] == "This cannot be taken back any more. Look at the cases."
    assert now_is(cases[0]).owner_id == coordinator.member.pk


def test_of_many_that_are_put_to_sleep_those_that_lose_their_last_chance_are_counted_and_named(
    client_for: SignIn, coordinator: Viewer, cases: list[Case]
) -> None:
    now = timezone.now()
    with acting_for(coordinator.organisation):
        for case, hours, is_past in zip(cases, (2, 2, 9), (False, True, False), strict=True):
            Case.objects.filter(pk=case.pk).update(act_by=now + hours * HOUR, explanation={"unavoidable": is_past})
    client = client_for(coordinator)
    first = do(client, "snooze", chosen(*cases), after="4h")
    assert first["text"].endswith(f". 1 of them can be acted on only before that: {cases[0].number}.")
    assert first["text"].startswith("3 asleep until ") and not first["danger"]
    undo(client, first)
    soon = do(client, "snooze", chosen(*map(now_is, cases)), after="1h")
    assert "acted on" not in soon["text"]


def test_one_that_refuses_to_sleep_loses_nothing_by_it(
    client_for: SignIn, coordinator: Viewer, supervisor: Viewer, cases: list[Case]
) -> None:
    with acting_for(coordinator.organisation):
        Case.objects.update(act_by=timezone.now() + HOUR, explanation={})
        services.case_pin(cases[1], actor=supervisor.actor, now=timezone.now())
    said = do(client_for(coordinator), "snooze", chosen(*cases), after="4h")
    assert f"2 of them can be acted on only before that: {cases[0].number}, {cases[2].number}." in said["text"]
