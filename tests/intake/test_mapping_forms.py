"""A mapping drawn as a form and read back is the same mapping, and what is wrong with one is said in sentences."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exceptions.intake.adapters import ADAPTERS
from exceptions.intake.mapping.filling import Drawn, drawn, read_back
from exceptions.intake.mapping.shapes import Field, Kind, fields_of, mapping_problems
from exceptions.intake.presets import PRESETS
from exceptions.intake.selectors.trials import trial_run

FULL = {
    "zone": "Europe/Berlin",
    "code": "Status",
    "text": ["Bemerkung", "Text"],
    "time": "Zeit",
    "time_format": ["DD.MM.YYYY HH:mm", "iso"],
    "delimiter": "\t",
    "header": False,
    "skip": 2,
    "references": [{"type": "bol", "value": "#3"}, {"type": "pro", "value": ["#4", "#5"], "issuer": "=ELKN"}],
    "place": {"city": "#6", "country": "=DE"},
    "data": {"minutes": "#7"},
    "decimal": ",",
    "system": "dispo",
    "codes": {"dispo.ZU": "shipment.delivered", "dispo.X": {"event": "shipment.held", "reason": "customs_exam"}},
    "texts": {"stau": "weather"},
    "otherwise": "ignore",
}

TEXTS = st.sampled_from(["a", "b | c", " d", "#1", "=x", "weather", "shipment.delayed", ""])
LEAVES = TEXTS | st.sampled_from([0, 7, True, False])
VALUES = (
    LEAVES | st.lists(LEAVES | st.lists(LEAVES, max_size=2), max_size=2) | st.dictionaries(TEXTS, LEAVES, max_size=2)
)


def all_fields(adapter: str) -> list[Field]:
    return fields_of(adapter, local_times=True, starts_shipments=True)


def as_posted(fields: list[Drawn], rest: str) -> dict[str, list[str]]:
    """What a browser sends of the form as it is drawn, with the empty rows below each table."""
    posted = {"rest": [rest]}
    for one in fields:
        key = one.field.key
        if one.field.kind in (Kind.PAIRS, Kind.SOURCES, Kind.MEANINGS, Kind.NUMBERS):
            for column in ("name", "value", "event", "reason", "issuer"):
                posted[f"{key}.{column}"] = [*(getattr(row, column) for row in one.rows), ""]
        else:
            posted[key] = [one.value]
    return posted


def there_and_back(adapter: str, mapping: dict[str, Any]) -> dict[str, Any]:
    fields = all_fields(adapter)
    posted = as_posted(*drawn(fields, mapping))
    again, problems = read_back(fields, lambda name: posted.get(name, []))
    assert problems == []
    return again


def test_a_full_mapping_comes_back_as_it_was_and_all_of_it_stands_in_fields() -> None:
    assert there_and_back("tabular", FULL) == FULL
    assert drawn(all_fields("tabular"), FULL)[1] == ""


@pytest.mark.parametrize("preset", PRESETS.values(), ids=list(PRESETS))
def test_the_mapping_that_a_partner_begins_with_comes_back_as_it_was(preset: Any) -> None:
    mapping = dict(preset.mapping)
    assert there_and_back(preset.adapter, mapping) == mapping
    assert mapping_problems(preset.adapter, mapping) == []


@pytest.mark.parametrize("adapter", sorted(ADAPTERS))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_no_mapping_is_lost_by_looking_at_it(adapter: str, data: st.DataObject) -> None:
    keys = st.sampled_from([*(field.key for field in all_fields(adapter)), "more"])
    mapping = {key: value for key, value in data.draw(st.dictionaries(keys, VALUES, max_size=4)).items() if value}
    fields, rest = drawn(all_fields(adapter), mapping)
    shown = {one.field.key for one in fields if one.value or one.rows}
    assert shown | set(json.loads(rest or "{}")) >= {key for key, value in mapping.items() if value not in ("", [], {})}
    assert isinstance(mapping_problems(adapter, mapping), list)


@pytest.mark.parametrize(
    ("adapter", "mapping", "said"),
    [
        ("easypost", {"zone": "CST"}, "is no time zone"),
        ("easypost", {"mode": "balloon"}, "is none of"),
        ("easypost", {"reference_type": "name"}, "“reference_type”"),
        ("cloudevents", {"types": {"com.acme.x": "shipment.flew"}}, "“com.acme.x” in “types”"),
        ("cloudevents", {"types": ["x"]}, "must be an object"),
        ("x12", {"references": {"RU": ["load", "name"]}}, "“RU” in “references”"),
        ("mail", {"trusted": "haulier.example"}, "must be a list"),
        ("mail", {"day_first": "yes"}, "true or false"),
        ("x12", {"codes": {"ZZ": "weather"}}, "has no list"),
        ("tabular", {"code": "Status"}, "'time'"),
        ("easypost", {"issuer": "a\u0000b"}, "NUL"),
        ("easypost", {"note": "x" * 70_000}, "64 KiB"),
    ],
)
def test_what_is_wrong_is_said_with_the_key(adapter: str, mapping: dict[str, Any], said: str) -> None:
    assert any(said in problem for problem in mapping_problems(adapter, mapping)), mapping_problems(adapter, mapping)


@pytest.mark.parametrize(
    ("rest", "said"),
    [
        ("{", "line 1 column"),
        ("[1]", "must be an object"),
        ('{"a": 1, "a": 2}', "key a"),
        ('{"zone": "UTC"}', "keep one"),
    ],
)
def test_json_that_cannot_be_read_says_where(rest: str, said: str) -> None:
    posted = {"rest": [rest], "zone": ["Europe/Paris"]}
    _, problems = read_back(all_fields("x12"), lambda name: posted.get(name, []))
    assert len(problems) == 1 and said in problems[0], problems


def test_texts_are_kept_in_the_form_that_finds_them() -> None:
    posted = {"texts.name": ["Gone FISHING!"], "texts.event": [""], "texts.reason": ["weather"]}
    mapping, _ = read_back(all_fields("x12"), lambda name: posted.get(name, []))
    assert mapping == {"texts": {"gone fishing": "weather"}}
    assert mapping_problems("x12", mapping) == []


def test_the_starting_mapping_of_a_table_reads_its_sample() -> None:
    preset = PRESETS["tabular"]
    body = b"PRO;Status;When;Remarks;Minutes late\n1;LATE;2026-05-04T10:00Z;;5\n2;LATE;soon;;5\n"
    read = trial_run(ADAPTERS["tabular"], body, headers={"content-type": "text/csv"}, mapping=dict(preset.mapping))
    assert [bool(item.refused) for item in read.items] == [False, True]  # type: ignore[union-attr]
