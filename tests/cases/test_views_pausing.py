"""Stopping the contract's clock from the page of the case: noted by one, accepted by who may, ended."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from controltower.audit import reading
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Member, Organisation, Role
from controltower.tenancy.viewer import Viewer
from exceptions.cases.models import Case, CasePause, Commitment
from exceptions.cases.services import case_mark_not_exception, case_note, case_price
from exceptions.parties.models import AccountKind
from tests.cases.conftest import HOUR, book, make_account, make_term, tell
from tests.conftest import make_viewer

pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]
DETAIL = {"HX-Request": "true", "HX-Target": "detail"}
FLAT = {"kind": "flat", "amount": "8000", "currency": "USD"}


@pytest.fixture
def case(organisation: Organisation) -> Case:
    """A late delivery with a window in the contract, due in six hours."""
    now = timezone.now()
    with acting_for(organisation):
        customer = make_account("NORTHGATE", AccountKind.CUSTOMER)
        make_term(customer, "delivery_window", FLAT)
        book("P1", now - 2 * HOUR, now + 6 * HOUR, customer=customer)
        (made,) = tell("shipment.delayed", "P1", now - HOUR)
        case_price(made, now=now - HOUR)
    return made


def fresh(case: Case) -> Case:
    with acting_for(case.organisation_id):
        return Case.objects.get(pk=case.pk)


def typed(case: Case, at: datetime) -> str:
    with acting_for(case.organisation_id):
        zone = Case.objects.select_related("organisation").get(pk=case.pk).organisation.time_zone
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}"


def note(client: Client, case: Case, **given: Any) -> Any:
    data = {
        "version": fresh(case).version,
        "reason": "weather",
        "evidence": "Highway patrol closed I-40",
        "since": typed(case, timezone.now() - HOUR),
    }
    return client.post(f"/cases/{case.number}/pause/", data | given)


def act(client: Client, case: Case, name: str, **given: Any) -> Any:
    with acting_for(case.organisation_id):
        pause = CasePause.objects.order_by("-pk").values_list("pk", flat=True).first()
    data = {"version": fresh(case).version, "pause": pause}
    return client.post(f"/cases/{case.number}/{name}/", data | given)


def page(client: Client, case: Case) -> str:
    text = client.get(f"/cases/{case.number}/", headers=DETAIL).content.decode()
    return " ".join(text.split())


def window(case: Case) -> Commitment:
    with acting_for(case.organisation_id):
        return Commitment.objects.get(case=case, key__startswith="delivery_window:")


def priced(case: Case) -> None:
    with acting_for(case.organisation_id):
        case_price(Case.objects.get(pk=case.pk), now=timezone.now())


def test_a_noted_cause_stands_on_the_case_and_moves_nothing_until_it_is_accepted(
    client_for: SignIn, coordinator: Viewer, case: Case
) -> None:
    client = client_for(coordinator)
    assert "It runs." in page(client, case)
    due = window(case).due_at
    assert note(client, case).status_code == 302
    priced(case)
    shown = page(client, case)
    assert "Weather or natural disaster" in shown and "Highway patrol closed I-40" in shown
    assert "not accepted" in shown and "Nobody has accepted it, so it moves nothing. A supervisor can." in shown
    assert "noted by Cora" in shown and "going on" in shown
    assert "Note a cause" not in shown, "one cause at a time"
    assert window(case).due_at == due and "What it moved" not in shown


def test_who_may_accepts_it_and_the_case_says_what_it_moved(
    client_for: SignIn, coordinator: Viewer, supervisor: Viewer, case: Case
) -> None:
    note(client_for(coordinator), case)
    client = client_for(supervisor)
    assert f"/cases/{case.number}/pause_accept/" in page(client, case)
    assert act(client, case, "pause_accept").status_code == 302
    assert "What it moves is being worked out." in page(client, case)
    priced(case)
    shown = page(client, case)
    assert "accepted by Sam" in shown and "Stopped" in shown
    assert "delivery_window of NORTHGATE-0 (" in shown and "stopped; by the customer's clock" in shown
    assert f"/cases/{case.number}/pause_accept/" not in shown

    felt = window(case).felt_due_at
    with acting_for(case.organisation_id):
        began = CasePause.objects.get().started_at
    ended = began + timedelta(minutes=30)
    assert act(client, case, "pause_end", ended_at=typed(case, ended)).status_code == 302
    priced(case)
    assert window(case).due_at == felt + timedelta(minutes=30) and window(case).felt_due_at == felt
    shown = page(client, case)
    assert "instead of" in shown and "Stopped" not in shown and "Note a cause" in shown


def test_an_accepted_cause_that_moves_nothing_says_so(client_for: SignIn, supervisor: Viewer, case: Case) -> None:
    client = client_for(supervisor)
    since = timezone.now() - HOUR
    note(client, case, since=typed(case, since))
    act(client, case, "pause_end", ended_at=typed(case, since))
    act(client, case, "pause_accept")
    priced(case)
    assert "It moves no deadline of this case." in page(client, case)


def test_the_trail_names_who_did_what_without_the_evidence(
    client_for: SignIn, coordinator: Viewer, supervisor: Viewer, case: Case, organisation: Organisation
) -> None:
    note(client_for(coordinator), case)
    act(client_for(supervisor), case, "pause_accept")
    act(client_for(coordinator), case, "pause_end", ended_at=typed(case, timezone.now()))
    with acting_for(organisation):
        entries = [entry for entry in reading.entries(organisation.pk) if entry.verb.startswith("pause.")]
    assert [(entry.verb, entry.actor) for entry in entries] == [
        ("pause.noted", f"member:{coordinator.member.pk}"),
        ("pause.accepted", f"member:{supervisor.member.pk}"),
        ("pause.ended", f"member:{coordinator.member.pk}"),
    ]
    assert all("I-40" not in entry.after for entry in entries)


def test_a_coordinator_is_not_offered_to_accept_and_is_refused_with_a_sentence(
    client_for: SignIn, coordinator: Viewer, case: Case
) -> None:
    client = client_for(coordinator)
    note(client, case)
    assert f"/cases/{case.number}/pause_accept/" not in page(client, case)
    refused = act(client, case, "pause_accept")
    assert refused.status_code == 403 and "Only a supervisor may decide this" in refused.content.decode()
    with acting_for(case.organisation_id):
        assert CasePause.objects.get().accepted_at is None


def test_a_limit_that_does_not_cover_the_case_refuses_with_both_figures(
    client_for: SignIn, supervisor: Viewer, case: Case, organisation: Organisation
) -> None:
    priced(case)
    with acting_for(organisation):
        Member.objects.filter(pk=supervisor.member.pk).update(authority_limit=Decimal(10))
    client = client_for(supervisor)
    note(client, case)
    refused = act(client, case, "pause_accept")
    assert refused.status_code == 403 and "your limit is 10" in refused.content.decode()


@pytest.mark.parametrize("headers", [{}, DETAIL], ids=["page", "htmx"])
def test_who_looked_at_an_older_version_keeps_what_they_typed(
    client_for: SignIn, coordinator: Viewer, supervisor: Viewer, case: Case, headers: dict[str, str]
) -> None:
    seen = fresh(case).version
    with acting_for(case.organisation_id):
        case_note(Case.objects.get(), text="Called", actor=supervisor.actor, now=timezone.now())
        Case.objects.update(version=seen + 1)
    answer = client_for(coordinator).post(
        f"/cases/{case.number}/pause/",
        {"version": seen, "reason": "weather", "evidence": "Patrol report", "since": typed(case, timezone.now())},
        headers=headers,
    )
    text = answer.content.decode()
    assert answer.status_code == 409 and "Patrol report" in text and f"changed {case.number}" in text
    with acting_for(case.organisation_id):
        assert not CasePause.objects.exists()


def test_the_second_of_a_double_click_finds_it_accepted(client_for: SignIn, supervisor: Viewer, case: Case) -> None:
    client = client_for(supervisor)
    note(client, case)
    seen = fresh(case).version
    assert act(client, case, "pause_accept", version=seen).status_code == 302
    assert act(client, case, "pause_accept", version=seen).status_code == 302


def test_what_is_missing_or_lies_ahead_is_said_in_the_form(client_for: SignIn, coordinator: Viewer, case: Case) -> None:
    client = client_for(coordinator)
    missing = note(client, case, evidence=" ")
    assert missing.status_code == 422 and "This field is required" in missing.content.decode()
    ahead = note(client, case, since=typed(case, timezone.now() + 3 * HOUR))
    assert ahead.status_code == 422 and "The beginning is in the future" in ahead.content.decode()
    for edge in ("0001-01-01T00:00", "9999-12-31T23:59"):
        assert note(client, case, since=edge).status_code == 422
    unknown = note(client, case, reason="unknown")
    assert unknown.status_code == 422
    note(client, case)
    early = act(client, case, "pause_end", ended_at=typed(case, timezone.now() - 9 * HOUR))
    text = early.content.decode()
    assert early.status_code == 422 and "It ended after it began" in text
    assert text.count("It ended after it began") == 1, "in its form and nowhere else"


def test_telling_the_other_side_later_is_kept(client_for: SignIn, supervisor: Viewer, case: Case) -> None:
    client = client_for(supervisor)
    note(client, case)
    assert "other side not told yet" in page(client, case)
    assert act(client, case, "pause_told", told_at=typed(case, timezone.now())).status_code == 302
    shown = page(client, case)
    assert "other side told" in shown and f"/cases/{case.number}/pause_told/" not in shown


def test_a_cause_of_another_case_is_not_ended_from_here(
    client_for: SignIn, supervisor: Viewer, case: Case, organisation: Organisation
) -> None:
    note(client_for(supervisor), case)
    now = timezone.now()
    with acting_for(organisation):
        book("P2", now - 2 * HOUR, now + 6 * HOUR)
        (other,) = tell("shipment.delayed", "P2", now - HOUR)
    answer = act(client_for(supervisor), other, "pause_end", ended_at=typed(case, timezone.now()))
    assert answer.status_code == 422
    with acting_for(organisation):
        assert CasePause.objects.get().ended_at is None


def test_neither_a_stranger_nor_who_does_not_see_the_customer_can_touch_it(
    client_for: SignIn, supervisor: Viewer, stranger: Viewer, organisation: Organisation, case: Case
) -> None:
    note(client_for(supervisor), case)
    narrow = make_viewer(organisation, Role.SUPERVISOR, "Rita", restricted=True, authority_limit=Decimal(50000))
    for viewer in (stranger, narrow):
        client = client_for(viewer)
        assert note(client, case).status_code == 404
        for name in ("pause_accept", "pause_told", "pause_end", "pause_withdraw"):
            when = typed(case, timezone.now())
            assert act(client, case, name, told_at=when, ended_at=when, why="x").status_code == 404
    with acting_for(organisation):
        pause = CasePause.objects.get()
    assert pause.accepted_at is None and pause.ended_at is None and pause.notified_at is None


def test_an_auditor_reads_it_and_has_no_buttons(
    client_for: SignIn, supervisor: Viewer, auditor: Viewer, case: Case
) -> None:
    note(client_for(supervisor), case)
    shown = page(client_for(auditor), case)
    assert "Highway patrol closed I-40" in shown and "/pause" not in shown


def test_an_accepted_cause_is_withdrawn_with_a_reason_that_the_case_and_the_trail_keep(
    client_for: SignIn, coordinator: Viewer, supervisor: Viewer, case: Case, organisation: Organisation
) -> None:
    due = window(case).due_at
    note(client_for(coordinator), case)
    client = client_for(supervisor)
    act(client, case, "pause_accept")
    priced(case)
    shown = page(client, case)
    assert f"/cases/{case.number}/pause_withdraw/" in shown and "as if nothing had stopped it" in shown
    assert f"/cases/{case.number}/pause_withdraw/" not in page(client_for(coordinator), case)
    assert act(client_for(coordinator), case, "pause_withdraw", why="No").status_code == 403
    unsaid = act(client, case, "pause_withdraw", why=" ")
    assert unsaid.status_code == 422 and "This field is required" in unsaid.content.decode()
    seen = fresh(case).version
    assert act(client, case, "pause_withdraw", why="That was I-44", version=seen).status_code == 302
    assert act(client, case, "pause_withdraw", why="That was I-44", version=seen).status_code == 302, "double click"
    shown = page(client, case)
    assert "What it moves is being worked out." in shown and "Stopped" not in shown
    priced(case)
    shown = page(client, case)
    assert "withdrawn by Sam" in shown and "That was I-44" in shown and "Sam had accepted it" in shown
    assert "Stopped" not in shown and "/pause_end/" not in shown and "Note a cause" in shown
    assert window(case).due_at == due
    with acting_for(organisation):
        last = [entry for entry in reading.entries(organisation.pk) if entry.verb.startswith("pause.")][-1]
    assert (last.verb, last.actor) == ("pause.withdrawn", f"member:{supervisor.member.pk}")
    assert "I-44" not in last.after and '"withdrawn_why"' in last.after


def test_who_only_noted_a_cause_takes_it_back_without_a_supervisor(
    client_for: SignIn, coordinator: Viewer, case: Case
) -> None:
    client = client_for(coordinator)
    note(client, case)
    shown = page(client, case)
    assert "/pause_withdraw/" in shown and "as if nothing had stopped it" not in shown
    assert act(client, case, "pause_withdraw", why="Wrong case").status_code == 302
    assert "withdrawn by Cora" in page(client, case)


def test_of_a_closed_case_a_cause_can_still_be_withdrawn_but_not_accepted(
    client_for: SignIn, supervisor: Viewer, case: Case
) -> None:
    client = client_for(supervisor)
    note(client, case)
    act(client, case, "pause_accept")
    with acting_for(case.organisation_id):
        case_mark_not_exception(Case.objects.get(), actor=supervisor.actor, now=timezone.now())
    shown = page(client, case)
    assert "/pause_withdraw/" in shown and "/pause_accept/" not in shown and "Note a cause" not in shown
    assert act(client, case, "pause_withdraw", why="A mistake").status_code == 302
