"""What if it waits until three: answered from what is stored, and the same as pricing finds when three has come."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from controltower.errors import Invalid
from controltower.tenancy.context import acting_for
from controltower.tenancy.viewer import Viewer
from exceptions.cases import selectors, services
from exceptions.cases.models import Case, Stake, StakeState
from exceptions.cases.selectors.later import stored_stakes
from exceptions.parties.models import Account
from exceptions.shipments.canonical import EventType
from exceptions.sla.exposure import Assessment
from exceptions.sla.whatif import stands_at
from tests.cases.conftest import HOUR, book, eta, make_term, tell
from tests.cases.test_views_queue import HTMX, case, statements

__all__ = ["case", "statements"]
pytestmark = pytest.mark.django_db

FLAT = {"kind": "flat", "amount": "8000", "currency": "USD"}
SignIn = Callable[..., Client]


@pytest.fixture
def late(customer: Account, now: datetime) -> Case:
    """8,000 due at 15:00 Chicago; it is 09:00, rebooking works until 12:30."""
    make_term(customer, "delivery_window", FLAT)
    book("482", now, now + 6 * HOUR, customer=customer)
    (opened,) = eta("482", now, now + 9 * HOUR)
    return services.case_price(opened, now=now)


def foreseen(found: Case, at: datetime) -> Assessment:
    rows = list(
        Stake.objects.filter(case=found, state__in=(StakeState.OPEN, StakeState.LOST))
        .select_related("commitment__term", "commitment__stop")
        .order_by("books_at", "pk")
    )
    house = found.organisation
    return stands_at(
        stored_stakes(rows, found.explanation, house.time_zone, at=at),
        at,
        half_life=timedelta(hours=house.half_life_hours),
        house_currency=house.currency,
        booked=[row.key for row in rows if row.state == StakeState.LOST],
    )


def assert_comes_true(found: Case, at: datetime) -> None:
    told = foreseen(found, at)
    then = services.case_price(found, now=at)
    assert {name: int(getattr(told, name) * 100) for name in ("at_risk", "avoidable", "lost", "recoverable")} == {
        name: getattr(then, name) for name in ("at_risk", "avoidable", "lost", "recoverable")
    }
    assert told.rank == pytest.approx(then.rank)
    assert told.act_by == then.act_by


@pytest.mark.parametrize("hours", [0.25, 2, 3.5, 4, 5.99, 6, 7, 25, 80])
def test_what_is_foreseen_comes_true(late: Case, now: datetime, hours: float) -> None:
    assert_comes_true(late, now + hours * HOUR)


def test_it_comes_true_from_whenever_it_is_asked(late: Case, now: datetime) -> None:
    later = services.case_price(late, now=now + 4 * HOUR)
    assert_comes_true(later, now + 6 * HOUR)


@pytest.mark.parametrize("hours", [1, 3, 5])
def test_a_trailer_shares_its_costs_then_as_it_would(customer: Account, now: datetime, hours: float) -> None:
    make_term(customer, "delivery_window", {"kind": "flat", "amount": "450", "currency": "USD"})
    for number in range(14):
        book(f"L{number}", now, now + (4 + number % 3) * HOUR, customer=customer, load="L-9")
    (broken,) = tell(EventType.LOAD_BROKEN_DOWN, "L-9", now, ref="load")
    assert_comes_true(services.case_price(broken, now=now), now + hours * HOUR)


def test_the_answer_says_what_is_left_what_booked_and_the_place(late: Case, coordinator: Viewer, now: datetime) -> None:
    said = selectors.case_later(coordinator, late, now + 4 * HOUR, now=now)
    assert said.clock == "13:00"
    assert any(sentence.startswith("rebooking works only until 12:30") for sentence in said.sentences)
    assert any("of what is avoidable now" in sentence for sentence in said.sentences)
    past = selectors.case_later(coordinator, late, now + 7 * HOUR, now=now)
    assert "8,000 USD has booked by then: not at the dock by 15:00 Chicago" in past.sentences


def test_the_place_is_counted_among_the_others(
    late: Case, coordinator: Viewer, customer: Account, now: datetime
) -> None:
    book("483", now, now + 7 * HOUR, customer=customer)
    (other,) = eta("483", now, now + 12 * HOUR)
    other = services.case_price(other, now=now)
    late.refresh_from_db()
    assert late.rank is not None and other.rank is not None and late.rank > other.rank
    said = selectors.case_later(coordinator, late, now + 4 * HOUR, now=now)
    assert (said.place_now, said.place_then) == ("first", "below 1st")


def test_what_somebody_pinned_stands_above_whatever_it_is_worth(
    late: Case, coordinator: Viewer, customer: Account, now: datetime
) -> None:
    book("483", now, now + 20 * HOUR, customer=customer)
    (other,) = eta("483", now, now + 30 * HOUR)
    other = services.case_price(other, now=now)
    services.case_pin(other, actor=coordinator.actor, now=now)
    late.refresh_from_db()
    assert late.rank is not None and other.rank is not None and late.rank > other.rank
    places = selectors.case_later(coordinator, late, now + HOUR, now=now)
    assert (places.place_now, places.place_then) == ("below 1st", "below 1st")
    services.case_pin(late, actor=coordinator.actor, now=now)
    late.refresh_from_db()
    assert selectors.case_later(coordinator, late, now + HOUR, now=now).place_now == "first"


def test_a_case_does_not_stand_above_itself_where_its_place_would_change(
    late: Case, coordinator: Viewer, now: datetime
) -> None:
    told = selectors.case_detail(coordinator, late.number, now=now).would_change
    assert told.startswith("first if the ETA is confirmed")


@pytest.mark.parametrize(
    ("asked_at", "said"),
    [(5, ["00:30", "01:00 CDT", "01:30 CDT", "02:00"]), (6, ["01:30 CDT", "01:00 CST", "02:00"])],
)
def test_of_the_hour_that_a_night_has_twice_the_next_is_offered_with_its_zone(
    late: Case, coordinator: Viewer, asked_at: int, said: list[str]
) -> None:
    night = datetime(2026, 11, 1, asked_at, asked_at // 6, tzinfo=UTC)
    asked = selectors.moments(coordinator, late, night)
    assert [label for _, label in asked.choices][: len(said)] == said
    at = selectors.moment_of(asked.choices[1][0], night, asked.zone)
    assert selectors.case_later(coordinator, late, at, now=night).clock == said[1]


def test_it_asks_for_the_stakes_and_the_places_and_nothing_else(late: Case, coordinator: Viewer, now: datetime) -> None:
    with CaptureQueriesContext(connection) as asked:
        selectors.case_later(coordinator, late, now + 4 * HOUR, now=now)
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "no_time"), ("three", "no_time"), ("2026-11-03T15:30Z", "no_time"), ("9999-12-31T23:59", "no_time"),
        ("2026-11-03T08:59", "passed"), ("2027-11-03T15:00", "too_far"),
    ],
)  # fmt: skip
def test_a_time_that_cannot_be_waited_for_is_refused(text: str, code: str, now: datetime) -> None:
    with pytest.raises(Invalid) as refused:
        selectors.moment_of(text, now, "America/Chicago")
    assert refused.value.code == code


def test_any_minute_can_be_typed_on_the_clock_of_the_place(now: datetime) -> None:
    assert selectors.moment_of("2026-11-03T13:07", now, "America/Chicago") == datetime(2026, 11, 3, 19, 7, tzinfo=UTC)


@pytest.mark.parametrize(("asked_at", "meant"), [(5, 6), (6, 7)])
def test_an_hour_that_the_clock_shows_twice_is_the_next_of_them(asked_at: int, meant: int) -> None:
    """On 1 November 2026 Chicago shows 01:30 at 06:30 and at 07:30 UTC."""
    found = selectors.moment_of("2026-11-01T01:30", datetime(2026, 11, 1, asked_at, 45, tzinfo=UTC), "America/Chicago")
    assert found == datetime(2026, 11, 1, meant, 30, tzinfo=UTC)


def test_the_choices_are_half_hours_at_the_place(late: Case, coordinator: Viewer, now: datetime) -> None:
    asked = selectors.moments(coordinator, late, now)
    found = asked.choices
    assert (asked.zone, asked.place) == ("America/Chicago", "Chicago")
    assert found[0] == ("2026-11-03T09:30", "09:30") and found[12] == ("2026-11-03T15:30", "15:30")
    assert all(now < selectors.moment_of(value, now, asked.zone) <= now + 24 * HOUR for value, _ in found)
    assert len(found) == 48


def test_a_case_that_is_over_waits_for_nothing(late: Case, coordinator: Viewer, now: datetime) -> None:
    over = services.case_resolve(late, reason_unknown=True, actor=coordinator.actor, now=now)
    with pytest.raises(Invalid, match="not open"):
        selectors.case_later(coordinator, over, now + HOUR, now=now)


def test_the_answer_is_a_page_and_a_fragment(
    client_for: SignIn, coordinator: Viewer, stranger: Viewer, case: Case, statements: Any
) -> None:
    with acting_for(case.organisation_id):
        services.case_price(case, now=timezone.now())
    with acting_for(case.organisation_id):
        zone = selectors.moments(coordinator, selectors.case_get(coordinator, case.number), timezone.now()).zone
    at = f"{(timezone.now() + 3 * HOUR).astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}"
    client = client_for(coordinator)
    page = client.get(f"/cases/{case.number}/").content.decode()
    assert f'action="/cases/{case.number}/later/"' in page
    whole = client.get(f"/cases/{case.number}/later/", {"at": at}).content.decode()
    assert "<html" in whole and "If nothing is done until" in whole
    before = len(statements())
    part = client.get(f"/cases/{case.number}/later/", {"at": at}, headers={**HTMX, "HX-Target": "later"})
    assert len(statements()) - before <= 9  # who asks and for whom, and three of its own
    assert "<html" not in part.content.decode() and "still be avoidable" in part.content.decode()
    assert client_for(stranger).get(f"/cases/{case.number}/later/", {"at": at}).status_code == 404


def test_a_wrong_time_is_said_in_its_place(client_for: SignIn, coordinator: Viewer, case: Case) -> None:
    answer = client_for(coordinator).get(f"/cases/{case.number}/later/", {"at": "three"}, headers=HTMX)
    assert answer.status_code == 422 and "Type until when it waits" in answer.content.decode()


def test_each_stake_names_the_version_of_its_contract(late: Case, coordinator: Viewer, now: datetime) -> None:
    detail = selectors.case_detail(coordinator, late.number, now=now)
    with acting_for(late.organisation_id):
        term = (
            Stake.objects.select_related("commitment__term__version__contract")
            .get(key__startswith="delivery")
            .commitment.term
        )
    assert term is not None
    sources = {stake.promise for stake in detail.stakes if stake.payable == Decimal(8000)}
    assert sources == {f"{term.name} · {term.version.contract.code}, version {term.version.number}"}
