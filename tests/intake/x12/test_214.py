"""A carrier's status messages: what happened, where, when, and why."""

from datetime import UTC, datetime

import pytest

from exceptions.intake.mapping.zones import zone_of
from exceptions.shipments.canonical import EventType as E
from tests.intake.x12.samples import a_set, events, interchange, named, only, refused, status


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type]


# The stamp of the envelope, and the numbers of its group (417) and set (1), by which messages of a minute are ordered.
SENT = at(2026, 5, 4, 14, 30, 0, 417_001)


def test_a_status_has_its_place_its_local_time_and_its_references() -> None:
    event = only(status("AT7*X1*NS***20260506*0755*LT", "MS1*Phoenix*AZ*US", "MS2*ORBT*TRL5521*RT"))
    assert (event.type, event.occurred_at) == (E.SHIPMENT_ARRIVED, at(2026, 5, 6, 14, 55))
    assert event.place is not None and (event.place.city, event.place.region) == ("Phoenix", "AZ")
    assert named(event, "pro") == ["4471902"] and named(event, "po") == ["4500-77"]
    assert named(event, "bol") == ["BOL-9031"] == named(event, "load")
    assert [ref.issuer for ref in event.references if ref.type == "pro"] == ["ORBT"]
    assert event.reported_at == SENT
    assert "reason" not in event.data and "unmapped" not in event.data


@pytest.mark.parametrize(
    ("code", "hour"),
    [
        *[("UT", 8), ("GM", 8), ("ET", 12), ("ED", 12), ("ES", 13), ("CT", 13), ("MT", 14), ("PT", 15)],
        *[("PS", 16), ("AT", 16), ("HT", 18), ("TT", 11), ("01", 7), ("12", 20), ("13", 20), ("24", 9)],
    ],
)
def test_a_time_code_says_the_zone_whatever_the_place(code: str, hour: int) -> None:
    event = only(status(f"AT7*X6*NS***20260702*0800*{code}", "MS1*Phoenix*AZ*US"))
    assert event.occurred_at.hour == hour, code


def test_local_time_is_that_of_the_state_and_of_the_city_where_the_line_runs_through_it() -> None:
    assert only(status("AT7*X6*NS***20260702*0800*LT", "MS1*El Paso*TX*USA")).occurred_at.hour == 14
    assert only(status("AT7*X6*NS***20260702*0800*LT", "MS1*Dallas*TX*USA")).occurred_at.hour == 13
    assert only(status("AT7*X6*NS***20260702*0800", "MS1*Calgary*AB*CA")).occurred_at.hour == 14
    assert only(status("AT7*X6*NS***20260702*0800", "MS1*Monterrey*NL*MEX")).occurred_at.hour == 14
    assert zone_of("CA", "NL") == "America/St_Johns"


def test_without_a_place_the_clock_is_that_of_the_stop_then_of_the_partner_then_utc_and_it_says_so() -> None:
    stops = "N1*SF*Sierra\nN4*El Paso*TX*79901*US\nN1*ST*Halvorsen DC\nN4*Phoenix*AZ*85043*US"
    assert only(status("AT7*D1*NS***20260702*0800*LT", before=stops)).occurred_at.hour == 15
    assert only(status("AT7*AF*NS***20260702*0800*LT", before=stops)).occurred_at.hour == 14
    assert only(status("AT7*X6*NS***20260702*0800*LT"), {"zone": "America/New_York"}).occurred_at.hour == 12
    unknown = only(status("AT7*X6*NS***20260504*0800*LT"))
    assert (unknown.occurred_at.hour, unknown.data["detail"]) == (8, "no time zone given, read as UTC")


def test_a_delay_has_its_reason_and_its_new_estimate() -> None:
    event = only(status("AT7*SD*AI***20260506*0300*MT", "DTM*017*20260506*1830*MT", "MS1*Lordsburg*NM*US"))
    assert (event.type, event.data["reason"]) == (E.SHIPMENT_DELAYED, "equipment_breakdown")
    assert event.data["estimated"] == "2026-05-07T00:30:00+00:00"
    assert event.source_code == "SD AI"


def test_an_estimate_is_made_when_it_is_sent_and_is_for_when_it_says() -> None:
    event = only(status("AT7*AG*NS***20260507*0900*LT", "MS1*Phoenix*AZ*US"))
    assert (event.type, event.occurred_at) == (E.SHIPMENT_ETA_CHANGED, SENT)
    assert (event.data["estimated"], event.data["milestone"]) == ("2026-05-07T16:00:00+00:00", "delivery")
    assert only(status("AT7*AA*NS***20260507*0900*UT")).data["milestone"] == "pickup"


