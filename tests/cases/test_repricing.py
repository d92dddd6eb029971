"""After a contract, a table or the half-life has changed: every open case anew, in steps, from where it stopped."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from billiard.exceptions import SoftTimeLimitExceeded
from django.db import InterfaceError, OperationalError, transaction

from controltower.audit import SYSTEM
from controltower.errors import Conflict, NotFound
from controltower.jobs.models import Job
from controltower.tenancy.models import Organisation
from controltower.tenancy.viewer import Viewer
from exceptions.cases import services
from exceptions.cases.models import Case, Repricing
from exceptions.cases.services import repricing
from exceptions.parties.models import Account
from exceptions.sla.models import Calendar, CurrencyRate, Term
from tests.cases.conftest import HOUR, book, eta, make_account, make_term

pytestmark = pytest.mark.django_db


@pytest.fixture
def many(customer: Account, carrier: Account, now: datetime, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Seven late ones, each a little later due, priced; three to a batch."""
    monkeypatch.setattr(repricing, "BATCH", 3)
    monkeypatch.setattr(repricing, "RANKED_TOGETHER", 3)
    make_term(customer, "delivery_window", {"kind": "flat", "amount": "8000", "currency": "USD"})
    for number in range(7):
        due = now + (6 + number % 4 * 5) * HOUR
        book(f"{number}", now, due, customer=customer, carrier=carrier if number == 4 else None)
        eta(f"{number}", now, due + 3 * HOUR)
    ids = list(Case.objects.order_by("pk").values_list("pk", flat=True))
    services.cases_price(ids, now=now)
    Job.objects.all().delete()
    return ids


def step(started: Repricing, now: datetime) -> bool:
    """What the next waiting job would do; whether there was one."""
    job = Job.objects.filter(kind="cases.reprice", state="waiting").order_by("pk").first()
    if job is None:
        return False
    Job.objects.filter(pk=job.pk).delete()
    services.repricing_step(job.payload["repricing"], part=job.payload["part"], now=now)
    return True


def at_risk() -> list[int]:
    return list(Case.objects.order_by("pk").values_list("at_risk", flat=True))


def raise_the_price() -> None:
    Term.objects.update(price={"kind": "flat", "amount": "9000", "currency": "USD"})


def test_a_changed_contract_reaches_every_open_case(many: list[int], supervisor: Viewer, now: datetime) -> None:
    raise_the_price()
    started = services.repricing_start("Contract changed", actor=supervisor.actor, now=now)
    assert (started.total, started.started_by) == (7, supervisor.member)
    assert step(started, now)
    started.refresh_from_db()
    assert (started.done, at_risk()) == (3, [9055_00] * 3 + [8055_00] * 4), "what is done and what is not can be seen"
    assert step(started, now), "the second part has a job of its own"
    assert at_risk() == [9055_00] * 3 + [8055_00] + [9055_00] * 3
    while step(started, now):
        pass
    started.refresh_from_db()
    assert (started.state, started.done, started.failed) == ("done", 7, 0)
    assert started.finished_at is not None and set(at_risk()) == {9055_00}


