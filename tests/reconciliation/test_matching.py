"""Which shipments a document names. Exact references only, and never a guess among many."""

from hypothesis import given, settings
from hypothesis import strategies as st

from exceptions.reconciliation.matching import MOST, Known, match, wanted


def test_identifiers_are_looked_for_in_the_form_in_which_they_are_kept() -> None:
    found = wanted([("bol_number", "BL-7741902"), ("po_number", "po 45/00"), ("shipper_name", "Copperline")])

    assert found["bol"] == {"BL7741902"} and found["po"] == {"PO4500"}
    assert "pro" not in found


def test_a_bol_number_names_its_shipment_and_says_so() -> None:
    (found,) = match([("bol_number", "BL-7741902")], [Known("bol", "BL7741902", 7)])

    assert (found.shipment_id, found.is_strong) == (7, True)
    assert found.why == "The document names it: BOL BL-7741902."


def test_a_number_of_another_kind_is_no_match() -> None:
    assert match([("bol_number", "7741902")], [Known("pro", "7741902", 7)]) == []
    assert match([("seal_number", "7741902")], [Known("bol", "7741902", 7)]) == []


def test_a_strong_reference_leaves_out_what_only_shares_a_po() -> None:
    known = [Known("bol", "BL1", 7), Known("po", "4500", 7), Known("po", "4500", 8)]

    found = match([("bol_number", "BL-1"), ("po_number", "4500")], known)

    assert [(m.shipment_id, m.why) for m in found] == [(7, "The document names it: BOL BL-1, PO 4500.")]


def test_a_po_of_many_shipments_proposes_none() -> None:
    few = [Known("po", "4500", n) for n in range(MOST)]
    many = [*few, Known("po", "4500", MOST)]

    assert len(match([("po_number", "4500")], few)) == MOST
    assert match([("po_number", "4500")], many) == []


@given(
    st.lists(st.tuples(st.sampled_from(["bol_number", "pro_number", "po_number", "weight"]), st.text(max_size=8))),
    st.lists(st.builds(Known, st.sampled_from(["bol", "pro", "po"]), st.text(max_size=8), st.integers(1, 4))),
)
@settings(max_examples=80, deadline=None)
def test_only_known_shipments_come_out_each_once_whatever_the_order(
    values: list[tuple[str, str]], known: list[Known]
) -> None:
    found = match(values, known)

    ids = [m.shipment_id for m in found]
    assert len(ids) == len(set(ids)) and set(ids) <= {reference.shipment_id for reference in known}
    assert match(list(reversed(values)), list(reversed(known))) == found


def test_what_has_no_letter_or_digit_names_nothing() -> None:
    assert match([("pro_number", ""), ("pro_number", "\x1b")], [Known("pro", "", 1)]) == []


def test_two_spellings_of_a_number_are_said_in_the_same_order_whichever_came_first() -> None:
    values, known = [("pro_number", "48-2"), ("pro_number", "482")], [Known("pro", "482", 1)]

    assert match(values, known) == match(values[::-1], known)
