"""Orders to a warehouse, and what it shipped of them: 940 and 945."""

import pytest

from exceptions.shipments.canonical import EventType as E
from tests.intake.x12.samples import ORDER, SHIPPED, events, named, only, read, refused


def test_an_order_is_created_with_its_lines_and_released() -> None:
    created, released = events(ORDER)
    assert (created.type, released.type) == (E.ORDER_CREATED, E.ORDER_RELEASED)
    assert named(created, "order") == ["SO-88120"] == named(released, "order")
    assert named(created, "po") == ["PO-5512"]
    assert created.data["need_by"] == "2026-05-06T17:00:00+00:00"
    assert created.data["lines"] == [
        {"line": 1, "quantity": "1200", "sku": "ROM-24", "unit": "CA", "description": "Romaine, 24 ct"},
        {"line": 2, "quantity": "40", "sku": "001234567890", "unit": "EA"},
    ]


@pytest.mark.parametrize(
    ("code", "wanted"),
    [("R", [E.ORDER_CHANGED]), ("F", [E.ORDER_CANCELLED]), ("S", [E.ORDER_CREATED]), ("C", []), ("X", [])],
)
def test_its_status_says_what_becomes_of_it(code: str, wanted: list[str]) -> None:
    result = read(ORDER.replace("W05*N", f"W05*{code}"))
    assert isinstance(result, list) and [event.type for event in result] == wanted


def test_an_order_without_number_status_or_quantity_is_refused() -> None:
    assert refused(ORDER.replace("W05*N*SO-88120", "W05*N*")).where == "segment 4 (W05), element 2"
    assert refused(ORDER.replace("W05*N", "W05*Q")).where == "segment 4 (W05), element 1"
    assert "quantity" in refused(ORDER.replace("W01*1200", "W01*")).reason


def test_lines_of_one_number_are_counted_anew() -> None:
    lines = events(ORDER.replace("LX*2", "LX*1"))[0].data["lines"]
    assert [line["line"] for line in lines] == [1, 2]


@pytest.mark.parametrize(("number", "line"), [("007", 7), ("000001" + "9" * 5000, 1), ("1000", 1), ("0", 1), ("²", 1)])
def test_a_number_that_no_line_has_is_counted_instead(number: str, line: int) -> None:
    lines = events(ORDER.replace("LX*1\n", f"LX*{number}\n"))[0].data["lines"]
    assert [each["line"] for each in lines] == [line, 2]


def test_what_was_shipped_short_is_a_shortfall_and_the_rest_allocated() -> None:
    short, full, left = events(SHIPPED)
    assert (short.type, short.data["quantity"], short.data["short"]) == (E.INVENTORY_SHORTFALL_DETECTED, "1080", "120")
    assert (full.type, full.data["line"]) == (E.INVENTORY_ALLOCATED, 2)
    assert named(short, "order") == ["SO-88120"] and named(short, "po") == ["PO-5512"]
    assert (left.type, left.data["pieces"]) == (E.SHIPMENT_PICKED_UP, 1120)
    assert left.occurred_at.isoformat() == "2026-05-05T22:30:00+00:00"
    assert named(left, "bol") == ["BOL-9031"] and named(left, "pro") == ["4471902"]


def test_lots_of_a_line_are_added_and_its_order_counted_once() -> None:
    lots = SHIPPED.replace(
        "W12*CP*1200*1080*120*CA**BP*ROM-24",
        "W12*CP*1200*600*600*CA**BP*ROM-24*LOT1\n W12*CP*1200*480*720*CA**BP*ROM-24*LOT2",
    )
    assert events(lots)[0].data["short"] == "120"
    split = SHIPPED.replace("W12*CP*1200*1080*120*CA", "W12*CP*600*600**CA**BP*ROM-24\n W12*CP*500*480*20*CA")
    assert (events(split)[0].data["quantity"], events(split)[0].data["short"]) == ("1080", "20")


def test_a_difference_tells_what_was_ordered() -> None:
    assert events(SHIPPED.replace("W12*CP*1200*1080*120", "W12*CP**1080*120"))[0].data["short"] == "120"


def test_an_advice_that_names_only_its_order_moves_no_shipment() -> None:
    silent = SHIPPED.replace("*BOL-9031*", "**").replace("N9*CN*4471902\n", "").replace("SE*14", "SE*13")
    assert [event.type for event in events(silent)] == [E.INVENTORY_SHORTFALL_DETECTED, E.INVENTORY_ALLOCATED]


def test_a_line_without_a_shipped_quantity_is_refused() -> None:
    assert "element 3" in refused(SHIPPED.replace("*1200*1080*120", "*1200**120")).where


def test_one_event_for_each_line_has_one_reference_at_least() -> None:
    assert "reference" in refused(SHIPPED.replace("W06*F*SO-88120", "W06*F*").replace("*PO-5512", "")).reason
    assert only(ORDER.replace("W05*N", "W05*D")).data["status"] == "D"
