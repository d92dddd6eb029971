"""A promise that breaks is told to the owner, the supervisors and whoever is named, each once, and to nobody outside."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test.utils import override_settings
from guardian.shortcuts import assign_perm

from controltower.audit import SYSTEM
from controltower.errors import Invalid
from controltower.jobs import JobContext
from controltower.jobs.models import Job
from controltower.tenancy.models import Organisation, Role
from controltower.tenancy.viewer import Viewer
from exceptions.cases import services
from exceptions.cases.jobs import escalation_mail
from exceptions.cases.jobs import escalations as sweep
from exceptions.cases.models import Case, Escalation
from exceptions.cases.services import escalating
from exceptions.parties.models import Account, Contact, ContactRole
from exceptions.shipments.models import Stop
from exceptions.sla.models import Contract
from tests.cases.conftest import HOUR, book, eta, make_term
from tests.conftest import make_viewer

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture
def due(now: datetime) -> datetime:
    return now + 6 * HOUR


@pytest.fixture
def case(customer: Account, coordinator: Viewer, supervisor: Viewer, now: datetime, due: datetime) -> Case:
    """Taken by Cora, due in six hours under a contract."""
    make_term(customer, "delivery_window", {"kind": "flat", "amount": "8000", "currency": "USD"})
    book("1", now, due, customer=customer)
    (case,) = eta("1", now, due + 3 * HOUR)
    services.case_take(case, actor=coordinator.actor, now=now)
    return services.case_price(case, now=now)


def told() -> list[str]:
    return [entry.text for entry in Case.objects.get().timeline.filter(kind="escalation").order_by("pk")]


def mailed() -> list[int]:
    return [job.payload["member"] for job in Job.objects.filter(kind="cases.escalation_mail").order_by("pk")]


def test_the_owner_hears_first_then_the_supervisors_then_who_is_named(
    case: Case, customer: Account, coordinator: Viewer, supervisor: Viewer, due: datetime
) -> None:
    Contact.objects.create(account=customer, name="First", role=ContactRole.RECEIVING)
    Contact.objects.create(account=customer, name="Boss", role=ContactRole.MANAGEMENT, escalation_step=2)
    assert not Escalation.objects.exists(), "nothing is broken yet"
    services.case_price(case, now=due)
    for minutes in (0, 0, 29, 30, 31, 119, 120, 500):
        sweep(due + minutes * MINUTE)
    broken = "delivery_window of NORTHGATE-0 (SH-10001) is broken"
    number = Case.objects.get().case_shipments.get().shipment.number
    assert told() == [
        line.replace("SH-10001", number)
        for line in (
            f"Cora was told as its owner: {broken}",
            f"Sam told as supervisor: {broken}",
            f"Escalate to Boss (Management): {broken}. Nothing was sent to them.",
        )
    ]
    assert mailed() == [coordinator.member.pk, supervisor.member.pk, supervisor.member.pk]


def test_pricing_again_begins_nothing_again(case: Case, due: datetime) -> None:
    for minutes in (0, 1, 700):
        services.case_price(case, now=due + minutes * MINUTE)
    assert Escalation.objects.count() == 3


def test_a_new_deadline_that_is_missed_too_goes_up_anew_and_the_old_one_no_further(
    case: Case, supervisor: Viewer, due: datetime
) -> None:
    services.case_price(case, now=due)
    sweep(due)
    Stop.objects.filter(kind="delivery").update(window_end=due + 2 * HOUR)
    assert services.case_price(case, now=due + HOUR).lost == 0
    services.case_price(case, now=due + 2 * HOUR)
    assert Escalation.objects.count() == 6
    sweep(due + 2 * HOUR)
    outcomes = [(row.missed_at - due, row.step, row.outcome) for row in Escalation.objects.order_by("pk")]
    assert outcomes == [
        (0 * HOUR, "owner", "told"),
        (0 * HOUR, "supervisor", "over"),
        (0 * HOUR, "contact", "over"),
        (2 * HOUR, "owner", "told"),
        (2 * HOUR, "supervisor", ""),
        (2 * HOUR, "contact", ""),
    ]


def test_who_ends_the_case_in_time_spares_the_others(case: Case, coordinator: Viewer, due: datetime) -> None:
    services.case_price(case, now=due)
    sweep(due)
    services.case_resolve(case, actor=coordinator.actor, now=due + MINUTE, reason_unknown=True)
    sweep(due + 10 * HOUR)
    assert len(told()) == 1 and mailed() == [coordinator.member.pk]
    assert list(Escalation.objects.order_by("pk").values_list("outcome", flat=True)) == ["told", "over", "over"]


def test_where_there_is_nobody_the_case_says_so(
    case: Case, coordinator: Viewer, supervisor: Viewer, due: datetime
) -> None:
    services.case_release(case, actor=coordinator.actor, now=due)
    supervisor.member.is_active = False
    supervisor.member.save()
    services.case_price(case, now=due)
    sweep(due + 3 * HOUR)
    assert [text.partition("; ")[2] for text in told()] == [
        "nobody has taken the case",
        "there is no supervisor",
        "no contact is named to escalate to",
    ]
    assert mailed() == []


def test_an_owner_who_does_not_see_the_customer_any_more_hears_nothing_of_it(
    case: Case, coordinator: Viewer, supervisor: Viewer, due: datetime
) -> None:
    coordinator.member.restricted = True
    coordinator.member.save()
    services.case_price(case, now=due)
    sweep(due)
    assert mailed() == [] and told()[0].endswith("; its owner does not see it any more")


def test_supervisors_hear_of_the_customers_that_they_see(
    case: Case, customer: Account, supervisor: Viewer, organisation: Organisation, due: datetime
) -> None:
    sue, max_ = (make_viewer(organisation, Role.SUPERVISOR, name, restricted=True) for name in ("Sue", "Max"))
    assign_perm("parties.view_account", sue.user, customer)
    services.case_price(case, now=due)
    sweep(due + 31 * MINUTE)
    assert {supervisor.member.pk, sue.member.pk} <= set(mailed()) and max_.member.pk not in mailed()
    assert told()[1].startswith("Sam, Sue told as supervisor: ")


def test_a_contract_has_its_own_times_and_the_organisation_the_rest(
    case: Case, supervisor: Viewer, due: datetime
) -> None:
    contract = Contract.objects.get()

    def rule(step: str, minutes: int | None, of: Contract | None = None) -> Any:
        return services.escalation_rule_save(
            contract=of, step=step, after_minutes=minutes, actor=supervisor.actor, now=due
        )

    rule("supervisor", 10)
    rule("supervisor", 5, contract)
    rule("contact", None)
    rule("owner", 15)
    services.case_price(case, now=due)
    assert dict(Escalation.objects.values_list("step", "due_at")) == {
        "supervisor": due + 5 * MINUTE,
        "owner": due + 15 * MINUTE,
    }
    with pytest.raises(Invalid, match="owner, supervisor or contact"):
        rule("mayor", 5)
    with pytest.raises(Invalid, match="not before"):
        rule("owner", -5)


@override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend")
def test_a_step_that_cannot_be_taken_holds_up_no_other(
    case: Case, customer: Account, coordinator: Viewer, due: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    book("2", due - 6 * HOUR, due, customer=customer)
    (other,) = eta("2", due - 6 * HOUR, due + 3 * HOUR)
    services.case_take(other, actor=coordinator.actor, now=due - 6 * HOUR)
    services.cases_price([case.pk, other.pk], now=due)
    real = escalating._whom

    def whom(row: Escalation, *known: Any) -> Any:
        if row.case_id == case.pk:
            raise ValueError("a contact without a name")
        return real(row, *known)

    monkeypatch.setattr(escalating, "_whom", whom)
    assert sweep(due + 3 * HOUR) == 3
    assert not Escalation.objects.filter(case=other, done_at=None).exists()
    assert Escalation.objects.filter(case=case, done_at=None).count() == 3


def test_many_broken_promises_are_one_mail(
    case: Case, organisation: Organisation, coordinator: Viewer, customer: Account, now: datetime, due: datetime
) -> None:
    for number in range(2, 26):
        book(f"{number}", now, due, customer=customer)
        (more,) = eta(f"{number}", now, due + 3 * HOUR)
        services.case_take(more, actor=coordinator.actor, now=now)
    services.cases_price(Case.objects.values_list("pk", flat=True), now=now)
    services.cases_price(Case.objects.values_list("pk", flat=True), now=due)
    assert sweep(due) == 25
    job = Job.objects.get(kind="cases.escalation_mail")
    mail.outbox = []
    escalation_mail(job.payload, JobContext(job.pk, organisation.pk, 1, due, SYSTEM))
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == (["cora@meridian.example"], "25 promises are broken")
    assert "and 5 more: " in sent.body and f"/cases/{case.number}/" in sent.body
    assert sent.extra_headers["X-Tower-Organisation"] == "meridian"
