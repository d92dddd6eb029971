"""Codes and words of a status: the partner's own table, the standard tables, the keyword model, in this order."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exceptions.cases.taxonomy import is_reason
from exceptions.intake.mapping import carriers
from exceptions.intake.mapping.codes import STATUS_1650
from exceptions.intake.mapping.meaning import STATUS_TYPES, Meaning, meaning_problems, own_words, status_meaning
from exceptions.intake.mapping.x12_157 import STATUS_157
from exceptions.shipments.canonical import EventType


def test_a_standard_code_means_what_its_list_says() -> None:
    assert status_meaning({}, "x12.1650", "AF", "") == Meaning("shipment.departed", None)
    assert status_meaning({}, "x12.1651", "AI", "") == Meaning(None, "equipment_breakdown")


def test_a_parcel_carriers_code_means_what_its_list_says() -> None:
    assert status_meaning({}, "fedex", "cd", "") == Meaning("shipment.held", "customs_exam")
    assert status_meaning({}, "usps", "21", "") == Meaning("shipment.returned", "address_wrong")
    assert status_meaning({}, "dhl", "NH", "") == Meaning("shipment.delivery_attempted", "receiver_closed")
    assert status_meaning({}, "ups", "X", "Receiver moved").reason == "address_wrong"
    for system, codes in carriers.EVENTS.items():
        assert set(codes.values()) <= set(EventType.values)
        assert all(is_reason(reason) for reason in carriers.REASONS[system].values() if reason)


def test_the_words_add_a_reason_to_a_code_that_has_none_but_never_change_what_happened() -> None:
    assert status_meaning({}, "x12.1650", "SD", "Snow in Reno") == Meaning("shipment.delayed", "weather")
    assert status_meaning({}, "x12.1650", "AF", "Delivered in snow") == Meaning("shipment.departed", None)


def test_without_a_code_the_words_answer() -> None:
    assert status_meaning({}, "", "", "Customer refused delivery") == Meaning("shipment.refused", "receiver_refused")


def test_an_unknown_code_is_named_even_where_the_words_were_understood() -> None:
    assert status_meaning({}, "x12.1650", "QQ", "Delivered") == Meaning("shipment.delivered", None, "x12.1650.QQ")
    assert status_meaning({}, "x12.1650", "QQ", "") == Meaning(None, None, "x12.1650.QQ")


def test_words_that_say_nothing_are_listed_and_silence_is_not() -> None:
    assert status_meaning({}, "", "", "JESSICA").unmapped == "text"
    assert status_meaning({}, "", "", " ").unmapped == ""


def test_a_partners_codes_come_before_the_standard() -> None:
    mapping = {"codes": {"x12.1650.AF": "shipment.picked_up", "x12.1651.ZZ": "weather"}}
    assert status_meaning(mapping, "x12.1650", "AF", "").event_type == "shipment.picked_up"
    assert status_meaning(mapping, "x12.1651", "zz", "") == Meaning(None, "weather")


def test_a_partners_code_may_say_both_what_and_why() -> None:
    mapping = {"codes": {"acme.17": {"event": "shipment.held", "reason": "customs_exam"}}}
    assert status_meaning(mapping, "acme", "17", "gone fishing") == Meaning("shipment.held", "customs_exam")


def test_a_partners_texts_come_before_the_keyword_model() -> None:
    mapping = {"texts": {"steht am tor": {"event": "shipment.held", "reason": "receiver_restricted"}}}
    assert status_meaning(mapping, "", "", "Steht am  TOR!") == Meaning("shipment.held", "receiver_restricted")
    assert own_words(mapping, "steht woanders") == Meaning(None, None)


@pytest.mark.parametrize(
    "mapping, sentence",
    [
        ({"codes": {"x12.1651.ZZ": "wether"}}, "no event type or reason"),
        ({"codes": {"ZZ": "weather"}}, "has no list"),
        ({"codes": []}, "must be an object"),
        ({"codes": {"a.1": {"event": "gone"}}}, "no event type"),
        ({"codes": {"a.1": {"reason": ["weather"]}}}, "no reason"),
        ({"codes": {"a.1": {"evnt": "shipment.held"}}}, "must be an event type"),
        ({"texts": {"Steht am Tor": "weather"}}, "write it as 'steht am tor'"),
    ],
)
def test_what_is_wrong_with_a_table_is_said_in_a_sentence(mapping: dict[str, Any], sentence: str) -> None:
    (problem,) = meaning_problems(mapping)
    assert sentence in problem


def test_a_table_without_faults_has_no_problems() -> None:
    assert meaning_problems({"codes": {"a.1": "weather"}, "texts": {"steht am tor": "shipment.held"}}) == []


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None)
@given(codes=anything, texts=anything, code=st.text(max_size=6), text=st.text(max_size=30))
def test_no_mapping_and_no_text_breaks_it(codes: Any, texts: Any, code: str, text: str) -> None:
    mapping = {"codes": codes, "texts": texts}
    assert isinstance(status_meaning(mapping, "a", code, text), Meaning)
    assert all(isinstance(problem, str) for problem in meaning_problems(mapping))


def test_what_a_standard_code_means_a_person_may_say_of_any_code() -> None:
    tables = [STATUS_1650, STATUS_157, *carriers.EVENTS.values()]
    assert {str(meaning) for table in tables for meaning in table.values()} <= STATUS_TYPES
    assert not STATUS_TYPES & {"order.created", "invoice.issued", "mail.received", "event.retracted"}