def test_on_the_way_with_a_reason_is_a_delay_and_at_a_stop_it_stays_what_it_is() -> None:
    delayed = only(status("AT7*X6*AF***20260506*0300*CT"))
    assert (delayed.type, delayed.data["reason"]) == (E.SHIPMENT_DELAYED, "accident")
    late = only(status("AT7*X1*AL***20260506*0300*CT"))
    assert (late.type, late.data["reason"]) == (E.SHIPMENT_ARRIVED, "stop_delay_prior")


def test_the_same_letters_mean_a_status_in_one_place_and_a_reason_in_the_other() -> None:
    event = only(status("AT7*AF*AF***20260506*0300*CT"))
    assert (event.type, event.data["reason"]) == (E.SHIPMENT_DEPARTED, "accident")


def test_codes_on_no_list_are_kept_and_flagged_and_a_partner_can_say_what_they_mean() -> None:
    private = status("AT7*E1*NS***20260506*0300*CT")
    event = only(private)
    assert (event.type, event.data["unmapped"], event.source_code) == (E.SHIPMENT_SCANNED, "x12.1650.E1", "E1 NS")
    assert only(private, {"codes": {"x12.1650.E1": "shipment.delayed"}}).type == E.SHIPMENT_DELAYED
    unknown_reason = only(status("AT7*SD*ZZ***20260506*0300*CT"))
    assert unknown_reason.data["unmapped"] == "x12.1651.ZZ" and "reason" not in unknown_reason.data
    mapped = only(status("AT7*SD*ZZ***20260506*0300*CT"), {"codes": {"x12.1651.ZZ": "weather"}})
    assert mapped.data["reason"] == "weather" and "unmapped" not in mapped.data


def test_an_appointment_is_confirmed_moved_or_missed_by_its_reason() -> None:
    stops = "N1*ST*Halvorsen DC\nN4*Phoenix*AZ*85043*US"
    made = only(status("AT7***AB*NA*20260506*0800*LT", "L11*D-5512*AO", before=stops))
    assert (made.type, made.data["starts_at"]) == (E.APPOINTMENT_CONFIRMED, "2026-05-06T15:00:00+00:00")
    assert made.data["number"] == "D-5512" and made.place is not None and made.place.city == "Phoenix"
    moved = only(status("AT7***AB*B1*20260506*0800*LT"))
    assert (moved.type, moved.data["reason"]) == (E.APPOINTMENT_RESCHEDULED, "receiver_closed")
    assert only(status("AT7***AB*A1*20260506*0800*LT")).type == E.APPOINTMENT_MISSED


def test_a_pickup_appointment_without_a_place_is_not_taken_for_the_deliverys() -> None:
    assert only(status("AT7***AA*NA*20260506*0800*LT")).data["stop_kind"] == "pickup"


def test_a_code_of_a_pickup_or_delivery_says_so_where_no_stop_is_numbered() -> None:
    assert only(status("AT7*X3*NS***20260506*0755*MT")).data["stop_kind"] == "pickup"
    assert only(status("AT7*X1*NS***20260506*0755*MT")).data["stop_kind"] == "delivery"
    assert "stop_kind" not in only(status("AT7*X4*NS***20260506*0755*MT")).data
    assert "stop_kind" not in only(status("AT7*X1*NS***20260506*0755*MT", "L11*2*QN")).data


def test_a_status_and_an_appointment_in_one_at7_are_refused_with_the_place() -> None:
    why = refused(status("AT7*X1*NS*AB*NA*20260506*0800*LT"))
    assert why.where == "segment 7 (AT7), element 3"


def test_a_time_without_its_date_is_refused_and_a_date_without_time_is_its_noon() -> None:
    assert "time" in refused(status("AT7*X1*NS****0800*LT")).reason
    event = only(status("AT7*X6*NS***20260504", "MS1*Phoenix*AZ*US"))
    assert (event.occurred_at.hour, event.data["detail"]) == (19, "date only")
    assert "date" in refused(status("AT7*X1*NS***20261306*0800*LT")).reason
    assert "time" in refused(status("AT7*X1*NS***20260506*2561*LT")).reason


def test_what_is_reported_as_done_days_before_is_kept_and_marked() -> None:
    assert only(status("AT7*X1*NS***20270506*0800*MT")).data["detail"] == "said before it happened"
    assert "detail" not in only(status("AT7*X1*NS***20260505*0800*MT")).data


