"""Answer forms in the subset of JSON Schema that every compatible server understands the same way.

Objects closed with every key required, arrays, strings, string enums, `anyOf` for alternatives and "or null". Numbers,
dates and money travel as strings. Anything outside raises `NotPortable` when the form is built.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

Schema = dict[str, Any]

_IGNORED = frozenset({"title", "description", "discriminator"})


class NotPortable(ValueError):
    """The form uses something that some compatible server ignores or refuses."""


def portable_schema(answer: type[BaseModel]) -> Schema:
    """The JSON schema of an answer model, references inlined, reduced to the portable subset.

    Raises NotPortable and names the place when the model needs more than the subset has.
    """
    full = answer.model_json_schema()
    return _reduce(full, full.get("$defs", {}), answer.__name__, ())


def _reduce(node: Mapping[str, Any], definitions: Mapping[str, Any], place: str, above: tuple[str, ...]) -> Schema:
    if "$ref" in node:
        name = node["$ref"].removeprefix("#/$defs/")
        if name in above:
            raise NotPortable(f"{place}: {name} contains itself")
        return _reduce(definitions[name], definitions, place, (*above, name))
    body = {key: value for key, value in node.items() if key not in _IGNORED and key != "$defs"}
    for alternative in ("anyOf", "oneOf"):
        if alternative in body:
            _only(body, {alternative}, place)
            return {"anyOf": [_reduce(each, definitions, place, above) for each in body[alternative]]}
    match body.get("type"):
        case "object":
            return _object(body, definitions, place, above)
        case "array":
            _only(body, {"type", "items"}, place)
            return {"type": "array", "items": _reduce(body["items"], definitions, f"{place}[]", above)}
        case "string":
            return _string(body, place)
        case "null":
            return {"type": "null"}
    raise NotPortable(f"{place}: {body.get('type', 'a value without a type')} is not in the portable subset")


def _object(body: Mapping[str, Any], definitions: Mapping[str, Any], place: str, above: tuple[str, ...]) -> Schema:
    _only(body, {"type", "properties", "required", "additionalProperties"}, place)
    properties: Mapping[str, Any] = body.get("properties", {})
    if body.get("additionalProperties") is not False:
        raise NotPortable(f"{place}: the object is open")
    if set(body.get("required", ())) != set(properties):
        raise NotPortable(f"{place}: every key must be required")
    return {
        "type": "object",
        "properties": {
            name: _reduce(value, definitions, f"{place}.{name}", above) for name, value in properties.items()
        },
        "required": list(properties),
        "additionalProperties": False,
    }


def _string(body: Mapping[str, Any], place: str) -> Schema:
    if "const" in body:  # a one-word vocabulary; several servers know enum but not const
        _only(body, {"type", "const"}, place)
        return {"type": "string", "enum": [body["const"]]}
    _only(body, {"type", "enum"}, place)
    return {"type": "string", "enum": list(body["enum"])} if "enum" in body else {"type": "string"}


def _only(body: Mapping[str, Any], allowed: set[str], place: str) -> None:
    if extra := sorted(set(body) - allowed):
        raise NotPortable(f"{place}: {', '.join(extra)} is not in the portable subset")
