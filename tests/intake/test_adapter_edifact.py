"""EDIFACT transport messages become our events: statuses, gate moves, quay moves, and what is wrong with them."""

import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from exceptions.intake.adapters import Part, Unreadable, adapter_for
from exceptions.intake.mapping.edifact import STATUS_4405
from exceptions.shipments.canonical import CanonicalEvent
from exceptions.shipments.payloads import payload_of
from tests.intake.mutations import assert_holds, damaged

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "data" / "edi"
EDIFACT = adapter_for("edifact")

STATUS = (
    "UNH+77+IFTSTA:D:00B:UN'BGM+23+ST-900+9'DTM+137:202603021500:203'NAD+CA+KLNE:160:87'RFF+BN:BK5512'"
    "CNI+1'STS+1+VD'RFF+BM:KLNEB5512'DTM+334:202603020930:203'LOC+175+NLRTM:139:6:ROTTERDAM'"
    "TDT+20+612W+1++KLN:172:20+++9301122:146:11:NORDIC TERN'LOC+9+NLRTM:139:6'DTM+133:202603020900:203'"
    "LOC+11+USNYC:139:6'DTM+132:202603121100:203'EQD+CN+KLNU4471200+45G1:102:5+++5'SEL+S88120+CA'UNT+18+77'"
)
GATE = (
    "UNH+5+CODECO:D:95B:UN:ITG14'BGM+36+GT-31+9'TDT+20+612W+1++KLN:172:20+++QXYZ:103::NORDIC TERN'NAD+CF+KLN:160:20'"
    "EQD+CN+KLNU4471200+45G1:102:5++3+5'RFF+BM:KLNEB5512'DTM+7:202603140815:203'LOC+165+USNYC:139:6+APM:TER:ZZZ'"
    "SEL+S88120+CA'TDT+1++3++++++NJ 44-812'EQD+CN+KLNU9900113+22G1:102:5++2+4'DTM+7:202603140820:203'"
    "LOC+165+USNYC:139:6+APM:TER:ZZZ'CNT+16:2'UNT+15+5'"
)
QUAY = (
    "UNH+6+COARRI:D:95B:UN:ITG12'BGM+44+QY-8+9'TDT+20+612W+1++KLN:172:20+++QXYZ:103::NORDIC TERN'"
    "LOC+11+USNYC:139:6'EQD+CN+KLNU4471200+45R1:102:5++3+5'RFF+BN:BK5512'DTM+203:202603130230:203'TMP+2+-18:CEL'"
    "TMP+3+-11,5:CEL'DAM+1+DT:ZZZ:184:DENTED'CNT+16:1'UNT+12+6'"
)


def interchange(*messages: str, head: str = "", count: int | None = None, reference: str = "4471") -> bytes:
    unb = f"UNB+UNOA:2+KLNE:ZZZ+TOWER:ZZZ+260302:1505+{reference}'"
    return f"{head}{unb}{''.join(messages)}UNZ+{len(messages) if count is None else count}+{reference}'".encode()


def events(body: bytes | str, mapping: dict[str, Any] | None = None) -> list[CanonicalEvent]:
    result = EDIFACT.read(body.encode() if isinstance(body, str) else body, {}, mapping or {})
    assert isinstance(result, list), result
    for event in result:
        payload_of(event)
    return result


def refusal(body: bytes | str) -> Unreadable:
    result = EDIFACT.read(body.encode() if isinstance(body, str) else body, {}, {})
    assert isinstance(result, Unreadable), result
    return result


def dated(dtm: str, place: str = "NLRTM:139:6", mapping: dict[str, Any] | None = None) -> CanonicalEvent:
    """The event of a status at a place with this DTM."""
    return events(
        f"UNH+1+IFTSTA:D:96A:UN'BGM+23+1+9'DTM+137:20260303:102'CNI+1'STS+1+VA'RFF+BN:B1'LOC+175+{place}'DTM+{dtm}'"
        "UNT+9+1'",
        mapping,
    )[0]


