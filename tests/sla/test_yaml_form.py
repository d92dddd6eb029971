"""Contracts as YAML: written and read back as the same; every mistake with its line; nothing clever is executed."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from exceptions.sla.checking import World, check_contract
from exceptions.sla.drafts import ContractDraft, TermDraft
from exceptions.sla.kinds import Counting, Measured, Period, Starts, Subkind, TermKind
from exceptions.sla.yaml_form import LONGEST, contract_from_yaml, contract_to_yaml

ROOT = Path(__file__).parents[2]
SMALL = """contract: F
name: Fruit
currency: EUR
effective_from: 2026-01-01
terms:
  - name: Late
    kind: delivery_window
    price: {kind: flat, amount: 450.10, currency: EUR}
"""

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
words = st.one_of(
    texts, st.sampled_from(["", "null", "~", "yes", "1e3", "0x1F", "007", "12", "- a", "a: b", "#", "'", "2026-01-01"])
)
amounts = st.decimals(0, 10**9, places=2).map(str) | st.integers(0, 10**12).map(str)
prices = st.one_of(
    st.fixed_dictionaries({"kind": st.just("flat"), "amount": amounts, "currency": st.just("EUR")}),
    st.fixed_dictionaries({"kind": st.just("percent"), "percent": amounts, "cap": amounts}),
    st.fixed_dictionaries(
        {
            "kind": st.just("per_unit"),
            "unit": st.just("hour"),
            "tiers": st.lists(st.fixed_dictionaries({"units": st.integers(1, 99), "rate": amounts}), max_size=3),
        }
    ),
)  # fmt: skip


@st.composite
def term_drafts(draw: st.DrawFn) -> TermDraft:
    return TermDraft(
        kind=draw(st.sampled_from(TermKind.values)),
        name=draw(words),
        subkind=draw(st.sampled_from(["", *Subkind.values])),
        account=draw(words),
        service=draw(words),
        mode=draw(words),
        lane=draw(words),
        case_type=draw(words),
        goods_class=draw(words),
        tier=draw(st.none() | st.integers(-1, 12)),
        severity=draw(words),
        starts=draw(st.sampled_from(["", *Starts.values])),
        measured=draw(st.sampled_from(["", *Measured.values])),
        counting=draw(st.sampled_from(Counting.values)),
        calendar=draw(words),
        allowed_minutes=draw(st.none() | st.integers(-5, 10**6)),
        allowed_days=draw(st.none() | st.integers(0, 400)),
        first_day_counts=draw(st.booleans()),
        notice_minutes=draw(st.none() | st.integers(0, 999)),
        period=draw(st.sampled_from(["", *Period.values])),
        threshold=draw(st.none() | st.decimals(0, 100, places=2)),
        regime=draw(words),
        price=draw(prices),
    )


@st.composite
def contract_drafts(draw: st.DrawFn) -> ContractDraft:
    return ContractDraft(
        code=draw(words),
        name=draw(words),
        currency=draw(words),
        effective_from=draw(st.dates()),
        account=draw(words),
        side=draw(words.filter(bool)),
        effective_to=draw(st.none() | st.dates()),
        note=draw(words),
        terms=tuple(draw(st.lists(term_drafts(), max_size=3))),
    )


@pytest.mark.parametrize("text", ["\x85", "a\u2028b", "\u2029", "x\x85 y"])
def test_no_line_break_of_a_text_is_lost(text: str) -> None:
    draft = ContractDraft(code="C-1", name="C", currency="USD", effective_from=date(2026, 1, 1), note=text)
    reading = contract_from_yaml(contract_to_yaml(draft))
    assert reading.draft is not None and reading.draft.note == text


@given(contract_drafts())
@settings(max_examples=100, deadline=None)
def test_what_is_written_reads_back_as_the_same(draft: ContractDraft) -> None:
    reading = contract_from_yaml(contract_to_yaml(draft))
    assert reading.problems == () and reading.draft == draft


@given(contract_drafts())
@settings(max_examples=30, deadline=None)
def test_any_yaml_reader_sees_plain_data(draft: ContractDraft) -> None:
    assert set(yaml.safe_load(contract_to_yaml(draft))) >= {"contract", "terms", "effective_from"}


def test_amounts_stay_exact_and_unquoted() -> None:
    reading = contract_from_yaml(SMALL)
    assert reading.draft is not None and reading.draft.terms[0].price["amount"] == "450.10"
    assert "amount: 450.10\n" in contract_to_yaml(reading.draft)


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_no_text_whatever_is_more_than_a_list_of_problems(text: str) -> None:
    reading = contract_from_yaml(text)
    assert reading.draft is None and reading.problems


@given(st.integers(0, len(SMALL) - 1), st.text(max_size=3))
@settings(max_examples=200, deadline=None)
def test_a_slip_of_the_pen_is_read_or_named_with_a_line(at: int, slip: str) -> None:
    reading = contract_from_yaml(SMALL[:at] + slip + SMALL[at + 1 :])
    assert reading.draft is not None or all(problem.sentence for problem in reading.problems)


WILD = ("9" * 5000, "1e999999", "-1", "NaN", "²", "''", "[1]", "{a: 1}", "0001-01-01", "9999-12-31", "0x10", ".inf")


@pytest.mark.parametrize("wild", WILD, ids=[each[:10] for each in WILD])
def test_whatever_stands_in_the_place_of_a_value_is_read_or_named(wild: str) -> None:
    text, world = example(), World(accounts={"FRUTERRA": ("FRUTERRA",)}, currencies=frozenset({"EUR"}))
    values = list(re.finditer(r"(?<=: )[^,{}\[\]\n]+", text))
    assert len(values) > 30
    for value in values:
        reading = contract_from_yaml(text[: value.start()] + wild + text[value.end() :])
        assert reading.problems or (reading.draft is not None and check_contract(reading.draft, world) is not None)


def told(text: str) -> list[str]:
    return [str(problem) for problem in contract_from_yaml(text).problems]


def test_every_mistake_is_named_with_its_line_and_all_at_once() -> None:
    text = SMALL.replace("2026-01-01", "the first").replace("name: Late", "nome: Late\n    allowed_minutes: soon")
    assert [line.partition(": ")[0] for line in told(text)] == ["line 4", "line 6", "line 6", "line 7"]
    assert "'the first' is not a day" in told(text)[0] and "'soon' is not a whole number" in told(text)[3]


def test_a_field_given_twice_is_not_silently_the_last() -> None:
    assert told(SMALL + "name: Other\n") == ["line 9: name: is given twice"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: &a [1]\nb: *a\n", "line 1: anchors and aliases are not read"),
        ("contract: !!python/object/apply:os.system ['true']\n", "line 1: tags are not read"),
        ("contract: F\n  name: G\n", "line 2: "),
        ("[" * 40, "nested too deep"),
        ("- contract: F\n", "line 1: a contract is a list of fields"),
        ("", "a contract is a list of fields"),
        ("a: b\x07\n", "unacceptable character"),
        ("x" * (LONGEST + 1), "the text is longer than 256 KiB"),
    ],
)
def test_what_is_not_a_plain_contract_is_refused(text: str, sentence: str) -> None:
    assert sentence in told(text)[0]


def test_a_bomb_of_aliases_is_refused_before_it_grows() -> None:
    rows = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60)]
    assert "anchors and aliases are not read" in told("\n".join(rows))[0]


def test_a_problem_of_meaning_is_placed_in_the_text() -> None:
    text = SMALL.replace("kind: delivery_window", "kind: delivery_window\n    applies_to:\n      mode: rocket")
    reading = contract_from_yaml(text)
    assert reading.draft is not None
    world = World(currencies=frozenset({"EUR"}))
    assert [problem.line for problem in reading.placed(check_contract(reading.draft, world))] == [9]


def example() -> str:
    page = (ROOT / "docs" / "contracts.md").read_text()
    found = re.search(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert found is not None
    return found.group(1)


def test_the_example_of_the_documentation_is_sound() -> None:
    reading = contract_from_yaml(example())
    assert reading.problems == () and reading.draft is not None
    world = World(accounts={"FRUTERRA": ("FRUTERRA",)}, currencies=frozenset({"EUR"}))
    assert check_contract(reading.draft, world) == []
    assert reading.draft.terms[2].threshold == Decimal(98)
    assert reading.draft.effective_to == date(2026, 1, 1) + timedelta(days=365)
    assert contract_from_yaml(contract_to_yaml(reading.draft)).draft == reading.draft


def test_the_documentation_names_every_kind_and_field() -> None:
    page = (ROOT / "docs" / "contracts.md").read_text()
    named: list[Any] = [*TermKind.values, *Subkind.values, *Counting.values, *Measured.values]
    assert [word for word in named if f"`{word}`" not in page] == []


@pytest.mark.parametrize(("said", "place"), [("units: ²", "price"), ("allowed_minutes: ²", "allowed minutes")])
def test_a_digit_that_is_no_number_is_a_mistake_with_its_place(said: str, place: str) -> None:
    if said.startswith("units"):
        price = "{kind: per_unit, unit: hour, currency: EUR, tiers: [{UNITS, rate: 1}, {rate: 2}]}".replace(
            "UNITS", said
        )
        text = SMALL.replace("{kind: flat, amount: 450.10, currency: EUR}", price)
    else:
        text = f"{SMALL}    {said}\n"
    reading = contract_from_yaml(text)
    problems = list(reading.problems)
    if reading.draft is not None:
        problems = check_contract(reading.draft, World(currencies=frozenset({"EUR"})))
    assert [problem.place for problem in problems] == [f"term 1, {place}"]
    assert "'²' is not a" in problems[0].sentence
