"""Every kind of term that our cases and facts can reach: its deadline, whether it was kept, its price. In memory only."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from exceptions.cases.detection import Reading
from exceptions.cases.models import Case
from exceptions.cases.services.known_clocks import CaseClocks, ClockFacts, CutOff, Disputable, StopTimes
from exceptions.cases.services.promises import Promise, Promises, promises_of
from exceptions.cases.services.state import DeliveryState, Known, ShipmentState
from exceptions.cases.taxonomy import TYPES, Severity
from exceptions.parties.models import Account, Location
from exceptions.shipments.models import Equipment, Mode, Shipment, Stop
from exceptions.sla.book import Book, Stamp
from exceptions.sla.calendars import WEEKDAYS
from exceptions.sla.clocks import Pause
from exceptions.sla.defaults import LEAD_TIMES, lead_times
from exceptions.sla.models import (
    Calendar,
    ClaimRegime,
    Contract,
    ContractVersion,
    CurrencyRate,
    LeadTime,
    Side,
    Term,
    VersionState,
)
from exceptions.sla.pricing import Tally
from exceptions.sla.reach import AT_STAKE, MODES, SEVERITIES

NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FLAT = {"kind": "flat", "amount": "450", "currency": "EUR"}


def made(model: Any, **values: Any) -> Any:
    """A row of an organisation that stands in no database."""
    return model(organisation_id=1, **values)


CUSTOMER = made(Account, pk=7, code="C", name="Customer", path="/7/", tier=1)
CARRIER = made(Account, pk=9, code="R", name="Rail", path="/9/")
LYON = made(Stop, pk=5, kind="delivery", city="Lyon", zone="Europe/Paris", country="FR")
LILLE = made(Stop, pk=4, kind="pickup", city="Lille", zone="Europe/Paris", country="FR")


def term(kind: str, *, account: Account | None = CUSTOMER, side: str = Side.PAYABLE, **more: Any) -> Term:
    contract = made(Contract, pk=1, side=side, account=account, code="K", name="K", currency="EUR")
    version = made(
        ContractVersion, pk=1, contract=contract, number=1, state=VersionState.ACTIVE, effective_from=date(2026, 1, 1)
    )
    return made(Term, **({"pk": 1, "version": version, "kind": kind, "name": kind, "price": FLAT} | more))


def book(
    *terms: Term,
    leads: tuple[LeadTime, ...] = (),
    rates: tuple[CurrencyRate, ...] = (),
    calendars: tuple[Calendar, ...] = (),
) -> Book:
    weekdays = {day: [["08:00", "17:00"]] for day in WEEKDAYS[:5]}
    ours = made(Calendar, name="Ours", zone="Europe/Paris", intervals=weekdays, holiday_country="FR")
    stamp = Stamp(1, "Europe/Paris", "EUR", timedelta(hours=4), 1)
    return Book(stamp, terms=terms, calendars=[ours, *calendars], desks=[], lead_time_rows=leads, rates=rates)


def case(type_: str, **more: Any) -> Case:
    given = {
        "pk": 3,
        "type": type_,
        "severity": "S2",
        "account": CUSTOMER,
        "opened_at": NOW,
        "subject_key": "shipment:1",
    }
    return made(Case, **(given | more))


def freight(**more: Any) -> Known:
    shipment = made(Shipment, pk=1, number="SH-1", customer=CUSTOMER, value=Decimal(10000), currency="EUR", mode="road")
    delivery = more.pop("delivery", DeliveryState(5, promised=NOW + 6 * HOUR))
    state = ShipmentState(delivery=delivery, proof_at=more.pop("proof_at", None))
    given = {
        "shipment": shipment,
        "state": state,
        "stop": LYON,
        "terminal": None,
        "equipment": None,
        "carrier": CARRIER,
    }
    return Known(**(given | more))


def found(
    row: Term, type_: str, one: Known | None = None, clocks: CaseClocks | None = None, **about: Any
) -> list[Promise]:
    promises = promises_of(case(type_, **about), [one or freight()], book(row), NOW, clocks)
    return [promise for promise in promises.found if promise.term is not None]


def only(*args: Any, **more: Any) -> Promise:
    (promise,) = found(*args, **more)
    return promise


def test_the_codes_here_are_those_of_cases_and_shipments() -> None:
    assert set(AT_STAKE) == {entry.code for entry in TYPES}
    assert set(MODES) == set(Mode.values) and set(SEVERITIES) == set(Severity.values)


def test_every_type_that_can_lose_money_has_an_action_and_no_action_is_idle() -> None:
    assert {code for code, promised in AT_STAKE.items() if promised} == {row.case_type for row in LEAD_TIMES}
    assert all(lead_times(code, mode) for code, promised in AT_STAKE.items() if promised for mode in Mode.values)


@pytest.mark.parametrize(
    ("measured", "kept"), [("", 1), ("arrival", 1), ("unloading_start", 1), ("unloading_end", 2), ("proof", 3)]
)
def test_a_delivery_is_kept_where_the_term_measures_it(measured: str, kept: int) -> None:
    reached = DeliveryState(5, promised=NOW, arrived=NOW + HOUR, delivered=NOW + 2 * HOUR)
    one = freight(delivery=reached, proof_at=NOW + 3 * HOUR)
    promise = only(term("delivery_window", measured=measured, allowed_minutes=30), "delivery_late", one)
    assert (promise.due_at, promise.kept_at) == (NOW + HOUR / 2, NOW + kept * HOUR)


def test_a_pickup_is_due_at_the_end_of_its_own_window() -> None:
    pickup = StopTimes(LILLE, promised=NOW + HOUR, arrived=NOW + 2 * HOUR)
    one = freight(clocks=ClockFacts(stops=(pickup, StopTimes(LYON, promised=NOW + 9 * HOUR))))
    promise = only(term("pickup_window"), "pickup_late", one, subject_key="stop:4")
    assert (promise.due_at, promise.kept_at, promise.stop_id) == (NOW + HOUR, NOW + 2 * HOUR, 4)


def test_an_appointment_is_that_of_the_case() -> None:
    pickup = StopTimes(LILLE, appointment=31, promised=NOW + HOUR)
    one = freight(clocks=ClockFacts(stops=(pickup,)))
    assert only(term("appointment"), "appointment_problem", one, subject_key="appointment:31").due_at == NOW + HOUR
    assert only(term("appointment"), "appointment_problem", one).due_at == NOW + 6 * HOUR


BOX = made(Equipment, pk=2, number="MSCU1", kind="container", discharged_at=datetime(2026, 11, 13, 10, tzinfo=UTC))
RUNNING = {
    "kind": "per_unit", "unit": "calendar_day", "currency": "EUR", "tiers": [{"units": 1, "rate": "120"}, {"rate": "240"}],
    "cap": "500",
}  # fmt: skip


@pytest.mark.parametrize(
    ("more", "ends"),
    [
        ({"allowed_days": 5, "counting": "calendar_days"}, 19),
        ({"allowed_days": 5, "counting": "calendar_days", "first_day_counts": True}, 18),
        ({"allowed_days": 5, "counting": "not_sundays"}, 20),
    ],
)
def test_free_time_is_counted_from_discharge_in_tiers_up_to_the_cap(more: dict[str, Any], ends: int) -> None:
    promise = only(
        term("free_time", subkind="demurrage", price=RUNNING, **more), "free_time_expiring", freight(equipment=BOX)
    )
    # The 13th was a Friday: the free time ends with a day in Paris, at 23:00 UTC.
    assert promise.due_at == datetime(2026, 11, ends - 1, 23, tzinfo=UTC)
    assert [stake.payable for stake in promise.stakes] == [120, 240, 140]
    assert [stake.books_at - promise.due_at for stake in promise.stakes] == [0 * DAY, DAY, 2 * DAY]


@pytest.mark.parametrize("last", [{"rate": "100"}, {"rate": "0"}])
def test_tiers_may_begin_with_days_that_are_free(last: dict[str, str]) -> None:
    price = RUNNING | {"tiers": [{"units": 4, "rate": "0"}, last], "cap": "150"}
    row = term("free_time", subkind="demurrage", price=price, allowed_days=5, counting="calendar_days")
    promise = only(row, "free_time_expiring", freight(equipment=BOX))
    costs = [(stake.books_at - promise.due_at, stake.payable) for stake in promise.stakes]
    assert costs == ([(4 * DAY, 100), (5 * DAY, 50)] if last["rate"] == "100" else [])


def test_free_time_without_a_count_ends_as_it_was_reported_and_a_difference_is_said() -> None:
    reported = datetime(2026, 11, 20, 23, tzinfo=UTC)
    box = made(Equipment, pk=2, number="M", kind="container", discharged_at=BOX.discharged_at, last_free_at=reported)
    row = term("free_time", subkind="storage", price=RUNNING)
    assert only(row, "free_time_expiring", freight(equipment=box)).due_at == reported
    counted = term("free_time", subkind="storage", price=RUNNING, allowed_days=5, counting="calendar_days")
    told = promises_of(case("free_time_expiring"), [freight(equipment=box)], book(counted), NOW).assumed
    assert any("the contract's own count is used" in line for line in told)


def test_detention_runs_from_gate_out_to_the_empty_return() -> None:
    box = made(Equipment, pk=2, number="M", kind="container", gated_out_at=NOW - 4 * DAY, returned_at=NOW)
    row = term("free_time", subkind="per_diem", price=RUNNING, allowed_days=3, counting="calendar_days")
    promise = only(row, "empty_return_late", freight(equipment=box))
    assert (promise.due_at, promise.kept_at) == (datetime(2026, 11, 17, 23, tzinfo=UTC), NOW)


def test_a_truck_is_held_from_arrival_to_departure() -> None:
    price = {"kind": "per_unit", "unit": "hour", "rate": "75", "cap": "300", "currency": "EUR"}
    one = freight(clocks=ClockFacts(stops=(StopTimes(LYON, arrived=NOW - 3 * HOUR),)))
    row = term("free_time", subkind="truck_detention", price=price, allowed_minutes=120)
    promise = only(row, "stop_dwell", one, subject_key="stop:5")
    assert promise.due_at == NOW - HOUR and len(promise.stakes) == 4


def test_cut_offs_are_those_of_the_plan() -> None:
    cuts = (CutOff("1:gate", "gate", NOW + 2 * HOUR), CutOff("1:vgm", "vgm", NOW + HOUR, kept_at=NOW))
    one = freight(clocks=ClockFacts(cut_offs=cuts))
    gate = only(term("cut_off", subkind="gate"), "cutoff_at_risk", one)
    assert (gate.due_at, gate.kept_at, gate.key) == (NOW + 2 * HOUR, None, "gate:1:1:gate")
    assert only(term("cut_off", subkind="vgm"), "cutoff_at_risk", one).kept_at == NOW
    tender = freight(clocks=ClockFacts(cut_offs=(CutOff("8:tender", "tender", NOW + HOUR),)))
    assert only(term("cut_off", subkind="tender_response"), "tender_rejected", tender).due_at == NOW + HOUR


def test_a_proof_of_delivery_is_due_within_its_hours_or_days() -> None:
    one = freight(delivery=DeliveryState(5, delivered=NOW), proof_at=NOW + HOUR)
    within = only(term("document", subkind="pod", allowed_minutes=24 * 60), "pod_missing", one)
    assert (within.due_at, within.kept_at) == (NOW + DAY, NOW + HOUR)
    days = only(term("document", subkind="pod", allowed_days=3, counting="working_days"), "pod_missing", one)
    assert days.due_at == datetime(2026, 11, 23, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    "broker", [made(Account, pk=12, code="B", name="Broker", path="/12/"), None], ids=["known", "nobody"]
)
def test_a_broker_acts_in_their_own_hours_and_not_in_those_of_the_stop(broker: Account | None) -> None:
    """Asking a broker for a document takes three hours of their desk, which is there from ten to one."""
    place = made(Location, pk=8, name="Dock", zone="UTC", hours={"wed": [["09:00", "10:00"]]})
    stop = made(Stop, pk=5, kind="delivery", city="Lyon", zone="UTC", country="FR", location=place)
    desk = made(Calendar, name="Desk", account_id=12, zone="UTC",
                intervals={day: [["10:00", "13:00"]] for day in WEEKDAYS})  # fmt: skip
    row = term("delivery_window")
    one = freight(stop=stop, broker=broker, delivery=DeliveryState(5, promised=NOW + 9 * HOUR))
    promises = promises_of(case("customs_hold"), [one], book(row, calendars=(desk,)), NOW)
    (stake,) = next(promise.stakes for promise in promises.found if promise.term is not None)
    option = next(option for option in stake.options if option.action == "request_document")
    assert option.act_by == (NOW + HOUR if broker else NOW + 6 * HOUR)
    assert option.assumed == ("" if broker else "the broker's hours are not known: around the clock is assumed")


def blamed(theirs: Term, one: Known, *ours: Term, rates: tuple[CurrencyRate, ...] = ()) -> Promises:
    """A late delivery that a person accepted as the carrier's."""
    about = case("delivery_late", reason_accepted_by_id=1, responsible_party="carrier", excusable="no")
    return promises_of(about, [one], book(theirs, *ours, rates=rates), NOW)