def test_a_status_names_its_freight_its_place_and_its_local_time() -> None:
    departed, eta = events(interchange(STATUS))
    assert departed.type == "shipment.departed"
    assert departed.occurred_at == datetime(2026, 3, 2, 8, 30, tzinfo=UTC)  # 09:30 in Rotterdam
    assert departed.reported_at == datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
    assert [ref.key[:2] for ref in departed.references] == [
        ("container", "KLNU4471200"),
        ("bol", "KLNEB5512"),
        ("booking", "BK5512"),
    ]
    assert departed.place is not None
    assert (departed.place.unlocode, departed.place.name, departed.place.zone) == (
        "NLRTM",
        "ROTTERDAM",
        "Europe/Amsterdam",
    )
    assert departed.data["note"] == "Vessel NORDIC TERN, voyage 612W"
    assert departed.source_code == "VD" and "detail" not in departed.data
    assert eta.type == "shipment.eta_changed"


def test_an_estimate_for_a_port_still_to_come_is_an_event_with_that_port() -> None:
    eta = events(interchange(STATUS))[1]
    assert eta.data["estimated"] == "2026-03-12T15:00:00+00:00"  # 11:00 in New York, after the clocks changed
    assert (eta.data["milestone"], eta.data["classifier"], eta.data["unlocode"]) == ("arrival", "estimated", "USNYC")


def test_a_message_without_an_interchange_is_read_like_one_within() -> None:
    assert [event.type for event in events(STATUS)] == [event.type for event in events(interchange(STATUS))]


def test_gate_moves_are_told_apart_by_direction_and_load() -> None:
    out, fetched = events(interchange(GATE))
    assert (out.type, fetched.type) == ("equipment.gated_out", "shipment.announced")
    assert out.data["seal"] == "S88120" and out.references[1].key[:2] == ("bol", "KLNEB5512")
    assert fetched.data["note"] == "Empty container fetched; Vessel NORDIC TERN, voyage 612W"
    inward = [event.type for event in events(interchange(GATE.replace("BGM+36", "BGM+34")))]
    assert inward == ["equipment.gated_in", "equipment.returned"]


def test_quay_moves_tell_temperature_and_damage_beside_the_move() -> None:
    discharged, reading, damage = events(interchange(QUAY))
    assert (discharged.type, discharged.place and discharged.place.unlocode) == ("equipment.discharged", "USNYC")
    assert discharged.occurred_at == datetime(2026, 3, 13, 6, 30, tzinfo=UTC)
    assert (reading.type, reading.data["value"], reading.data["set_point"]) == (
        "shipment.temperature_read",
        "-11.5",
        "-18",
    )
    assert damage.data["note"] == "Damage to the equipment: DENTED"
    assert events(interchange(QUAY.replace("BGM+44", "BGM+46")))[0].type == "equipment.loaded"


def test_an_unknown_report_is_kept_and_flagged_until_the_mapping_knows_it() -> None:
    body = interchange(GATE.replace("BGM+36", "BGM+393"))
    assert events(body)[0].data["unmapped"] == "edifact.1001.393"
    known = events(body, {"codes": {"edifact.1001.393": "equipment.gated_in"}})
    assert known[0].type == "equipment.gated_in" and "unmapped" not in known[0].data


@pytest.mark.parametrize(
    "status, event_type, reason",
    [
        ("STS+1+VA", "shipment.arrived", None),
        ("STS+1+AE::22", "equipment.loaded", None),
        ("STS+1+UV", "equipment.discharged", None),
        ("STS+1+I", "equipment.gated_in", None),
        ("STS+1+OA", "equipment.gated_out", None),
        ("STS+1+RD", "equipment.returned", None),
        ("STS+1+PA", "shipment.held", "customs_exam"),
        ("STS+1+CT", "shipment.released", None),
        ("STS+1+24", "shipment.departed", None),
        ("STS+1+21", "shipment.delivered", None),
        ("STS+1+20+62", "shipment.delayed", "weather"),
        ("STS+1+23+7", "shipment.delivery_attempted", "receiver_closed"),
        ("STS+1+266", "shipment.delayed", "weather"),
        ("STS+1+77", "shipment.refused", "receiver_refused"),
        ("STS+1+52", "shipment.delayed", "equipment_breakdown"),
        ("STS++18", "shipment.damaged", None),
        ("STS+1+7", "shipment.rolled", "carrier_capacity"),
    ],
)
def test_standard_statuses_and_reasons_have_our_words(status: str, event_type: str, reason: str | None) -> None:
    event = events(STATUS.replace("STS+1+VD", status))[0]
    assert (event.type, event.data.get("reason")) == (event_type, reason)
    assert "unmapped" not in event.data


