"""The chain as pure functions."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from controltower.audit.chain import FIELDS, GENESIS, Entry, entry_hash, first_break

texts = st.text(max_size=20)


def chain_of(contents: list[tuple[str, str]]) -> list[Entry]:
    entries: list[Entry] = []
    for number, (verb, after) in enumerate(contents, start=1):
        previous = entries[-1].hash if entries else GENESIS
        entry = Entry(
            "7", str(number), "2026-11-03T15:00:00.000000Z", "member:1", verb, "case:1", "", after, "", previous, ""
        )
        entries.append(replace(entry, hash=entry_hash(entry)))
    return entries


@given(st.lists(st.tuples(texts, texts), max_size=8))
def test_an_untouched_chain_holds(contents: list[tuple[str, str]]) -> None:
    assert first_break(chain_of(contents)) is None


@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=6), st.data())
def test_any_changed_field_breaks_the_chain_at_its_entry(contents: list[tuple[str, str]], data: st.DataObject) -> None:
    entries = chain_of(contents)
    index = data.draw(st.integers(0, len(entries) - 1))
    name = data.draw(st.sampled_from([*FIELDS, "hash"]))
    entries[index] = replace(entries[index], **{name: getattr(entries[index], name) + "x"})
    broken = first_break(entries)
    assert broken is not None
    assert broken.seq == index + 1


@given(st.lists(st.tuples(texts, texts), min_size=2, max_size=6), st.data())
def test_a_removed_entry_is_missed_where_it_was(contents: list[tuple[str, str]], data: st.DataObject) -> None:
    entries = chain_of(contents)
    index = data.draw(st.integers(0, len(entries) - 2))
    del entries[index]
    assert first_break(entries).seq == index + 1


@given(texts, texts, texts, texts)
def test_moving_text_from_one_field_to_the_next_changes_the_hash(a: str, b: str, c: str, d: str) -> None:
    one = Entry("7", "1", "", "", a, b, "", "", "", GENESIS, "")
    two = replace(one, verb=c, subject=d)
    assert (entry_hash(one) == entry_hash(two)) == ((a, b) == (c, d))
