"""The demo day, loaded: what each story became, and that nobody of the other organisation sees any of it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse

from controltower.jobs.models import Job
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Member, Organisation
from controltower.tenancy.viewer import Viewer
from exceptions.cases.models import OPEN_STATES, Case
from exceptions.cases.selectors import queue_page
from exceptions.demo import cast
from exceptions.demo.load import load
from exceptions.demo.script import EDI
from exceptions.intake.models import Message, MessageState, UnmappedCode
from exceptions.shipments.models import Shipment
from tests.conftest import empty_tables
from tests.guards.test_routes import MATRIX, address

START = datetime(2026, 11, 3, 15, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def day(django_db_setup: None, django_db_blocker, tmp_path_factory) -> Iterator[Organisation]:
    """The loaded day, committed, for all tests of this module."""
    from django.conf import settings

    kept = settings.DOCUMENT_ROOT
    settings.DOCUMENT_ROOT = tmp_path_factory.mktemp("documents")
    with django_db_blocker.unblock():
        yield load(START)
        empty_tables()
    settings.DOCUMENT_ROOT = kept


def member(email: str) -> Viewer:
    organisation = Organisation.objects.get(slug=email.split("@")[1].split(".")[0])
    with acting_for(organisation):
        found = Member.objects.select_related("user", "organisation").get(user__email=email)
    return Viewer.of(found, organisation)


@pytest.fixture
def cases(day: Organisation, db: None) -> Iterator[dict[str, Case]]:
    """Open cases by a reference of a shipment they touch."""
    with acting_for(day):
        found = {}
        for case in Case.objects.filter(state__in=OPEN_STATES).order_by("-pk"):
            for touched in case.case_shipments.select_related("shipment"):
                found |= {reference.value: case for reference in touched.shipment.references.all()}
        yield found


def test_everything_was_understood_and_nothing_failed(day, db) -> None:
    with acting_for(day):
        (broken,) = Message.objects.exclude(state=MessageState.PROCESSED)
        assert (broken.partner.slug, broken.state) == (EDI, MessageState.DEAD), (
            "the one file that is meant to be broken"
        )
        assert not Job.objects.filter(state="dead").exists()
        assert 55 <= Shipment.objects.count() <= 80
        assert 20 <= Case.objects.filter(state__in=OPEN_STATES).count() <= 45


def test_other_formats_tell_of_the_same_freight(cases) -> None:
    assert cases["RMRF-7731180"].type == "delivery_late", "by X12 214"
    late = cases["TVLX-120455"]
    assert (late.type, late.state in OPEN_STATES) == ("delivery_late", True), (
        "by mail; the look-alike's claim moved nothing"
    )
    assert UnmappedCode.objects.get(system="x12.1651").code == "ZQ"


def test_the_broken_trailer_is_one_case_with_fourteen_shipments(cases) -> None:
    case = cases["BCLT-405507"]
    assert case.subject_load is not None
    assert case.case_shipments.count() == 14
    assert case is not None and {cases[f"BCLT-40{5500 + number * 7}"].pk for number in range(1, 15)} == {case.pk}


def test_the_reefer_is_too_warm_and_can_still_be_saved(cases) -> None:
    case = cases["RMRF-7720415"]
    assert case.type == "temperature_excursion"
    assert case.avoidable > 2_000_000
    assert case.act_by > START


def test_the_big_box_delivery_is_saved_by_an_expedite(cases) -> None:
    case = cases["TVLX-118840"]
    assert 1_440_000 <= case.at_risk <= 1_450_000
    assert case.explanation["action"] == "expedite"


def test_the_container_needs_the_dray_desk_before_noon(cases) -> None:
    case = cases["OOCL-YTN-662310"]
    assert (case.type, case.explanation["action"]) == ("free_time_expiring", "book_dray")


def test_the_load_nobody_can_save_says_so_and_stands_below_smaller_ones(day, cases) -> None:
    case = cases["STHF-118802"]
    assert case.explanation["phrase"] == "12,000 USD unavoidable: notify and recover"
    with acting_for(day):
        numbers = [row.number for row in queue_page(member("sam@meridian.example"), "", now=START).rows]
    place = numbers.index(case.number)
    assert place > len(numbers) / 2
    assert numbers.index(cases["TVLX-118840"].number) < place


def test_the_wet_pallets_are_told_in_german_and_polish(cases) -> None:
    from agents.proposals.models import Proposal

    case = cases["CMR-HH-200418"]
    drafts = Proposal.objects.filter(case=case, kind="send_notice")
    assert {draft.payload["draft"]["locale"] for draft in drafts} == {"de", "pl"}


def test_a_restricted_member_sees_the_accounts_granted_and_no_other(day, db) -> None:
    dan = member("dan@meridian.example")
    with acting_for(day):
        rows = queue_page(dan, "", now=START).rows
    assert {row.customer for row in rows} == {"Harborline Grocers", "Desert Bloom Florists"}


def test_the_trail_of_the_day_holds(day, db) -> None:
    said = StringIO()
    call_command("verify_audit", stdout=said)
    assert said.getvalue().startswith("ok ")


def test_the_other_organisation_sees_nothing_on_any_page(day, db, client_for) -> None:
    """Every page, fragment and endpoint, asked for by name and by number as somebody of the other organisation."""
    client = client_for(member(cast.STRANGER[0]))
    with acting_for(day):
        numbers = {
            "case": Case.objects.order_by("pk").values_list("number", flat=True)[0],
            "shipment": Shipment.objects.order_by("pk").values_list("number", flat=True)[0],
        }
    pages = [address(name) for name, row in MATRIX.items() if "GET" in row and not row.startswith("no_db")]
    pages += [reverse("cases:case", args=[numbers["case"]]), reverse("shipments:detail", args=[numbers["shipment"]])]
    pages += [reverse("proposals:case_proposals", args=[numbers["case"]]), f"/?q={numbers['case']}", "/?q=harborline"]
    for path in pages:
        answer = client.get(path)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        for canary in (b"Harborline", b"Voltara", b"BCLT-4055", b"meridian.example", b"Meridian"):
            assert canary not in body, f"{path} shows {canary.decode()} to a stranger"
