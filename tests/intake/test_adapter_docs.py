"""What the pages of the formats show is what the formats do: each mapping is sound, each sample is read."""

import json
import re
from pathlib import Path

import pytest

from exceptions.intake.adapters import adapter_for
from exceptions.intake.mapping.shapes import mapping_problems
from exceptions.shipments.payloads import payload_of

PAGES = Path(__file__).resolve().parents[2] / "docs" / "adapters"


@pytest.mark.parametrize(
    "page, adapter, types",
    [
        ("easypost", "easypost", ["shipment.delayed"]),
        ("aftership", "aftership", ["shipment.delayed"]),
        ("shippo", "shippo", ["shipment.delivery_attempted", "shipment.eta_changed"]),
        ("cloudevents", "cloudevents", ["shipment.delayed"]),
        ("json", "json_mapping", ["shipment.delayed"]),
        ("tabular", "tabular", ["shipment.delayed", "shipment.delivered"]),
    ],
)
def test_the_sample_of_a_page_is_read_with_its_mapping(page: str, adapter: str, types: list[str]) -> None:
    text = (PAGES / f"{page}.md").read_text()
    blocks = {
        heading: re.findall(r"```\w+\n(.*?)```", part, re.DOTALL)
        for heading, _, part in (section.partition("\n") for section in text.split("\n## "))
    }
    mapping = json.loads(blocks["The mapping"][0])
    assert mapping_problems(adapter, mapping) == []
    result = adapter_for(adapter).read(blocks["A sample"][0].encode(), {}, mapping)
    assert isinstance(result, list), result
    assert [event.type for event in result] == types
    for event in result:
        payload_of(event)


def test_every_link_of_the_list_leads_somewhere() -> None:
    listed = set(re.findall(r"\]\((\w+\.md)\)", (PAGES / "README.md").read_text()))
    assert listed and listed <= {page.name for page in PAGES.glob("*.md")}
