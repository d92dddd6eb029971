"""A view of the queue as a file: what is in it, for whom, and what it leaves on the trail."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from controltower.audit.models import AuditEntry
from controltower.errors import Forbidden
from controltower.tenancy.context import NoTenant, acting_for, current_organisation_id
from controltower.tenancy.models import Member, Organisation, Role
from controltower.tenancy.viewer import Viewer
from exceptions.cases.export_views import _lines
from exceptions.cases.models import Case
from exceptions.cases.selectors import exporting
from exceptions.cases.selectors.exporting import export_batch, filter_for_trail, formula_safe, iso
from exceptions.cases.selectors.grammar import Filters, parse
from exceptions.parties.models import Account
from tests.cases.conftest import HOUR, book, eta
from tests.cases.test_queue import plain_case
from tests.conftest import make_viewer

pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]


@pytest.fixture
def seven(organisation: Organisation) -> list[Case]:
    """Seven cases, of which the first three belong to a customer."""
    from exceptions.shipments.models import Shipment
    from tests.cases.conftest import make_account

    now = timezone.now()
    with acting_for(organisation):
        customer = make_account("NORTHGATE", "customer")
        book("900", now, now + 6 * HOUR, customer=customer)
        freight = Shipment.objects.get()
        return [
            plain_case(
                number,
                now,
                shipment=freight,
                account=customer if number < 3 else None,
                rank=float(number),
                at_risk=123_456,
                summary="=HYPERLINK(1)" if number == 0 else "Zu spät in Köln",
            )
            for number in range(7)
        ]


def fetched(client: Client, query: str = "") -> tuple[list[dict[str, str]], bytes]:
    response = client.post(f"/export/?{urlencode({'q': query})}")
    assert response.status_code == 200 and response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].startswith('attachment; filename="cases-20')
    content = b"".join(response.streaming_content)
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")))), content


def test_every_case_of_the_filter_is_in_it_once(
    client_for: SignIn, coordinator: Viewer, seven: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "BATCH", 3)
    rows, content = fetched(client_for(coordinator))
    assert [row["number"] for row in rows] == [case.number for case in seven]
    assert content.startswith(b"\xef\xbb\xbfnumber,severity,") and content.count(b"\r\n") == 8
    row = rows[1]
    assert (row["at_risk"], row["currency"], row["summary"], row["customer"]) == (
        "1234.56", "USD", "Zu spät in Köln", "Northgate",
    )  # fmt: skip
    opened = datetime.fromisoformat(row["opened_at"])
    assert opened == seven[1].opened_at.replace(microsecond=0)
    assert opened.utcoffset() == seven[1].opened_at.astimezone(ZoneInfo("America/Chicago")).utcoffset()
    assert rows[0]["summary"] == "'=HYPERLINK(1)"
    assert [row["number"] for row in fetched(client_for(coordinator), "severity:S1")[0]] == []


def test_a_filter_that_is_not_understood_gives_no_file(client_for: SignIn, coordinator: Viewer) -> None:
    answer = client_for(coordinator).post("/export/?q=colour%3Ared")
    assert answer.status_code == 422 and "colour: is not a filter" in answer.content.decode()
    answer = client_for(coordinator).post("/export/?q=-customer%3Anrothgate")
    assert answer.status_code == 422 and "-customer:nrothgate leaves nothing out" in answer.content.decode()


def test_a_restricted_member_gets_only_their_cases(
    client_for: SignIn, organisation: Organisation, seven: list[Case]
) -> None:
    from guardian.shortcuts import assign_perm

    with acting_for(organisation):
        narrow = make_viewer(organisation, Role.COORDINATOR, "Rita", restricted=True)
        assert fetched(client_for(narrow))[0] == []
        assign_perm("parties.view_account", narrow.user, Account.objects.get(code="NORTHGATE"))
    assert [row["number"] for row in fetched(client_for(narrow))[0]] == ["EX-0", "EX-1", "EX-2"]


def test_a_stranger_gets_none_of_it(client_for: SignIn, stranger: Viewer, seven: list[Case]) -> None:
    assert fetched(client_for(stranger))[0] == []


def test_what_a_machine_may_see_it_may_not_take_out_as_a_file(organisation: Organisation, seven: list[Case]) -> None:
    with acting_for(organisation):
        machine = Viewer.of(Member.objects.create(label="TMS", role=Role.INTEGRATION), organisation)
        with pytest.raises(Forbidden, match="take lists of cases out"):
            export_batch(machine, Filters(), behind=0, now=timezone.now())


def test_it_ends_for_who_loses_the_right_and_the_trail_says_how_far_it_came(
    client_for: SignIn, coordinator: Viewer, seven: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "BATCH", 3)
    response = client_for(coordinator).post("/export/?q=owner%3Anone")
    parts: Iterator[bytes] = iter(response.streaming_content)
    next(parts), next(parts)
    with acting_for(coordinator.organisation):
        Member.objects.filter(pk=coordinator.member.pk).update(is_active=False)
    assert list(parts) == []
    with acting_for(coordinator.organisation):
        begun, ended = AuditEntry.objects.filter(verb__startswith="cases.export").order_by("seq")
    assert (begun.verb, ended.verb) == ("cases.export_begun", "cases.exported")
    assert '"filter":"owner:none"' in ended.after and '"rows":3' in ended.after and '"is_whole":false' in ended.after


def test_somebody_who_stops_fetching_is_on_the_trail_with_what_they_got(coordinator: Viewer, seven: list[Case]) -> None:
    member = coordinator.member.pk
    lines = _lines(coordinator.organisation, member, coordinator.actor, Filters(), timezone.now())
    next(lines), next(lines)
    lines.close()  # what the server does when the reader hangs up
    with acting_for(coordinator.organisation):
        ended = AuditEntry.objects.get(verb="cases.exported")
    assert '"rows":7' in ended.after and '"is_whole":false' in ended.after


def test_no_transaction_is_open_while_somebody_reads_slowly(coordinator: Viewer, seven: list[Case]) -> None:
    member = coordinator.member.pk
    lines = _lines(coordinator.organisation, member, coordinator.actor, Filters(), timezone.now())
    for _ in lines:
        with pytest.raises(NoTenant):
            current_organisation_id()


def test_the_cost_of_a_batch_does_not_depend_on_how_far_it_is(
    organisation: Organisation, coordinator: Viewer, seven: list[Case], django_assert_max_num_queries: Any
) -> None:
    with acting_for(organisation), django_assert_max_num_queries(2):
        _, count, last = export_batch(coordinator, Filters(), behind=seven[2].pk, now=timezone.now())
    assert (count, last) == (4, seven[-1].pk)


@pytest.mark.parametrize(
    "text", ["=1+1", "+49 170", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1+1", "\uff1d1", "\u3000\uff0b1"]
)
def test_no_text_is_a_formula(text: str) -> None:
    assert formula_safe(text) == f"'{text}"


def test_other_texts_stay_as_they_are() -> None:
    assert formula_safe("Dallas > Chicago") == "Dallas > Chicago" and formula_safe("") == ""
    assert iso(None, ZoneInfo("UTC")) == ""


def test_the_trail_keeps_the_filter_without_names_of_people() -> None:
    kept = filter_for_trail(parse('owner:me,dana severity:S1 "Ina Berger" 0170 5550123').filters)
    assert "severity:S1" in kept and "owner:me," in kept
    assert not any(word in kept for word in ("dana", "Berger", "5550123"))


def test_a_case_that_a_signal_opened_stands_in_it_in_words(
    client_for: SignIn, coordinator: Viewer, organisation: Organisation
) -> None:
    now = timezone.now()
    with acting_for(organisation):
        book("1", now - 2 * HOUR, now + 5 * HOUR)
        eta("1", now - HOUR, now + 8 * HOUR)
    (row,) = fetched(client_for(coordinator), "type:delivery_late")[0]
    assert row["type"] == "Delivery at risk or late" and row["reference"] == "PRO 1"
