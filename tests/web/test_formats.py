"""How instants, spans and amounts read on screen."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from controltower.web import formats

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "under 1 min"),
        (59, "under 1 min"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h 00"),
        (3900, "1 h 05"),
        (47 * 3600, "47 h 00"),
        (48 * 3600, "2 d"),
        (51 * 3600, "2 d 3 h"),
        (-3900, "1 h 05"),
    ],
)
def test_a_span_says_its_two_leading_units(seconds: int, text: str) -> None:
    assert formats.span(timedelta(seconds=seconds)) == text


def test_a_countdown_turns_into_ago_at_the_instant_itself() -> None:
    assert formats.countdown(NOON + timedelta(minutes=5), NOON) == "5 min"
    assert formats.countdown(NOON, NOON) == "under 1 min ago"
    assert formats.countdown(NOON - timedelta(minutes=5), NOON) == "5 min ago"


def test_a_clock_is_soon_within_the_hour_and_late_from_the_instant_on() -> None:
    assert formats.urgency(NOON + timedelta(hours=1), NOON) == "ok"
    assert formats.urgency(NOON + timedelta(minutes=59), NOON) == "soon"
    assert formats.urgency(NOON, NOON) == "late"


def test_a_time_is_told_on_the_clock_of_its_place() -> None:
    assert formats.clock(NOON, "America/Chicago", NOON) == "06:00"
    assert formats.clock(NOON, "America/Phoenix", NOON) == "05:00"


def test_a_time_carries_as_much_date_as_it_needs() -> None:
    assert formats.clock(NOON + timedelta(days=1), "UTC", NOON) == "Sat 12:00"
    assert formats.clock(NOON + timedelta(days=7), "UTC", NOON) == "27 Nov 12:00"
    assert formats.clock(NOON + timedelta(days=90), "UTC", NOON) == "18 Feb 2027 12:00"


def test_the_day_is_the_day_of_the_place_not_of_utc() -> None:
    late = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)  # already Saturday in Poznań
    assert formats.clock(late, "Europe/Warsaw", NOON) == "Sat 00:30"


def test_the_tooltip_names_zone_and_utc() -> None:
    assert formats.full(NOON, "America/Chicago") == "Fri 20 Nov 2026, 06:00 America/Chicago (12:00 UTC)"
    assert formats.full(NOON, "UTC") == "Fri 20 Nov 2026, 12:00 UTC"


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (Decimal("6900"), "USD", "6,900\u00a0USD"),
        (Decimal("86.4"), "EUR", "86.40\u00a0EUR"),
        (Decimal("-12000"), "", "\u221212,000"),
        (0, "USD", "0\u00a0USD"),
        (None, "USD", "—"),
    ],
)
def test_money_is_plain_and_never_guessed(amount: Decimal | None, currency: str, text: str) -> None:
    assert formats.money(amount, currency) == text


def test_zones_are_called_as_people_call_them() -> None:
    assert formats.zone_name("America/Chicago", NOON) == "CST"
    assert formats.zone_name("Asia/Dubai", NOON) == "UTC+4"
    assert formats.zone_name("Asia/Kolkata", NOON) == "IST"
    assert formats.zone_name("Asia/Kathmandu", NOON) == "UTC+5:45"
    assert formats.zone_name("America/Sao_Paulo", NOON) == "UTC\u22123"


@pytest.mark.parametrize(
    ("number", "dialled"),
    [
        ("+1 (214) 555-0142", "+12145550142"),
        ("214.555.0142 ext. 7", "2145550142,7"),
        ("+48 61 555 0188 x 4", "+48615550188,4"),
    ],
)
def test_a_phone_number_can_be_dialled(number: str, dialled: str) -> None:
    assert formats.dialable(number) == dialled


@pytest.mark.parametrize(
    ("name", "letters"), [("Dana Reyes", "DR"), ("sam", "S"), ("dana.reyes@x.example", "DR"), ("", "?")]
)
def test_initials(name: str, letters: str) -> None:
    assert formats.initials(name) == letters
