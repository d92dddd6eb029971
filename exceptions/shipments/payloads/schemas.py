"""The JSON Schema of what each event type's `data` holds, for integrators. Pure.

A new optional field keeps a type's version; anything that a sender would notice makes a new one, which is written into
`VERSIONS` with the change.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from exceptions.shipments.canonical import EventType
from exceptions.shipments.payloads import PAYLOADS
from exceptions.shipments.payloads.examples import EXAMPLES

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
FIRST: Final = 1
VERSIONS: Final[Mapping[str, int]] = {}


def version_of(event_type: str) -> int:
    return VERSIONS.get(event_type, FIRST)


@cache
def schema_of(event_type: str) -> Mapping[str, Any]:
    """The schema of this type's data, with its example and version. Raises KeyError for a type that nobody knows."""
    shape = dict(PAYLOADS[event_type].model_json_schema(mode="validation"))
    return {
        "$schema": DIALECT,
        "title": event_type,
        "description": f"{EventType(event_type).label}. {shape.get('description', '')}".rstrip(". ") + ".",
        "version": version_of(event_type),
        **{key: value for key, value in shape.items() if key not in ("title", "description")},
        "examples": [EXAMPLES[event_type]],
    }
