"""What the pages on ocean, EPCIS and telemetry formats show is what the adapters do."""

import json
import re
from pathlib import Path

import pytest

from exceptions.intake.adapters import adapter_for
from exceptions.intake.mapping.shapes import mapping_problems

PAGES = Path(__file__).resolve().parents[2] / "docs" / "adapters"


def blocks(page: str, language: str) -> list[str]:
    fenced = re.findall(r"^```(\w*)\n(.*?)^```$", (PAGES / page).read_text(), re.DOTALL | re.MULTILINE)
    return [body for kind, body in fenced if kind == language]


@pytest.mark.parametrize(
    "page, adapter, language, types",
    [
        ("edifact.md", "edifact", "", ["shipment.departed", "shipment.eta_changed"]),
        ("dcsa.md", "dcsa", "json", ["shipment.eta_changed"]),
        ("epcis.md", "epcis", "json", ["shipment.departed"]),
        ("telemetry.md", "tive", "json", ["shipment.temperature_read", "shipment.position_reported"]),
    ],
)
def test_the_sample_of_a_page_gives_the_events_it_says(
    page: str, adapter: str, language: str, types: list[str]
) -> None:
    body = blocks(page, language)[-1]
    found = adapter_for(adapter).read(body.encode(), {}, {})
    assert isinstance(found, list) and [event.type for event in found] == types
    text = (PAGES / page).read_text()
    assert all(f"`{name}`" in text for name in types)
    assert all(f"{event.occurred_at:%Y-%m-%d}" in text or event.type == "shipment.eta_changed" for event in found)


@pytest.mark.parametrize("adapter", ["edifact", "dcsa", "epcis", "telemetry"])
def test_the_mapping_of_a_page_is_one_that_the_editor_accepts(adapter: str) -> None:
    mapping = json.loads(blocks(f"{adapter}.md", "json")[0])
    assert mapping_problems("tive" if adapter == "telemetry" else adapter, mapping) == []