def test_what_the_carrier_owes_in_another_currency_is_converted() -> None:
    theirs = {"kind": "flat", "amount": "10000", "currency": "JPY"}
    yen = made(CurrencyRate, currency="JPY", rate=Decimal("0.006"), valid_from=date(2026, 1, 1))
    row = term("delivery_window", account=CARRIER, side=Side.RECOVERABLE, price=theirs)
    promises = blamed(row, freight(), term("delivery_window"), rates=(yen,))
    (stake,) = next(promise.stakes for promise in promises.found if promise.kind == "delivery_window")
    assert (stake.payable, stake.currency, stake.recoverable) == (450, "EUR", 60)
    assert promises.recoverable_from == "Rail"


def test_a_price_of_the_carriers_that_cannot_be_said_takes_nothing_from_ours() -> None:
    one = freight()
    one.shipment.value = None
    row = term("delivery_window", account=CARRIER, side=Side.RECOVERABLE, price={"kind": "percent", "percent": "3"})
    promises = blamed(row, one, term("delivery_window"))
    (stake,) = next(promise.stakes for promise in promises.found if promise.kind == "delivery_window")
    assert (stake.payable, stake.recoverable, promises.recoverable_from) == (450, 0, "")
    told = "What Rail owes us by K v1, delivery_window is not counted: the order's value is not known"
    assert told in promises.assumed


