"""What passes is noticed once, for everybody, by whichever sweeper; and nobody's bad row holds up the others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from billiard.exceptions import SoftTimeLimitExceeded
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone
from psycopg.errors import ProgramLimitExceeded

from controltower.audit.models import AuditEntry
from controltower.jobs.models import Job
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation
from exceptions.cases import services
from exceptions.cases.models import Case, Commitment, TimelineEntry
from exceptions.cases.services import sweeping
from exceptions.parties.models import Account, AccountKind
from exceptions.sla.models import Calendar
from tests.cases.conftest import HOUR, book, eta, make_account, make_term

pytestmark = pytest.mark.django_db(transaction=True)

FLAT = {"kind": "flat", "amount": "8000", "currency": "USD"}


@pytest.fixture
def many(organisation: Organisation, now: datetime) -> list[int]:
    """Six late ones due in six hours under one contract, priced."""
    with acting_for(organisation):
        customer = make_account("NORTHGATE", AccountKind.CUSTOMER)
        carrier = make_account("ORBIT", AccountKind.CARRIER)
        make_term(customer, "delivery_window", FLAT)
        for number in range(6):
            book(f"{number}", now, now + 6 * HOUR, customer=customer, carrier=carrier if number == 3 else None)
            eta(f"{number}", now, now + 9 * HOUR)
        ids = list(Case.objects.order_by("pk").values_list("pk", flat=True))
        services.cases_price(ids, now=now)
    return ids


def audited(verb: str) -> list[str]:
    return sorted(AuditEntry.objects.filter(verb=verb).values_list("subject", flat=True))


def told(beginning: str) -> list[int]:
    found = TimelineEntry.objects.filter(text__startswith=beginning)
    return sorted(found.values_list("case", flat=True))


def test_a_promise_that_breaks_is_said_and_recorded_once(
    organisation: Organisation, many: list[int], now: datetime
) -> None:
    for minutes in (0, 1, 90):
        services.stakes_sweep(now + 6 * HOUR + timedelta(minutes=minutes))
    with acting_for(organisation):
        assert told("Broken: delivery_window of NORTHGATE-0") == many
        assert told("8,000 USD lost") == many
        assert audited("commitment.broken") == audited("loss.booked") == sorted(f"case:{pk}" for pk in many)
        assert TimelineEntry.objects.filter(text__startswith="Broken").first().text.endswith(", due 15:00 Chicago")  # type: ignore[union-attr]


def test_what_the_house_promised_itself_is_no_breach(organisation: Organisation, now: datetime) -> None:
    with acting_for(organisation):
        book("1", now, now + 6 * HOUR)
        (case,) = eta("1", now, now + 9 * HOUR)
        services.case_price(case, now=now)
    services.stakes_sweep(now + 2 * HOUR)
    with acting_for(organisation):
        assert Commitment.objects.get(kind="first_response").state == "broken"
        assert told("Broken") == [] and audited("commitment.broken") == []


def test_a_row_that_cannot_be_priced_is_pushed_forward_and_reported_and_stops_nobody(
    organisation: Organisation, many: list[int], now: datetime
) -> None:
    later = now + 6 * HOUR
    with acting_for(organisation):
        poor = many[3]
        orbit = Calendar.objects.create(name="Bent", zone="UTC", account_id=account("ORBIT"), intervals={"mon": ["x"]})
    assert services.stakes_sweep(later) == 5
    with acting_for(organisation):
        assert set(Case.objects.exclude(pk=poor).values_list("lost", flat=True)) == {8000_00}
        assert Case.objects.get(pk=poor).next_change_at == later + sweeping.PUSHED_FORWARD
        assert audited("case.pricing_failed") == [f"case:{poor}"]
    assert services.stakes_sweep(later + timedelta(minutes=1)) == 0, "it is not tried again at once"
    with acting_for(organisation):
        orbit.delete()
    assert services.stakes_sweep(later + timedelta(minutes=6)) == 1
    with acting_for(organisation):
        assert Case.objects.get(pk=poor).lost == 8000_00


@pytest.mark.parametrize("trouble", [OperationalError, InterfaceError, SoftTimeLimitExceeded])
def test_what_passes_is_no_cases_fault(
    organisation: Organisation,
    many: list[int],
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
    trouble: type[Exception],
) -> None:
    def fails(ids: list[int], *, now: datetime) -> list[Case]:
        raise trouble

    monkeypatch.setattr(sweeping, "cases_price", fails)
    with pytest.raises(trouble):
        services.stakes_sweep(now + 6 * HOUR)
    with acting_for(organisation):
        assert audited("case.pricing_failed") == []
        assert not Case.objects.filter(next_change_at__gt=now + 6 * HOUR).exists()
    monkeypatch.undo()
    assert services.stakes_sweep(now + 6 * HOUR) == len(many)


def failing_at(case: int, problem: Exception) -> Callable[..., list[Case]]:
    """Prices like the real one, but for batches with this case."""

    def price(ids: list[int], *, now: datetime) -> list[Case]:
        if case in ids:
            raise problem
        return services.cases_price(ids, now=now)

    return price


def test_trouble_that_one_batch_meets_stops_no_other(
    organisation: Organisation, many: list[int], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "TOGETHER", 2)
    monkeypatch.setattr(sweeping, "cases_price", failing_at(many[0], OperationalError("deadlock detected")))
    assert services.stakes_sweep(now + 6 * HOUR) == 4
    with acting_for(organisation):
        assert audited("case.pricing_failed") == [], "it may work the next time"
    monkeypatch.undo()
    assert services.stakes_sweep(now + 6 * HOUR) == 2


def test_a_row_that_breaks_a_limit_of_the_database_is_pushed_forward_like_any_other(
    organisation: Organisation, many: list[int], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    too_large = OperationalError("index row size exceeds btree maximum")
    too_large.__cause__ = ProgramLimitExceeded()
    monkeypatch.setattr(sweeping, "cases_price", failing_at(many[0], too_large))
    assert services.stakes_sweep(now + 6 * HOUR) == 5
    with acting_for(organisation):
        assert audited("case.pricing_failed") == [f"case:{many[0]}"]


def account(code: str) -> int:
    return Account.objects.get(code=code).pk


def test_two_sweepers_at_once_do_everything_once(
    organisation: Organisation, many: list[int], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "TOGETHER", 2)
    start, done = Barrier(2, timeout=60), []

    def sweeper() -> None:
        try:
            start.wait()
            done.append(services.stakes_sweep(now + 6 * HOUR))
        finally:
            connection.close()

    sweepers = [Thread(target=sweeper) for _ in range(2)]
    for one in sweepers:
        one.start()
    for one in sweepers:
        one.join(timeout=120)
    assert len(done) == 2
    services.stakes_sweep(now + 6 * HOUR)
    with acting_for(organisation):
        assert told("Broken") == told("8,000 USD lost") == many
        assert audited("loss.booked") == sorted(f"case:{pk}" for pk in many)


def test_workers_help_with_more_than_one_batch(
    organisation: Organisation, monkeypatch: pytest.MonkeyPatch, run_jobs: Callable[[], int]
) -> None:
    monkeypatch.setattr(sweeping, "TOGETHER", 2)
    then = timezone.now() - 7 * HOUR  # jobs run by the clock on the wall
    with acting_for(organisation):
        customer = make_account("NORTHGATE", AccountKind.CUSTOMER)
        make_term(customer, "delivery_window", FLAT)
        for number in range(11):  # more than the sweeper and two hands take with a batch each
            book(f"{number}", then, then + 6 * HOUR, customer=customer)
            eta(f"{number}", then, then + 9 * HOUR)
        ids = list(Case.objects.order_by("pk").values_list("pk", flat=True))
        services.cases_price(ids, now=then)
        Job.objects.all().delete()
    batches = iter(range(2))

    def twice(ids: list[int], *, now: datetime) -> list[Case]:
        if next(batches, None) is None:
            raise OperationalError("the rest is for others")
        return services.cases_price(ids, now=now)

    monkeypatch.setattr(sweeping, "cases_price", twice)
    assert services.stakes_sweep(timezone.now()) == 4
    monkeypatch.setattr(sweeping, "cases_price", services.cases_price)
    with acting_for(organisation):
        assert Job.objects.filter(kind="cases.sweep", state="waiting").count() == sweeping.HANDS
    run_jobs()
    with acting_for(organisation):
        assert told("8,000 USD lost") == ids
        assert audited("loss.booked") == sorted(f"case:{pk}" for pk in ids)
        assert not Job.objects.filter(kind="cases.sweep").exclude(state="done").exists()


def test_one_batch_needs_no_help(organisation: Organisation, many: list[int], now: datetime) -> None:
    assert services.stakes_sweep(now + 6 * HOUR) == len(many)
    with acting_for(organisation):
        assert not Job.objects.filter(kind="cases.sweep").exists()


def test_a_clock_that_jumps_ahead_and_is_set_back_says_nothing_twice(
    organisation: Organisation, many: list[int], now: datetime
) -> None:
    for hours in (4, 6, 6 - 1 / 60, 6 + 1 / 60, 24 * 400, 7, 30):
        services.stakes_sweep(now + hours * HOUR)
    with acting_for(organisation):
        assert told("Broken") == told("8,000 USD lost") == told("Rebooking does not work") == many
        assert set(Case.objects.values_list("lost", flat=True)) == {8000_00}
