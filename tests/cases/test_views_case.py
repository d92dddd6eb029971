"""The case page: acting on it, being too late, and taking it back."""

from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation
from controltower.tenancy.viewer import Viewer
from controltower.web import formats
from controltower.web.toast import pending
from exceptions.cases.models import Case, CaseState, Interaction
from exceptions.cases.services import case_take
from exceptions.parties.models import AccountKind, Contact, ContactRole
from tests.cases.conftest import HOUR, make_account
from tests.cases.test_views_pausing import typed
from tests.cases.test_views_queue import HTMX, case, statements

__all__ = ["case", "statements"]
pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]
DETAIL = {**HTMX, "HX-Target": "detail"}


def fresh(case: Case) -> Case:
    with acting_for(case.organisation_id):
        return Case.objects.select_related("owner__user").get(pk=case.pk)


def post(client: Client, case: Case, action: str, **data: object) -> HttpResponse:
    return client.post(f"/cases/{case.number}/{action}/", {"version": case.version, **data})


def test_the_page_has_the_queue_beside_the_case(client_for: SignIn, coordinator: Viewer, case: Case) -> None:
    text = client_for(coordinator).get(f"/cases/{case.number}/").content.decode()
    assert text.count("<h1") == 1 and 'id="case-title"' in text
    assert 'aria-current="true"' in text and "All open" in text


def test_htmx_gets_the_case_alone(client_for: SignIn, coordinator: Viewer, case: Case) -> None:
    text = client_for(coordinator).get(f"/cases/{case.number}/", headers=DETAIL).content.decode()
    assert text.startswith("<article") and "<html" not in text and "<template data-row>" in text


def test_coming_back_through_the_history_gets_the_whole_page(
    client_for: SignIn, coordinator: Viewer, case: Case
) -> None:
    headers = {**DETAIL, "HX-History-Restore-Request": "true"}
    assert "<html" in client_for(coordinator).get(f"/cases/{case.number}/", headers=headers).content.decode()


def test_what_is_at_stake_is_told_in_whole_units_as_the_sentence_beside_it_tells_it(
    client_for: SignIn, coordinator: Viewer, case: Case
) -> None:
    with acting_for(case.organisation_id):
        Case.objects.filter(pk=case.pk).update(avoidable=138136, lost=250)
    text = client_for(coordinator).get(f"/cases/{case.number}/", headers=DETAIL).content.decode()
    assert ">1,381" in text and "1,381.36" not in text
    assert ">2.50" in text


def test_a_stranger_finds_nothing_here(client_for: SignIn, stranger: Viewer, case: Case) -> None:
    client = client_for(stranger)
    page = client.get(f"/cases/{case.number}/")
    assert page.status_code == 404 and "482913007" not in page.content.decode()
    assert client.post(f"/cases/{case.number}/take/", {"version": 1}).status_code == 404
    assert fresh(case).owner_id is None


def test_an_auditor_looks_but_does_not_touch(client_for: SignIn, auditor: Viewer, case: Case) -> None:
    client = client_for(auditor)
    page = client.get(f"/cases/{case.number}/")
    assert page.status_code == 200 and f"/cases/{case.number}/take/" not in page.content.decode()
    refused = client.post(f"/cases/{case.number}/take/", {"version": case.version})
    assert refused.status_code == 403 and "auditor" in refused.content.decode()
    assert fresh(case).owner_id is None


def test_nothing_changes_by_looking(client_for: SignIn, coordinator: Viewer, case: Case) -> None:
    assert client_for(coordinator).get(f"/cases/{case.number}/take/").status_code == 405
    assert fresh(case).owner_id is None


def test_taking_it_says_so_and_offers_the_way_back(client_for: SignIn, coordinator: Viewer, case: Case) -> None:
    client = client_for(coordinator)
    response = client.post(f"/cases/{case.number}/take/", {"version": case.version}, follow=True)
    text = response.content.decode()
    assert response.redirect_chain == [(f"/cases/{case.number}/", 302)]
    assert "Taken: it is yours" in text and f'action="/cases/{case.number}/release/"' in text
    assert fresh(case).owner_id == coordinator.member.pk

    back = fresh(case)
    post(client, back, "release")
    assert fresh(case).owner_id is None