def test_every_status_on_the_list_becomes_a_sound_event() -> None:
    for code in STATUS_4405:
        assert "unmapped" not in events(STATUS.replace("STS+1+VD", f"STS+1+{code}"))[0].data


def test_an_unknown_status_is_read_by_its_words_and_flagged() -> None:
    event = events(STATUS.replace("STS+1+VD", "STS+1+QQ7::ZZZ:Container released by customs"))[0]
    assert (event.type, event.data["unmapped"], event.source_code) == ("shipment.released", "edifact.4405.QQ7", "QQ7")
    silent = events(STATUS.replace("STS+1+VD", "STS+1+QQ7"))[0]
    assert (silent.type, silent.data["unmapped"]) == ("shipment.scanned", "edifact.4405.QQ7")
    own = events(STATUS.replace("STS+1+VD", "STS+1+QQ7"), {"codes": {"edifact.4405.QQ7": "shipment.held"}})[0]
    assert own.type == "shipment.held" and "unmapped" not in own.data


def test_a_delay_says_until_when_and_a_status_that_is_an_estimate_is_one() -> None:
    late = STATUS.replace("STS+1+VD'", "STS+1+20'DTM+17:202603141200:203'")
    assert events(late)[0].data["estimated"] == "2026-03-14T11:00:00+00:00"
    estimate = events(STATUS.replace("STS+1+VD'", "STS+1+AG'DTM+17:202603141200:203'"))[0]
    assert (estimate.type, estimate.data["milestone"]) == ("shipment.eta_changed", "delivery")
    assert estimate.occurred_at == datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


def test_the_container_of_the_status_beats_the_one_in_the_header() -> None:
    body = STATUS.replace("RFF+BN:BK5512'", "RFF+BN:BK5512'RFF+EQ:OLDU1112223'RFF+BM:HEADER1'")
    assert [ref.value for ref in events(body)[0].references] == ["KLNU4471200", "KLNEB5512", "BK5512"]
    above = STATUS.replace("CNI+1'", "EQD+CN+OLDU1112223'CNI+1'")
    assert events(above)[0].references[0].value == "KLNU4471200"
    only = above.replace("EQD+CN+KLNU4471200+45G1:102:5+++5'", "")
    assert events(only)[0].references[0].value == "OLDU1112223"


def test_containers_before_their_transport_change_nothing() -> None:
    container = "EQD+CN+KLNU4471200+45G1:102:5+++5'SEL+S88120+CA'"
    body = STATUS.replace(container, "").replace("TDT+20", f"{container}TDT+20")
    assert [(event.type, event.data) for event in events(body)] == [
        (event.type, event.data) for event in events(STATUS)
    ]


def test_several_containers_of_one_move_are_several_events_and_of_one_voyage_one() -> None:
    two = "EQD+CN+KLNU4471200+45G1:102:5+++5'EQD+CN+KLNU4471221+45G1:102:5+++5'SEL+S2+CA'"
    body = STATUS.replace("EQD+CN+KLNU4471200+45G1:102:5+++5'SEL+S88120+CA'", two)
    (departed, _) = events(body)
    assert [ref.value for ref in departed.references][:2] == ["KLNU4471200", "KLNU4471221"]
    first, second, _ = events(body.replace("STS+1+VD", "STS+1+AE"))
    assert [event.references[0].value for event in (first, second)] == ["KLNU4471200", "KLNU4471221"]
    assert "seal" not in first.data and second.data["seal"] == "S2"


