"""What a partner's mapping may hold, by format: drawn as a form, read back from it, and judged in sentences. Pure.

Keys that no field here draws are kept as they are, and edited as JSON.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from exceptions.intake.adapters import json_mapping, tabular, telemetry
from exceptions.intake.mapping.carrier_text import folded
from exceptions.intake.mapping.meaning import meaning_problems
from exceptions.intake.signature_templates import signature_problems
from exceptions.parties.zones import is_zone
from exceptions.shipments.canonical import EventType, RefType
from exceptions.shipments.models import Mode

MAX_BYTES: Final = 64 * 1024
MAX_ROWS: Final = 500
REST: Final = "rest"


class Kind(StrEnum):
    TEXT = "text"
    ZONE = "zone"
    CHOICE = "choice"
    FLAG = "flag"  # yes, no, or not said
    LIST = "list"  # several values, one a line
    PAIRS = "pairs"  # a name of theirs and one of ours
    MEANINGS = "meanings"  # a code or text of theirs, and the event and reason that it means


@dataclass(frozen=True, slots=True)
class Field:
    key: str
    label: str
    kind: Kind
    hint: str = ""
    choices: Sequence[tuple[str, str]] = ()
    names: str = ""  # what the left column of a table holds


@dataclass(frozen=True, slots=True)
class Row:
    name: str = ""
    value: str = ""
    event: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A field with what stands in it: `value` for one value, `rows` for a table."""

    field: Field
    value: str = ""
    rows: Sequence[Row] = ()


_ZONE: Final = Field(
    "zone",
    "Time zone of its local times",
    Kind.ZONE,
    "An IANA name, such as America/Chicago. Where a place is named, the place's own zone wins.",
)
_MODE: Final = Field(
    "mode", "Mode of shipments it starts", Kind.CHOICE, "Parcel, where nothing is chosen.", tuple(Mode.choices)
)
_CODES: Final = Field(
    "codes",
    "What its codes mean",
    Kind.MEANINGS,
    "A code with the list that it is from, as x12.1651.ZZ. It comes before our own tables.",
    names="Code",
)
_TEXTS: Final = Field(
    "texts",
    "What its texts mean",
    Kind.MEANINGS,
    "A status text; upper and lower case, accents and punctuation make no difference.",
    names="Text",
)
_ISSUER: Final = Field("issuer", "Who issues its numbers", Kind.TEXT, "An account code or SCAC.")
_TYPES: Final = Field(
    "types",
    "Its event types",
    Kind.PAIRS,
    "A type of theirs, such as com.acme.pod, and the one of ours that it is.",
    tuple(EventType.choices),
    names="Type",
)
_REFERENCES: Final = Field(
    "references",
    "What its reference qualifiers identify",
    Kind.PAIRS,
    "A qualifier of theirs and the kind of number that it marks. It comes before our own table.",
    tuple(RefType.choices),
    names="Qualifier",
)
_NUMBER: Final = (
    Field(
        "reference_type",
        "What its tracking codes are",
        Kind.CHOICE,
        "Tracking numbers, where nothing is chosen.",
        tuple(RefType.choices),
    ),
    Field("issuer", "Who issues them", Kind.TEXT, "An account code or SCAC; the carrier, where nothing is said."),
)
_OWN: Final[Mapping[str, tuple[Field, ...]]] = {
    "aftership": _NUMBER,
    "canonical": (_TYPES,),
    "cloudevents": (_TYPES,),
    "dcsa": (_ISSUER, _REFERENCES),
    "easypost": _NUMBER,
    "edifact": (_ISSUER, _REFERENCES),
    "mail": (
        Field(
            "trusted",
            "Whose word counts",
            Kind.LIST,
            "Addresses or domains, one a line. What others claim is kept with their mail and moves no shipment.",
        ),
        Field(
            "authserv_id",
            "Name of your receiving mail server",
            Kind.TEXT,
            "As it begins Authentication-Results: without it nobody vouches for a sender.",
        ),
        Field(
            "day_first", "Writes 5/6 for the fifth of June", Kind.FLAG, "Where nothing is said, such days are not read."
        ),
    ),
    "tive": (
        Field(
            "reference_type",
            "What a tracker's name is",
            Kind.CHOICE,
            "A trailer, where nothing is chosen.",
            tuple(RefType.choices),
        ),
    ),
    "x12": (
        Field(
            "mode",
            "Mode of its freight",
            Kind.CHOICE,
            "Where the message does not say; road, where nothing is chosen.",
            tuple(Mode.choices),
        ),
        Field(
            "customer", "Customer of its orders", Kind.TEXT, "An account code, for plans that name no payer of ours."
        ),
        Field(
            "currency", "Currency of its invoices", Kind.TEXT, "Where an invoice does not say; USD, where nothing is."
        ),
        Field(
            "ship_notice",
            "What its ship notices (856) are",
            Kind.CHOICE,
            "An announcement, where nothing is chosen. A plan replaces the one before it.",
            (("booking", "The plan of its shipments"),),
        ),
        Field(
            "accounts",
            "Parties that are accounts of ours",
            Kind.PAIRS,
            "Their identification and our account code.",
            names="Party",
        ),
        Field(
            "locations",
            "Places that are locations of ours",
            Kind.PAIRS,
            "Their identification and our location code.",
            names="Place",
        ),
        _REFERENCES,
    ),
    "shippo": _NUMBER,
}
# Formats that say more about their mapping than these fields can: each answers sentences about what is wrong.
_CHECKS: Final[Mapping[str, Callable[[Mapping[str, Any]], list[str]]]] = {
    **dict.fromkeys(("dcsa", "epcis", "tive"), telemetry.mapping_problems),
    "json_mapping": json_mapping.mapping_problems,
    "tabular": tabular.mapping_problems,
}