def test_the_filter_survives_an_action(client_for: SignIn, coordinator: Viewer, case: Case) -> None:
    response = client_for(coordinator).post(f"/cases/{case.number}/take/?q=owner%3Anone", {"version": case.version})
    assert response["Location"] == f"/cases/{case.number}/?q=owner%3Anone"


def test_htmx_hears_the_word_in_a_header_after_the_redirect(
    client_for: SignIn, coordinator: Viewer, case: Case
) -> None:
    client = client_for(coordinator)
    response = client.post(f"/cases/{case.number}/take/", {"version": case.version}, headers=DETAIL)
    assert "Tower-Toasts" not in response.headers
    shown = client.get(response["Location"], headers=DETAIL)
    assert "Taken: it is yours" in shown["Tower-Toasts"] and "release" in shown["Tower-Toasts"]


def test_the_second_of_a_double_click_finds_it_done(client_for: SignIn, coordinator: Viewer, case: Case) -> None:
    client = client_for(coordinator)
    post(client, case, "take")
    again = client.post(f"/cases/{case.number}/take/", {"version": case.version})
    assert again.status_code == 302
    with acting_for(case.organisation_id):
        assert fresh(case).timeline.filter(text__startswith="Taken").count() == 1


@pytest.mark.parametrize("headers", [{}, DETAIL], ids=["page", "htmx"])
def test_who_was_faster_is_named_and_the_text_stays(
    client_for: SignIn, coordinator: Viewer, supervisor: Viewer, case: Case, headers: dict[str, str]
) -> None:
    with acting_for(case.organisation_id):
        case_take(Case.objects.get(), actor=supervisor.actor, now=timezone.now())
    response = client_for(coordinator).post(
        f"/cases/{case.number}/resolve/",
        {"version": case.version, "resolution": "Driver swapped at Joplin", "reason_unknown": "on"},
        headers=headers,
    )
    text = response.content.decode()
    assert response.status_code == 409
    assert "Sam changed" in text and "Taken by Sam" in text
    assert "Driver swapped at Joplin" in text
    assert f'name="version" value="{fresh(case).version}"' in text, "sending it again goes through"
    assert ("<html" in text) is (headers == {})
    assert fresh(case).state == CaseState.OPEN


def test_resolving_without_a_word_shows_the_form_again(client_for: SignIn, coordinator: Viewer, case: Case) -> None:
    response = post(client_for(coordinator), case, "resolve")
    assert response.status_code == 422 and "This field is required" in response.content.decode()
    assert fresh(case).state == CaseState.NEW


def test_resolving_with_an_unknown_cause_asks_to_say_so(client_for: SignIn, coordinator: Viewer, case: Case) -> None:
    client = client_for(coordinator)
    response = client.post(f"/cases/{case.number}/resolve/", {"version": case.version, "resolution": "Arrived"})
    assert response.status_code == 422 and "reason stays unknown" in response.content.decode()
    client.post(
        f"/cases/{case.number}/resolve/", {"version": case.version, "resolution": "Arrived", "reason_unknown": "on"}
    )
    assert fresh(case).state == CaseState.RESOLVED


def test_a_note_stands_in_the_timeline_and_is_shown_as_text(
    client_for: SignIn, coordinator: Viewer, case: Case
) -> None:
    client = client_for(coordinator)
    post(client, case, "note", text="<b>Dock 4</b> is closed")
    text = client.get(f"/cases/{case.number}/").content.decode()
    assert "&lt;b&gt;Dock 4&lt;/b&gt; is closed" in text and "<b>Dock 4</b>" not in text


def test_a_next_check_is_set_on_the_organisations_clock(client_for: SignIn, coordinator: Viewer, case: Case) -> None:
    client = client_for(coordinator)
    post(client, case, "next_check", after="1h", expecting="driver back on the road")
    assert "driver back on the road" in client.get(f"/cases/{case.number}/").content.decode()