@pytest.mark.parametrize(
    "dtm, expected",
    [
        ("334:202603020930:203", datetime(2026, 3, 2, 8, 30, tzinfo=UTC)),
        ("334:20260302093015:204", datetime(2026, 3, 2, 8, 30, 15, tzinfo=UTC)),
        ("334:2603020930:201", datetime(2026, 3, 2, 8, 30, tzinfo=UTC)),
        ("334:260302:101", datetime(2026, 3, 2, 11, 0, tzinfo=UTC)),
        ("334:20260302:102", datetime(2026, 3, 2, 11, 0, tzinfo=UTC)),
        ("334:202603020930UTC:303", datetime(2026, 3, 2, 9, 30, tzinfo=UTC)),
        ("334:202603020930?+02:303", datetime(2026, 3, 2, 7, 30, tzinfo=UTC)),
        ("334:202603020930-0500:303", datetime(2026, 3, 2, 14, 30, tzinfo=UTC)),
        ("334:20260302093000EST:304", datetime(2026, 3, 2, 14, 30, tzinfo=UTC)),
        ("334:202603020930QQQ:303", datetime(2026, 3, 2, 8, 30, tzinfo=UTC)),
        ("334:202603020930", datetime(2026, 3, 2, 8, 30, tzinfo=UTC)),
        ("334:202603022400:203", datetime(2026, 3, 2, 23, 0, tzinfo=UTC)),
        ("334:26061:105", datetime(2026, 3, 2, 11, 0, tzinfo=UTC)),
        ("334:020326:2", datetime(2026, 3, 2, 11, 0, tzinfo=UTC)),
        ("334:202603020930-202603021130:719", datetime(2026, 3, 2, 8, 30, tzinfo=UTC)),
        ("334:20260302093015:203", datetime(2026, 3, 2, 8, 30, 15, tzinfo=UTC)),
    ],
)
def test_odd_shapes_of_time_are_read_where_they_happened(dtm: str, expected: datetime) -> None:
    assert dated(dtm).occurred_at == expected


def test_a_date_is_noon_there_and_says_so() -> None:
    assert dated("334:20260302:102").data["detail"] == "date only"


def test_a_place_of_unknown_zone_takes_the_partners_zone_and_without_one_says_what_was_assumed() -> None:
    unknown = dated("334:202603020930:203", "USQQX:139:6")
    assert unknown.occurred_at == datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    assert unknown.data["detail"] == "time zone not known, read as UTC"
    helped = dated("334:202603020930:203", "USQQX:139:6", {"zone": "America/Denver"})
    assert helped.occurred_at == datetime(2026, 3, 2, 16, 30, tzinfo=UTC) and "detail" not in helped.data


def test_the_only_place_of_a_status_is_its_place_whatever_its_qualifier() -> None:
    place = events(STATUS.replace("LOC+175+NLRTM", "LOC+Z01+NLAMS"))[0].place
    assert place is not None and place.unlocode == "NLAMS"


def test_a_town_without_a_code_has_the_zone_of_its_country() -> None:
    event = dated("334:202603020930:203", ":::WENDLINGEN+:::DE")
    assert event.place is not None and (event.place.city, event.place.country) == ("WENDLINGEN", "DE")
    assert event.occurred_at == datetime(2026, 3, 2, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "dtm", ["334:20260230:102", "334:soon:203", "334::203", "334:209901:610", "334:189901010000:203"]
)
def test_what_is_no_date_is_refused_with_its_segment(dtm: str) -> None:
    body = f"UNH+1+IFTSTA:D:96A:UN'BGM+23+1+9'CNI+1'STS+1+VA'RFF+BN:B1'DTM+{dtm}'UNT+7+1'"
    assert refusal(body).where == "segment 6 (DTM)"


@pytest.mark.parametrize(
    "body",
    [
        interchange(STATUS, head="UNA:+.? '"),
        interchange(STATUS, head="UNA:+.? '\r\n"),
        interchange(STATUS, head="UNA:+.?'\n"),
        interchange(STATUS, head="\ufeffUNA:+.? '"),
        interchange(STATUS).replace(b"'", b"'\r\n"),
        interchange(STATUS).replace(b"'", b"\n").replace(b"?\n", b"?'"),
        interchange(STATUS)[:-1],
        b"UNA|*.\\ ~" + interchange(STATUS).translate(bytes.maketrans(b":+'", b"|*~")),
        interchange(STATUS).replace(b"UNOA:2", b"UNOB:1").translate(bytes.maketrans(b":+'", b"\x1f\x1d\x1c")),
        b"\r\n  " + interchange(STATUS),
        interchange("UNG+IFTSTA+KLNE+TOWER+260302:1505+9+UN+D:00B'" + STATUS + "UNE+1+9'"),
        b"\n".join(interchange(STATUS)[at : at + 80] for at in range(0, len(interchange(STATUS)), 80)),
    ],
)
def test_every_way_to_write_the_same_interchange_reads_the_same(body: bytes) -> None:
    parts = EDIFACT.split and EDIFACT.split(body, {}, {})
    assert not isinstance(parts, Unreadable) and parts is not None
    (part,) = parts
    assert isinstance(part, Part)
    for read_body in (body, part.body):
        departed = events(read_body)[0]
        assert (departed.type, departed.data["note"]) == ("shipment.departed", "Vessel NORDIC TERN, voyage 612W")
        assert departed.references[1].value == "KLNEB5512"


