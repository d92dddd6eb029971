"""JSON and CSV of any shape, read with an integrator's mapping: sources, times, codes, parts, and what is refused."""

import json
import random
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exceptions.intake.adapters import Part, Unreadable, adapter_for
from exceptions.intake.mapping.shapes import mapping_problems
from exceptions.intake.presets import PRESETS, sample_body, starting_mapping
from exceptions.shipments.canonical import CanonicalEvent
from exceptions.shipments.payloads import payload_of
from tests.intake import mutations

JSON_MAPPING, TABULAR = adapter_for("json_mapping"), adapter_for("tabular")
NDJSON = {"content-type": "application/x-ndjson"}
TMS: dict[str, Any] = {
    "items": "/data/events",
    "code": "state.code",
    "text": ["remark", "state.words"],
    "time": "/at",
    "time_format": ["DD.MM.YYYY HH:mm", "unix_ms"],
    "zone": "Europe/Berlin",
    "id": "uid",
    "references": [
        {"type": "pro", "value": "^/shipment/pro", "issuer": "=ELKN"},
        {"type": "order", "value": "orders[0]"},
    ],
    "place": {"city": "city", "country": "=DE", "latitude": "geo.0", "longitude": "geo.1"},
    "eta": "eta",
    "data": {"minutes": "late", "note": "remark", "signed_by": "who"},
    "system": "acme",
    "codes": {"acme.DLV": "shipment.delivered", "acme.LATE": "shipment.delayed"},
}
CSV: dict[str, Any] = {
    "code": "Status",
    "text": "Bemerkung",
    "time": "Zeit",
    "time_format": "DD.MM.YYYY HH:mm",
    "zone": "Europe/Berlin",
    "references": [{"type": "bol", "value": "BOL"}],
    "place": {"city": "Ort", "country": "=DE"},
    "data": {"minutes": "Minuten"},
    "decimal": ",",
    "system": "dispo",
    "codes": {"dispo.ZU": "shipment.delivered", "dispo.VS": "shipment.delayed"},
}
HEADER = "BOL;Status;Zeit;Ort;Bemerkung;Minuten\r\n"


def event(**changes: Any) -> dict[str, Any]:
    return {
        "uid": "u-1",
        "state": {"code": "LATE", "words": ""},
        "at": "04.05.2026 14:30",
        "orders": ["SO-7"],
        "city": "Hof",
        "geo": [50.3, "11.9"],
        "late": "90",
        "remark": "Stau auf der A9",
        **changes,
    }


def body(*items: dict[str, Any]) -> dict[str, Any]:
    return {"shipment": {"pro": "4471120"}, "data": {"events": list(items)}}


def read(value: Any, mapping: dict[str, Any] = TMS, headers: dict[str, str] | None = None) -> Any:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    adapter = TABULAR if isinstance(value, bytes) and headers is None else JSON_MAPPING
    return adapter.read(raw, headers or {}, mapping)


def events(value: Any, mapping: dict[str, Any] = TMS, headers: dict[str, str] | None = None) -> list[CanonicalEvent]:
    result = read(value, mapping, headers)
    assert isinstance(result, list), result
    for one in result:
        payload_of(one)
    return result


def refused(value: Any, mapping: dict[str, Any] = TMS, headers: dict[str, str] | None = None) -> Unreadable:
    result = read(value, mapping, headers)
    assert isinstance(result, Unreadable), result
    return result