def fields_of(adapter: str, *, local_times: bool, starts_shipments: bool) -> list[Field]:
    """The fields that a form for this format's mapping shows."""
    common = ([_ZONE] if local_times else []) + ([_MODE] if starts_shipments else [])
    meanings = [] if adapter == "mail" else [_CODES, _TEXTS]
    return [*common, *_OWN.get(adapter, ()), *meanings]


def drawn(fields: Sequence[Field], mapping: Mapping[str, Any]) -> tuple[list[Drawn], str]:
    """The fields with what a mapping holds, and the rest of it as JSON text.

    What does not have the shape of its field is left to the rest, so that nothing is lost by looking at it.
    """
    rest = dict(mapping)
    found = []
    for field in fields:
        one = _drawn(field, mapping.get(field.key))
        found.append(one)
        if one.value or one.rows or not mapping.get(field.key):
            rest.pop(field.key, None)
    return found, json.dumps(rest, indent=2, ensure_ascii=False) if rest else ""


def read_back(fields: Sequence[Field], given: Callable[[str], list[str]]) -> tuple[dict[str, Any], list[str]]:
    """The mapping that a filled-in form says, and sentences about what cannot be read. `given` answers the values of a
    field's name; a table has one name for each column."""
    mapping, problems = _rest(given)
    for field in fields:
        if field.kind == Kind.PAIRS:
            value: Any = {name: value for name, value in _columns(given, field.key, "name", "value") if name}
        elif field.kind == Kind.MEANINGS:
            value = _meanings(field, _columns(given, field.key, "name", "event", "reason"))
        else:
            value = _single(field, next(iter(given(field.key)), "").strip())
        if value in ("", None) or value == {} or value == []:
            continue
        if field.key in mapping:
            problems.append(f"“{field.key}” stands in the form and in the JSON text too: keep one of them.")
        else:
            mapping[field.key] = value
    return mapping, problems