def test_what_is_counted_in_business_time_goes_on_in_business_time_after_a_pause() -> None:
    """Eight hours from Tuesday 17:00 in Lyon, and an excuse from then to Wednesday 09:00: one working hour was lost."""
    one = freight(delivery=DeliveryState(5, delivered=NOW - 17 * HOUR))
    row = term("document", subkind="pod", allowed_minutes=8 * 60, counting="business")
    shut = CaseClocks(pauses=(Pause(NOW - 17 * HOUR, NOW - HOUR),))
    promise = only(row, "pod_missing", one, shut)
    assert (promise.felt_due_at, promise.due_at) == (NOW + 6 * HOUR, NOW + 7 * HOUR)
    assert promise.counted is not None and promise.counted.due_at == promise.felt_due_at
    assert [stood.left for stood in promise.stood] == [8 * HOUR]


def test_what_is_disputed_of_an_invoice_becomes_undisputable() -> None:
    charge = Disputable(11, "INV-1", Decimal(180), "EUR", NOW, None, is_disputed=False)
    other = Disputable(12, "INV-2", Decimal(50), "EUR", NOW, NOW + DAY, is_disputed=True)
    one = freight(clocks=ClockFacts(charges=(charge, other)))
    row = term(
        "document", subkind="invoice_dispute", price={"kind": "disputed"}, allowed_days=30, counting="calendar_days"
    )
    promise = only(row, "invoice_discrepancy", one, subject_key="charge:11")
    assert promise.due_at == datetime(2026, 12, 18, 23, tzinfo=UTC)
    assert [(stake.payable, stake.currency) for stake in promise.stakes] == [(180, "EUR")]
    assert [option.action for stake in promise.stakes for option in stake.options] == ["dispute"]


