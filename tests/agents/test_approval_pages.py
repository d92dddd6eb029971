"""The approvals pages: what a person sees before deciding, and what happens when they do."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from agents.proposals.models import Decision, Proposal
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation
from controltower.tenancy.viewer import Viewer
from exceptions.cases.models import Case
from tests.agents.conftest import HOUR, eta

pytestmark = pytest.mark.django_db(transaction=True)
Proposed = dict[str, Proposal]
SignIn = Callable[..., Client]


def text_of(html: str) -> str:
    """What a reader sees, on one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def page(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, response.content[:500]
    return response.content.decode()


def decide(client: Client, proposal: Proposal, choice: str, **fields: str) -> tuple[int, str]:
    posted = {"digest": proposal.digest, "choice": choice, "text": "", **fields}
    response = client.post(f"/approvals/{proposal.number}/decide/", posted)
    return response.status_code, response.content.decode()


def test_the_list_and_the_card_say_what_a_decision_stands_on(
    proposed: Proposed, supervisor: Viewer, client_for: SignIn
) -> None:
    client, notice = client_for(supervisor), proposed["send_notice"]
    listed = text_of(page(client, "/approvals/"))
    assert notice.number in listed and "Nora North at Northgate (nora@northgate.example)" in listed
    html = page(client, f"/approvals/{notice.number}/")
    card = text_of(html)
    order = [
        "An e-mail about EX-",
        "It is sent at once",
        "Why you are asked",
        "What the reader gets",
        "Facts it stands on",
        "What was not known",
        "Where it comes from",
        "Record my decision",
    ]
    places = [card.index(each) for each in order]
    assert places == sorted(places)
    assert "rules, because no model is configured" in card
    assert html.count('<details class="proof">') >= 1 and "New ETA" in card
    classification = text_of(page(client, f"/approvals/{proposed['set_classification'].number}/"))
    assert "Tractor or trailer breakdown" in classification and "broke down near Joplin" in classification


def test_nothing_is_chosen_beforehand_and_enter_does_not_decide(
    proposed: Proposed, supervisor: Viewer, client_for: SignIn
) -> None:
    html = page(client_for(supervisor), f"/approvals/{proposed['send_notice'].number}/")
    form = html[html.index("/decide/") :]
    form = form[: form.index("</form>")]
    assert "checked" not in form and "autofocus" not in form
    buttons = re.findall(r"<button[^>]*>", form)
    assert "disabled" in buttons[0], "Enter presses the first button, which does nothing"
    assert 'value="approve"' in form and 'value="wrong_fact"' in form


def test_a_supervisor_approves_and_the_page_offers_to_call_it_back(
    proposed: Proposed,
    supervisor: Viewer,
    client_for: SignIn,
    organisation: Organisation,
    run_jobs: Callable[[], int],
) -> None:
    organisation.hold_seconds = 60
    organisation.save()
    client, notice = client_for(supervisor), proposed["send_notice"]
    assert decide(client, notice, "approve")[0] == 302
    run_jobs()
    card = page(client, f"/approvals/{notice.number}/")
    assert "Call back" in card and "Approved by" in text_of(card)
    assert notice.number in text_of(page(client, "/approvals/")).split("can still be called back")[1]
    assert client.post(f"/approvals/{notice.number}/cancel/").status_code == 302
    assert "Called back" in text_of(page(client, f"/approvals/{notice.number}/"))


def test_a_case_folds_away_what_nobody_can_decide_any_more(
    proposed: Proposed, supervisor: Viewer, client_for: SignIn, organisation: Organisation
) -> None:
    client, notice, other = client_for(supervisor), proposed["send_notice"], proposed["set_classification"]
    with acting_for(organisation):
        path = f"/approvals/cases/{Case.objects.get(pk=notice.case_id).number}/"
    assert "<details" not in page(client, path).partition('id="main"')[2]
    with acting_for(organisation):
        Proposal.objects.filter(pk=other.pk).update(state="superseded")
    shown, _, folded = page(client, path).partition('<details class="disclosure">')
    assert f'id="proposal-{notice.number}"' in shown and f'id="proposal-{other.number}"' in folded
    assert "1 overtaken or no longer of use" in text_of(folded)


def test_a_stale_approval_shows_the_difference_and_keeps_the_words(
    proposed: Proposed, supervisor: Viewer, client_for: SignIn, organisation: Organisation, present: datetime
) -> None:
    notice = proposed["send_notice"]
    with acting_for(organisation):
        eta("482913007", present + HOUR / 60, present + 12 * HOUR)
    status, html = decide(client_for(supervisor), notice, "approve", text="as agreed with Nora")
    assert status == 409
    assert "New ETA changed from" in text_of(html) and "as agreed with Nora" in html
    with acting_for(organisation):
        assert not Decision.objects.exists()


def test_no_choice_or_no_reason_is_said_beside_the_form(
    proposed: Proposed, supervisor: Viewer, client_for: SignIn
) -> None:
    client, notice = client_for(supervisor), proposed["send_notice"]
    status, html = decide(client, notice, "")
    assert status == 422 and "Choose one before you press the button." in html
    status, html = decide(client, notice, "other")
    assert status == 422 and "Say in a few words why." in html
    status, _ = decide(client, notice, "tone")
    assert status == 302


def test_beyond_the_limit_the_card_says_whom_to_ask(
    proposed: Proposed, supervisor: Viewer, client_for: SignIn, organisation: Organisation
) -> None:
    with acting_for(organisation):
        Case.objects.update(at_risk=6_000_000)
    client, notice = client_for(supervisor), proposed["send_notice"]
    assert "Ask somebody with a higher limit" in page(client, f"/approvals/{notice.number}/")
    status, html = decide(client, notice, "approve")
    assert status == 403 and "Ask somebody with a higher limit" in html


def test_who_may_see_edit_and_decide(
    proposed: Proposed,
    supervisor: Viewer,
    coordinator: Viewer,
    auditor: Viewer,
    stranger: Viewer,
    client_for: SignIn,
) -> None:
    notice = proposed["send_notice"]
    paths = [f"/approvals/{notice.number}/", f"/approvals/{notice.number}/edit/", f"/approvals/{notice.number}/decide/"]
    expected = {supervisor: (200, 200, 422), coordinator: (200, 200, 403), auditor: (200, 403, 403)}
    for viewer, statuses in expected.items():
        client = client_for(viewer)
        got = (client.get(paths[0]), client.get(paths[1]), client.post(paths[2]))
        assert tuple(response.status_code for response in got) == statuses
    client = client_for(stranger)
    statuses = [client.get(paths[0]), client.get(paths[1]), client.post(paths[2], {"choice": "approve"})]
    assert [response.status_code for response in statuses] == [404, 404, 404]
    assert notice.number not in page(client, "/approvals/")


def test_a_person_writes_their_own_version_and_the_checker_answers(
    proposed: Proposed, coordinator: Viewer, client_for: SignIn, organisation: Organisation
) -> None:
    client, notice = client_for(coordinator), proposed["send_notice"]
    html = page(client, f"/approvals/{notice.number}/edit/")
    fields = dict(re.findall(r'<textarea name="(line_\d+)"[^>]*>\s*(.*?)</textarea>', html, re.DOTALL))
    roles = re.findall(r'<select name="(role_\d+)".*?<option value="(\w+)" selected', html, re.DOTALL)
    posted = {**fields, **dict(roles), "digest": notice.digest, "override": ""}
    last = max(fields, key=lambda name: int(name.partition("_")[2]))
    posted |= {last: "It will be there on Friday.", last.replace("line", "role"): "next_step"}
    refused = client.post(f"/approvals/{notice.number}/edit/", posted)
    assert refused.status_code == 422
    assert "Friday" in refused.content.decode() and "written by hand" in text_of(refused.content.decode())
    posted[last] = "We are sorry for the trouble."
    posted[last.replace("line", "role")] = "apology"
    assert client.post(f"/approvals/{notice.number}/edit/", posted).status_code == 302
    card = text_of(page(client, f"/approvals/{notice.number}/"))
    assert "revision 2" in card and "What Cora changed" in card and "We are sorry for the trouble." in card


def test_a_classification_can_be_edited_too(proposed: Proposed, coordinator: Viewer, client_for: SignIn) -> None:
    proposal = proposed["set_classification"]
    posted = {**proposal.payload, "severity": "S1", "digest": proposal.digest}
    client = client_for(coordinator)
    assert client.post(f"/approvals/{proposal.number}/edit/", posted).status_code == 302
    assert "edited by Cora" in text_of(page(client, f"/approvals/{proposal.number}/"))


def test_the_case_page_loads_its_proposals_through_a_real_link(
    proposed: Proposed, coordinator: Viewer, client_for: SignIn
) -> None:
    client, notice = client_for(coordinator), proposed["send_notice"]
    case_page = page(client, f"/cases/{notice.case.number}/")
    link = f"/approvals/cases/{notice.case.number}/"
    assert f'hx-get="{link}"' in case_page and f'href="{link}"' in case_page
    fragment = client.get(link, headers={"HX-Request": "true", "HX-Target": "proposals"}).content.decode()
    assert notice.number in fragment and "<html" not in fragment
    assert "<html" in page(client, link)


def test_pages_stay_within_their_query_budget(
    proposed: Proposed, supervisor: Viewer, client_for: SignIn, django_assert_max_num_queries: Callable[..., object]
) -> None:
    client, notice = client_for(supervisor), proposed["send_notice"]
    link = f"/approvals/cases/{notice.case.number}/"
    client.get("/approvals/")
    with django_assert_max_num_queries(14):  # 12, BEGIN and set_config
        client.get("/approvals/")
    with django_assert_max_num_queries(14):
        client.get(link, headers={"HX-Request": "true", "HX-Target": "proposals"})
