"""A load tender makes a plan, a change replaces it, a cancellation takes it back; the carrier answers."""

import pytest

from exceptions.shipments.canonical import EventType as E
from tests.intake.x12.samples import TENDER, a_set, events, interchange, named, only, refused


def test_a_tender_plans_the_load_books_the_shipment_and_asks_the_carrier() -> None:
    load, shipment, tender = events(interchange(TENDER, group="SM"))
    assert [one.type for one in (load, shipment, tender)] == [E.LOAD_PLANNED, E.SHIPMENT_BOOKED, E.LOAD_TENDERED]
    assert named(load, "load") == named(shipment, "load") == named(tender, "load") == ["L-5120"]
    assert named(shipment, "bol") == ["BOL-9031"] and named(shipment, "po") == ["4500-77"]
    assert load.data["equipment"] == [{"number": "TRL5521", "kind": "reefer", "seal": "SL-7781"}]
    assert tender.data["respond_by"] == "2026-05-04T22:00:00+00:00"


def test_its_stops_have_windows_in_the_time_of_their_place() -> None:
    _, shipment, _ = events(TENDER)
    pickup, delivery = shipment.data["stops"]
    assert (pickup["kind"], pickup["zone"]) == ("pickup", "America/Denver")
    assert (pickup["window_start"], pickup["window_end"]) == ("2026-05-05T12:00:00+00:00", "2026-05-05T16:00:00+00:00")
    assert (delivery["kind"], delivery["zone"], delivery["city"]) == ("delivery", "America/Phoenix", "Phoenix")
    assert delivery["planned_arrival"] == "2026-05-06T15:00:00+00:00"
    eight = "2026-05-06T15:00:00+00:00"
    assert delivery["appointment"] == {"state": "confirmed", "starts_at": eight, "ends_at": eight, "number": "D-5512"}
    assert shipment.data["units"] == [{"sequence": 1, "kind": "pallet", "ordered": 22, "weight_ordered": "19050.88"}]
    assert shipment.data["legs"] == [{"sequence": 1, "mode": "road", "origin": 1, "destination": 2, "load": "L-5120"}]
    assert (shipment.data["goods"], shipment.data["freight_terms"]) == ("Romaine, 24 ct", "prepaid")


def test_accounts_and_locations_are_ours_only_where_the_partner_mapped_them() -> None:
    _, plain, _ = events(TENDER)
    assert "customer" not in plain.data and "parties" not in plain.data
    mapping = {"accounts": {"HALV": "HALVORSEN", "ORBT": "ORBIT"}, "locations": {"93:HALV-PHX": "PHX-DC"}}
    load, mapped, _ = events(TENDER, mapping)
    assert mapped.data["customer"] == "HALVORSEN" and load.data["carrier"] == "ORBIT"
    assert {"role": "contracted_carrier", "account": "ORBIT"} in mapped.data["parties"]
    assert mapped.data["stops"][1]["location"] == "PHX-DC"


def test_a_date_without_a_time_leaves_the_whole_day() -> None:
    _, shipment, _ = events(TENDER.replace("G62*38*20260505*U*1000*LT", "G62*38*20260505"))
    assert shipment.data["stops"][0]["window_end"] == "2026-05-06T05:59:00+00:00"


def test_a_wish_is_the_window_where_nothing_else_is_said_and_may_have_two_ends() -> None:
    wished = TENDER.replace("G62*70*20260506*X*0800*LT", "G62*68*20260506*Z*0800*LT").replace("L11*D-5512*AO", "PLD*22")
    delivery = events(wished)[1].data["stops"][1]
    assert delivery["requested"] == delivery["window_end"] == "2026-05-06T15:00:00+00:00"
    ends = "G62*68*20260506*G*0800*LT\n G62*68*20260506*L*1200*LT"
    delivery = events(TENDER.replace("G62*70*20260506*X*0800*LT", ends))[1].data["stops"][1]
    assert (delivery["window_start"], delivery["window_end"]) == (
        "2026-05-06T15:00:00+00:00",
        "2026-05-06T19:00:00+00:00",
    )


@pytest.mark.parametrize("purpose", ["04", "05"])
def test_a_change_carries_the_whole_plan_again(purpose: str) -> None:
    changed = TENDER.replace("B2A*00", f"B2A*{purpose}").replace("*20260506*X*0800", "*20260506*X*1300")
    _, shipment, tender = events(changed)
    assert shipment.type == E.SHIPMENT_BOOKED and tender.type == E.LOAD_TENDERED
    assert shipment.data["stops"][1]["planned_arrival"] == "2026-05-06T20:00:00+00:00"


def test_a_change_in_the_same_minute_and_file_comes_after_what_it_changes() -> None:
    later = TENDER.replace("B2A*00", "B2A*04").replace("*0001", "*0002")
    first, second = (event for event in events(interchange(TENDER, later)) if event.type == E.SHIPMENT_BOOKED)
    assert first.report_time < second.report_time


