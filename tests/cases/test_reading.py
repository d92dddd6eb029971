"""Several reads in one statement answer what each answers by itself, to the type of every value."""

from typing import Any

import pytest
from django.db import connection
from django.db.models import Model, QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from controltower.reading import one_by_one, together
from controltower.tenancy.models import Organisation
from exceptions.cases.models import Case, CaseShipment, Stake, TimelineEntry
from exceptions.cases.services import cases_price
from exceptions.parties.models import AccountKind
from exceptions.shipments.models import Event, Shipment, Stop
from exceptions.sla.models import Term, TermKind
from tests.cases.conftest import HOUR, book, eta, make_account, make_term

pytestmark = pytest.mark.django_db


def whole(row: Any) -> Any:
    """A row with the type of everything in it, and with what was joined to it."""
    if not isinstance(row, Model):
        return [(type(value), value) for value in row]
    own = {name: (type(value), value) for name, value in vars(row).items() if name != "_state"}
    return own, {name: other and whole(other) for name, other in row._state.fields_cache.items()}


def asked() -> list[QuerySet[Any, Any]]:
    return [
        Case.objects.select_related("account").order_by("-pk"),
        Stake.objects.values_list("pk", "commitment__key", "options", "p_idle", "books_at", "act_by").order_by("-pk"),
        CaseShipment.objects.filter(pk__in=[]),
        TimelineEntry.objects.values_list("case_id", "data__thing").order_by("pk"),
        Shipment.objects.select_related("customer", "last_event").order_by("pk"),
        Event.objects.order_by("-pk"),
        Stop.objects.select_related("location__account").order_by("-sequence"),
        Term.objects.select_related("version__contract", "calendar", "regime"),
    ]


def test_many_reads_are_one_statement_and_answer_as_each_alone(acting: Organisation) -> None:
    now = timezone.now()
    customer = make_account("ŻÓŁĆ 'n \\ {co}", AccountKind.CUSTOMER)
    price = {"kind": "per_unit", "unit": "hour", "rate": "400.50", "currency": "USD"}
    make_term(customer, TermKind.OTIF, price, threshold="97.50", period="month")
    for number in ("1", "2", "3"):
        book(number, now - 2 * HOUR, now + 5 * HOUR, customer=customer)
        eta(number, now - HOUR, now + 8 * HOUR)
    cases_price(Case.objects.values_list("pk", flat=True), now=now)
    alone = one_by_one(*asked())
    assert [len(rows) for rows in alone[:3]] == [3, len(alone[1]), 0] and len(alone[1]) > 3
    with CaptureQueriesContext(connection) as said:
        found = together(*asked())
    assert len(said) == 1
    assert [[whole(row) for row in rows] for rows in found] == [[whole(row) for row in rows] for rows in alone]


def test_where_nothing_can_be_found_nothing_is_asked(acting: Organisation) -> None:
    with CaptureQueriesContext(connection) as said:
        assert together(Case.objects.none(), CaseShipment.objects.filter(pk__in=[])) == [[], []]
    assert len(said) == 0
