"""Many cases are priced with as many statements as one, and come out as they would one by one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from controltower.tenancy.viewer import Viewer
from exceptions.cases import services
from exceptions.cases.models import Case, Commitment, Stake, TimelineEntry
from exceptions.parties.models import Account
from exceptions.shipments.canonical import EventType
from exceptions.sla.models import ContractVersion, Side, Term, VersionState
from tests.cases.conftest import HOUR, book, eta, make_account, make_term, tell

pytestmark = pytest.mark.django_db

FLAT = {"kind": "flat", "amount": "8000", "currency": "USD"}
HOURLY = {"kind": "per_unit", "unit": "hour", "rate": "500", "currency": "EUR", "cap": "3000"}


def late(number: str, now: datetime, customer: Account, due: float = 6, **more: Any) -> Case:
    book(number, now, now + due * HOUR, customer=customer, **more)
    (case,) = eta(number, now, now + (due + 3) * HOUR)
    return case


@pytest.fixture
def mix(customer: Account, carrier: Account, coordinator: Viewer, supervisor: Viewer, now: datetime) -> list[int]:
    """Late ones with and without a contract, a trailer, two merged, one resolved, one excused, one taken."""
    hourly = make_account("HOURLY", "customer")
    make_term(customer, "delivery_window", FLAT)
    make_term(customer, "first_response", {"kind": "flat", "amount": "75", "currency": "USD"}, allowed_minutes=30)
    make_term(hourly, "appointment", HOURLY)
    plain, taken = late("1", now, customer), late("2", now, customer, carrier=carrier)
    running, silent = late("3", now, hourly, due=2), late("4", now, make_account("QUIET", "customer"))
    top, under = late("5", now, customer, due=9), late("6", now, customer, due=4)
    done, excused = late("7", now, hourly), late("8", now, customer)
    for number in range(3):
        book(f"P{number}", now, now + 6 * HOUR, customer=hourly, load="L-9")
    (trailer,) = tell(EventType.LOAD_BROKEN_DOWN, "L-9", now, ref="load")
    services.case_take(taken, actor=coordinator.actor, now=now)
    services.case_merge(top, [under], actor=coordinator.actor, now=now)
    services.case_resolve(done, actor=coordinator.actor, now=now + 7 * HOUR, reason_unknown=True)
    codes = {"responsible_party": "carrier", "excusable": "yes", "severity": "S2", "reason": "equipment_breakdown"}
    services.classification_set(excused, type=excused.type, **codes, actor=supervisor.actor, now=now)
    return [case.pk for case in (plain, taken, running, silent, top, under, done, excused, trailer)]


def stored() -> dict[str, list[Any]]:
    """Everything that pricing writes, without the ids of rows."""
    columns = [field.attname for field in Case._meta.local_fields]
    return {
        "cases": list(Case.objects.order_by("pk").values(*columns)),
        "commitments": list(
            Commitment.objects.order_by("case", "key").values(
                "case", "key", "kind", "term", "account", "shipment", "stop", "promise", "due_at", "state", "settled_at"
            )
        ),
        "stakes": list(
            Stake.objects.order_by("case", "key").values(
                "case",
                "commitment__key",
                "key",
                "label",
                "books_at",
                "payable",
                "recoverable",
                "currency",
                "p_idle",
                "options",
                "current",
                "act_by",
                "saves",
                "state",
                "settled_at",
            )
        ),
        "timeline": sorted(TimelineEntry.objects.values_list("case", "at", "kind", "text")),
    }


def undone(work: Callable[[], None]) -> dict[str, list[Any]]:
    """What stands after some work, which is then taken back."""
    with transaction.atomic():
        work()
        found = stored()
        transaction.set_rollback(True)
    return found


Plan = list[tuple[list[int], float]]
PLANS = st.lists(
    st.tuples(st.lists(st.integers(0, 8), min_size=1, max_size=9), st.floats(0, 40)), min_size=1, max_size=4
)


def test_a_set_is_priced_as_each_of_it_would_be_alone(mix: list[int], now: datetime) -> None:
    @settings(
        max_examples=40,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(PLANS)
    def holds(plan: Plan) -> None:
        def one_by_one() -> None:
            for picked, hours in plan:
                for place in sorted(set(picked)):
                    services.case_price(Case.objects.get(pk=mix[place]), now=now + hours * HOUR)

        def together() -> None:
            for picked, hours in plan:
                services.cases_price([mix[place] for place in reversed(picked)], now=now + hours * HOUR)

        assert undone(one_by_one) == undone(together)

    holds()


def statements(ids: Sequence[int], now: datetime) -> int:
    with CaptureQueriesContext(connection) as asked:
        services.cases_price(ids, now=now)
    return len(asked)


def test_more_cases_take_no_more_statements(customer: Account, now: datetime) -> None:
    make_term(customer, "delivery_window", FLAT)
    many = [late(f"{number}", now, customer).pk for number in range(12)]
    services.cases_price(many, now=now)
    few = statements(many[:2], now + 4 * HOUR)
    assert statements(many[2:], now + 4 * HOUR) == few <= 30


def test_pricing_a_set_again_writes_nothing(mix: list[int], now: datetime) -> None:
    services.cases_price(mix, now=now + HOUR)
    before = stored()
    with CaptureQueriesContext(connection) as asked:
        services.cases_price(mix, now=now + HOUR)
    assert stored() == before
    assert [query["sql"] for query in asked if query["sql"].lstrip().startswith(("INSERT", "UPDATE", "DELETE"))] == []


def test_a_clock_that_steps_back_a_little_brings_nothing_back(customer: Account, now: datetime) -> None:
    make_term(customer, "delivery_window", FLAT)
    case = late("1", now, customer)
    services.case_price(case, now=now)
    for hours in (3.5, 5.5, 6):
        ahead = services.case_price(case, now=now + hours * HOUR)
        before = stored()
        behind = services.case_price(case, now=now + hours * HOUR - timedelta(minutes=10))
        assert stored() == before
        assert (behind.rank, behind.lost, behind.explanation) == (ahead.rank, ahead.lost, ahead.explanation)


def test_a_clock_that_was_a_year_ahead_leaves_what_it_booked_and_judges_the_rest_by_the_new_time(
    customer: Account, now: datetime
) -> None:
    make_term(customer, "delivery_window", FLAT)
    case = late("1", now, customer)
    wrong = services.case_price(case, now=now + timedelta(days=365))
    assert wrong.lost == 8000_00
    right = services.case_price(case, now=now + HOUR)
    assert (right.lost, Stake.objects.get(commitment__kind="delivery_window").state) == (8000_00, "lost")
    tell(EventType.SHIPMENT_DELIVERED, "1", now + 5 * HOUR, stop=2)
    Case.objects.update(state="new")
    assert services.case_price(case, now=now + 5 * HOUR).lost == 0, "it arrived in time: that is a fact"


def test_a_contract_that_runs_out_takes_back_no_loss(customer: Account, now: datetime) -> None:
    make_term(customer, "delivery_window", FLAT)
    case = late("1", now, customer)
    services.case_price(case, now=now + 7 * HOUR)
    ContractVersion.objects.update(effective_to=(now + timedelta(days=1)).date())
    later = services.case_price(case, now=now + timedelta(days=2))
    assert later.lost == 8000_00
    assert "8,000 USD lost: not at the dock" in " ".join(later.explanation["sentences"])
    assert Stake.objects.get(commitment__kind="delivery_window").state == "lost"


def test_only_whose_terms_count_over_a_period_has_its_deliveries_counted(customer: Account, now: datetime) -> None:
    other = make_account("ROWAN", "customer")
    make_term(other, "otif", FLAT, period="quarter", threshold=98)
    make_term(customer, "delivery_window", FLAT)
    ids = {whose: late(whose.code, now, whose).pk for whose in (customer, other)}
    for whose, tallied in ((customer, 0), (other, 1)):
        with CaptureQueriesContext(connection) as asked:
            services.cases_price([ids[whose]], now=now)
        assert sum("date_trunc('month'" in query["sql"] for query in asked) == tallied
    make_term(None, "otif", FLAT, period="quarter", threshold=98)
    with CaptureQueriesContext(connection) as asked:
        services.cases_price([ids[customer]], now=now)
    assert sum("date_trunc('month'" in query["sql"] for query in asked) == 1, "the house's own term is everybody's"


@pytest.mark.parametrize("days", [0, 1])
def test_another_version_of_a_contract_rewrites_no_loss(customer: Account, now: datetime, days: int) -> None:
    """Whether it holds from the day of the loss or from the day after; what books under it is its own."""
    old = make_term(customer, "delivery_window", FLAT)
    case = late("1", now, customer)
    services.case_price(case, now=now + 7 * HOUR)
    begins = (now + timedelta(days=days)).date()
    ContractVersion.objects.update(effective_to=begins)
    version = ContractVersion.objects.create(
        contract=old.version.contract, number=2, state=VersionState.ACTIVE, effective_from=begins
    )
    new = Term.objects.create(version=version, kind="delivery_window", name="Less", price=FLAT | {"amount": "4000"})
    for hours in (8, 30, 31):
        later = services.case_price(case, now=now + hours * HOUR)
        assert later.lost == 8000_00
        commitment = Commitment.objects.get(kind="delivery_window")
        assert (commitment.term_id, commitment.stakes.get().payable) == (old.pk, 8000_00)
    afterwards = late("2", now + 50 * HOUR, customer)
    assert afterwards.commitments.get(kind="delivery_window").term_id == new.pk
    assert services.case_price(afterwards, now=now + 57 * HOUR).lost == 4000_00


def test_what_the_carrier_owes_for_a_loss_may_be_found_out_after_it_booked(
    customer: Account, carrier: Account, supervisor: Viewer, now: datetime
) -> None:
    old = make_term(customer, "delivery_window", FLAT)
    make_term(carrier, "delivery_window", FLAT | {"amount": "900"}, side=Side.RECOVERABLE)
    case = late("1", now, customer, carrier=carrier)
    services.case_price(case, now=now + 7 * HOUR)
    ContractVersion.objects.filter(pk=old.version_id).update(effective_to=now.date())
    version = ContractVersion.objects.create(
        contract=old.version.contract, number=2, state=VersionState.ACTIVE, effective_from=now.date()
    )
    Term.objects.create(version=version, kind="delivery_window", name="Less", price=FLAT | {"amount": "4000"})
    codes = {"responsible_party": "carrier", "excusable": "no", "severity": "S2", "reason": "equipment_breakdown"}
    services.classification_set(case, type=case.type, **codes, actor=supervisor.actor, now=now + 8 * HOUR)
    found = services.case_price(case, now=now + 8 * HOUR)
    assert (found.lost, found.recoverable) == (8000_00, 900_00)


def test_an_excuse_accepted_after_the_loss_takes_it_back(customer: Account, supervisor: Viewer, now: datetime) -> None:
    make_term(customer, "delivery_window", FLAT)
    case = late("1", now, customer)
    case = services.case_price(case, now=now + 7 * HOUR)
    assert case.lost == 8000_00
    codes = {"responsible_party": "carrier", "excusable": "yes", "severity": "S2", "reason": "equipment_breakdown"}
    services.classification_set(case, type=case.type, **codes, actor=supervisor.actor, now=now + 7 * HOUR)
    assert services.case_price(case, now=now + 7 * HOUR).lost == 0
    assert Stake.objects.get(commitment__kind="delivery_window").state == "void"