def test_a_claim_runs_by_the_confirmed_regime_against_the_carrier() -> None:
    suit = made(ClaimRegime, pk=1, code="cmr", step="suit", months=12, counting="calendar_days", starts="delivery")
    row = term(
        "claim", subkind="suit", account=CARRIER, side=Side.RECOVERABLE, regime=suit,
        price={"kind": "percent", "percent": "100"},
    )  # fmt: skip
    one = freight(delivery=DeliveryState(5, delivered=NOW))
    promise = only(row, "freight_damaged", one)
    assert promise.due_at == datetime(2027, 11, 18, 23, tzinfo=UTC)
    assert [stake.payable for stake in promise.stakes] == [10000]
    assert {option.action for option in promise.stakes[0].options} == {"give_notice", "file_claim", "inspect"}


def test_a_suit_after_a_disallowance_that_nobody_knows_of_is_not_priced() -> None:
    suit = made(
        ClaimRegime, pk=1, code="carmack", step="suit", months=24, counting="calendar_days", starts="disallowance"
    )
    assert found(term("claim", subkind="suit", regime=suit), "freight_lost") == []


@pytest.mark.parametrize(("missed", "payable"), [(0, []), (2, [1350]), (3, [450])])
def test_a_miss_of_a_period_costs_what_it_adds(missed: int, payable: list[int]) -> None:
    row = term("otif", period="month", threshold=Decimal(98))
    promise = only(row, "delivery_late", freight(tallies={"month": Tally(100, missed)}))
    assert [stake.payable for stake in promise.stakes] == payable


