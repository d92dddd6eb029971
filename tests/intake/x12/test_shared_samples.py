"""Real files of other people, when they are at hand: the right events, or a refusal that says why."""

import json
from pathlib import Path
from typing import Any

import pytest

from exceptions.intake.adapters.base import Part, Unreadable
from exceptions.intake.mapping.codes import event_type_of
from tests.intake.x12.mutations import holds
from tests.intake.x12.samples import X12

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "data" / "edi"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the folder of shared samples is not here")


def expected() -> list[tuple[str, list[dict[str, Any]]]]:
    if not FOLDER.is_dir():
        return []
    rows = json.loads((FOLDER / "expected_events.json").read_text())
    return [(name, events) for name, events in rows.items() if name.startswith("edi/") and "edifact" not in name]


@pytest.mark.parametrize(("name", "wanted"), expected())
def test_a_status_message_gives_what_is_known_of_it(name: str, wanted: list[dict[str, Any]]) -> None:
    assert X12.split is not None
    parts = X12.split((FOLDER.parent / name).read_bytes(), {}, {})
    assert not isinstance(parts, Unreadable)
    events = [event for part in parts if isinstance(part, Part) for event in events_of(part)]
    assert len(events) == len(wanted)
    for event, row in zip(events, wanted, strict=True):
        assert event.type == event_type_of(f"x12.1650.{row['status_code']}")
        assert event.source_code == f"{row['status_code']} {row['reason_code']}"
        values = {ref.value for ref in event.references}
        assert {row["b10_01"], row["b10_02"]} - {""} <= values
        trouble = "reason" in event.data or "unmapped" in event.data
        assert trouble == row["is_exception"]


def events_of(part: Part) -> Any:
    result = X12.read(part.body, {}, {})
    assert isinstance(result, list), result
    return result


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*")) if FOLDER.is_dir() else [], ids=lambda path: path.name)
def test_every_file_gives_events_or_a_refusal(path: Path) -> None:
    holds(path.read_bytes(), {})
