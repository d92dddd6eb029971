"""Containers at ports, ramps and terminals: 315 and 322."""

import pytest

from exceptions.shipments.canonical import EventType as E
from tests.intake.x12.samples import OCEAN, RAMP, a_set, events, named, only, refused


def test_a_departure_has_container_booking_bill_vessel_and_local_time_of_the_port() -> None:
    departed, port, estimate = events(OCEAN)
    assert (departed.type, departed.occurred_at.isoformat()) == (E.SHIPMENT_DEPARTED, "2026-05-04T14:00:00+00:00")
    assert named(departed, "container") == ["MSCU4561229"] and named(departed, "booking") == ["EBKG771"]
    assert named(departed, "bol") == ["MEDU990012"]
    assert departed.place is not None and (departed.place.unlocode, departed.place.country) == ("CNNGB", "CN")
    assert departed.data["note"] == "Vessel ORBIT STAR voyage 118W"
    assert (estimate.type, estimate.data["estimated"]) == (E.SHIPMENT_ETA_CHANGED, "2026-05-23T19:00:00+00:00")
    assert estimate.data["milestone"] == "delivery" and "unlocode" not in estimate.data
    assert (port.data["estimated"], port.data["unlocode"]) == ("2026-05-19T13:00:00+00:00", "USLAX")


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("I", E.EQUIPMENT_GATED_IN),
        ("AE", E.EQUIPMENT_LOADED),
        ("VA", E.SHIPMENT_ARRIVED),
        ("UV", E.EQUIPMENT_DISCHARGED),
        ("AV", E.EQUIPMENT_AVAILABLE),
        ("OA", E.EQUIPMENT_GATED_OUT),
        ("RD", E.EQUIPMENT_RETURNED),
        ("CT", E.SHIPMENT_RELEASED),
        ("D", E.SHIPMENT_DELIVERED),
        ("AL", E.EQUIPMENT_LOADED),
        ("UR", E.EQUIPMENT_DISCHARGED),
    ],
)
def test_the_codes_of_ocean_are_not_those_of_trucks(code: str, wanted: str) -> None:
    assert events(OCEAN.replace("***VD*", f"***{code}*"))[0].type == wanted


def test_a_hold_says_whose_it_is() -> None:
    held = events(OCEAN.replace("***VD*", "***PA*"))[0]
    assert (held.type, held.data["kind"]) == (E.SHIPMENT_HELD, "exam")
    assert events(OCEAN.replace("***VD*", "***PE*"))[0].data["kind"] == "customs"


def test_without_a_place_in_b4_the_port_is_the_one_the_code_is_about() -> None:
    bare = OCEAN.replace("*NINGBO*MSCU*456122*L*45G1*CNNGB*UN*9", "**MSCU*456122*L***9").replace("***VD*", "***UV*")
    event = events(bare)[0]
    assert event.place is not None and event.place.unlocode == "USLAX"
    assert event.occurred_at.isoformat() == "2026-05-05T05:00:00+00:00"


def test_a_status_of_sg_counts_where_b4_has_none_and_a_code_on_no_list_is_flagged() -> None:
    listed = a_set(
        "315", "B4*******MSCU*456122", "N9*BM*MEDU1", "SG*AE***20260504*1200*UT", "SG*QQ*007**20260504*1300*UT"
    )
    loaded, unknown = events(listed)
    assert (loaded.type, loaded.occurred_at.hour) == (E.EQUIPMENT_LOADED, 12)
    assert (unknown.type, unknown.data["unmapped"]) == (E.SHIPMENT_SCANNED, "x12.641.007")
    mapped = events(listed, {"codes": {"x12.157.QQ": "shipment.held", "x12.641.007": "customs_exam"}})[1]
    assert (mapped.type, mapped.data["reason"], mapped.data["kind"]) == (E.SHIPMENT_HELD, "customs_exam", "exam")


def test_a_315_without_status_or_container_is_refused() -> None:
    assert "status" in refused(a_set("315", "B4*******MSCU*456122", "N9*BM*MEDU1")).reason
    assert "reference" in refused(a_set("315", "B4***VD*20260504*2200")).reason


def test_every_container_of_a_gate_message_is_an_event_in_the_ramps_time() -> None:
    first, second = events(RAMP)
    assert first.type == second.type == E.EQUIPMENT_GATED_IN
    assert first.occurred_at.isoformat() == "2026-05-20T13:15:00+00:00"
    assert (named(first, "container"), named(first, "bol")) == (["MSCU4561229"], ["MEDU990012"])
    assert (named(second, "container"), named(second, "bol")) == (["TRLU3312084"], ["MEDU990013"])
    assert first.data["seal"] == "SL-7781" and "seal" not in second.data
    assert first.place is not None and first.place.city == "Memphis"


def test_an_estimate_at_the_ramp_is_made_when_it_is_sent() -> None:
    event = events(RAMP.replace("Q5*I*", "Q5*AG*"))[0]
    assert (event.type, event.data["estimated"]) == (E.SHIPMENT_ETA_CHANGED, "2026-05-20T13:15:00+00:00")
    assert event.occurred_at == event.reported_at


def test_a_trailer_on_a_train_is_a_trailer() -> None:
    event = only(a_set("322", "Q5*AR*20260520*0815*CT", "N7*ORBT*53112*********TL"))
    assert (event.type, named(event, "trailer")) == (E.SHIPMENT_ARRIVED, ["ORBT53112"])


def test_freight_that_is_delivered_has_no_estimate_any_more() -> None:
    assert [event.type for event in events(OCEAN.replace("***VD*", "***D*"))] == [E.SHIPMENT_DELIVERED]