class TestJson:
    def test_an_item_is_read_by_pointers_paths_constants_and_the_bodys_root(self) -> None:
        (one,) = events(body(event()))
        assert (one.type, one.event_id, one.source_code) == ("shipment.delayed", "u-1", "LATE")
        assert one.occurred_at == datetime(2026, 5, 4, 12, 30, tzinfo=UTC)
        assert [ref.key for ref in one.references] == [("pro", "4471120", "ELKN"), ("order", "SO7", "")]
        assert one.place is not None and (one.place.city, one.place.country, one.place.longitude) == ("Hof", "DE", 11.9)
        assert one.data == {"minutes": 90, "note": "Stau auf der A9", "reason": "road_conditions"}

    def test_data_that_the_type_does_not_know_stays_out(self) -> None:
        (one,) = events(body(event(state={"code": "DLV"}, who="Meier")))
        assert one.data == {"note": "Stau auf der A9", "signed_by": "Meier"}

    def test_a_second_time_format_is_tried_and_an_unfit_time_is_refused_with_its_place(self) -> None:
        (one,) = events(body(event(at=1777898400000)))
        assert one.occurred_at == datetime(2026, 5, 4, 12, 40, tzinfo=UTC)
        assert refused(body(event(), event(at="4 May"))).where == "/data/events/1/at"

    def test_an_estimate_is_an_event_of_its_own_unless_the_status_tells_it(self) -> None:
        delayed, *more = events(body(event(eta="05.05.2026 08:00")))
        assert (delayed.data["estimated"], more) == ("2026-05-05T06:00:00+00:00", [])
        delivered, eta = events(body(event(state={"code": "DLV"}, eta="05.05.2026 08:00")))
        assert (delivered.type, eta.type) == ("shipment.delivered", "shipment.eta_changed")
        (alone,) = events(body(event(state={}, remark=None, eta="05.05.2026 08:00")))
        assert alone.type == "shipment.eta_changed"

    def test_an_unknown_code_is_read_by_its_words_else_refused_ignored_or_something_else(self) -> None:
        (one,) = events(body(event(state={"code": "X7"}, remark="Annahme verweigert")))
        assert (one.type, one.data["unmapped"]) == ("shipment.refused", "acme.X7")
        strange = body(event(state={"code": "X7"}, remark=""))
        assert "X7" in refused(strange).reason
        assert events(strange, {**TMS, "otherwise": "ignore"}) == []
        (one,) = events(strange, {**TMS, "otherwise": "shipment.scanned"})
        assert (one.type, one.data["unmapped"]) == ("shipment.scanned", "acme.X7")

    def test_a_reason_has_a_source_of_its_own(self) -> None:
        mapping = {**TMS, "reason": "why", "codes": {**TMS["codes"], "acme.W": "weather"}}
        assert events(body(event(why="W")), mapping)[0].data["reason"] == "weather"
        assert events(body(event(why="x12.1651.AI")), mapping)[0].data["reason"] == "equipment_breakdown"
        assert events(body(event(why="Q")), mapping)[0].data["unmapped"] == "acme.Q"

    @pytest.mark.parametrize(
        "change, where",
        [
            ({"at": ""}, "/data/events/0/at"),
            ({"city": {"name": "Hof"}}, "/data/events/0/city"),
            ({"late": "soon"}, "/data/events/0/late"),
            ({"late": "1.5"}, "/data/events/0/late"),
            ({"geo": [200, 0]}, "/data/events/0/geo/0"),
            ({"state": {}, "remark": ""}, "/data/events/0"),
        ],
    )
    def test_what_is_wrong_is_said_with_its_place(self, change: dict[str, Any], where: str) -> None:
        assert refused(body(event(**change))).where == where

    def test_without_a_reference_nothing_says_which_shipment_is_meant(self) -> None:
        value = {"shipment": {}, "data": {"events": [event(orders=[])]}}
        assert "reference" in refused(value).reason

    def test_a_delivery_is_split_into_parts_that_each_say_what_their_event_said(self) -> None:
        delivery = body(event(), event(uid="u-2", at="05.05.2026 09:00"), {"uid": "broken"})
        parts = JSON_MAPPING.split(json.dumps(delivery).encode(), {}, TMS) if JSON_MAPPING.split else []
        assert not isinstance(parts, Unreadable)
        assert [part.where for part in parts] == [f"/data/events/{index}" for index in range(3)]
        read_alone = [JSON_MAPPING.read(part.body, {}, TMS) for part in parts if isinstance(part, Part)]
        assert read_alone[:2] == [[one] for one in events(body(event(), event(uid="u-2", at="05.05.2026 09:00")))]
        assert isinstance(read_alone[2], Unreadable)

    def test_arrays_and_lines_are_items_too(self) -> None:
        mapping = {**TMS, "items": "", "references": [{"type": "order", "value": "orders.0"}]}
        array = [event(), event(uid="u-2")]
        assert [one.event_id for one in events(array, mapping)] == ["u-1", "u-2"]
        lines = b"\n".join(json.dumps(one).encode() for one in array)
        assert [one.event_id for one in events(lines, mapping, NDJSON)] == ["u-1", "u-2"]
        assert refused(lines + b'\n{"at": 1', mapping, NDJSON).where.startswith("line 3")