def test_the_cause_is_set_by_a_person(client_for: SignIn, coordinator: Viewer, case: Case) -> None:
    post(
        client_for(coordinator),
        case,
        "classify",
        type="delivery_late",
        reason="equipment_breakdown",
        responsible_party="carrier",
        excusable="no",
        severity="S1",
    )
    assert (fresh(case).reason, fresh(case).severity) == ("equipment_breakdown", "S1")


def test_a_colleague_from_elsewhere_cannot_be_given_a_case(
    client_for: SignIn, coordinator: Viewer, stranger: Viewer, case: Case
) -> None:
    response = post(client_for(coordinator), case, "assign", to=stranger.member.pk)
    assert response.status_code == 422 and fresh(case).owner_id is None


def test_giving_it_to_a_colleague(client_for: SignIn, coordinator: Viewer, supervisor: Viewer, case: Case) -> None:
    post(client_for(coordinator), case, "assign", to=supervisor.member.pk)
    assert fresh(case).owner_id == supervisor.member.pk


def test_a_call_is_logged_with_contacts_of_the_case_only(
    client_for: SignIn, coordinator: Viewer, case: Case, organisation: Organisation
) -> None:
    """The answer names the contact: whoever sees some accounts only would learn who works at the others."""
    with acting_for(organisation):
        other = make_account("OTHER", AccountKind.CUSTOMER)
        contact = Contact.objects.create(account=other, name="Otto Elsewhere", role=ContactRole.DISPATCH)
    response = post(client_for(coordinator), case, "interaction", contact=contact.pk, channel="call", outcome="reached")
    assert response.status_code == 422
    with acting_for(organisation):
        assert not Interaction.objects.exists()


def test_an_unknown_action_is_not_there(client_for: SignIn, coordinator: Viewer, case: Case) -> None:
    assert post(client_for(coordinator), case, "explode").status_code == 404


def test_the_fragment_stays_within_its_budget_of_questions(
    client_for: SignIn,
    coordinator: Viewer,
    organisation: Organisation,
    case: Case,
    statements: Callable[[], list[str]],
) -> None:
    """Three say who is asking, three answer."""
    client = client_for(coordinator)
    before = len(statements())
    client.get(f"/cases/{case.number}/", headers=DETAIL)
    assert len(statements()) - before <= 6, "\n".join(statements()[before:])


def test_the_page_with_both_halves_stays_within_ten(
    client_for: SignIn, coordinator: Viewer, case: Case, statements: Callable[[], list[str]]
) -> None:
    client = client_for(coordinator)
    before = len(statements())
    client.get(f"/cases/{case.number}/")
    assert len(statements()) - before <= 10, "\n".join(statements()[before:])


def test_the_facts_are_a_page_and_a_fragment(
    client_for: SignIn, coordinator: Viewer, stranger: Viewer, case: Case
) -> None:
    client = client_for(coordinator)
    whole = client.get(f"/cases/{case.number}/facts/").content.decode()
    part = client.get(f"/cases/{case.number}/facts/", headers={**HTMX, "HX-Target": "facts"}).content.decode()
    assert "<html" in whole and part.startswith("<dl")
    assert client_for(stranger).get(f"/cases/{case.number}/facts/").status_code == 404


def test_programs_read_what_a_sleeping_case_waits_for(client_for: SignIn, coordinator: Viewer, case: Case) -> None:
    client = client_for(coordinator)
    assert client.get(f"/api/v1/cases/{case.number}/").json()["snoozed_for"] == ""
    post(client, case, "snooze", after="reply")
    alone = client.get(f"/api/v1/cases/{case.number}/").json()
    (listed,) = client.get("/api/v1/cases/", {"q": "is:snoozed"}).json()["results"]
    assert alone["snoozed_for"] == listed["snoozed_for"] == "reply" and alone["snoozed_until"]