def test_released_characters_and_other_alphabets_arrive_as_written() -> None:
    name = STATUS.replace(":ROTTERDAM", ":L?'ANSE?+?:?? PÈRE")
    for level, charset in (("UNOC", "iso8859-1"), ("UNOA", "utf-8"), ("UNOY", "utf-8"), ("UNOC", "utf-8")):
        body = interchange(name).decode().replace("UNOA", level).encode(charset)
        place = events(body)[0].place
        assert place is not None and place.name == "L'ANSE+:? PÈRE"
    greek = interchange(name.replace("PÈRE", "ΠΕΙΡΑΙΑΣ")).decode().replace("UNOA", "UNOF").encode("iso8859-7")
    place = events(greek)[0].place
    assert place is not None and place.name.endswith("ΠΕΙΡΑΙΑΣ")


def test_an_interchange_is_taken_apart_and_one_bad_message_takes_no_other_along() -> None:
    bad = STATUS.replace("DTM+334:202603020930:203", "DTM+334:202613020930:203")
    foreign = "UNH+9+IFTMIN:D:01B:UN'BGM+610+X+9'UNT+3+9'"
    cut = "UNH+10+IFTSTA:D:00B:UN'BGM+23+X+9'"
    assert EDIFACT.split is not None
    parts = EDIFACT.split(interchange(STATUS, bad, foreign, cut, GATE), {}, {})
    assert not isinstance(parts, Unreadable)
    results = [EDIFACT.read(part.body, {}, {}) if isinstance(part, Part) else part for part in parts]
    said = [[event.type for event in each] if isinstance(each, list) else each.reason for each in results]
    assert said == [
        ["shipment.departed", "shipment.eta_changed"],
        "there is no such date or time: 202613020930",
        "IFTMIN is not read here; IFTSTA, CODECO and COARRI are",
        "the message is cut off: it has no UNT",
        ["equipment.gated_out", "shipment.announced"],
        "UNZ counts 5 messages or groups, there are 4",
    ]
    assert [part.where for part in parts][:2] == ["segment 2 (UNH)", "segment 20 (UNH)"]


def test_frames_that_contradict_their_content_are_told_and_lose_nothing() -> None:
    assert EDIFACT.split is not None
    wrong = EDIFACT.split(interchange(STATUS, count=3), {}, {})
    assert not isinstance(wrong, Unreadable)
    assert [isinstance(part, Part) for part in wrong] == [True, False]
    missing = EDIFACT.split(interchange(STATUS).rpartition(b"UNZ")[0], {}, {})
    assert not isinstance(missing, Unreadable) and missing[1] == Unreadable(
        "UNZ is missing: the interchange may be cut off", "the end"
    )
    counted = events(STATUS.replace("UNT+18+77", "UNT+12+77"))[0]
    assert counted.data["detail"] == "UNT counts 12 segments, there are 18"


def test_a_time_after_the_interchange_was_written_is_marked() -> None:
    body = interchange(STATUS.replace("DTM+334:202603020930", "DTM+334:202803020930"))
    assert events(body)[0].data["detail"] == "dated after the message was written"


