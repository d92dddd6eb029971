"""The queue and the page of a case, as each viewer may see them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from controltower.audit import SYSTEM
from controltower.errors import BadRequest, Forbidden, NotFound
from controltower.tenancy.context import acting_for
from controltower.tenancy.viewer import Viewer
from exceptions.cases import selectors, services
from exceptions.cases.models import Case, CaseState
from exceptions.cases.selectors.rows import QueuePage
from exceptions.parties.models import Account, AccountKind, Channel, Contact, Partner, SignatureScheme
from exceptions.parties.services import account_create
from exceptions.shipments.canonical import EventType
from tests.cases.conftest import HOUR, book, eta, make_term, tell

pytestmark = pytest.mark.django_db


def plain_case(number: int, opened_at: datetime, **columns: Any) -> Case:
    """A row as the queue sees it, without the freight behind it."""
    shipment = columns.pop("shipment")
    return Case.objects.create(
        number=f"EX-{number}",
        type="delivery_late",
        severity="S2",
        subject_shipment=shipment,
        subject_key=f"shipment:{number}",
        fingerprint=f"delivery_late:shipment:{number}",
        opened_at=opened_at,
        currency="USD",
        **columns,
    )


@pytest.fixture
def freight(acting: Any, customer: Account, now: datetime) -> Any:
    from exceptions.shipments.models import Shipment

    book("900", now, now + 6 * HOUR, customer=customer)
    return Shipment.objects.get()


@pytest.fixture
def hundred(freight: Any, coordinator: Viewer, now: datetime) -> list[str]:
    """Pinned, ranked and unavoidable cases; answers their numbers in the order they belong in."""
    rows = []
    for number in range(100):
        rank = None if number % 4 == 0 else float(number * 37 % 50)
        pin = {"pinned": True, "pinned_by": coordinator.member, "pinned_at": now} if number % 20 == 3 else {}
        at_risk = number * 7 % 30 * 100
        rows.append(plain_case(number, now, shipment=freight, rank=rank, at_risk=at_risk, **pin))

    def place(case: Case) -> tuple[Any, ...]:
        return (not case.pinned, case.rank is None, -(case.rank or 0), -case.at_risk, -case.pk)

    return [case.number for case in sorted(rows, key=place)]


def walk(viewer: Viewer, query: str, now: datetime, size: int) -> list[QueuePage]:
    """All pages from the top to the end; each but the last is full."""
    found = [selectors.queue_page(viewer, query, now=now, size=size)]
    while found[-1].after:
        found.append(selectors.queue_page(viewer, query, after=found[-1].after, now=now, size=size))
    assert all(len(page.rows) == size for page in found[:-1])
    return found


def numbers(pages: Iterable[QueuePage]) -> list[str]:
    return [row.number for page in pages for row in page.rows]


@pytest.mark.parametrize("size", [1, 7, 33, 200])
def test_pages_follow_each_other_without_gap_or_repeat(
    hundred: list[str], coordinator: Viewer, now: datetime, size: int
) -> None:
    assert numbers(walk(coordinator, "", now, size)) == hundred


@pytest.mark.parametrize("size", [1, 7, 33])
def test_the_way_back_shows_the_pages_of_the_way_there(
    hundred: list[str], coordinator: Viewer, now: datetime, size: int
) -> None:
    there = walk(coordinator, "", now, size)
    assert there[0].before == ""
    page = there[-1]
    for expected in there[-2::-1]:
        page = selectors.queue_page(coordinator, "", after=page.before, now=now, size=size)
        assert numbers([page]) == numbers([expected])
        assert page.after
    assert page.before == ""


def test_back_to_a_top_that_has_grown_shows_a_whole_page_of_it(
    hundred: list[str], coordinator: Viewer, now: datetime
) -> None:
    first = selectors.queue_page(coordinator, now=now, size=7)
    second = selectors.queue_page(coordinator, after=first.after, now=now, size=7)
    Case.objects.filter(number__in=hundred[1:4]).update(state=CaseState.RESOLVED, closed_at=now)
    back = selectors.queue_page(coordinator, after=second.before, now=now, size=7)
    assert numbers([back]) == [hundred[0], *hundred[4:10]] and back.before == ""


def test_a_page_whose_cases_are_gone_still_leads_back(hundred: list[str], coordinator: Viewer, now: datetime) -> None:
    last = walk(coordinator, "", now, 33)[-1]
    third = selectors.queue_page(coordinator, after=last.before, now=now, size=33)
    Case.objects.filter(number=hundred[-1]).update(state=CaseState.RESOLVED, closed_at=now)
    empty = selectors.queue_page(coordinator, after=third.after, now=now, size=33)
    assert empty.rows == [] and empty.after == ""
    assert numbers([selectors.queue_page(coordinator, after=empty.before, now=now, size=33)]) == hundred[65:98]


# What each order is, said once more without the database: the columns of a case as a key.
LATE = datetime(9999, 1, 1, tzinfo=UTC)
BY = {
    "sort:due": lambda case: (case.act_by or LATE, case.pk),
    "sort:opened": lambda case: (-case.opened_at.timestamp(), -case.pk),
    "sort:oldest": lambda case: (case.opened_at, case.pk),
    "is:snoozed": lambda case: (case.snoozed_until, case.pk),
    "is:resolved": lambda case: (-case.closed_at.timestamp(), -case.pk),
}


@pytest.mark.parametrize("query", BY)
@pytest.mark.parametrize("size", [3, 20])
def test_every_order_has_its_pages_in_both_directions(
    query: str, size: int, freight: Any, coordinator: Viewer, now: datetime
) -> None:
    for number in range(30):
        soon = now + HOUR * (number * 7 % 10)
        columns = {"act_by": soon if number % 4 else None, "opened_at": now - HOUR * (number * 3 % 8)}
        if query == "is:snoozed":
            columns |= {"snoozed_until": soon}
        if query == "is:resolved":
            columns |= {"state": CaseState.CLOSED, "closed_at": soon}
        plain_case(number, columns.pop("opened_at"), shipment=freight, **columns)
    expected = [case.number for case in sorted(Case.objects.all(), key=BY[query])]
    there = walk(coordinator, query, now, size)
    assert numbers(there) == expected
    page, back = there[-1], [there[-1]]
    while page.before:
        page = selectors.queue_page(coordinator, query, after=page.before, now=now, size=size)
        back.append(page)
    assert numbers(reversed(back)) == expected


def test_a_cursor_that_is_not_ours_is_refused(freight: Any, coordinator: Viewer, now: datetime) -> None:
    for bad in ("x", "bm90IGpzb24", "WzEsMiwzLDRd"):
        with pytest.raises(BadRequest):
            selectors.queue_page(coordinator, after=bad, now=now)


def test_filters_narrow_the_queue(freight: Any, coordinator: Viewer, customer: Account, now: datetime) -> None:
    due = plain_case(1, now, shipment=freight, act_by=now + HOUR, account=customer, search_text="PRO777")
    plain_case(2, now, shipment=freight, owner=coordinator.member)
    asleep = plain_case(3, now, shipment=freight, snoozed_until=now + HOUR)
    gone = plain_case(4, now, shipment=freight, state=CaseState.RESOLVED, closed_at=now)

    def found(query: str) -> list[str]:
        return [row.number for row in selectors.queue_page(coordinator, query, now=now).rows]

    assert found("owner:me") == ["EX-2"] and found("owner:none") == [due.number]
    assert found("due:<2h") == [due.number] and found("due:<30m") == []
    assert found("customer:north") == [due.number] and found("customer:nobody") == []
    assert found("is:snoozed") == [asleep.number] and found("is:resolved") == [gone.number]
    assert found("pro777") == [due.number] and found("EX-2") == ["EX-2"] and found("zzz") == []
    assert found("severity:S1") == [] and len(found("severity:S2 type:delivery_late")) == 2
    assert found("owner:Cora") == ["EX-2"] and found("owner:me,none") == ["EX-2", due.number]
    assert found("-owner:me") == [due.number] and found("-customer:north") == ["EX-2"]


def test_a_customer_is_asked_for_with_everything_below_it(
    freight: Any, coordinator: Viewer, customer: Account, now: datetime
) -> None:
    division = account_create(
        code="NG-WEST", name="Western division", kind=AccountKind.CUSTOMER, parent=customer, actor=SYSTEM, now=now
    )
    plain_case(1, now, shipment=freight, account=division)
    plain_case(2, now, shipment=freight)
    for query, expected in (
        ("customer:north", ["EX-1"]),
        ("customer:ng-west", ["EX-1"]),
        ("-customer:north", ["EX-2"]),
    ):
        assert [row.number for row in selectors.queue_page(coordinator, query, now=now).rows] == expected


def test_a_filter_that_is_not_understood_finds_nothing_and_says_where(
    freight: Any, coordinator: Viewer, now: datetime
) -> None:
    plain_case(1, now, shipment=freight)
    page = selectors.queue_page(coordinator, "owner:none colour:red", now=now)
    (problem,) = page.problems
    assert page.rows == [] and page.query == "owner:none colour:red"
    assert (problem.before, problem.part, problem.after) == ("owner:none ", "colour:red", "")


@pytest.mark.parametrize(
    ("name", "who"),
    [("customer:nrothgate", "no customer"), ('owner:"Dan O"', "no colleague"), ("partner:tyop", "no connection")],
)
def test_a_name_that_nothing_has_cannot_be_left_out(
    freight: Any, coordinator: Viewer, now: datetime, name: str, who: str
) -> None:
    plain_case(1, now, shipment=freight)
    query = f"owner:none -owner:me -{name}"
    page = selectors.queue_page(coordinator, query, now=now)
    (problem,) = page.problems
    assert page.rows == [] and problem.part == name.partition(":")[2]
    assert problem.sentence.startswith(f"-{name} leaves nothing out: {who} has a name")
    counts, _ = selectors.queue_head(coordinator, now=now, views={"typo": query, "mine": "owner:me"})
    assert "typo" not in counts and "all" in counts


def test_a_limited_member_is_not_told_which_customers_and_connections_there_are(
    freight: Any, coordinator: Viewer, customer: Account, now: datetime
) -> None:
    plain_case(1, now, shipment=freight, account=customer)
    restricted = Viewer(
        coordinator.member, coordinator.organisation, coordinator.verbs, {"account_scope": frozenset({customer.pk})}
    )
    restricted.member.restricted = True
    left_out = ("-customer:nobody", "-customer:northgate-east", "-partner:nobody")
    pages = [selectors.queue_page(restricted, query, now=now) for query in left_out]
    assert [(len(page.rows), page.problems) for page in pages] == [(1, [])] * 3


def test_counts_stop_at_999(freight: Any, coordinator: Viewer, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("counting", "queue"):
        monkeypatch.setattr(f"exceptions.cases.selectors.{module}.COUNTED", 2)
    for number in range(4):
        plain_case(number, now, shipment=freight, act_by=now + HOUR if number == 0 else None)
    counts = selectors.queue_counts(coordinator, now=now)
    assert {key: str(count) for key, count in counts.items()} == {
        "all": "2+", "mine": "0", "unowned": "2+", "due": "1", "snoozed": "0",
    }  # fmt: skip
    assert str(selectors.queue_page(coordinator, now=now, size=2).total) == "2+"


def test_a_restricted_member_sees_only_granted_accounts(
    freight: Any, coordinator: Viewer, customer: Account, now: datetime
) -> None:
    mine, hidden = plain_case(1, now, shipment=freight, account=customer), plain_case(2, now, shipment=freight)
    restricted = Viewer(
        coordinator.member, coordinator.organisation, coordinator.verbs, {"account_scope": frozenset({customer.pk})}
    )
    restricted.member.restricted = True
    page = selectors.queue_page(restricted, now=now)
    assert [row.number for row in page.rows] == [mine.number] and page.is_restricted
    with pytest.raises(NotFound):
        selectors.case_detail(restricted, hidden.number, now=now)


@pytest.mark.django_db(transaction=True)
def test_another_organisation_sees_nothing(organisation: Any, stranger: Viewer, now: datetime) -> None:
    with acting_for(organisation):
        book("1", now, now + 6 * HOUR)
        (case,) = eta("1", now, now + 9 * HOUR)
    with acting_for(stranger.organisation):
        assert selectors.queue_page(stranger, now=now).rows == []
        with pytest.raises(NotFound):
            selectors.case_get(stranger, case.number)


def test_who_may_not_see_cases_is_refused(acting: Any, coordinator: Viewer, now: datetime) -> None:
    integration = Viewer(coordinator.member, coordinator.organisation, frozenset())
    with pytest.raises(Forbidden):
        selectors.queue_page(integration, now=now)


def test_a_case_knows_the_partner_whose_signal_opened_it(
    acting: Any, carrier: Account, coordinator: Viewer, now: datetime
) -> None:
    fleet = Partner.objects.create(
        account=carrier, slug="fleet", name="FleetTrace", channel=Channel.WEBHOOK, adapter="cloudevents",
        signature=SignatureScheme.HMAC,
    )  # fmt: skip
    book("1", now, now + 6 * HOUR)
    (case,) = eta("1", now, now + 9 * HOUR, partner=fleet)
    assert case.partner == fleet
    found = selectors.queue_page(coordinator, "partner:fleet", now=now)
    assert [row.number for row in found.rows] == [case.number]


@pytest.fixture
def told(acting: Any, customer: Account, carrier: Account, now: datetime, run_jobs: Any) -> Case:
    make_term(customer, "delivery_window", {"kind": "flat", "amount": "8000", "currency": "USD"})
    Contact.objects.create(
        account=carrier, name="Orbit dispatch", role="dispatch", phone="+1 555 0100", zone="America/Chicago",
        hours={"tue": [["08:00", "17:00"]]},
    )  # fmt: skip
    book("482", now, now + 6 * HOUR, customer=customer, carrier=carrier)
    tell(EventType.SHIPMENT_PICKED_UP, "482", now - HOUR, stop=1)
    (case,) = eta("482", now, now + 9 * HOUR)
    return services.case_price(case, now=now)


def test_the_page_of_a_case_has_everything(told: Case, coordinator: Viewer, now: datetime) -> None:
    services.case_note(told, text="Look: twice", actor=coordinator.actor, now=now + HOUR)
    services.next_check_set(told, due_at=now + 2 * HOUR, expecting="moving", actor=coordinator.actor, now=now)
    detail = selectors.case_detail(coordinator, told.number, now=now)
    assert detail.row.number == told.number and detail.row.affected_count == 1
    assert detail.row.phrase.endswith("still avoidable: rebook until 12:30")
    assert detail.why[0].startswith("8,000 USD if not at the dock by 15:00 Chicago; rebooking still works until 12:30")
    assert [stop.place for stop in detail.strip] == ["Dallas, TX", "Chicago, IL"]
    assert [stop.state for stop in detail.strip] == ["current", "late"]
    assert detail.strip[1].is_subject and detail.strip[1].estimated == now + 9 * HOUR
    (affected,) = detail.affected
    assert (affected.references, affected.at_risk, affected.matters) == ("PRO 482", 8000, True)
    (contact,) = [row for row in detail.contacts if row.account == "Orbit"]
    assert (contact.role, contact.hours_today, contact.is_open_now) == ("Carrier dispatch", "08:00-17:00 Chicago", True)
    Contact.objects.filter(pk=contact.id).update(hours={"tue": [["00:00", "24:00"]]})
    (contact,) = [
        row for row in selectors.case_detail(coordinator, told.number, now=now).contacts if row.account == "Orbit"
    ]
    assert contact.hours_today == "around the clock"
    assert detail.timeline[0].kind == "note" and detail.timeline[0].text == "Look: twice"
    assert detail.next_check is not None and detail.next_check.expects == "moving"
    assert {"take", "snooze", "resolve", "pin", "note", "interaction"} <= detail.actions
    assert detail.would_change == "first if the ETA is confirmed before 15:00 Chicago"
    assert detail.stakes[0].currency == "USD" and detail.last_signal_at == now


def test_a_case_page_asks_as_much_for_fourteen_shipments_as_for_one(
    told: Case, customer: Account, coordinator: Viewer, now: datetime
) -> None:
    with CaptureQueriesContext(
        connection,
    ) as one:
        selectors.case_detail(coordinator, told.number, now=now)
    for number in range(14):
        book(f"L{number}", now, now + 6 * HOUR, customer=customer, load="L-9")
    (case,) = tell(EventType.LOAD_BROKEN_DOWN, "L-9", now, ref="load")
    with CaptureQueriesContext(connection) as many:
        detail = selectors.case_detail(coordinator, case.number, now=now)
    assert len(detail.affected) == 14
    assert len(many) == len(one) <= 5


def test_the_queue_page_asks_little(told: Case, coordinator: Viewer, now: datetime) -> None:
    with CaptureQueriesContext(connection) as asked:
        selectors.queue_page(coordinator, now=now)
        selectors.queue_counts(coordinator, now=now)
    assert len(asked) <= 3


def test_who_may_only_look_has_nothing_to_do(told: Case, auditor: Viewer, now: datetime) -> None:
    assert selectors.case_detail(auditor, told.number, now=now).actions == frozenset()


def test_an_empty_queue_says_when_the_next_case_wakes(freight: Any, coordinator: Viewer, now: datetime) -> None:
    plain_case(1, now, shipment=freight, snoozed_until=now + timedelta(hours=3))
    assert selectors.queue_page(coordinator, now=now).next_due_at == now + timedelta(hours=3)


def test_a_case_found_by_its_number_is_ready_for_a_row(told: Case, coordinator: Viewer, now: datetime) -> None:
    (row,) = selectors.queue_rows(coordinator, [selectors.case_get(coordinator, told.number.lower())])
    assert (row.number, row.affected_count) == (told.number, 1)


def test_a_row_says_the_same_on_a_page_of_many_and_of_a_case_alone(
    freight: Any, coordinator: Viewer, now: datetime
) -> None:
    member, user = coordinator.member, coordinator.user
    assert user is not None
    explanation = {"phrase": "", "zone": "Europe/Paris", "place": "Lyon", "unavoidable": True, "no_sla": True}
    pinned = {"pinned": True, "pinned_by": member, "pinned_at": now, "owner": member, "state": CaseState.OPEN}
    plain_case(71, now, shipment=freight, summary="Late", explanation=explanation, act_by=now, **pinned)
    plain_case(72, now, shipment=freight, phase="breached", at_risk=12_345, explanation={})
    plain_case(73, now, shipment=freight, snoozed_until=now + HOUR, snoozed_for="reply", explanation={"phrase": "Why"})
    user.name = ""
    user.save()

    listed = [
        *selectors.queue_page(coordinator, now=now).rows,
        *selectors.queue_page(coordinator, "is:snoozed", now=now).rows,
    ]

    assert [row.number for row in listed] == ["EX-71", "EX-72", "EX-73"]
    for row in listed:
        assert [row] == selectors.queue_rows(coordinator, [selectors.case_get(coordinator, row.number)])
    assert listed[0].owner == listed[0].pinned_by == user.email