def test_house_rates_are_per_tier_and_severity() -> None:
    rows = [
        term("house_rate", account=None, name="any", price=FLAT | {"amount": "25"}),
        term("house_rate", account=None, name="first tier", tier=1, price=FLAT | {"amount": "60"}),
        term("house_rate", account=None, name="worst", tier=1, severity="S1", price=FLAT | {"amount": "90"}),
    ]
    costs = {}
    for severity in ("S1", "S2"):
        promises = promises_of(case("freight_over", severity=severity), [], book(*rows), NOW)
        costs[severity] = next(one.stakes[0].payable for one in promises.found if one.kind == "house_rate")
    assert costs == {"S1": 90, "S2": 60}


def test_resolution_is_due_in_our_time_and_the_next_update_from_the_last_one() -> None:
    late = NOW + 6 * HOUR  # an hour before we go home
    resolve = only(term("resolution", allowed_minutes=120, counting="business"), "freight_over", opened_at=late)
    assert resolve.due_at == NOW + DAY - HOUR
    row = term("next_update", allowed_minutes=240)
    assert only(row, "freight_over").due_at == NOW + 4 * HOUR
    assert only(row, "freight_over", clocks=CaseClocks(told=(NOW + HOUR,))).due_at == NOW + 5 * HOUR


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (term("resolution", allowed_minutes=60, price={"kind": "percent", "percent": "3"}), "value is not known"),
        (term("resolution", allowed_minutes=365 * 24 * 60, counting="business"), "no 365 days"),
        (term("next_update", allowed_minutes=60, price={"kind": "disputed"}), "what is disputed is not known"),
        (term("first_response", allowed_minutes=365 * 24 * 60, counting="business"), "no 365 days"),
        (
            term("house_rate", account=None, price={"kind": "credits", "currency": "EUR", "steps": [{"below": "9", "amount": "1"}]}),
            "rate is not known",
        ),
    ],
)  # fmt: skip
def test_a_term_about_the_case_that_cannot_be_priced_stops_no_other(row: Term, why: str) -> None:
    promises = promises_of(case("delivery_late"), [freight()], book(row, term("delivery_window")), NOW)
    assert row.kind not in {promise.kind for promise in promises.found}
    assert any("is not priced" in line and why in line for line in promises.assumed)
    window = next(promise for promise in promises.found if promise.kind == "delivery_window")
    assert [stake.payable for stake in window.stakes] == [450]