def test_a_cancelled_report_takes_back_what_was_reported_under_its_number() -> None:
    before = events(interchange(GATE))
    after = events(interchange(GATE.replace("BGM+36+GT-31+9", "BGM+36+GT-31+1")))
    assert [event.type for event in after] == ["event.retracted"] * 2
    assert [event.data["event_id"] for event in after] == [event.event_id for event in before]
    named = GATE.replace("BGM+36+GT-31+9'", "BGM+36+GT-99+1'RFF+ACW:GT-31'")
    assert events(interchange(named))[0].data["event_id"] == before[0].event_id


@pytest.mark.parametrize(
    "body, reason, where",
    [
        ("", "this is no EDIFACT: it starts with none of UNA, UNB, UNG and UNH", "byte 1"),
        ("ISA*00*", "this is no EDIFACT: it starts with none of UNA, UNB, UNG and UNH", "byte 1"),
        ("UNA:+.", "UNA is cut off", "segment 1 (UNA)"),
        ("UNAaaaaaaUNH", "UNA names characters that cannot separate", "segment 1 (UNA)"),
        ("UNB+UNOA:1+A+B+260302:1505+1'UNZ+0+1'", "the interchange holds no message", ""),
        ("UNH+1+IFTSTA:D:00B:UN'UNT+2+1'", "the message has no beginning (BGM)", "segment 1 (UNH)"),
        ("UNH+1+IFTSTA:D:00B:UN'BGM+23+1+9'UNT+3+1'", "there is no status (STS)", "segment 1 (UNH)"),
        ("UNH+1+IFTSTA:D:00B:UN'BGM+23+1+9'STS+1+VD'UNT+4+1'", "there is no reference", "segment 3 (STS)"),
        ("UNH+1+IFTSTA:D:00B:UN'BGM+23+1+9'STS+1+VD'RFF+BN:1'UNT+5+1'", "nothing says when", "segment 3 (STS)"),
        ("UNH+1+CODECO:D:95B:UN'BGM+34+1+9'UNT+3+1'", "there is no equipment (EQD)", "segment 1 (UNH)"),
        ("UNH+1+CODECO:D:95B:UN'BGM+34++9'EQD+CN+'UNT+4+1'", "the equipment has no number", "segment 3 (EQD)"),
        ("UNH+1+CODECO:D:95B:UN'BGM+34++1'EQD+CN+A1'UNT+4+1'", "a cancellation that does not say", "segment 3 (EQD)"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(body: str, reason: str, where: str) -> None:
    found = refusal(body)
    assert found.reason.startswith(reason) and found.where == where


def test_an_acknowledgement_says_nothing_about_freight() -> None:
    assert events("UNH+1+CONTRL:D:3:UN'UCI+44+A+B+7'UNT+3+1'") == []


def test_a_repeat_is_known_by_its_content_whatever_the_line_breaks() -> None:
    first, second = (
        EDIFACT.open(body, {}) for body in (interchange(STATUS), interchange(STATUS).replace(b"'", b"'\r\n"))
    )
    assert not isinstance(first, Unreadable) and first == second and first.content


def test_any_damage_gives_events_or_a_refusal() -> None:
    chance = random.Random(20260302)
    bodies = [interchange(STATUS, GATE, QUAY), STATUS.encode(), interchange(QUAY, head="UNA:+.? '")]
    for _ in range(300):
        assert_holds(EDIFACT, damaged(chance.choice(bodies), chance))


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample data lies beside the project, not in it")
@pytest.mark.parametrize(
    "name, types, container",
    [
        ("edifact_iftsta_cargosmart_d99b.edi", ["shipment.departed", "shipment.eta_changed"], "ABCD1234567"),
        (
            "edifact_iftsta_container_d00b_msg.edi",
            ["shipment.departed", *["shipment.eta_changed"] * 3],
            "TRHU4561222",
        ),
    ],
)
def test_published_statuses_are_understood(name: str, types: list[str], container: str) -> None:
    found = events((SAMPLES / name).read_bytes())
    assert [event.type for event in found] == types
    assert {event.references[0].value for event in found} == {container}
    assert all("unmapped" not in event.data for event in found)


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample data lies beside the project, not in it")
def test_a_published_transport_instruction_is_refused_clearly() -> None:
    found = refusal((SAMPLES / "edifact_iftmin_d01b_ean004.edi").read_bytes())
    assert found.reason == "IFTMIN is not read here; IFTSTA, CODECO and COARRI are"
