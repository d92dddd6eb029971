"""The Book: what pricing knows of contracts and hours, and that it never prices by what was changed before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from controltower.db import rows
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation
from exceptions.parties.models import Account, Contact, ContactRole
from exceptions.sla.book import Book, account_path, book_now
from exceptions.sla.models import BookStamp, Calendar, Contract, ContractVersion, LeadTime, Side, Term, VersionState
from exceptions.sla.pricing import Situation

pytestmark = pytest.mark.django_db

ON = date(2026, 11, 3)
FLAT = {"kind": "flat", "amount": "8000", "currency": "USD"}


@pytest.fixture
def customer(acting: Organisation) -> Account:
    account = Account.objects.create(code="N", name="Northgate", kind="customer")
    account.path = f"/{account.pk}/"
    account.save(update_fields=["path"])
    return account


def promise(account: Account | None, *, price: object = None, **version: object) -> Term:
    code = f"C-{Contract.objects.count()}"
    contract = Contract.objects.create(side=Side.PAYABLE, account=account, code=code, name=code, currency="USD")
    fields = {"effective_from": date(2026, 1, 1), "state": VersionState.ACTIVE, **version}
    made = ContractVersion.objects.create(contract=contract, **fields)
    return Term.objects.create(version=made, kind="delivery_window", name="On time", price=price or FLAT)


def won(book: Book, account: Account, on: date = ON) -> Term | None:
    bound = book.match("delivery_window", Situation(accounts=account_path(account)), on).bound
    return bound.row if bound else None


def test_the_book_is_kept_until_something_it_was_read_from_changes(customer: Account) -> None:
    promise(customer)
    book = book_now()
    with CaptureQueriesContext(connection) as asked:
        assert book_now() is book
    assert len(asked) == 1


WRITES: dict[str, Callable[[Account], object]] = {
    "a term": promise,
    "a price": lambda account: Term.objects.update(name="Later"),
    "a version": lambda account: ContractVersion.objects.update(state=VersionState.WITHDRAWN),
    "a calendar": lambda account: Calendar.objects.create(name="Ours", zone="UTC"),
    "a lead time": lambda account: LeadTime.objects.create(action="rebook", minutes=5, currency="USD", p_act=0.1),
    "a desk's hours": lambda account: Contact.objects.create(
        account=account, name="Desk", role=ContactRole.DISPATCH, hours={"mon": [["08:00", "17:00"]]}
    ),
    "the half-life": lambda account: Organisation.objects.update(half_life_hours=2),
    "the currency": lambda account: Organisation.objects.update(currency="EUR"),
    "a deletion": lambda account: Term.objects.all().delete(),
}


@pytest.mark.parametrize("what", WRITES)
def test_every_write_to_what_it_was_read_from_makes_a_new_one(customer: Account, what: str) -> None:
    promise(customer)
    before = book_now()
    WRITES[what](customer)
    assert book_now() is not before


def test_every_table_of_contracts_stamps_the_book() -> None:
    stamping = {
        table for (table,) in rows("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'stamps_book'")
    }
    tables = {model._meta.db_table for model in apps.get_app_config("sla").get_models() if model is not BookStamp}
    assert stamping == tables | {"parties_contact"}, "add StampsBook to the migration that makes the table"


def test_a_write_that_is_rolled_back_leaves_no_book_behind(customer: Account) -> None:
    term = promise(customer)

    def name() -> str:
        winner = won(book_now(), customer)
        return winner.name if winner else ""

    with transaction.atomic():
        Term.objects.filter(pk=term.pk).update(name="Never was")
        assert name() == "Never was"
        transaction.set_rollback(True)
    assert name() == "On time"
    Term.objects.filter(pk=term.pk).update(name="Now it is")
    assert name() == "Now it is"


@pytest.mark.django_db(transaction=True)
def test_each_organisation_has_its_own(organisation: Organisation, other_organisation: Organisation) -> None:
    with acting_for(organisation):
        promise(None)
        ours = book_now()
    with acting_for(other_organisation):
        theirs = book_now()
    assert theirs.match("delivery_window", Situation(), ON).bound is None
    assert ours.match("delivery_window", Situation(), ON).bound is not None
    with acting_for(other_organisation):
        promise(None)
    with acting_for(organisation):
        assert book_now() is ours, "what others write is not ours to read again"


def test_reading_it_takes_the_same_queries_however_much_there_is(customer: Account) -> None:
    counts = []
    for _ in range(2):
        for _ in range(5):
            promise(customer)
            LeadTime.objects.create(action=f"a{LeadTime.objects.count()}", minutes=5, currency="USD", p_act=0.1)
        with CaptureQueriesContext(connection) as asked:
            book_now()
        counts.append(len(asked))
    assert counts[0] == counts[1] == 6


def test_only_active_versions_in_force_on_the_day_promise_anything(customer: Account) -> None:
    promise(customer, state=VersionState.DRAFT)
    old = promise(customer, effective_from=date(2025, 1, 1), effective_to=ON)
    new = promise(customer, effective_from=ON)
    book = book_now()
    assert won(book, customer, ON - timedelta(days=1)) == old
    assert won(book, customer) == new
    assert won(book, customer, date(2024, 1, 1)) is None


def test_a_term_that_cannot_be_read_is_said_and_stops_nothing(customer: Account) -> None:
    fine = promise(customer)
    promise(customer, price={"kind": "barter"})
    book = book_now()
    assert won(book, customer) == fine
    assert book.unreadable == (
        "C-1 v1, On time is not priced: a price is flat, percent, per_unit, credits, disputed, not 'barter'",
    )


def test_the_most_specific_lead_time_wins_and_the_shipped_ones_fill_the_rest(customer: Account) -> None:
    for minutes, fields in ((10, {}), (20, {"case_type": "delivery_late"}), (30, {"account": customer})):
        LeadTime.objects.create(action="rebook", minutes=minutes, cost=Decimal(1), currency="USD", p_act=0, **fields)
    book = book_now()

    def lead(carrier: int | None) -> dict[str, timedelta | None]:
        return {entry.action: entry.lead for entry in book.lead_times("delivery_late", "road", carrier)}

    assert lead(customer.pk)["rebook"] == timedelta(minutes=30)
    assert lead(None)["rebook"] == timedelta(minutes=20)
    assert lead(None)["expedite"] == timedelta(minutes=300)
