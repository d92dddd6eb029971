"""The worked example of docs/exposure.md, computed from the numbers that stand there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from exceptions.sla.exposure import Assessment, Option, Stake, urgency
from exceptions.sla.whatif import stands_at, waiting

PAGE = Path(__file__).parents[2] / "docs" / "exposure.md"
H = timedelta(hours=4)
NINE = datetime(2026, 11, 20, 9, tzinfo=UTC)


def table(first_header: str) -> list[dict[str, str]]:
    """Rows of the table whose first column has this header, by their headers."""
    lines = PAGE.read_text().splitlines()
    begin = next(number for number, line in enumerate(lines) if line.startswith(f"| {first_header} |"))
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[begin:]]
    header, rows = cells[0], cells[2:]
    end = next((number for number, row in enumerate(rows) if len(row) != len(header)), len(rows))
    return [dict(zip(header, row, strict=True)) for row in rows[:end]]


def number(text: str) -> Decimal:
    return Decimal(text.replace(",", "") or 0)


def at(text: str) -> datetime:
    return datetime.strptime(f"2026-11-20 {text}", "%Y-%m-%d %H:%M").replace(tzinfo=UTC)


def given() -> dict[str, Stake]:
    """One stake for each case, with an option for each of its rows."""
    found: dict[str, Stake] = {}
    for row in table("case"):
        name = row["case"].partition(",")[0]
        before = found[name].options if name in found else ()
        options = (
            [Option(row["action"], at(row["works until"]), number(row["costs"]), number(row["likely all the same"]))]
            if row["action"]
            else []
        )
        found[name] = Stake(
            key=name,
            books_at=at(row["books at"]),
            payable=number(row["if missed"]),
            currency="EUR",
            p_idle=number(row["likely if nobody acts"]),
            recoverable=number(row["recoverable"]),
            options=(*before, *options),
        )
    return found


def seen(stake: Stake, when: datetime) -> Assessment:
    return stands_at([stake], when, half_life=H, house_currency="EUR")


def test_the_page_names_four_cases_and_an_option_that_is_not_the_best() -> None:
    assert {name: len(stake.options) for name, stake in given().items()} == {"A": 2, "B": 1, "C": 0, "D": 1}


@pytest.mark.parametrize("clock", ["09:00", "12:00"])
def test_every_figure_of_the_page_is_computed(clock: str) -> None:
    rows = table(f"case at {clock}")
    assert [row["place"] for row in rows] == ["1", "2", "3", "4"]
    found = {name: seen(stake, at(clock)) for name, stake in given().items()}
    for row in rows:
        told = found[row[f"case at {clock}"]]
        assert (told.at_risk, told.avoidable, told.lost) == tuple(
            number(row[name]) for name in ("at risk", "still avoidable", "lost")
        )
        option = told.leading.option if told.leading else None
        assert (option.action if option else "") == row["action"]
        assert (f"{option.act_by:%H:%M}" if option else "") == row["until"]
        assert round(urgency(told.choices, at(clock), H)) == number(row["weight"])
    by_rank = sorted(found, key=lambda name: (found[name].rank is None, -(found[name].rank or 0), -found[name].at_risk))
    assert by_rank == [row[f"case at {clock}"] for row in rows]


def test_what_waiting_gives_up_is_computed() -> None:
    stakes = given()
    for row in table("case at 12:00"):
        found = waiting([stakes[row["case at 12:00"]]], NINE, at("12:00"), half_life=H, house_currency="EUR")
        assert found.gone == number(row["given up by waiting"])


def test_the_sentences_quote_the_tables() -> None:
    text = " ".join(PAGE.read_text().split())
    rebook, expedite = given()["A"].options
    a = given()["A"]
    assert f"(1.00 - 0.10) x (8,000 - 0) - 600 = {(a.p_idle - rebook.p_act) * a.payable - rebook.cost:,.0f}" in text
    assert f"expediting {(a.p_idle - expedite.p_act) * a.payable - expedite.cost:,.0f};" in text
    assert f"claim the {given()['C'].recoverable:,}" in text
