"""What is held to be true about a case: fixed order, sources, audiences, digests."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from agents.skills.classify.gather import material_for
from controltower.tenancy.viewer import Viewer
from exceptions.cases import selectors, services
from exceptions.cases.facts import Fact, facts_digest, facts_for
from exceptions.cases.models import Case
from exceptions.parties.models import Account
from exceptions.shipments.canonical import EventType, Ref
from exceptions.shipments.models import Event
from tests.cases.conftest import HOUR, book, eta, make_account, tell

pytestmark = pytest.mark.django_db


def facts_of(case: Case, now: datetime) -> dict[str, Fact]:
    return {fact.key: fact for fact in facts_for(Case.objects.get(pk=case.pk), now=now)}


@pytest.fixture
def case(customer: Account, carrier: Account, now: datetime) -> Case:
    book(
        "482",
        now,
        now + 6 * HOUR,
        customer=customer,
        carrier=carrier,
        units=[{"sequence": 1, "kind": "pallet", "shipped": 22}],
    )
    return eta("482", now, now + 9 * HOUR)[0]


def test_times_are_told_in_the_clock_of_the_stop(case: Case, now: datetime) -> None:
    facts = facts_of(case, now)
    promised = {"at": (now + 6 * HOUR).isoformat(), "zone": "America/Chicago", "place": "Chicago"}
    assert (facts["promised"].value, facts["promised"].audience) == (promised, "customer")
    assert facts["eta_new"].value["at"] == (now + 9 * HOUR).isoformat()
    assert facts["delay_hours"].value == {"count": "3.0", "unit": "hours"}


def test_customers_may_know_their_freight_and_not_our_money(case: Case, now: datetime) -> None:
    services.case_price(case, now=now)
    facts = facts_of(case, now)
    assert (facts["pro"].value, facts["quantity"].value) == ("482", {"count": "22", "unit": "pallet"})
    assert {facts[key].audience for key in ("pro", "quantity", "customer", "destination", "case")} == {"customer"}
    assert {facts[key].audience for key in ("at_risk", "avoidable", "carrier", "value")} == {"internal"}


def test_a_cause_is_a_fact_only_when_a_person_accepted_it(case: Case, coordinator: Viewer, now: datetime) -> None:
    assert "cause" not in facts_of(case, now)
    codes = {"reason": "equipment_breakdown", "responsible_party": "carrier", "excusable": "no", "severity": "S2"}
    services.classification_set(case, type=case.type, **codes, actor=coordinator.actor, now=now)
    facts = facts_of(case, now)
    assert facts["cause"].value["code"] == "equipment_breakdown"
    assert (facts["cause"].state, facts["cause"].audience) == ("accepted", "customer")
    assert facts["responsible_party"].audience == "internal"


def test_what_we_did_wrong_ourselves_stays_in_the_house(case: Case, coordinator: Viewer, now: datetime) -> None:
    codes = {"reason": "own_planning", "responsible_party": "us", "excusable": "no", "severity": "S2"}
    services.classification_set(case, type=case.type, **codes, actor=coordinator.actor, now=now)
    assert facts_of(case, now)["cause"].audience == "internal"


def test_the_clock_alone_changes_no_fact(case: Case, now: datetime) -> None:
    at_once, later = facts_for(case, now=now), facts_for(case, now=now + timedelta(days=3))
    assert [fact.key for fact in at_once] == [fact.key for fact in later]
    assert facts_digest(at_once) == facts_digest(later)


def test_the_promised_update_is_told_at_the_stop_and_only_until_it_passed(
    case: Case, coordinator: Viewer, now: datetime
) -> None:
    services.update_promise(case, by=now + 2 * HOUR, actor=coordinator.actor, now=now)
    told = facts_of(case, now)["next_update"]
    assert told.value == {"at": (now + 2 * HOUR).isoformat(), "zone": "America/Chicago", "place": "Chicago"}
    assert facts_of(case, now + 3 * HOUR)["next_update"].digest == told.digest, "the clock alone changes no fact"
    services.case_price(case, now=now + 2 * HOUR)
    assert "next_update" not in facts_of(case, now)


def test_a_new_eta_changes_the_digest_of_that_fact(case: Case, now: datetime) -> None:
    before = facts_of(case, now)
    eta("482", now + HOUR, now + 12 * HOUR)
    after = facts_of(case, now)
    assert before["eta_new"].digest != after["eta_new"].digest
    assert before["promised"].digest == after["promised"].digest


def test_a_case_of_several_customers_tells_none_of_them_what_is_anothers(customer: Account, now: datetime) -> None:
    other = make_account("QUIET", "customer")
    book("1", now, now + 6 * HOUR, customer=customer, load="L-9")
    book("2", now, now + 6 * HOUR, customer=other, load="L-9")
    (case,) = tell(EventType.LOAD_BROKEN_DOWN, "L-9", now, ref="load")
    told = {key for key, fact in facts_of(case, now).items() if fact.audience != "internal"}
    assert told == {"case", "case_type"}


def test_the_warmest_reading_and_how_long(customer: Account, now: datetime) -> None:
    book("1", now, now + 30 * HOUR, customer=customer, temperature={"min": "34", "max": "38", "unit": "F"})
    since = (now + HOUR - timedelta(minutes=52)).isoformat()
    (case,) = tell(EventType.SHIPMENT_TEMPERATURE_READ, "1", now + HOUR, value="41", unit="F", since=since)
    facts = facts_of(case, now)
    assert facts["temperature"].value == {"degrees": "41", "unit": "F"}
    assert facts["minutes_outside"].value == {"count": "52", "unit": "minutes"}
    assert facts["temperature_high"].value == {"degrees": "38", "unit": "F"}


def test_readings_in_another_unit_are_converted(customer: Account, now: datetime) -> None:
    book("1", now, now + 30 * HOUR, customer=customer, temperature={"min": "34", "max": "38", "unit": "F"})
    since = (now + HOUR - timedelta(minutes=52)).isoformat()
    (case,) = tell(EventType.SHIPMENT_TEMPERATURE_READ, "1", now + HOUR, value="5", unit="C", since=since)
    assert facts_of(case, now)["temperature"].value == {"degrees": "41", "unit": "F"}


def test_numbers_of_the_order_stand_in_where_the_shipment_has_none(
    acting: Any, customer: Account, now: datetime
) -> None:
    tell(EventType.ORDER_CREATED, "SO-1", now, ref="order", refs=[Ref("po", "PO-77")], customer=customer.code,
         lines=[{"line": 1, "sku": "A", "quantity": "10"}])  # fmt: skip
    book("1", now, now + 6 * HOUR, customer=customer, order_lines=[{"order": "SO-1", "line": 1, "quantity": "10"}])
    (case,) = eta("1", now, now + 9 * HOUR)
    assert (facts_of(case, now)["order"].value, facts_of(case, now)["po"].value) == ("SO-1", "PO-77")


def test_the_list_of_facts_reads_in_words(case: Case, coordinator: Viewer, now: datetime) -> None:
    rows = {row.key: row for row in selectors.case_facts(coordinator, case.number, now=now)}
    assert (rows["promised"].label, rows["promised"].value) == ("Promised", "15:00 Chicago")
    assert (rows["pro"].label, rows["pro"].value) == ("PRO", "482")


def test_what_its_sender_took_back_is_no_fact_and_no_signal_to_classify_by(case: Case, now: datetime) -> None:
    tell(EventType.SHIPMENT_DAMAGED, "482", now + HOUR, pieces=3)
    assert facts_of(case, now)["damaged_quantity"].value == {"count": "3", "unit": "pieces"}
    damaged = Event.objects.get(type=EventType.SHIPMENT_DAMAGED)
    assert f"E{damaged.pk}" in {signal.id for signal in material_for(case, ()).signals}
    Event.objects.filter(pk=damaged.pk).update(retracted_by=Event.objects.earliest("id"))
    assert "damaged_quantity" not in facts_of(case, now)
    assert f"E{damaged.pk}" not in {signal.id for signal in material_for(case, ()).signals}