def mapping_problems(adapter: str, mapping: Mapping[str, Any]) -> list[str]:
    """Sentences about what is wrong with a partner's mapping; none when all is well."""
    problems = []
    if len(json.dumps(mapping).encode()) > MAX_BYTES:
        problems.append("The mapping is larger than 64 KiB.")
    zone = mapping.get("zone")
    if zone is not None and not (isinstance(zone, str) and is_zone(zone)):
        problems.append(f"“zone”: {zone!r} is no time zone. Use an IANA name such as America/Phoenix.")
    mode = mapping.get("mode")
    if mode is not None and mode not in Mode.values:
        problems.append(f"“mode”: {mode!r} is none of {', '.join(Mode.values)}.")
    for field in _OWN.get(adapter, ()):
        problems += _field_problems(field, mapping.get(field.key))
    problems += meaning_problems(mapping)
    problems += signature_problems(mapping)
    if adapter in _CHECKS:
        problems += _CHECKS[adapter](mapping)
    return problems


def _field_problems(field: Field, value: Any) -> list[str]:
    known = {name for name, _ in field.choices}
    if value is None:
        return []
    if field.kind == Kind.PAIRS:
        if not isinstance(value, Mapping):
            return [f"“{field.key}” must be an object of names and values."]
        return [
            f"“{name[:60]}” in “{field.key}”: {str(one)[:60]!r} is not known here."
            for name, one in value.items()
            if known and one not in known
        ]
    if field.kind == Kind.LIST:
        fits = isinstance(value, list) and all(isinstance(one, str) for one in value)
        return [] if fits else [f"“{field.key}” must be a list of texts."]
    if field.kind == Kind.FLAG:
        return [] if isinstance(value, bool) else [f"“{field.key}” must be true or false."]
    if not isinstance(value, str):
        return [f"“{field.key}” must be a text."]
    if known and value not in known:
        return [f"“{field.key}”: {value[:60]!r} is none of {', '.join(sorted(known))}."]
    return []


def _drawn(field: Field, value: Any) -> Drawn:
    if field.kind == Kind.PAIRS and isinstance(value, Mapping):
        if all(isinstance(one, str) for one in value.values()):
            return Drawn(field, rows=[Row(str(name), one) for name, one in value.items()])
    elif field.kind == Kind.MEANINGS and isinstance(value, Mapping):
        rows = [_meaning_row(str(name), one) for name, one in value.items()]
        if all(rows):
            return Drawn(field, rows=[row for row in rows if row])
    elif field.kind == Kind.LIST:
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return Drawn(field, "\n".join(value))
    elif field.kind == Kind.FLAG:
        if isinstance(value, bool):
            return Drawn(field, "yes" if value else "no")
    elif isinstance(value, str):
        return Drawn(field, value)
    return Drawn(field)


def _single(field: Field, text: str) -> Any:
    if field.kind == Kind.LIST:
        return [line.strip() for line in text.splitlines() if line.strip()]
    if field.kind == Kind.FLAG:
        return {"yes": True, "no": False}.get(text)
    return text


def _meaning_row(name: str, value: Any) -> Row | None:
    if isinstance(value, str):
        return Row(name, event=value) if value in EventType.values else Row(name, reason=value)
    if isinstance(value, Mapping) and set(value) <= {"event", "reason"}:
        return Row(name, event=str(value.get("event", "")), reason=str(value.get("reason", "")))
    return None


def _meanings(field: Field, columns: Sequence[tuple[str, ...]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, event, reason in columns:
        key = folded(name) if field.key == "texts" else name
        if key and (event or reason):
            found[key] = {"event": event, "reason": reason} if event and reason else event or reason
    return found


def _columns(given: Callable[[str], list[str]], key: str, *columns: str) -> list[tuple[str, ...]]:
    found = [[value.strip() for value in given(f"{key}.{column}")] for column in columns]
    return list(zip(*found, strict=False))[:MAX_ROWS]


def _rest(given: Callable[[str], list[str]]) -> tuple[dict[str, Any], list[str]]:
    text = next(iter(given(REST)), "").strip()
    if not text:
        return {}, []
    try:
        rest = json.loads(text)
    except json.JSONDecodeError as error:
        return {}, [f"The JSON text cannot be read: {error.msg}, line {error.lineno} column {error.colno}."]
    except RecursionError:
        return {}, ["The JSON text is nested too deeply."]
    if not isinstance(rest, dict):
        return {}, ['The JSON text must be an object, as in {"name": "value"}.']
    return rest, []
