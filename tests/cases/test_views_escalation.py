"""The settings page of escalation."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from guardian.shortcuts import assign_perm

from controltower.audit import reading
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation, Role
from controltower.tenancy.viewer import Viewer
from exceptions.cases.models import EscalationRule
from exceptions.cases.services.escalating import SHIPPED
from exceptions.parties.models import Account, AccountKind, Contact, ContactRole
from exceptions.sla.models import Contract, Side
from tests.cases.conftest import make_account
from tests.conftest import make_viewer

pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]
PAGE = "/settings/escalation/"


@pytest.fixture
def customer(organisation: Organisation) -> Account:
    with acting_for(organisation):
        account = make_account("NORTHGATE", AccountKind.CUSTOMER)
        Contract.objects.create(side=Side.PAYABLE, account=account, code="NG-2026", name="Northgate", currency="USD")
        Contact.objects.create(account=account, name="Boss", email="boss@ng.example", role=ContactRole.MANAGEMENT)
    return account


def page(client: Client) -> str:
    return " ".join(client.get(PAGE).content.decode().split())


def save(client: Client, **given: Any) -> Any:
    return client.post(f"{PAGE}save/", {"contract": "", "step": "supervisor", "after_minutes": "10", **given})


def rules(organisation: Organisation) -> list[tuple[Any, ...]]:
    with acting_for(organisation):
        found = EscalationRule.objects.order_by("pk")
        return list(found.values_list("contract__code", "step", "after_minutes", "contact__name"))


def test_the_shipped_times_are_shown_until_somebody_sets_others(
    client_for: SignIn, supervisor: Viewer, organisation: Organisation, customer: Account
) -> None:
    client = client_for(supervisor)
    shown = page(client)
    assert list(SHIPPED.values()) == [0, 30, 120]
    assert "at once" in shown and "after 30 min" in shown and "after 2 h" in shown and shown.count(">default<") == 3
    with acting_for(organisation):
        contract = Contract.objects.get().pk
    assert save(client, after_minutes="45").status_code == 302
    assert (
        save(client, contract=contract, step="contact", after_minutes="60", contact="Boss, Northgate").status_code
        == 302
    )
    assert rules(organisation) == [(None, "supervisor", 45, None), ("NG-2026", "contact", 60, "Boss")]
    shown = page(client)
    assert shown.count(">default<") == 2 and shown.count("as for all") == 2
    assert "NG-2026 Northgate" in shown and "Boss, Northgate" in shown and shown.count("after 45 min") == 2


def test_a_second_time_for_a_step_replaces_the_first_and_removing_leaves_the_wider_one(
    client_for: SignIn, supervisor: Viewer, organisation: Organisation
) -> None:
    client = client_for(supervisor)
    save(client)
    save(client, is_skipped="on")
    assert rules(organisation) == [(None, "supervisor", None, None)] and "not taken" in page(client)
    with acting_for(organisation):
        pk = EscalationRule.objects.get().pk
    assert client.post(f"{PAGE}{pk}/remove/").status_code == 302
    assert rules(organisation) == [] and "after 30 min" in page(client)
    assert client.post(f"{PAGE}{pk}/remove/").status_code == 404
    with acting_for(organisation):
        told = [(e.verb, e.before, e.after) for e in reading.entries(organisation.pk) if "escalation" in e.verb]
    assert [verb for verb, _, _ in told] == ["escalation_rule.saved"] * 2 + ["escalation_rule.removed"]
    assert '"after_minutes":10' in told[1][1].replace(" ", "") and "null" in told[1][2]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"after_minutes": "-1"}, "greater than or equal to 0"),
        ({"after_minutes": "99999999"}, "less than or equal to 44640"),
        ({"after_minutes": "soon"}, "Enter a whole number"),
        ({"step": "mayor"}, "Select a valid choice"),
        ({"contract": "999999"}, "Select a valid choice"),
        ({"contact": "boss@ng.example"}, "Only the last step names a contact"),
        ({"step": "contact", "contact": "Nobody"}, "No contact has this name or address"),
        ({"after_minutes": ""}, "or that the step is not taken"),
        ({"step": "contact", "is_skipped": "on", "contact": "Boss"}, "A step that is not taken names no contact"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence_and_kept_in_the_form(
    client_for: SignIn,
    supervisor: Viewer,
    organisation: Organisation,
    customer: Account,
    given: dict[str, str],
    sentence: str,
) -> None:
    answer = save(client_for(supervisor), **given)
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert rules(organisation) == []


def test_two_contacts_of_one_name_are_told_apart_by_their_company(
    client_for: SignIn, supervisor: Viewer, organisation: Organisation, customer: Account
) -> None:
    with acting_for(organisation):
        other = make_account("ORBIT", AccountKind.CARRIER)
        Contact.objects.create(account=other, name="Boss", role=ContactRole.MANAGEMENT)
    client = client_for(supervisor)
    assert "Several contacts" in save(client, step="contact", contact="Boss").content.decode()
    assert save(client, step="contact", contact="boss, orbit").status_code == 302
    assert rules(organisation) == [(None, "contact", 10, "Boss")]


def test_supervisors_who_hear_before_the_owner_are_pointed_out(client_for: SignIn, supervisor: Viewer) -> None:
    client = client_for(supervisor)
    save(client, step="owner", after_minutes="60")
    assert "It reaches the supervisors before the case&#x27;s owner." in page(client)


def test_who_sees_some_accounts_changes_nothing_for_all_and_sees_no_other_contract(
    client_for: SignIn, supervisor: Viewer, organisation: Organisation, customer: Account
) -> None:
    with acting_for(organisation):
        contract = Contract.objects.get().pk
        mine = make_account("ORBIT", AccountKind.CUSTOMER)
        Contract.objects.create(side=Side.PAYABLE, account=mine, code="OR-1", name="Orbit", currency="USD")
    save(client_for(supervisor), contract=contract)
    save(client_for(supervisor), contract=contract + 1)
    narrow = make_viewer(organisation, Role.SUPERVISOR, "Rita", restricted=True)
    with acting_for(organisation):
        assign_perm("parties.view_account", narrow.user, mine)
    client = client_for(narrow)
    shown = page(client)
    assert "OR-1" in shown and "NG-2026" not in shown and "Set a step" not in shown
    assert save(client).status_code == 403
    with acting_for(organisation):
        pks = list(EscalationRule.objects.values_list("pk", flat=True))
    assert [client.post(f"{PAGE}{pk}/remove/").status_code for pk in pks] == [403, 403]
    assert len(rules(organisation)) == 2


def test_a_coordinator_reads_and_a_stranger_sees_and_removes_nothing_of_it(
    client_for: SignIn, supervisor: Viewer, coordinator: Viewer, stranger: Viewer, organisation: Organisation
) -> None:
    save(client_for(supervisor), after_minutes="77")
    reader = client_for(coordinator)
    assert "after 1 h 17" in page(reader) and "Set a step" not in page(reader)
    assert save(reader).status_code == 403
    with acting_for(organisation):
        pk = EscalationRule.objects.get().pk
    other = client_for(stranger)
    assert "after 1 h 17" not in page(other)
    assert other.post(f"{PAGE}{pk}/remove/").status_code == 404
    assert len(rules(organisation)) == 1