class TestCsv:
    def row(self, status: str = "VS", at: str = "04.05.2026 14:30", text: str = "Stau", minutes: str = "90") -> str:
        return f"B-77;{status};{at};Hof;{text};{minutes}\r\n"

    def test_a_row_is_an_event(self) -> None:
        (one,) = events((HEADER + self.row()).encode(), CSV)
        assert (one.type, one.data) == ("shipment.delayed", {"minutes": 90, "reason": "road_conditions"})
        assert one.occurred_at == datetime(2026, 5, 4, 12, 30, tzinfo=UTC)
        assert one.references[0].key == ("bol", "B77", "")

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
    def test_the_encoding_is_found_out(self, encoding: str) -> None:
        (one,) = events((HEADER + self.row(text="Verspätung in Köln")).encode(encoding), CSV)
        assert one.source_text == "Verspätung in Köln"

    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    def test_the_delimiter_is_found_out(self, delimiter: str) -> None:
        (one,) = events((HEADER + self.row()).replace(";", delimiter).encode(), CSV)
        assert one.source_code == "VS"

    def test_quotes_hold_delimiters_line_breaks_and_doubled_quotes(self) -> None:
        first, second = events((HEADER + self.row(text='"Stau; ""A9""\r\nHof"') + self.row("ZU")).encode(), CSV)
        assert first.source_text == 'Stau; "A9"\r\nHof'
        assert second.type == "shipment.delivered"

    def test_a_stray_quote_takes_nothing_along(self) -> None:
        rows = self.row(text='5" Rohr, Stau') + self.row("ZU") + self.row(text='"nie zu') + self.row("ZU") * 60
        parts = TABULAR.split((HEADER + rows).encode(), {}, CSV) if TABULAR.split else []
        assert not isinstance(parts, Unreadable) and len(parts) == 63

    def test_columns_may_be_numbered_lines_skipped_and_headers_missing(self) -> None:
        mapping = {**CSV, "code": "#2", "text": "#5", "time": "#3", "data": {}, "place": {}}
        mapping |= {"references": [{"type": "bol", "value": "#1"}], "header": False, "delimiter": ";", "skip": 2}
        assert mapping_problems("tabular", mapping) == []
        (one,) = events(("Report\r\nof today\r\n" + self.row()).encode(), mapping)
        assert one.type == "shipment.delayed"

    def test_numbers_have_the_mappings_decimal_sign(self) -> None:
        (one,) = events((HEADER + self.row(minutes="1.090,0")).encode(), CSV)
        assert one.data["minutes"] == 1090

    def test_each_row_is_a_part_that_says_what_it_said_and_its_line(self) -> None:
        file = (HEADER + self.row(text="Zürich") + "\r\n" + self.row("??", text="") + self.row("ZU")).encode("cp1252")
        parts = TABULAR.split(file, {}, CSV) if TABULAR.split else []
        assert not isinstance(parts, Unreadable)
        assert [part.where for part in parts] == ["line 2", "line 4", "line 5"]
        first, second, third = [TABULAR.read(part.body, {}, CSV) for part in parts if isinstance(part, Part)]
        assert isinstance(first, list) and first[0].source_text == "Zürich"
        assert isinstance(second, Unreadable)
        assert isinstance(third, list) and third[0].type == "shipment.delivered"

    def test_the_same_row_in_another_file_is_the_same_item(self) -> None:
        split = TABULAR.split
        assert split is not None
        one, two = (split((HEADER + rows).encode(), {}, CSV) for rows in (self.row(), self.row("ZU") + self.row()))
        assert not isinstance(one, Unreadable) and not isinstance(two, Unreadable)
        assert isinstance(one[0], Part) and isinstance(two[1], Part) and one[0].envelope == two[1].envelope

    @pytest.mark.parametrize(
        "file, reason, where",
        [
            (b"", "empty", "line 1"),
            (b"BOL;Status\r\nB-1;VS\r\n", "no column 'Bemerkung'", "line 1"),
            ((HEADER + "B-1;VS;4.5.26;Hof;;\r\n").encode(), "not a time", "column Zeit"),
            ((HEADER + "B-1;??;04.05.2026 14:30;Hof;;\r\n").encode(), "'??' is not known", ""),
            ((HEADER + ";VS;04.05.2026 14:30;Hof;;\r\n").encode(), "no reference", ""),
            ((HEADER + "B-1;VS;31.02.2026 14:30;Hof;;\r\n").encode(), "no such date", "column Zeit"),
        ],
    )
    def test_what_is_wrong_is_said_with_its_line(self, file: bytes, reason: str, where: str) -> None:
        found = refused(file, CSV)
        assert reason in found.reason and found.where == where

    def test_among_several_rows_the_line_is_said_too(self) -> None:
        found = refused((HEADER + self.row() + self.row(at="4.5.26")).encode(), CSV)
        assert found.where == "line 3, column Zeit"

    def test_a_hundred_thousand_rows_are_parts_and_one_more_is_too_many(self) -> None:
        file = (HEADER + self.row() * 100_000).encode()
        parts = TABULAR.split(file, {}, CSV) if TABULAR.split else []
        assert not isinstance(parts, Unreadable) and len(parts) == 100_000
        assert isinstance(TABULAR.split(file + self.row().encode(), {}, CSV) if TABULAR.split else None, Unreadable)