def test_a_cancellation_needs_no_stops() -> None:
    load, shipment = events(
        a_set("204", "B2**ORBT**L-5120**PP", "B2A*01", "L11*BOL-9031*BM", "NTE*LOI*Order withdrawn")
    )
    assert (load.type, shipment.type) == (E.LOAD_CANCELLED, E.SHIPMENT_CANCELLED)
    assert named(load, "load") == ["L-5120"] and named(shipment, "bol") == ["BOL-9031"]
    assert load.data["detail"] == "Order withdrawn"


def test_without_a_bol_the_loads_number_is_what_the_carrier_repeats() -> None:
    _, shipment, _ = events(TENDER.replace("L11*BOL-9031*BM\n", "").replace("SE*27", "SE*26"))
    assert named(shipment, "bol") == ["L-5120"]


def test_a_tender_that_cannot_be_a_plan_is_refused_with_the_place() -> None:
    assert "two stops" in refused(a_set("204", "B2**ORBT**L-5120**PP", "B2A*00")).reason
    assert refused(TENDER.replace("B2A*00", "B2A*77")).where == "segment 5 (B2A), element 1"
    backwards = TENDER.replace("G62*38*20260505*U*1000", "G62*38*20260504*U*1000")
    assert "ends before" in refused(backwards).reason
    assert "envelope" in refused("\n".join(f"{line.strip()}~" for line in TENDER.splitlines()).encode()).reason


def answer(action: str, *more: str) -> str:
    return a_set("990", f"B1*ORBT*L-5120*20260504*{action}", "N9*CN*4471902", *more)


def test_an_acceptance_and_a_refusal_of_the_load() -> None:
    accepted = only(interchange(answer("A"), group="GF"))
    assert (accepted.type, named(accepted, "load")) == (E.LOAD_ACCEPTED, ["L-5120"])
    assert accepted.occurred_at == accepted.reported_at
    declined = only(answer("D", "K1*No capacity out of Laredo"))
    assert (declined.type, declined.data["reason"]) == (E.LOAD_REJECTED, "carrier_capacity")
    assert declined.source_text == "No capacity out of Laredo"
    assert only(answer("C")).data["detail"] == "a counter-offer was made"


def test_a_reason_code_of_a_refusal_is_kept_and_can_be_mapped() -> None:
    coded = answer("D", "V9*DEC******* A55".replace(" ", ""))
    event = only(coded)
    assert event.data["unmapped"] == "x12.641.A55" and "A55" in event.source_code
    assert only(coded, {"codes": {"x12.641.A55": "driver_unavailable"}}).data["reason"] == "driver_unavailable"


def test_an_answer_that_is_none_is_refused() -> None:
    assert refused(answer("N")).where == "segment 4 (B1), element 4"
    assert refused(a_set("990", "B1*ORBT**20260504*A")).where == "segment 4 (B1), element 2"


def test_a_bare_answer_stands_at_the_noon_of_its_day() -> None:
    event = only(b"ST*990*0002~B1*ORBT*L-5120*20260504*D~SE*3*0002~")
    assert (event.type, event.occurred_at.hour, event.data["detail"]) == (E.LOAD_REJECTED, 12, "date only")


def test_a_shipment_rides_its_tenders_load_and_no_other_number() -> None:
    _, shipment, _ = events(TENDER.replace("L11*4500-77*PO", "L11*SID-7*SI"))
    assert named(shipment, "load") == ["L-5120"] and named(shipment, "bol") == ["BOL-9031", "SID-7"]


def test_stops_with_one_number_are_counted_anew() -> None:
    _, shipment, _ = events(TENDER.replace("S5*2*CU", "S5*1*CU"))
    assert [stop["sequence"] for stop in shipment.data["stops"]] == [1, 2]


def test_without_counts_at_its_stops_the_total_is_what_is_moved() -> None:
    bare = TENDER.replace("S5*1*CL*42000*L*22*PLT", "S5*1*CL").replace("L3*42000*G***215000", "L3*1000*G*********22*K")
    assert events(bare)[1].data["units"] == [{"sequence": 1, "kind": "piece", "ordered": 22, "weight_ordered": "1000"}]


def test_dangerous_goods_have_their_number_and_class() -> None:
    burning = TENDER.replace("L5*1*Romaine, 24 ct", "L5*1*Paint\n LH1*EA*4*UN1263\n LH2*3")
    assert events(burning)[1].data["hazmat"] == {"un": "UN1263", "hazard_class": "3"}
    assert "hazmat" not in events(TENDER.replace("L5*1*Romaine, 24 ct", "LH1*EA*4*UN1263"))[1].data


def test_a_party_in_a_role_that_is_none_of_ours_is_left_out() -> None:
    mapping = {"accounts": {"SPH-1": "SIERRA", "HALV": "HALVORSEN"}}
    assert events(TENDER, mapping)[1].data["parties"] == [{"role": "bill_to", "account": "HALVORSEN"}]


def test_an_acceptance_with_conditions_is_one_and_says_so() -> None:
    event = only(answer("B"))
    assert (event.type, event.data["detail"]) == (E.LOAD_ACCEPTED, "accepted with conditions")
