"""Every event type has a published schema, and its example fits it."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from jsonschema import Draft202012Validator, FormatChecker

from exceptions.shipments.canonical import EventType
from exceptions.shipments.payloads import PAYLOADS
from exceptions.shipments.payloads.examples import EXAMPLES
from exceptions.shipments.payloads.schemas import schema_of

PUBLISHED = Path(__file__).parent / "published_schemas.json"


def problems(event_type: str, data: Any) -> list[str]:
    return [
        error.message
        for error in Draft202012Validator(schema_of(event_type), format_checker=FormatChecker()).iter_errors(data)
    ]


@pytest.mark.parametrize("event_type", EventType.values)
def test_the_example_fits_the_schema_and_a_misspelt_field_does_not(event_type: str) -> None:
    Draft202012Validator.check_schema(schema_of(event_type))
    assert problems(event_type, EXAMPLES[event_type]) == []
    assert problems(event_type, {**EXAMPLES[event_type], "minuts": 5})


def test_the_list_leads_to_every_schema_without_a_key(client: Client) -> None:
    listed = client.get("/api/v1/schemas/").json()["schemas"]
    assert [one["type"] for one in listed] == list(PAYLOADS)
    for one in listed:
        answer = client.get(one["schema"].removeprefix(settings.BASE_URL))
        assert answer.status_code == 200 and answer["Content-Type"] == "application/schema+json"
        body = answer.json()
        assert (body["$id"], body["version"], body["title"]) == (one["schema"], one["version"], one["type"])
        assert body["examples"] == [EXAMPLES[one["type"]]]


def test_a_type_that_nobody_knows_is_a_404_that_says_where_they_are(client: Client) -> None:
    answer = client.get("/api/v1/schemas/shipment.flown/")
    assert answer.status_code == 404
    assert "/api/v1/schemas/ lists them" in answer.json()["detail"]


def test_no_published_field_is_gone_and_no_new_one_is_demanded() -> None:
    """A change that fails here is a new version of the type: write it into VERSIONS, and the schema into the file."""
    for event_type, published in json.loads(PUBLISHED.read_text()).items():
        schema = schema_of(event_type)
        if schema["version"] != published["version"]:
            continue
        shapes = {"data": schema, **schema.get("$defs", {})}
        for name, known in published["shapes"].items():
            assert set(known["fields"]) <= set(shapes[name].get("properties", {})), (event_type, name)
            assert set(shapes[name].get("required", [])) <= set(known["required"]), (event_type, name)