class TestMappings:
    def test_the_mappings_of_this_page_and_of_the_templates_are_sound(self) -> None:
        assert mapping_problems("json_mapping", TMS) == []
        assert mapping_problems("tabular", CSV) == []
        for key in ("json_mapping", "tabular"):
            preset = PRESETS[key]
            mapping = starting_mapping(preset)
            assert mapping_problems(preset.adapter, mapping) == []
            sample = sample_body(preset, datetime(2026, 11, 20, 9, 30, tzinfo=UTC))
            (one,) = adapter_for(key).read(sample, {}, mapping)  # type: ignore[misc]
            assert (one.type, one.data["minutes"]) == ("shipment.delayed", 90)

    @pytest.mark.parametrize(
        "change, sentence",
        [
            ({"time": None}, "'time' is missing"),
            ({"code": None, "text": None, "eta": None}, "'code', 'text' or 'eta' is missing"),
            ({"references": []}, "'references' must be a list"),
            ({"references": [{"type": "prono", "value": "x"}]}, "'type' must be one of"),
            ({"time_format": "DD.MM"}, "year, month and day"),
            ({"time_format": "DD.MM.YYYY hh:mm"}, "needs AM or PM"),
            ({"time_format": "DD.DD.YYYY"}, "twice"),
            ({"place": {"town": "x"}}, "'place' has no 'town'"),
            ({"data": {"minuts": "x"}}, "'data' has no 'minuts'"),
            ({"otherwise": "whatever"}, "'otherwise' must be"),
            ({"decimal": ";"}, "'decimal' must be"),
            ({"itms": "/x"}, "no key 'itms'"),
            ({"code": 7}, "'code' must name a place"),
            ({"code": "/a//b"}, "no JSON pointer or path"),
            ({"items": "=x"}, "'items' must be"),
            ({"zone": "Mars/Dune"}, "no time zone"),
            ({"codes": {"acme.DLV": "delivered"}}, "no event type or reason"),
        ],
    )
    def test_what_is_wrong_with_a_mapping_is_said_in_a_sentence(self, change: dict[str, Any], sentence: str) -> None:
        mapping = {key: value for key, value in {**TMS, **change}.items() if value is not None}
        assert any(sentence in problem for problem in mapping_problems("json_mapping", mapping))

    @pytest.mark.parametrize(
        "change, sentence",
        [
            ({"delimiter": "x"}, "'delimiter' must be"),
            ({"encoding": "latin"}, "'encoding' must be one of"),
            ({"quote": ""}, "'quote' must be"),
            ({"skip": -1}, "'skip' must be"),
            ({"header": "yes"}, "'header' must be"),
            ({"header": False}, "'delimiter' is missing"),
            ({"header": False, "delimiter": ";"}, "names a column, but there is no header"),
            ({"code": "#0"}, "is no column"),
        ],
    )
    def test_what_is_wrong_with_a_tables_mapping_is_said_too(self, change: dict[str, Any], sentence: str) -> None:
        assert any(sentence in problem for problem in mapping_problems("tabular", {**CSV, **change}))


