"""A storm over one city: proposed from its cases, confirmed or dismissed by a person, worked on together."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from guardian.shortcuts import assign_perm

from controltower.audit.models import AuditEntry
from controltower.errors import Conflict, Invalid, NotFound
from controltower.jobs.models import Job
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation, Role
from controltower.tenancy.viewer import Viewer
from exceptions.cases import selectors, services
from exceptions.cases.jobs import disruptions as sweep_disruptions
from exceptions.cases.jobs import gaps as sweep_gaps
from exceptions.cases.models import Case, Disruption, DisruptionState
from exceptions.parties.models import AccountKind
from tests.cases.conftest import HOUR, book, eta, make_account
from tests.conftest import make_viewer

pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]


@pytest.fixture
def at() -> datetime:
    return timezone.now()


@pytest.fixture
def storm(organisation: Organisation, at: datetime) -> list[Case]:
    """Five trucks to Elko that will be late, and one to Reno."""
    with acting_for(organisation):
        return [late(str(700 + number), "Elko" if number < 5 else "Reno", at) for number in range(6)]


def late(number: str, city: str, at: datetime, **more: Any) -> Case:
    book(number, at - 2 * HOUR, at + 5 * HOUR, city=city, **more)
    (case,) = eta(number, at, at + 9 * HOUR)
    return case


def disruptions(at: datetime) -> int:
    """Look for causes; how many are new."""
    with acting_for(Organisation.objects.get(slug="meridian")):
        return len(services.disruptions_propose(now=at))


@pytest.fixture
def proposed(storm: list[Case], organisation: Organisation, at: datetime) -> Disruption:
    assert disruptions(at) == 1
    with acting_for(organisation):
        return Disruption.objects.get()


def by(viewer: Viewer, at: datetime) -> dict[str, Any]:
    return {"actor": viewer.actor, "now": at}


def test_what_is_late_in_one_city_is_proposed_once(
    proposed: Disruption, storm: list[Case], acting: Any, at: datetime
) -> None:
    assert (proposed.name, proposed.state, proposed.place) == ("Trouble at Elko", DisruptionState.PROPOSED, "Elko")
    assert proposed.proposed == [case.pk for case in storm[:5]]
    assert disruptions(at) == 0 and Disruption.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_each_organisation_is_looked_at_by_a_job_of_its_own_and_once(
    storm: list[Case], organisation: Organisation, at: datetime, run_jobs: Callable[[], int]
) -> None:
    assert [sweep_disruptions(at), sweep_disruptions(at), sweep_gaps(at), sweep_gaps(at)] == [1, 0, 1, 0]
    with acting_for(organisation):
        assert not Disruption.objects.exists()
    run_jobs()
    with acting_for(organisation):
        assert Disruption.objects.get().name == "Trouble at Elko"
        assert Job.objects.filter(kind="cases.learn_gaps", state="done").count() == 1


def test_a_proposal_grows_with_its_cases_and_goes_with_them(
    proposed: Disruption, storm: list[Case], acting: Any, coordinator: Viewer, at: datetime
) -> None:
    late("801", "Elko", at + HOUR)
    disruptions(at + HOUR)
    assert len(Disruption.objects.get().proposed) == 6
    for case in Case.objects.all():
        services.case_mark_not_exception(case, why="No storm", **by(coordinator, at))
    disruptions(at + HOUR)
    assert not Disruption.objects.exists()


def test_confirmed_its_cases_stand_together_and_each_is_still_decided_singly(
    proposed: Disruption, storm: list[Case], acting: Any, coordinator: Viewer, at: datetime
) -> None:
    row = services.disruption_confirm(
        proposed, cases=[case.pk for case in storm[:4]], name="Storm over Elko", **by(coordinator, at)
    )
    assert (row.state, row.name, row.confirmed_by) == (DisruptionState.CONFIRMED, "Storm over Elko", coordinator.member)
    assert Case.objects.filter(disruption=row).count() == 4
    assert storm[0].timeline.order_by("-id")[0].text == "Part of Storm over Elko, says Cora"
    assert AuditEntry.objects.filter(verb="disruption.confirmed").count() == 1
    services.case_resolve(Case.objects.get(pk=storm[0].pk), reason_unknown=True, **by(coordinator, at))
    assert Case.objects.filter(disruption=row, state="new").count() == 3


def test_more_of_the_same_is_offered_to_a_confirmed_one_and_joins_when_a_person_says_so(
    proposed: Disruption, storm: list[Case], acting: Any, coordinator: Viewer, at: datetime
) -> None:
    row = services.disruption_confirm(
        proposed, cases=[case.pk for case in storm[:5]], name="Storm", **by(coordinator, at)
    )
    more = [late(str(810 + number), "Elko", at + HOUR) for number in range(4)]
    assert disruptions(at + HOUR) == 0
    row.refresh_from_db()
    offered = selectors.disruption_candidates(coordinator, row)
    assert {each.number for each in offered} == {case.number for case in more}
    services.disruption_add(row, cases=[more[0].pk], **by(coordinator, at))
    assert Case.objects.filter(disruption=row).count() == 6


def test_dismissed_it_stays_dismissed_for_these_cases(
    proposed: Disruption, acting: Any, coordinator: Viewer, at: datetime
) -> None:
    services.disruption_dismiss(proposed, **by(coordinator, at))
    assert disruptions(at + HOUR) == 0
    late("820", "Elko", at + HOUR)
    assert disruptions(at + 2 * HOUR) == 0
    for number in range(821, 824):
        late(str(number), "Elko", at + HOUR)
    assert disruptions(at + 3 * HOUR) == 1


def test_every_decision_can_be_taken_back(
    proposed: Disruption, storm: list[Case], acting: Any, coordinator: Viewer, at: datetime
) -> None:
    who = by(coordinator, at)
    services.disruption_confirm(proposed, cases=[case.pk for case in storm[:5]], name="Storm", **who)
    services.disruption_end(proposed, **who)
    assert services.disruption_reconsider(proposed, **who).state == DisruptionState.CONFIRMED
    back = services.disruption_reconsider(proposed, **who)
    assert back.state == DisruptionState.PROPOSED and not Case.objects.filter(disruption=back).exists()
    services.disruption_dismiss(proposed, **who)
    assert services.disruption_reconsider(proposed, **who).dismissed_by is None


def test_the_second_to_decide_is_told_who_was_first(
    proposed: Disruption, storm: list[Case], acting: Any, coordinator: Viewer, supervisor: Viewer, at: datetime
) -> None:
    services.disruption_dismiss(proposed, **by(supervisor, at))
    with pytest.raises(Conflict, match="Sam has decided"):
        services.disruption_confirm(proposed, cases=[case.pk for case in storm], name="Storm", **by(coordinator, at))


def test_one_case_or_no_name_is_no_disruption(
    proposed: Disruption, storm: list[Case], acting: Any, coordinator: Viewer, at: datetime
) -> None:
    with pytest.raises(Invalid, match="one is no disruption"):
        services.disruption_confirm(proposed, cases=[storm[0].pk], name="Storm", **by(coordinator, at))
    with pytest.raises(Invalid, match="name"):
        services.disruption_confirm(proposed, cases=proposed.proposed, name=" ", **by(coordinator, at))


def test_who_sees_some_accounts_sees_no_disruption_of_others(
    proposed: Disruption, organisation: Organisation, acting: Any
) -> None:
    dan = make_viewer(organisation, Role.COORDINATOR, "Dan", restricted=True)
    assert selectors.disruptions_list(dan, "proposed") == []
    with pytest.raises(NotFound):
        selectors.disruption_get(dan, proposed.pk)


@pytest.mark.parametrize("decision", ["end", "reconsider"])
def test_who_sees_some_of_its_cases_does_not_decide_about_those_of_others(
    client_for: SignIn,
    organisation: Organisation,
    coordinator: Viewer,
    proposed: Disruption,
    storm: list[Case],
    at: datetime,
    decision: str,
) -> None:
    dan = make_viewer(organisation, Role.COORDINATOR, "Dan", restricted=True)
    with acting_for(organisation):
        cases = [case.pk for case in storm[:5]]
        services.disruption_confirm(proposed, cases=cases, name="Storm", **by(coordinator, at))
        mine = make_account("NORTHGATE", AccountKind.CUSTOMER)
        Case.objects.filter(pk=cases[0]).update(account=mine)
        assign_perm("parties.view_account", dan.user, mine)
    client = client_for(dan)
    assert client.get(f"/disruptions/{proposed.pk}/").status_code == 200
    assert client.post(f"/disruptions/{proposed.pk}/decide/", {"decision": decision}).status_code == 403
    with acting_for(organisation):
        assert Case.objects.filter(disruption=proposed).count() == 5
        assert Disruption.objects.get().state == DisruptionState.CONFIRMED


def test_the_pages_show_it_and_strangers_see_nothing(
    client_for: SignIn, coordinator: Viewer, stranger: Viewer, auditor: Viewer, proposed: Disruption
) -> None:
    text = client_for(coordinator).get("/disruptions/").content.decode()
    assert "Trouble at Elko" in text and f"/disruptions/{proposed.pk}/" in text
    assert "Trouble at Elko" not in client_for(stranger).get("/disruptions/").content.decode()
    assert client_for(stranger).get(f"/disruptions/{proposed.pk}/").status_code == 404
    seen = client_for(auditor).get(f"/disruptions/{proposed.pk}/").content.decode()
    assert "EX-1001" in seen and "Confirm for the selected" not in seen
    refused = client_for(auditor).post(f"/disruptions/{proposed.pk}/decide/", {"decision": "dismiss"})
    assert refused.status_code == 403


def test_confirming_on_the_page_and_taking_it_back(
    client_for: SignIn, coordinator: Viewer, organisation: Organisation, proposed: Disruption, storm: list[Case]
) -> None:
    client = client_for(coordinator)
    numbers = [case.number for case in storm[:3]]
    url = f"/disruptions/{proposed.pk}/decide/"
    answer = client.post(url, {"decision": "confirm", "name": "Storm", "case": numbers}, follow=True)
    assert "Confirmed: its cases stand together now" in answer.content.decode()
    assert f'href="/disruptions/{proposed.pk}/"' in client.get(f"/cases/{numbers[0]}/").content.decode()
    again = client.post(url, {"decision": "confirm", "name": "Storm", "case": numbers})
    assert again.status_code == 409 and "Cora has decided already" in again.content.decode()
    client.post(url, {"decision": "reconsider"})
    with acting_for(organisation):
        assert Disruption.objects.get().state == DisruptionState.PROPOSED


def test_its_cases_are_taken_given_and_checked_together(
    client_for: SignIn,
    coordinator: Viewer,
    supervisor: Viewer,
    organisation: Organisation,
    proposed: Disruption,
    storm: list[Case],
) -> None:
    client = client_for(coordinator)
    numbers = [case.number for case in storm[:3]]
    url = f"/disruptions/{proposed.pk}/act/"
    client.post(url, {"action": "take", "case": numbers})
    client.post(url, {"action": "assign", "case": numbers[:1], "to": supervisor.member.pk})
    client.post(url, {"action": "next_check", "case": numbers, "after": "4h", "expecting": "Road open"})
    assert client.post(url, {"action": "take"}).status_code == 422
    assert client.post(url, {"action": "resolve", "case": numbers}).status_code == 404
    with acting_for(organisation):
        rows = [Case.objects.get(pk=case.pk) for case in storm]
        assert [row.owner_id for row in rows[:4]] == [
            supervisor.member.pk,
            coordinator.member.pk,
            coordinator.member.pk,
            None,
        ]
        assert [row.next_checks.filter(expecting="Road open").count() for row in rows[:4]] == [1, 1, 1, 0]
