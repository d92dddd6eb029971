"""The filter of the queue as people type it."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from exceptions.cases.selectors.grammar import Filters, parse


def test_every_word_of_the_grammar() -> None:
    found = parse('is:open owner:me type:delivery_late due:<2h customer:"Acme Foods" severity:s1 482 913')
    assert (found.state, found.owner, found.types, found.severities) == ("open", "me", ("delivery_late",), ("S1",))
    assert (found.customer, found.due, found.text) == ("Acme Foods", timedelta(hours=2), "482 913")
    assert found.query == 'is:open owner:me type:delivery_late due:<2h customer:"Acme Foods" severity:s1 482 913'
    assert found.problems == () and found.narrows


def test_an_empty_filter_is_the_whole_queue() -> None:
    assert parse("") == Filters()
    assert not parse("").narrows and not parse("is:open").narrows
    assert parse("is:snoozed").narrows


def test_what_is_not_understood_is_named_and_left_out() -> None:
    found = parse("is:late type:delivery color:red due:soon severity:S9 owner:none")
    assert (found.state, found.types, found.due, found.owner) == ("open", (), None, "none")
    assert found.query == "owner:none"
    assert found.problems == (
        "is:late is none of open, snoozed, resolved, pinned, unavoidable.",
        "There is no type delivery. Did you mean delivery_late or delivery_attempt_failed or delivery_refused?",
        "color: is not a filter. There are is, owner, type, severity, customer and due.",
        "due:soon is not understood: write due:<2h, due:<30m or due:<1d.",
        "S9 is not a severity: S1 to S4.",
    )


@given(st.text(max_size=200))
@settings(max_examples=100, deadline=None)
def test_no_filter_fails_and_what_was_understood_is_understood_again(query: str) -> None:
    once = parse(query)
    again = parse(once.query)
    assert again.problems == ()
    assert (again.state, again.owner, again.types, again.due) == (once.state, once.owner, once.types, once.due)
