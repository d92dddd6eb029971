"""The filter of the queue as people type it: what it asks for, how it is written, and where it is wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exceptions.cases.selectors.grammar import (
    KEYS,
    LONGEST,
    TEXT,
    Amounts,
    Choice,
    Filters,
    Parsed,
    Scope,
    Sort,
    When,
    parse,
)

NOW = datetime(2026, 11, 3, 15, 0, tzinfo=UTC)
CHICAGO = "America/Chicago"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def understood(text: str) -> Filters:
    found = parse(text)
    assert found.problems == ()
    return found.filters


def wrong(text: str) -> tuple[str, str]:
    """(the part that is wrong, the whole filter as suggested) of a filter with one problem."""
    found = parse(text)
    (problem,) = found.problems
    suggested = found.corrected(problem) if problem.suggestion else ""
    assert not suggested or parse(suggested).problems == (), suggested
    return text[problem.offset : problem.offset + problem.length], suggested


def test_every_key_of_the_grammar() -> None:
    found = understood(
        'is:open -is:unavoidable owner:me state:new type:delivery_late severity:s1 customer:"Acme Foods" '
        "partner:fleet lane:dallas>chicago due:<2h exposure:>1000 opened:today sort:due PRO 40851"
    )
    assert found == Filters(
        scope=Scope.OPEN,
        unavoidable=False,
        owner=Choice(("me",)),
        state=Choice(("new",)),
        type=Choice(("delivery_late",)),
        severity=Choice(("S1",)),
        customer=Choice(("Acme Foods",)),
        partner=Choice(("fleet",)),
        lane=Choice(("dallas>chicago",)),
        due=When("<", 2 * HOUR),
        exposure=Amounts(">", Decimal(1000)),
        opened=When("word", word="today"),
        text="PRO 40851",
        sort=Sort.DUE,
    )
    assert set(KEYS) == {"is", "owner", "state", "type", "severity", "customer", "partner", "lane", "due",
                         "exposure", "opened", "sort"}  # fmt: skip


def test_an_empty_filter_is_the_whole_queue_and_an_order_narrows_nothing() -> None:
    assert understood("  ") == Filters() == understood("is:open sort:exposure")
    assert not understood("sort:due").narrows
    assert understood("is:snoozed").narrows and understood("x").narrows


def test_several_values_add_up_and_a_minus_leaves_out() -> None:
    found = understood("type:delivery_late,customs_hold type:pickup_late -owner:me,none -severity:S4 severity:S1,S1")
    assert found.type == Choice(("delivery_late", "customs_hold", "pickup_late"))
    assert found.owner == Choice((), ("me", "none"))
    assert found.severity == Choice(("S1",), ("S4",))


def test_quotation_marks_keep_words_together_and_mean_the_whole_of_a_text() -> None:
    found = understood(r'customer:"Acme, Inc","a \"b\" \\ c" "482 913" "is:open" EX-1042 a-12 5"x')
    assert found.customer.wanted == ("Acme, Inc", r'a "b" \ c')
    assert found.exact == ("482 913", "is:open")
    assert found.text == 'EX-1042 a-12 5"x'


def test_how_a_case_ended_asks_for_the_ended_ones() -> None:
    assert understood("state:closed,not_exception").scope == Scope.RESOLVED
    assert understood("-state:closed").scope == Scope.OPEN
    assert understood("is:resolved -state:merged").state == Choice((), ("merged",))


@pytest.mark.parametrize(
    "text, bounds",
    [
        ("<2h", (NOW, NOW + 2 * HOUR)),
        (">1d", (NOW + DAY, None)),
        ("2h..8h", (NOW + 2 * HOUR, NOW + 8 * HOUR)),
        ("overdue", (None, NOW)),
        ("2026-11-05", (datetime(2026, 11, 5, 6, tzinfo=UTC), datetime(2026, 11, 6, 6, tzinfo=UTC))),
        ("today", (datetime(2026, 11, 3, 6, tzinfo=UTC), datetime(2026, 11, 4, 6, tzinfo=UTC))),
        ("<2026-11-05", (NOW, datetime(2026, 11, 5, 6, tzinfo=UTC))),
        ("<=2026-11-05", (NOW, datetime(2026, 11, 6, 6, tzinfo=UTC))),
        (">2026-11-05", (datetime(2026, 11, 6, 6, tzinfo=UTC), None)),
        (">=2026-11-05", (datetime(2026, 11, 5, 6, tzinfo=UTC), None)),
        (">=2h", (NOW + 2 * HOUR, None)),
        ("2026-10-31..2026-11-01", (datetime(2026, 10, 31, 5, tzinfo=UTC), datetime(2026, 11, 2, 6, tzinfo=UTC))),
    ],
)
def test_due_looks_ahead_on_the_clock_of_the_organisation(text: str, bounds: object) -> None:
    due = understood(f"due:{text}").due
    assert due is not None and due.ahead(NOW, CHICAGO) == bounds


@pytest.mark.parametrize(
    "text, bounds",
    [
        ("<2h", (NOW - 2 * HOUR, None)),
        (">3d", (None, NOW - 3 * DAY)),
        ("1d..3d", (NOW - 3 * DAY, NOW - DAY)),
        ("yesterday", (datetime(2026, 11, 2, 6, tzinfo=UTC), datetime(2026, 11, 3, 6, tzinfo=UTC))),
        ("<2026-11-02", (None, datetime(2026, 11, 2, 6, tzinfo=UTC))),
        ("<=2026-11-01", (None, datetime(2026, 11, 2, 6, tzinfo=UTC))),
        (">2026-11-01", (datetime(2026, 11, 2, 6, tzinfo=UTC), None)),
        (">=2026-11-01", (datetime(2026, 11, 1, 5, tzinfo=UTC), None)),
        ("<=2h", (NOW - 2 * HOUR, None)),
        ("2026-11-01..2026-11-02", (datetime(2026, 11, 1, 5, tzinfo=UTC), datetime(2026, 11, 3, 6, tzinfo=UTC))),
    ],
)
def test_opened_looks_back(text: str, bounds: object) -> None:
    opened = understood(f"opened:{text}").opened
    assert opened is not None and opened.ago(NOW, CHICAGO) == bounds


@pytest.mark.parametrize(
    "text, bounds, currency",
    [
        (">1000", (100_001, None), ""),
        (">=1000", (100_000, None), ""),
        ("<0.50", (None, 49), ""),
        ("<=300EUR", (None, 30_000), "EUR"),
        ("1.5k..2k", (150_000, 200_000), ""),
        (">10k", (1_000_001, None), ""),
    ],
)
def test_amounts_are_in_major_units(text: str, bounds: object, currency: str) -> None:
    asked = understood(f"exposure:{text}").exposure
    assert asked is not None and (asked.minor(), asked.currency) == (bounds, currency)


@pytest.mark.parametrize(
    "text, part, suggested",
    [
        ("owner:me colour:red", "colour:red", ""),
        ("custmer:acme", "custmer:acme", "customer:acme"),
        ("-typ:pickup_late", "-typ:pickup_late", "-type:pickup_late"),
        ("is:open is:late", "late", ""),
        ("is:snozed", "snozed", "is:snoozed"),
        ("type:pickup_late,delivery", "delivery", "type:pickup_late,delivery_late"),
        ("severity:S9", "S9", ""),
        ("owner:", "owner:", "owner:me"),
        ("customer:,", "customer:,", "customer:acme"),
        ("due:2h", "2h", "due:<2h"),
        ("due:soon", "soon", ""),
        ("due:2026-02-30", "2026-02-30", ""),
        ("due:<9999-12-31", "<9999-12-31", ""),
        ("due:8h..2h", "8h..2h", ""),
        ("due:<1h due:>5h", "due:>5h", ""),
        ("opened:yesteryear", "yesteryear", ""),
        ("exposure:1000", "1000", "exposure:>1000"),
        ("exposure:>1,000", "exposure:>1,000", "exposure:>1000"),
        ("exposure:>10zzz", ">10zzz", ""),
        ("sort:money", "money", ""),
        ("sort:due sort:opened", "sort:opened", ""),
        ("-due:<2h", "-due:<2h", "due:<2h"),
        ("-is:snoozed", "snoozed", ""),
        ("is:open is:snoozed", "snoozed", ""),
        ("is:pinned -is:pinned", "pinned", ""),
        ("state:new,closed", "closed", ""),
        ("is:snoozed state:merged", "merged", ""),
        ("is:open state:waiting", "waiting", ""),
        ("state:new,waiting", "waiting", ""),
        ("-acme", "-acme", "-customer:acme"),
        ('owner:me -"acme foods"', '-"acme foods"', 'owner:me -customer:"acme foods"'),
        ("-40851", "-40851", ""),
        ("is:resolved sort:due", "sort:due", ""),
        ("lane:>", ">", ""),
        ('customer:"acme', '"acme', 'customer:"acme"'),
        ('customer:"a"b', "b", ""),
        ('x "482', '"482', 'x "482"'),
        ("a\x00b", "\x00", ""),
        ("x" * 501, "x", ""),
    ],
)
def test_what_is_wrong_is_pointed_at(text: str, part: str, suggested: str) -> None:
    assert wrong(text) == (part, suggested)


def test_problems_stand_in_the_order_of_their_places_with_sentences() -> None:
    found = parse("colour:red is:late type:delivery")
    assert [problem.offset for problem in found.problems] == [0, 14, 24]
    assert found.problems[0].sentence.startswith("colour: is not a filter. There are is, owner, state, ")
    assert found.problems[1].sentence == (
        "is:late is not known. There are open, snoozed, resolved, pinned and unavoidable."
    )
    assert found.problems[2].sentence == (
        "type:delivery is not known. Did you mean delivery_late, delivery_attempt_failed or delivery_refused?"
    )
    assert found.query == "colour:red is:late type:delivery"


@pytest.mark.parametrize("example", [example for key in (*KEYS.values(), TEXT) for example in key.examples])
def test_the_examples_of_the_table_are_understood_and_written_as_they_stand(example: str) -> None:
    assert understood(example).narrows or example.startswith("sort:")
    assert parse(example).query == example


def test_the_table_says_which_keys_take_several_values_and_a_minus() -> None:
    for key in KEYS.values():
        value = key.examples[0].partition(":")[2]
        assert (not parse(f"{key.name}:{value},{value}").problems) is (key.several or key.name == "is"), key
        kept = "pinned" if key.name == "is" else value
        assert (not parse(f"-{key.name}:{kept}").problems) is key.negatable, key


def test_what_waits_is_asleep_and_what_is_new_or_taken_may_be() -> None:
    assert understood("state:waiting").scope == Scope.SNOOZED
    assert understood("is:snoozed state:new,waiting").scope == Scope.SNOOZED
    assert understood("state:new,taken").scope == Scope.OPEN


# Texts made of the grammar's own parts find more of its corners than random ones.
PIECES = st.sampled_from(
    [*(f"{key}:" for key in KEYS), "-", '"', "\\", ",", " ", "..", "<", ">", "me", "none", "S1", "new", "pickup_late",
     "2h", "1d", "2026-11-05", "1000", "2.5k", "eur", "today", "open", "closed", "due", "Acme", "x:", "ß", "\u3000"]
)  # fmt: skip
FILTERS = st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=14).map("".join), st.text(max_size=600))


@given(FILTERS)
@settings(max_examples=500, deadline=None)
def test_no_text_fails_and_what_is_wrong_lies_within_it(text: str) -> None:
    found = parse(text)
    for problem in found.problems:
        assert 0 <= problem.offset < len(text) and 0 < problem.length <= len(text) - problem.offset
        assert problem.sentence.endswith((".", "?"))


@given(FILTERS)
@settings(max_examples=500, deadline=None)
def test_what_is_written_is_read_as_the_same(text: str) -> None:
    once = parse(text)
    again = parse(once.query)
    if not once.problems:
        assert again == Parsed(once.query, once.filters)
        assert again.query == once.query or len(text) > LONGEST // 2
