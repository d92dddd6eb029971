"""The half-life is the organisation's: when it changes, the whole queue is ordered anew."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from controltower.jobs.models import Job
from controltower.tenancy import services
from controltower.tenancy.models import Organisation
from controltower.tenancy.viewer import Viewer
from exceptions.cases.models import Case
from exceptions.cases.services import case_price
from exceptions.parties.models import Account
from exceptions.sla.models import TermKind

from .conftest import HOUR, book, eta, make_term

pytestmark = pytest.mark.django_db


def test_a_new_half_life_prices_every_open_case(
    organisation: Organisation,
    customer: Account,
    administrator: Viewer,
    run_jobs: Callable[[], int],
) -> None:
    now = timezone.now()
    make_term(customer, TermKind.DELIVERY_WINDOW, {"kind": "flat", "amount": "8000", "currency": "USD"})
    book("1", now - 2 * HOUR, now + 9 * HOUR, customer=customer)
    (case,) = eta("1", now - HOUR, now + 12 * HOUR)
    case_price(case, now=now)
    before = Case.objects.get(pk=case.pk).rank
    assert before is not None
    run_jobs()
    services.organisation_change(organisation, {"half_life_hours": 1.0}, actor=administrator.actor, now=now)
    run_jobs()
    assert Case.objects.get(pk=case.pk).rank != before


def test_other_settings_leave_the_order_alone(
    organisation: Organisation, acting: object, administrator: Viewer
) -> None:
    services.organisation_change(organisation, {"name": "Meridian"}, actor=administrator.actor, now=timezone.now())
    assert not Job.objects.filter(kind="cases.reprice").exists()
