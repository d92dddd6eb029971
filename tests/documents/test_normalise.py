"""From what is printed to what is compared: the same print always gives the same value, and no value is made up."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.extraction import checks
from documents.extraction.addresses import Address, read_address
from documents.extraction.normalise import printed, read_date, read_number, read_terms, read_unit


@pytest.mark.parametrize(
    "text, number",
    [
        ("464", "464"), ("9,640", "9640"), ("9.640,5", "9640.5"), ("9,64", "9.64"), ("13695.64", "13695.64"),
        ("18 450", "18450"), ("1.234.567", "1234567"), ("0", "0"), ("1'200", "1200"),
    ],
)  # fmt: skip
def test_numbers_as_printed(text: str, number: str) -> None:
    assert read_number(text) == Decimal(number)


def test_the_country_decides_what_a_point_means() -> None:
    assert read_number("6.240", comma_decimal=True) == Decimal(6240)
    assert read_number("6.240") == Decimal("6.240")
    assert read_number("1,250", comma_decimal=True) == Decimal("1.250")
    assert read_number("6.240,5", comma_decimal=True) == Decimal("6240.5")


@pytest.mark.parametrize("text", ["", "BL-1", "12/14", "1,2,3", "12 lb", "--", "1..2", "9 640 5"])
def test_what_is_no_number(text: str) -> None:
    assert read_number(text) is None


@given(st.integers(min_value=0, max_value=10**7), st.integers(min_value=0, max_value=99))
@settings(max_examples=80, deadline=None)
def test_american_and_european_print_of_one_number_agree(whole: int, cents: int) -> None:
    american = f"{whole:,}.{cents:02d}"
    european = american.translate(str.maketrans(",.", ".,"))

    assert read_number(american) == Decimal(f"{whole}.{cents:02d}")
    if whole >= 1000:
        assert read_number(european) == read_number(american)


@given(st.decimals(min_value=0, max_value=10**8, places=2))
@settings(max_examples=50, deadline=None)
def test_a_printed_number_reads_as_itself(number: Decimal) -> None:
    assert Decimal(printed(number)) == number


@pytest.mark.parametrize(
    "text, found",
    [
        ("2024-11-15", date(2024, 11, 15)), ("Mar 10, 2017", date(2017, 3, 10)), ("10 March 2017", date(2017, 3, 10)),
        ("04.03.2026", date(2026, 3, 4)), ("25/12/2026", date(2026, 12, 25)), ("12/25/26", date(2026, 12, 25)),
        ("3. März 2026", date(2026, 3, 3)), ("le 14 février 2026", date(2026, 2, 14)), ("14-Mar-2026", date(2026, 3, 14)),
    ],
)  # fmt: skip
def test_dates_as_printed(text: str, found: date) -> None:
    read = read_date(text, day_first=None)

    assert read is not None and (read.value, read.other) == (found, None)
    assert read.quote in text


def test_the_country_decides_between_day_and_month() -> None:
    assert read_date("02/03/2026", day_first=True).value == date(2026, 3, 2)  # type: ignore[union-attr]
    assert read_date("02/03/2026", day_first=False).value == date(2026, 2, 3)  # type: ignore[union-attr]
    unknown = read_date("02/03/2026", day_first=None)
    assert unknown is not None and (unknown.value, unknown.other) == (date(2026, 2, 3), date(2026, 3, 2))


@pytest.mark.parametrize("text", ["31/31/2026", "2026-02-30", "soon", "555-0147", "1/2", "13/14/1899"])
def test_what_is_no_date(text: str) -> None:
    assert read_date(text, day_first=None) is None


@given(st.text(max_size=60))
@settings(max_examples=100, deadline=None)
def test_no_text_breaks_a_normaliser(text: str) -> None:
    for day_first in (None, True, False):
        read_date(text, day_first=day_first)
    read_number(text), read_unit(text), read_terms(text), read_address(text)


@given(st.dates(min_value=date(1950, 1, 1), max_value=date(2100, 12, 31)))
@settings(max_examples=60, deadline=None)
def test_a_date_is_read_back_in_every_print(day: date) -> None:
    for text, day_first in (
        (day.isoformat(), None),
        (f"{day:%m/%d/%Y}", False),
        (f"{day:%d/%m/%Y}", True),
        (f"{day:%d.%m.%Y}", None),
        (f"{day:%B} {day.day}, {day.year}", None),
    ):
        read = read_date(text, day_first=day_first)
        assert read is not None and read.value == day, text


@pytest.mark.parametrize(
    "text, parts",
    [
        ("1903 SE 59, OKLAHOMA CITY, OK 73129", Address("OKLAHOMA CITY", "OK", "73129", "US")),
        ("14 Rue X, Winnipeg, MB R3C 1A5", Address("Winnipeg", "MB", "R3C 1A5", "CA")),
        ("ZI Sud, 26200 Montélimar, France", Address("Montélimar", "", "26200", "FR")),
        ("Noorderlaan 401, 2030 Antwerpen, België", Address("Antwerpen", "", "2030", "BE")),
        ("ul. Polna 3, 61-485 Poznań, Polska", Address("Poznań", "", "61-485", "PL")),
        ("New York, NY", Address("New York", "NY", "", "US")),
        ("Somewhere", Address()),
    ],
)
def test_addresses_come_apart(text: str, parts: Address) -> None:
    assert read_address(text) == parts


def test_freight_terms() -> None:
    assert [read_terms(t) for t in ("PREPAID", "Freight Collect", "3rd Party", "Third Party", "payé", "maybe")] == [
        "prepaid", "collect", "third_party", "third_party", "prepaid", "",
    ]  # fmt: skip


def test_check_digits() -> None:
    assert checks.is_container_number("CSQU3054383") and not checks.is_container_number("CSQU3054384")
    assert checks.is_air_waybill("020-12345675") and not checks.is_air_waybill("020-12345676")
    assert checks.is_sscc("106141411234567897") and not checks.is_sscc("106141411234567898")


@given(
    st.integers(min_value=0, max_value=999_999),
    st.integers(min_value=0, max_value=5),
    st.integers(min_value=1, max_value=9),
)
@settings(max_examples=80, deadline=None)
def test_a_container_number_with_one_wrong_digit_is_refused(serial: int, place: int, by: int) -> None:
    letters = "MSKU"
    digits = f"{serial:06d}"
    valid = [d for d in "0123456789" if checks.is_container_number(f"{letters}{digits}{d}")]
    assert len(valid) == 1
    wrong = digits[:place] + str((int(digits[place]) + by) % 10) + digits[place + 1 :]

    # ISO 6346 takes a remainder of 10 for 0, so a few substitutions pass: those two remainders only.
    if checks.is_container_number(f"{letters}{wrong}{valid[0]}"):
        assert valid[0] == "0"


def test_a_rule_that_is_not_known_says_nothing() -> None:
    assert checks.check("pro_number", "anything") == (checks.Verdict.NO_RULE, "")
    assert checks.check("scac", "KSTL")[0] is checks.Verdict.NO_RULE
    assert checks.check("scac", "KsT1")[0] is checks.Verdict.FAILS