def test_whoever_goes_on_after_a_crash_begins_where_that_one_ended(
    many: list[int], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    raise_the_price()
    started = services.repricing_start("Contract changed", actor=SYSTEM, now=now)
    seen: list[int] = []
    real = repricing.cases_price

    def counted(ids: list[int], *, now: datetime) -> list[Case]:
        seen.extend(ids)
        return real(ids, now=now)

    monkeypatch.setattr(repricing, "cases_price", counted)
    step(started, now)
    with transaction.atomic():  # a batch that was priced and never committed
        step(started, now)
        transaction.set_rollback(True)
    assert at_risk().count(9055_00) == 3
    seen.clear()
    while step(started, now):
        pass
    assert sorted(seen) == many[3:] and set(at_risk()) == {9055_00}


def test_it_stops_when_somebody_says_so(many: list[int], supervisor: Viewer, now: datetime) -> None:
    raise_the_price()
    started = services.repricing_start("Contract changed", actor=supervisor.actor, now=now)
    step(started, now)
    services.repricing_cancel(started.pk, actor=supervisor.actor, now=now)
    while step(started, now):
        pass
    assert at_risk().count(8055_00) == 4
    with pytest.raises(Conflict, match="cancelled already"):
        services.repricing_cancel(started.pk, actor=supervisor.actor, now=now)
    with pytest.raises(NotFound):
        services.repricing_cancel(started.pk + 1, actor=supervisor.actor, now=now)


def test_a_second_change_begins_all_over(many: list[int], customer: Account, now: datetime) -> None:
    other = make_account("OTHER", "customer")
    first = services.repricing_start("One contract", actor=SYSTEM, now=now, account=customer)
    assert services.repricing_start("Another", actor=SYSTEM, now=now, account=other).total == 7, "of both customers"
    first.refresh_from_db()
    assert first.state == "overtaken"
    assert not any(services.repricing_step(first.pk, part=part.pk, now=now) for part in first.parts.all())


def test_a_contract_of_one_customer_leaves_the_others_alone(many: list[int], now: datetime) -> None:
    other = make_account("OTHER", "customer")
    book("9", now, now + 6 * HOUR, customer=other)
    eta("9", now, now + 9 * HOUR)
    assert services.repricing_start("Contract of OTHER", actor=SYSTEM, now=now, account=other).total == 1


def test_a_case_that_cannot_be_priced_is_counted_and_left_to_the_sweep(
    many: list[int], carrier: Account, now: datetime
) -> None:
    raise_the_price()
    Calendar.objects.create(name="Bent", zone="UTC", account=carrier, intervals={"mon": ["x"]})
    started = services.repricing_start("Contract changed", actor=SYSTEM, now=now)
    while step(started, now):
        pass
    started.refresh_from_db()
    assert (started.state, started.done, started.failed) == ("done", 7, 1)
    assert at_risk().count(9055_00) == 6 and Case.objects.get(pk=many[4]).next_change_at == now


def order() -> list[int]:
    return list(Case.objects.order_by("-rank", "-pk").values_list("pk", flat=True))


@pytest.mark.parametrize("trouble", [OperationalError, InterfaceError, SoftTimeLimitExceeded])
def test_what_passes_counts_no_case_as_failed(
    many: list[int], now: datetime, monkeypatch: pytest.MonkeyPatch, trouble: type[Exception]
) -> None:
    def fails(ids: list[int], *, now: datetime) -> list[Case]:
        raise trouble

    running = services.repricing_start("a change", actor=SYSTEM, now=now)
    part = running.parts.order_by("pk").first()
    assert part is not None
    monkeypatch.setattr(repricing, "cases_price", fails)
    with pytest.raises(trouble), transaction.atomic():
        services.repricing_step(running.pk, part=part.pk, now=now)
    running.refresh_from_db()
    assert (running.done, running.failed) == (0, 0)


def test_a_rate_that_begins_later_orders_nothing_yet(many: list[int], now: datetime) -> None:
    Term.objects.update(price={"kind": "flat", "amount": "8000", "currency": "EUR"})
    services.cases_price(many, now=now)
    ranks = dict(Case.objects.values_list("pk", "rank"))
    CurrencyRate.objects.create(currency="EUR", rate=Decimal(50), valid_from=now.date() + timedelta(days=60))
    running = services.repricing_start("the half-life", actor=SYSTEM, now=now, ranks_first=True)
    while services.repricing_step(running.pk, now=now):
        pass
    assert dict(Case.objects.values_list("pk", "rank")) == pytest.approx(ranks)


def test_after_a_new_half_life_all_ranks_change_before_any_words_do(
    many: list[int], organisation: Organisation, now: datetime
) -> None:
    Organisation.objects.filter(pk=organisation.pk).update(half_life_hours=1.5)
    words = list(Case.objects.order_by("pk").values_list("explanation", flat=True))
    before = dict(Case.objects.values_list("pk", "rank"))
    started = services.repricing_start("Half-life", actor=SYSTEM, now=now, ranks_first=True)
    while Repricing.objects.get(pk=started.pk).ranks_first:
        step(started, now)
    fast, by_rank = dict(Case.objects.values_list("pk", "rank")), order()
    assert all(fast[pk] != before[pk] for pk in many)
    assert list(Case.objects.order_by("pk").values_list("explanation", flat=True)) == words
    while step(started, now):
        pass
    assert fast == pytest.approx(dict(Case.objects.values_list("pk", "rank")), abs=1e-4)
    assert order() == by_rank
