"""Merging and splitting on the screens: found, done, taken back, refused."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation
from controltower.tenancy.viewer import Viewer
from exceptions.cases import selectors
from exceptions.cases.models import Case, CaseShipment, CaseState
from exceptions.cases.services import case_pin
from exceptions.parties.models import AccountKind
from exceptions.shipments.canonical import EventType
from tests.cases.conftest import HOUR, book, eta, make_account, tell

pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]


@pytest.fixture
def late(organisation: Organisation) -> list[Case]:
    """Two trucks of one customer and one of another, each late."""
    now = timezone.now()
    made = []
    with acting_for(organisation):
        north, other = (make_account(code, AccountKind.CUSTOMER) for code in ("NORTHGATE", "SUNDOWN"))
        for number, customer, city in (("701", north, "Reno"), ("702", north, "Elko"), ("703", other, "Boise")):
            book(number, now - 2 * HOUR, now + 5 * HOUR, customer=customer, city=city)
            made += eta(number, now - HOUR, now + 8 * HOUR)
    return made


@pytest.fixture
def truck(organisation: Organisation) -> Case:
    now = timezone.now()
    with acting_for(organisation):
        for number in ("1", "2", "3"):
            book(number, now - HOUR, now + 6 * HOUR, load="L-9", city=f"Town {number}")
        (case,) = tell(EventType.LOAD_BROKEN_DOWN, "L-9", now, ref="load", description="Turbo failed")
    return case


def fresh(case: Case) -> Case:
    with acting_for(case.organisation_id):
        return Case.objects.get(pk=case.pk)


def merge(client: Client, case: Case, into: Case, **data: Any) -> Any:
    return client.post(f"/cases/{case.number}/merge/", {"version": case.version, "into": into.number, **data})


def test_those_of_the_same_customer_are_offered_and_others_are_found(
    client_for: SignIn, coordinator: Viewer, late: list[Case]
) -> None:
    client = client_for(coordinator)
    one, two, three = late
    offered = client.get(f"/cases/{one.number}/merge/").content.decode()
    assert f'value="{two.number}"' in offered and f'value="{three.number}"' not in offered
    assert f'value="{one.number}"' not in offered
    for text in (three.number, "703", "sundo"):
        found = client.get(f"/cases/{one.number}/merge/", {"find": text}).content.decode()
        assert f'value="{three.number}"' in found and f'value="{two.number}"' not in found
    assert "No open case matches" in client.get(f"/cases/{one.number}/merge/", {"find": "zzz"}).content.decode()


def test_shipments_on_the_same_truck_come_first(
    client_for: SignIn, coordinator: Viewer, organisation: Organisation, late: list[Case]
) -> None:
    now = timezone.now()
    with acting_for(organisation):
        customer = late[0].account
        for number in ("81", "82"):
            book(number, now - HOUR, now + 6 * HOUR, customer=customer, load="L-4", city=f"Town {number}")
        (one,), (two,) = eta("81", now, now + 9 * HOUR), eta("82", now, now + 9 * HOUR)
        rows = selectors.merge_candidates(coordinator, one)
    assert rows[0].number == two.number and len(rows) == 3


def test_merging_leads_to_the_one_that_goes_on_and_undo_takes_it_back(
    client_for: SignIn, coordinator: Viewer, late: list[Case]
) -> None:
    client = client_for(coordinator)
    one, two, _ = late
    answer = merge(client, one, two)
    assert (answer.status_code, answer["Location"]) == (302, f"/cases/{two.number}/")
    page = client.get(answer["Location"]).content.decode()
    assert f"{one.number} merged into {two.number}" in page and "Merged in" in page
    assert f'action="/cases/{two.number}/split_off/"' in page and f'value="{one.number}"' in page
    assert f"{two.number}</a> goes on for this case" in client.get(f"/cases/{one.number}/").content.decode()

    client.post(f"/cases/{two.number}/split_off/", {"numbers": one.number})
    assert fresh(one).is_open and "Merged in" not in client.get(f"/cases/{two.number}/").content.decode()


def test_who_was_faster_is_named(client_for: SignIn, coordinator: Viewer, supervisor: Viewer, late: list[Case]) -> None:
    one, two, _ = late
    with acting_for(one.organisation_id):
        case_pin(fresh(one), actor=supervisor.actor, now=timezone.now())
    answer = merge(client_for(coordinator), one, two)
    assert answer.status_code == 409 and "Sam changed" in answer.content.decode()
    assert fresh(one).is_open


def test_splitting_off_what_somebody_split_off_already_is_a_conflict(
    client_for: SignIn, coordinator: Viewer, late: list[Case]
) -> None:
    client = client_for(coordinator)
    one, two, _ = late
    merge(client, one, two)
    client.post(f"/cases/{two.number}/split_off/", {"numbers": one.number})
    again = client.post(f"/cases/{two.number}/split_off/", {"numbers": one.number})
    assert again.status_code == 409 and "moved these cases already" in again.content.decode()


def test_strangers_and_auditors_merge_nothing(
    client_for: SignIn, stranger: Viewer, auditor: Viewer, late: list[Case]
) -> None:
    one, two, _ = late
    assert merge(client_for(stranger), one, two).status_code == 404
    assert client_for(stranger).get(f"/cases/{one.number}/merge/").status_code == 404
    assert merge(client_for(auditor), one, two).status_code == 403
    assert "/merge/" not in client_for(auditor).get(f"/cases/{one.number}/").content.decode()
    assert fresh(one).is_open


def test_selected_cases_become_one_at_once(client_for: SignIn, coordinator: Viewer, late: list[Case]) -> None:
    client = client_for(coordinator)
    one, two, three = late
    answer = client.post("/cases/", {"action": "merge", "case": [case.number for case in late]})
    assert answer["Location"] == f"/cases/{one.number}/"
    assert [fresh(case).merged_into_id for case in (two, three)] == [one.pk, one.pk]
    client.post(f"/cases/{one.number}/split_off/", {"numbers": f"{two.number} {three.number}"})
    assert all(fresh(case).is_open for case in late)


def test_one_selected_case_has_nothing_to_merge_with(client_for: SignIn, coordinator: Viewer, late: list[Case]) -> None:
    answer = client_for(coordinator).post("/cases/", {"action": "merge", "case": [late[0].number]}, follow=True)
    assert "Select two cases or more" in answer.content.decode()


def test_a_shipment_leaves_its_load_and_comes_back(client_for: SignIn, coordinator: Viewer, truck: Case) -> None:
    client = client_for(coordinator)
    with acting_for(truck.organisation_id):
        number = CaseShipment.objects.filter(case=truck).order_by("pk")[0].shipment.number
    page = client.get(f"/cases/{truck.number}/").content.decode()
    assert f'name="shipment" value="{number}"' in page
    client.post(f"/cases/{truck.number}/split/", {"version": truck.version, "shipment": [number]})
    with acting_for(truck.organisation_id):
        own = Case.objects.get(split_from=truck)
    page = client.get(f"/cases/{truck.number}/").content.decode()
    assert "Split off, still open" in page and f'value="{number}"' not in page
    assert f'Split off <a href="/cases/{truck.number}/"' in client.get(f"/cases/{own.number}/").content.decode()
    client.post(f"/cases/{truck.number}/rejoin/", {"version": fresh(truck).version, "numbers": own.number})
    assert fresh(own).state == CaseState.MERGED


def test_splitting_nothing_or_everything_is_refused_with_a_sentence(
    client_for: SignIn, coordinator: Viewer, truck: Case
) -> None:
    client = client_for(coordinator)
    nothing = client.post(f"/cases/{truck.number}/split/", {"version": truck.version})
    assert nothing.status_code == 422
    with acting_for(truck.organisation_id):
        everything = [row.shipment.number for row in CaseShipment.objects.filter(case=truck)]
    refused = client.post(f"/cases/{truck.number}/split/", {"version": truck.version, "shipment": everything})
    assert refused.status_code == 422 and "At least one shipment stays" in refused.content.decode()
