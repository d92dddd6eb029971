"""What a partner's mapping may hold, by format, and what is wrong with one in sentences. Pure.

`filling` draws these fields as a form and reads it back. Keys that no field here draws are kept as they are, and edited as
JSON.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from exceptions.intake.adapters import json_mapping, tabular, telemetry
from exceptions.intake.mapping.meaning import meaning_problems
from exceptions.intake.signature_templates import signature_problems
from exceptions.parties.zones import is_zone
from exceptions.shipments.canonical import EventType, RefType
from exceptions.shipments.models import Mode

MAX_BYTES: Final = 64 * 1024


class Kind(StrEnum):
    TEXT = "text"
    ZONE = "zone"
    CHOICE = "choice"
    FLAG = "flag"  # yes, no, or not said
    LIST = "list"  # several values, one a line
    PAIRS = "pairs"  # a name of theirs and one of ours
    SOURCE = "source"  # where a value stands in the message; several, parted by |, are tried in turn
    SOURCES = "sources"  # fields of ours, and where each stands
    NUMBERS = "numbers"  # kinds of numbers, where each stands, and whose it is
    WHOLE = "whole"  # a whole number
    MEANINGS = "meanings"  # a code or text of theirs, and the event and reason that it means


@dataclass(frozen=True, slots=True)
class Field:
    key: str
    label: str
    kind: Kind
    hint: str = ""
    choices: Sequence[tuple[str, str]] = ()
    names: str = ""  # what the left column of a table holds


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
_WHERE: Final = "A column, or a path into the event; =X is the constant X. Several, parted by |, are tried in turn."
_STATUS: Final = (
    Field("code", "Where the status code stands", Kind.SOURCE, _WHERE),
    Field("text", "Where its words stand", Kind.SOURCE),
    Field("reason", "Where the reason stands", Kind.SOURCE, "Where it stands apart from the status."),
    Field(
        "system", "Name of its list of codes", Kind.TEXT, "Its code DLV is then acme.DLV in the table of codes below."
    ),
    Field(
        "otherwise",
        "What an unknown status is",
        Kind.CHOICE,
        "Where nothing is chosen it is refused, and waits for a row in the table of codes.",
        (("ignore", "Nothing: pass it over"), *EventType.choices),
    ),
    Field("time", "Where the time stands", Kind.SOURCE),
    Field(
        "time_format",
        "How times are written",
        Kind.SOURCE,
        "iso, unix, unix_ms, or drawn as DD.MM.YYYY HH:mm. Several, parted by |, are tried in turn.",
    ),
)
_FREIGHT: Final = (
    Field(
        "references",
        "Numbers that say which freight",
        Kind.NUMBERS,
        "The kind of number, where it stands, and who issues it where two issuers use the same.",
        tuple(RefType.choices),
        names="Number",
    ),
    Field(
        "place",
        "Where the place stands",
        Kind.SOURCES,
        "name, city, region, country, postcode, unlocode, zone, latitude, longitude.",
        names="Part",
    ),
    Field("eta", "Where an estimate of the delivery stands", Kind.SOURCE),
    Field(
        "data",
        "What else it says",
        Kind.SOURCES,
        "A field of our event types (minutes, stop, note, pieces, signed_by, until ...) and where it stands.",
        names="Field",
    ),
    Field("decimal", "Sign before decimals", Kind.CHOICE, "", ((".", "Full stop"), (",", "Comma"))),
    Field("id", "Where its own id of the event stands", Kind.SOURCE),
    Field("reported", "Where the time of the report stands", Kind.SOURCE),
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
    "json_mapping": (
        Field(
            "items", "Where the list of events is", Kind.TEXT, "A JSON pointer; nothing where the body is one event."
        ),
        *_STATUS,
        *_FREIGHT,
    ),
    "tabular": (
        Field(
            "delimiter",
            "Between columns",
            Kind.CHOICE,
            "Where nothing is chosen, what parts the header most.",
            ((",", "Comma"), (";", "Semicolon"), ("\t", "Tab"), ("|", "Vertical bar")),
        ),
        Field("header", "The first line names the columns", Kind.FLAG, "Yes, where nothing is said."),
        Field("skip", "Lines before that", Kind.WHOLE),
        Field(
            "encoding",
            "Encoding",
            Kind.CHOICE,
            "Found out, where nothing is chosen.",
            tuple((name, name) for name in tabular.ENCODINGS),
        ),
        *_STATUS,
        *_FREIGHT,
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
    if "\\u0000" in json.dumps(mapping):
        problems.append("The mapping holds a NUL, which no text has.")
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
            if known and not _are_known(one, known)
        ]
    if field.kind in (Kind.SOURCE, Kind.SOURCES, Kind.NUMBERS, Kind.WHOLE):
        return []  # of formats that judge their mapping themselves
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


def _are_known(value: Any, known: set[str]) -> bool:
    """Whether a value, or each of a list of them, is one of ours."""
    values = value if isinstance(value, list) else [value]
    return all(isinstance(one, str) and one in known for one in values)
