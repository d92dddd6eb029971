"""What a case costs, from contracts, lead times and hours in the database, and how that changes."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from controltower.audit import SYSTEM
from controltower.errors import Forbidden
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Member
from controltower.tenancy.viewer import Viewer
from exceptions.cases import services
from exceptions.cases.detection import Evidence, Finding, Judgement, SubjectRef
from exceptions.cases.models import Case, Commitment, Stake
from exceptions.cases.services import correlation
from exceptions.cases.services.scope import Scope
from exceptions.cases.services.state import known_shipments
from exceptions.cases.taxonomy import Severity, Subject
from exceptions.parties.models import Account
from exceptions.shipments.canonical import EventType
from exceptions.shipments.models import Event, Shipment
from exceptions.sla.models import Calendar, CurrencyRate, LeadTime, Side
from tests.cases.conftest import HOUR, book, eta, make_account, make_term, tell

pytestmark = pytest.mark.django_db

FLAT = {"kind": "flat", "amount": "8000", "currency": "USD"}


def late_case(now: datetime, customer: Account, carrier: Account | None = None, due: float = 6, **more: Any) -> Case:
    book("482", now, now + due * HOUR, customer=customer, carrier=carrier, **more)
    (case,) = eta("482", now, now + (due + 3) * HOUR)
    return services.case_price(case, now=now)


def test_a_term_of_the_customer_prices_a_late_delivery(customer: Account, now: datetime) -> None:
    make_term(customer, "delivery_window", FLAT)
    case = late_case(now, customer)
    # 8,000 and the house's own 30 for a first response and 25 for another open day are at risk.
    assert (case.at_risk, case.currency) == (8000_00 + 55_00, "USD")
    assert case.explanation["phrase"] == "6,955 of 8,055 USD still avoidable: rebook until 12:30"
    assert case.act_by == now + 3.5 * HOUR and case.next_change_at == now + HOUR
    kinds = dict(Commitment.objects.values_list("kind", "state"))
    assert kinds == {"delivery_window": "open", "first_response": "open", "house_rate": "open"}
    assert case.explanation["terms"][-1].endswith("is the most specific term that applies")


def test_without_a_term_only_the_house_rate_counts(customer: Account, now: datetime) -> None:
    case = late_case(now, customer)
    assert (case.at_risk, case.rank is not None) == (55_00, True)
    assert case.explanation["terms"] == ["No contract promises anything here: only the house's own rates count"]


def test_a_share_of_an_unknown_value_is_said_not_guessed(customer: Account, now: datetime) -> None:
    make_term(customer, "otif", {"kind": "percent", "percent": "3"})
    book("482", now, now + 6 * HOUR, customer=customer)
    Shipment.objects.update(value=None)
    (case,) = eta("482", now, now + 9 * HOUR)
    case = services.case_price(case, now=now)
    assert any("the order's value is not known" in line for line in case.explanation["assumed"])


def test_the_dispatchers_hours_say_until_when(customer: Account, carrier: Account, now: datetime) -> None:
    """Tuesday 09:00 in Chicago; due Wednesday 08:00; dispatch works 08:00 to 17:00."""
    make_term(customer, "delivery_window", FLAT)
    week = {day: [["08:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    Calendar.objects.create(name="Dispatch", account=carrier, zone="America/Chicago", intervals=week)
    case = late_case(now, customer, carrier, due=23)
    assert case.act_by == now + 5.5 * HOUR  # 14:30: two and a half hours of their day before it ends
    assert not any("hours are not known" in line for line in case.explanation["assumed"])


def test_an_organisations_own_lead_time_corrects_the_shipped_one(customer: Account, now: datetime) -> None:
    make_term(customer, "delivery_window", FLAT)
    LeadTime.objects.create(
        action="rebook", case_type="delivery_late", minutes=30, cost=Decimal(100), currency="USD", p_act=0.0
    )
    case = late_case(now, customer)
    assert case.explanation["phrase"] == "7,955 of 8,055 USD still avoidable: rebook until 14:30"


def test_each_option_gives_way_to_the_next_and_then_the_loss_books(customer: Account, now: datetime) -> None:
    make_term(customer, "delivery_window", FLAT)
    case = late_case(now, customer)
    case = services.case_price(case, now=now + 3.5 * HOUR)
    assert case.explanation["action"] == "reschedule_appointment"
    told = [entry.text for entry in case.timeline.filter(kind="priced")]
    assert told[-1].startswith("Rebooking does not work any more: ")
    case = services.case_price(case, now=now + 5.5 * HOUR)
    assert case.explanation["unavoidable"] and case.unavoidable == 8000_00
    assert "unavoidable: notify and recover" in case.explanation["phrase"]
    case = services.case_price(case, now=now + 6 * HOUR)
    assert case.lost == 8000_00 and Stake.objects.get(commitment__kind="delivery_window").state == "lost"
    assert "8,000 USD lost: not at the dock by 15:00 Chicago" in [entry.text for entry in case.timeline.all()]


def test_an_arrival_in_time_saves_the_stake_even_when_it_is_reported_late(customer: Account, now: datetime) -> None:
    make_term(customer, "delivery_window", FLAT)
    case = late_case(now, customer)
    services.case_price(case, now=now + 7 * HOUR)
    tell(EventType.SHIPMENT_DELIVERED, "482", now + 5 * HOUR, now=now + 8 * HOUR, stop=2)
    Case.objects.update(state="new")  # it recovered by itself; price what it would say were it still open
    case = services.case_price(case, now=now + 8 * HOUR)
    assert case.lost == 0 and Stake.objects.get(commitment__kind="delivery_window").state == "saved"
    assert Commitment.objects.get(kind="delivery_window").state == "met"


def test_taking_the_case_keeps_the_first_response_promise(
    customer: Account, coordinator: Viewer, now: datetime
) -> None:
    case = late_case(now, customer)
    services.case_take(case, actor=coordinator.actor, now=now + HOUR / 2)
    case = services.case_price(case, now=now + HOUR)
    assert Commitment.objects.get(kind="first_response").state == "met"
    assert case.at_risk == 25_00


def accept(case: Case, viewer: Viewer, now: datetime, excusable: str) -> Case:
    codes = {"responsible_party": "carrier", "excusable": excusable, "severity": "S2", "reason": "equipment_breakdown"}
    services.classification_set(case, type=case.type, **codes, actor=viewer.actor, now=now)
    return services.case_price(case, now=now)


def test_an_accepted_excuse_stops_the_contract(customer: Account, supervisor: Viewer, now: datetime) -> None:
    make_term(customer, "delivery_window", FLAT)
    case = accept(late_case(now, customer), supervisor, now, "yes")
    assert case.at_risk == 55_00
    assert Commitment.objects.get(kind="delivery_window").state == "void"


def test_an_excuse_takes_an_approver_whose_limit_covers_the_case(
    customer: Account, coordinator: Viewer, supervisor: Viewer, now: datetime
) -> None:
    make_term(customer, "delivery_window", FLAT)
    case = services.case_price(late_case(now, customer), now=now)
    with pytest.raises(Forbidden, match="supervisor"):
        accept(case, coordinator, now, "yes")
    Member.objects.filter(pk=supervisor.member.pk).update(authority_limit=10)
    with pytest.raises(Forbidden, match="your limit is 10"):
        accept(case, supervisor, now, "conditional")
    case.refresh_from_db()
    assert (case.excusable, case.reason_accepted_by_id) == ("no", None)


def test_a_limit_is_measured_by_the_rate_that_the_organisation_entered(
    customer: Account, supervisor: Viewer, now: datetime
) -> None:
    make_term(customer, "delivery_window", {"kind": "flat", "amount": "1000", "currency": "EUR"})
    case = services.case_price(late_case(now, customer), now=now)
    Case.objects.filter(pk=case.pk).update(currency="EUR", at_risk=1000_00, lost=0, recoverable=0)
    Member.objects.filter(pk=supervisor.member.pk).update(authority_limit=1500)
    rate = CurrencyRate.objects.create(currency="EUR", rate=2, valid_from=now.date() - HOUR * 48, source="Our bank")
    with pytest.raises(Forbidden, match="involves 2,000 and your limit is 1,500"):
        accept(case, supervisor, now, "yes")
    rate.valid_from = now.date() + HOUR * 48
    rate.save()
    accept(case, supervisor, now, "yes")  # not yet: a euro is worth what is shipped


def test_what_the_carrier_owes_counts_once_a_person_said_it_is_the_carriers(
    customer: Account, carrier: Account, coordinator: Viewer, now: datetime
) -> None:
    make_term(customer, "delivery_window", FLAT)
    make_term(carrier, "delivery_window", {"kind": "flat", "amount": "3000", "currency": "USD"}, side=Side.RECOVERABLE)
    case = late_case(now, customer, carrier)
    assert case.recoverable == 0
    case = accept(case, coordinator, now, "no")
    assert (case.recoverable, case.explanation["recoverable_from"]) == (3000_00, "Orbit")
    assert case.avoidable < 6955_00


def test_a_trailer_sums_the_stakes_of_its_shipments_and_is_rebooked_once(customer: Account, now: datetime) -> None:
    make_term(customer, "delivery_window", {"kind": "flat", "amount": "450", "currency": "USD"})
    for number in range(14):
        book(f"P{number}", now, now + 6 * HOUR, customer=customer, load="L-9")
    (case,) = tell(EventType.LOAD_BROKEN_DOWN, "L-9", now, ref="load")
    case = services.case_price(case, now=now)
    assert case.at_risk == 14 * 450_00 + 55_00
    assert case.avoidable == round(14 * 450_00 * 0.9) - 300_00 + 55_00
    assert any("(14 x)" in sentence for sentence in case.explanation["sentences"])


def test_two_customers_of_a_trailer_matter_when_only_two_have_terms(customer: Account, now: datetime) -> None:
    other = make_account("QUIET", "customer")
    make_term(customer, "delivery_window", FLAT)
    for number in range(6):
        book(f"P{number}", now, now + 6 * HOUR, customer=customer if number < 2 else other, load="L-9")
    (case,) = tell(EventType.LOAD_BROKEN_DOWN, "L-9", now, ref="load")
    case = services.case_price(case, now=now)
    assert case.account is None and Stake.objects.filter(commitment__kind="delivery_window").count() == 2


def test_pricing_twice_changes_nothing(customer: Account, now: datetime) -> None:
    make_term(
        customer,
        "delivery_window",
        {"kind": "per_unit", "unit": "hour", "rate": "500", "currency": "USD", "cap": "3000"},
    )
    case = late_case(now, customer)
    before = (case.rank, case.version, Stake.objects.count(), case.timeline.count())
    case = services.case_price(case, now=now)
    assert (case.rank, case.version, Stake.objects.count(), case.timeline.count()) == before
    assert Stake.objects.filter(commitment__kind="delivery_window").count() == 6


@pytest.mark.django_db(transaction=True)
def test_two_workers_that_find_the_same_thing_open_one_case(
    organisation: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    with acting_for(organisation):
        book("1", now, now + 6 * HOUR)
        tell(EventType.SHIPMENT_PICKED_UP, "1", now + HOUR, stop=1)
        shipment = Shipment.objects.get()
        events = list(Event.objects.order_by("id"))
    subject = SubjectRef(Subject.SHIPMENT, shipment.pk)
    both_looked, opened = Barrier(2, timeout=60), []

    def looked(ids: Any) -> Any:
        both_looked.wait()
        return known_shipments(ids)

    monkeypatch.setattr(correlation, "known_shipments", looked)

    def find(event: Event) -> None:
        evidence = (Evidence(now, "Held up", event.pk),)
        finding = Finding(
            "delivery_late", subject, (shipment.pk,), now, "Held up", Severity.S2, "at_risk", evidence=evidence
        )
        try:
            with acting_for(organisation):
                judgement = Judgement(findings={finding.fingerprint: finding})
                (case,) = correlation.findings_apply(
                    judgement, Scope(), judged=[shipment.pk], ran_out={}, windows=[], now=now
                )
                opened.append(case.pk)
        finally:
            connection.close()

    workers = [Thread(target=find, args=(event,)) for event in events]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=120)
    with acting_for(organisation):
        assert len(opened) == 2 and len(set(opened)) == 1
        assert Case.objects.get().occurrences.count() == 2
        assert SYSTEM.name in {entry.actor_name for entry in Case.objects.get().timeline.all()}
    assert not transaction.get_connection().in_atomic_block


def test_a_case_that_ends_has_nothing_at_risk_and_keeps_what_was_lost(
    customer: Account, coordinator: Viewer, now: datetime
) -> None:
    make_term(customer, "delivery_window", {"kind": "per_unit", "unit": "hour", "rate": "500", "currency": "USD"})
    case = late_case(now, customer)
    services.case_resolve(case, actor=coordinator.actor, now=now + 8 * HOUR, reason_unknown=True)
    case = services.case_price(case, now=now + 20 * HOUR)
    assert (case.at_risk, case.rank, case.next_change_at, case.lost) == (0, None, None, 3 * 500_00)
    assert set(Stake.objects.filter(commitment__kind="delivery_window").values_list("state", flat=True)) == {
        "lost",
        "void",
    }


def test_pricing_a_trailer_asks_contracts_and_hours_once(customer: Account, carrier: Account, now: datetime) -> None:
    make_term(customer, "delivery_window", FLAT)
    for number in range(14):
        book(f"P{number}", now, now + 6 * HOUR, customer=customer, carrier=carrier, load="L-9")
    (case,) = tell(EventType.LOAD_BROKEN_DOWN, "L-9", now, ref="load")
    with CaptureQueriesContext(connection) as asked:
        services.case_price(case, now=now)
    reads = [query["sql"] for query in asked if query["sql"].startswith("SELECT")]
    assert len(reads) < 40


def test_a_false_alarm_cost_nothing(customer: Account, coordinator: Viewer, now: datetime) -> None:
    make_term(customer, "delivery_window", FLAT)
    case = late_case(now, customer)
    services.case_mark_not_exception(case, actor=coordinator.actor, now=now + 8 * HOUR, why="Wrong window")
    assert services.case_price(case, now=now + 8 * HOUR).lost == 0
    assert set(Stake.objects.values_list("state", flat=True)) == {"void"}