def test_every_loop_keeps_its_own_references_stop_and_place() -> None:
    two = a_set(
        "214",
        """
        B10*4471902*BOL-9031*ORBT
        LX*1
        L11*2*QN
        L11*PO-A*PO
        AT7*X1*NS***20260506*0755*MT
        MS1*Phoenix*AZ*US
        AT7*CD*NS***20260506*0955*MT
        MS1*Phoenix*AZ*US
        LX*2
        L11*3*QN
        L11*PO-B*PO
        AT7*X1*NS***20260506*1155*MT
        """,
    )
    first, second, third = events(two)
    assert [event.data.get("stop") for event in (first, second, third)] == [2, 2, 3]
    assert [named(event, "po") for event in (first, second, third)] == [["PO-A"], ["PO-A"], ["PO-B"]]
    assert second.type == E.SHIPMENT_DEPARTED and third.place is None


def test_degrees_become_a_position() -> None:
    event = only(status("AT7*X6*NS***20260506*0755*MT", "MS1****1104500*0323000*W*N"))
    assert event.place is not None and (event.place.longitude, event.place.latitude) == (-110.75, 32.5)


def test_a_parcels_number_is_a_tracking_number_and_a_container_a_container() -> None:
    parcel = a_set("214", "B10*1Z999AA10123456784*S-1*UPSN", "LX*1", "AT7*X6*NS***20260506*0755*MT")
    assert named(only(parcel), "tracking") == ["1Z999AA10123456784"]
    boxed = only(status("AT7*X6*NS***20260506*0755*MT", "MS2*ORBT*MSCU4561229*CN"))
    assert named(boxed, "container") == ["MSCU4561229"]
    trailer = only(status("AT7*X6*NS***20260506*0755*MT", "MS2*ORBT*53112*TL"))
    assert not named(trailer, "trailer")


def test_an_acknowledged_shipment_is_announced_and_plans_nothing() -> None:
    assert only(status("AT7*XB*NS***20260506*0755*MT")).type == E.SHIPMENT_ANNOUNCED


def test_free_text_is_kept_and_sharpens_what_a_private_code_says() -> None:
    event = only(status("AT7*E7*NS***20260506*0755*MT", "K1*Refused, cartons crushed"))
    assert (event.type, event.source_text) == (E.SHIPMENT_DAMAGED, "Refused, cartons crushed")
    assert event.data["unmapped"] == "x12.1650.E7"


def test_an_older_version_with_six_digit_dates_and_small_letters_is_read() -> None:
    old = a_set("214", "b10*4471902*BOL-9031*orbt  ", "lx*1", "at7*x1*ns***260506*0755*mt  ", "ms1*phoenix*az*us")
    event = only(interchange(old, version="003040"))
    assert (event.type, event.occurred_at) == (E.SHIPMENT_ARRIVED, at(2026, 5, 6, 13, 55))


def test_a_set_without_b10_or_without_a_status_is_refused() -> None:
    assert "B10" in refused(a_set("214", "LX*1", "AT7*X1*NS***20260506*0755*MT")).reason
    assert "AT7" in refused(a_set("214", "B10*1*2*ORBT")).reason


def test_a_set_that_names_nothing_is_refused() -> None:
    assert "reference" in refused(a_set("214", "B10***ORBT", "LX*1", "AT7*X1*NS***20260506*0755*MT")).reason


def test_dates_of_the_last_century_and_midnight_at_the_end_of_a_day() -> None:
    old = only(status("AT7*X6*NS***970925*2400*CT"))
    assert old.occurred_at == at(1997, 9, 26, 5, 0)


def test_a_new_estimate_may_be_written_as_one_stamp() -> None:
    event = only(status("AT7*SD*AI***20260504*0300*UT", "DTM*017****DT*202605061830", "MS1*Dallas*TX*US"))
    assert event.data["estimated"] == "2026-05-06T23:30:00+00:00"


def test_an_unknown_status_with_a_reason_that_something_went_wrong_is_a_problem() -> None:
    event = only(status("AT7*E1*AI***20260504*0300*CT"))
    assert (event.type, event.data["reason"]) == (E.SHIPMENT_PROBLEM_REPORTED, "equipment_breakdown")


def test_a_hold_of_customs_is_one_and_its_reason_says_of_which_kind() -> None:
    assert only(status("AT7*PR*NS***20260504*0300*CT")).data["kind"] == "customs"
    assert only(status("AT7*PR*CA***20260504*0300*CT")).data["kind"] == "exam"
    assert only(status("AT7*BC*NS***20260504*0300*CT")).data["kind"] == "other"


def test_outcomes_on_the_list_of_reasons_are_no_unknown_codes() -> None:
    data = only(status("AT7*D1*AZ***20260504*0300*CT")).data
    assert "unmapped" not in data and "reason" not in data