@pytest.mark.parametrize(
    "value, drawing, zone, moment",
    [
        ("5/4/26 2:30 PM", "M/D/YY h:mm A", "America/Chicago", "2026-05-04T19:30:00+00:00"),
        ("12:05 am 2026-05-04", "hh:mm A YYYY-MM-DD", "UTC", "2026-05-04T00:05:00+00:00"),
        ("20260504 1430 -0500", "YYYYMMDD HHmm Z", "", "2026-05-04T19:30:00+00:00"),
        ("2026-05-04", "iso", "America/Phoenix", "2026-05-04T19:00:00+00:00"),
        ("2026-05-04T14:30:00.123+02:00", "iso", "", "2026-05-04T12:30:00+00:00"),
        ("1777898400", "unix", "", "2026-05-04T12:40:00+00:00"),
    ],
)
def test_times_are_read_by_their_format_and_clock(value: str, drawing: str, zone: str, moment: str) -> None:
    mapping = {**TMS, "time_format": drawing, "zone": zone, "place": {}}
    (one,) = events(body(event(at=value)), mapping)
    assert one.occurred_at.isoformat() == moment


def test_a_clock_without_a_zone_is_refused() -> None:
    mapping = {key: value for key, value in TMS.items() if key not in ("zone", "place")}
    assert "no offset" in refused(body(event()), mapping).reason


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6) | st.sampled_from(["at", "=x", "#1", "^/a", "iso"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=100, deadline=None)
@given(
    st.integers(min_value=0, max_value=2**32),
    st.sampled_from(sorted({*TMS, *CSV, "header", "skip", "quote"})),
    anything,
)
def test_no_body_and_no_mapping_breaks_the_reading(seed: int, key: str, value: Any) -> None:
    random_ = random.Random(seed)
    csv_file = (HEADER + 'B-77;VS;04.05.2026 14:30;Hof;"Stau";90\r\n' * 2).encode()
    sample = json.dumps(body(event(), event(eta="05.05.2026 08:00"))).encode()
    mutations.assert_holds(JSON_MAPPING, mutations.twisted_bytes(sample, random_), TMS)
    mutations.assert_holds(TABULAR, mutations.damaged(csv_file, random_), CSV)
    mutations.assert_holds(JSON_MAPPING, sample, {**TMS, key: value})
    mutations.assert_holds(TABULAR, csv_file, {**CSV, key: value})
    for adapter, mapping in (("json_mapping", {**TMS, key: value}), ("tabular", {**CSV, key: value})):
        assert all(isinstance(problem, str) for problem in mapping_problems(adapter, mapping))