def test_a_charge_by_working_days_where_nobody_works_stops_nothing_else() -> None:
    never = made(Calendar, pk=6, name="Never", zone="Europe/Paris", intervals={"mon": []})
    price = {"kind": "per_unit", "unit": "working_day", "rate": "75", "currency": "EUR"}
    box = made(Equipment, pk=2, number="M", kind="container", last_free_at=NOW + DAY)
    row = term("free_time", subkind="demurrage", price=price, calendar=never)
    promises = promises_of(case("customs_hold"), [freight(equipment=box)], book(row, term("delivery_window")), NOW)
    assert any("needs a calendar with working days" in line for line in promises.assumed)
    assert "delivery_window" in {promise.kind for promise in promises.found}


def versions(kind: str, **more: Any) -> tuple[Term, Term]:
    """One until yesterday, with half an hour's tolerance; one from today on, with none and another price."""
    old, new = term(kind, allowed_minutes=30, **more), term(kind, allowed_minutes=0, **more)
    old.version.effective_to = new.version.effective_from = NOW.date()
    old.name, new.name, new.pk, new.price = "old", "new", 2, FLAT | {"amount": "90"}
    return old, new


def test_what_fell_due_counts_by_the_version_that_was_in_force_then() -> None:
    rows = versions("delivery_window")
    for promised, due, payable in ((NOW - DAY, NOW - DAY + HOUR / 2, 450), (NOW - HOUR, NOW - HOUR, 90)):
        one = freight(delivery=DeliveryState(5, promised=promised))
        promises = promises_of(case("delivery_late"), [one], book(*rows), NOW)
        (late,) = (promise for promise in promises.found if promise.kind == "delivery_window")
        assert (late.due_at, [stake.payable for stake in late.stakes]) == (due, [payable])
        assert any("old counts: it was in force on 17 November 2026" in line for line in promises.trace) == (
            payable == 450
        )


def test_what_was_to_be_resolved_yesterday_counts_by_the_version_of_that_day() -> None:
    for opened, payable in ((NOW - DAY, 450), (NOW - HOUR, 90)):
        promises = promises_of(case("freight_over", opened_at=opened), [], book(*versions("resolution")), NOW)
        assert [one.stakes[0].payable for one in promises.found if one.kind == "resolution"] == [payable]


def test_an_excuse_stops_windows_and_never_free_time_or_claims() -> None:
    clocks = CaseClocks(pauses=(Pause(NOW - HOUR),))
    assert only(term("delivery_window"), "delivery_late", clocks=clocks).is_paused
    row = term("free_time", subkind="demurrage", price=RUNNING, allowed_days=9, counting="calendar_days")
    assert not only(row, "customs_hold", freight(equipment=BOX), clocks).is_paused


def test_a_cause_from_before_the_opening_or_the_delivery_stops_a_clock_that_ran_from_there() -> None:
    clocks = CaseClocks(pauses=(Pause(NOW - 3 * DAY, NOW + 2 * HOUR),))
    later = NOW + 4 * HOUR
    for row, type_ in (
        (term("resolution", allowed_minutes=480), "freight_over"),
        (term("document", subkind="pod", allowed_minutes=480), "pod_missing"),
    ):
        one = freight(delivery=DeliveryState(5, delivered=NOW))
        promises = promises_of(case(type_), [one], book(row), later, clocks)
        assert [promise.due_at for promise in promises.found if promise.kind == row.kind] == [NOW + 10 * HOUR]