@pytest.mark.parametrize(
    "action, data",
    [
        ("resolve", {"resolution": "Delivered after all", "reason_unknown": "on"}),
        ("not_an_exception", {"why": "The feed was late"}),
        ("assign", {}),
        ("snooze", {"after": "4h"}),
        (
            "classify",
            {
                "type": "delivery_late",
                "reason": "equipment_breakdown",
                "responsible_party": "carrier",
                "excusable": "no",
                "severity": "S1",
            },
        ),
        ("pause", {"reason": "weather", "evidence": "Patrol report"}),
    ],
)
def test_the_second_of_a_double_click_finds_any_form_done(
    client_for: SignIn, coordinator: Viewer, supervisor: Viewer, case: Case, action: str, data: dict[str, object]
) -> None:
    client = client_for(coordinator)
    data = data or {"to": supervisor.member.pk}
    if action == "pause":
        data = {**data, "since": typed(case, timezone.now() - HOUR)}
    assert post(client, case, action, **data).status_code == 302
    done = fresh(case).version
    assert post(client, case, action, **data).status_code == 302
    assert fresh(case).version == done


def test_other_words_for_how_it_ended_are_not_lost_in_silence(
    client_for: SignIn, coordinator: Viewer, supervisor: Viewer, case: Case
) -> None:
    post(client_for(supervisor), case, "resolve", resolution="Delivered", reason_unknown="on")
    late = post(client_for(coordinator), case, "resolve", resolution="Rebooked with Orbit", reason_unknown="on")
    text = late.content.decode()
    assert late.status_code == 409 and "Sam changed" in text
    assert "You typed:" in text and "Rebooked with Orbit" in text


def test_a_note_sent_twice_stands_there_once(
    client_for: SignIn, coordinator: Viewer, supervisor: Viewer, case: Case
) -> None:
    for _ in range(2):
        post(client_for(coordinator), case, "note", text="Dock 4 is closed")
    post(client_for(supervisor), case, "note", text="Dock 4 is closed")
    post(client_for(coordinator), case, "note", text="Dock 5 is open")
    with acting_for(case.organisation_id):
        notes = case.timeline.filter(kind="note").order_by("pk")
        assert [entry.text for entry in notes] == ["Dock 4 is closed", "Dock 4 is closed", "Dock 5 is open"]


def until(case: Case, hours: int, **explained: object) -> Case:
    """Acting on it still helps for so many hours."""
    with acting_for(case.organisation_id):
        told = {"zone": "America/Chicago", "place": "Reno, NV", **explained}
        Case.objects.filter(pk=case.pk).update(
            act_by=timezone.now() + hours * HOUR, explanation=case.explanation | told
        )
    return fresh(case)


def test_the_form_that_lets_a_case_sleep_says_until_when_acting_is_possible_and_which_choice_is_too_late(
    client_for: SignIn, coordinator: Viewer, case: Case
) -> None:
    client, case = client_for(coordinator), until(case, 2, unavoidable=False)
    form = client.get(f"/cases/{case.number}/").context["forms"]["snooze"]
    assert case.act_by is not None
    clock = formats.clock(case.act_by, "America/Chicago", timezone.now())
    assert form["after"].help_text == f"Acting is possible until {clock} Reno, NV only."
    said = dict(form.fields["after"].choices)
    assert said["1h"] == "In 1 hour" and said["4h"] == "In 4 hours, too late to act"
    assert said["reply"] == "A reply arrives, which may be too late to act"
    until(case, -1)
    assert "Acting is possible" not in client.get(f"/cases/{case.number}/").content.decode(), "it is past already"
    until(case, 2, unavoidable=True)
    assert "Acting is possible" not in client.get(f"/cases/{case.number}/").content.decode(), "nothing helps"


@pytest.mark.parametrize(("after", "is_late"), [("1h", False), ("4h", True), ("reply", True)])
def test_who_lets_a_case_sleep_past_its_last_chance_is_told_so_and_may(
    client_for: SignIn, coordinator: Viewer, case: Case, after: str, is_late: bool
) -> None:
    case = until(case, 2, unavoidable=False)
    response = post(client_for(coordinator), case, "snooze", after=after)
    said = pending(response.wsgi_request)[-1]["text"]
    assert fresh(case).snoozed_until is not None and said.startswith("Asleep until ")
    assert ("Acting is possible until" in said and said.endswith(" Reno, NV only.")) is is_late