def test_what_is_priced_by_the_hour_books_hour_after_hour_up_to_the_cap() -> None:
    price = {"kind": "per_unit", "unit": "hour", "rate": "75", "cap": "200", "currency": "EUR"}
    for kind, type_ in (
        ("resolution", "freight_over"),
        ("next_update", "freight_over"),
        ("first_response", "freight_over"),
    ):
        promise = only(term(kind, allowed_minutes=60, price=price), type_)
        costs = [(stake.books_at - NOW, stake.payable) for stake in promise.stakes]
        assert costs == [(HOUR, 75), (2 * HOUR, 75), (3 * HOUR, 50)]
        assert len({stake.key for stake in promise.stakes}) == 3
    rate = term("house_rate", account=None, price=price | {"unit": "day", "cap": "9000"})
    assert [stake.payable for stake in only(rate, "freight_over").stakes] == [75], "each further day by itself"
    assert only(term("house_rate", account=None, price=price | {"cap": "0"}), "freight_over").stakes == ()


@pytest.mark.parametrize(
    ("told", "due", "kept"),
    [
        ([(0, 9), (20, 9)], 30, None),  # outside since then, and nobody said that it is back
        ([(0, 9), (20, 9), (25, 5)], 30, 25),  # back within the half hour
        ([(0, 9), (45, 5)], 30, 45),  # back too late
        ([(0, 9), (45, 5), (50, 9), (55, 5)], 30, 45),  # the first that lasted too long
        ([(0, 9), (10, 5), (50, 9)], 80, None),  # the one that goes on
        ([(0, 9), (10, 5), (50, 9), (55, 5)], 80, 55),  # each short enough
    ],
)
def test_a_temperature_is_kept_by_the_reading_that_finds_it_back_in_its_band(
    told: list[tuple[int, float]], due: int, kept: int | None
) -> None:
    left = NOW - 2 * HOUR
    readings = tuple(Reading(left + timedelta(minutes=at), value) for at, value in told)
    one = freight()
    one = replace(one, state=replace(one.state, band=(2.0, 8.0), readings=readings))
    promise = only(term("temperature", allowed_minutes=30), "temperature_excursion", one)
    assert promise.due_at == left + timedelta(minutes=due)
    assert promise.kept_at == (None if kept is None else left + timedelta(minutes=kept))


def test_a_temperature_that_nobody_read_outside_runs_from_the_opening() -> None:
    promises = promises_of(
        case("temperature_excursion"), [freight()], book(term("temperature", allowed_minutes=30)), NOW
    )
    (promise,) = (one for one in promises.found if one.kind == "temperature")
    assert promise.due_at == NOW + HOUR / 2
    assert any("no reading outside the band is known" in line for line in promises.assumed)


def test_no_contract_is_no_sla_and_never_a_breach() -> None:
    promises = promises_of(case("delivery_late"), [freight()], book(), NOW)
    assert {promise.kind for promise in promises.found} == {"first_response", "house_rate"}
    assert "No contract promises anything here" in promises.trace[-1]


def test_an_organisations_row_replaces_the_shipped_lead_time() -> None:
    row = made(
        LeadTime, action="rebook", case_type="delivery_late", minutes=30, cost=Decimal(10), currency="EUR", p_act=0.5
    )
    promises = promises_of(case("delivery_late"), [freight()], book(term("delivery_window"), leads=(row,)), NOW)
    (stake,) = next(one.stakes for one in promises.found if one.kind == "delivery_window")
    rebook = next(option for option in stake.options if option.action == "rebook")
    assert (rebook.act_by, rebook.p_act) == (stake.books_at - HOUR / 2, Decimal("0.5"))
