"""The grammar in which an integrator says where a message of his own keeps what: for JSON and for tables. Pure.

    {"code": "status", "text": "remarks", "time": "when", "time_format": "DD.MM.YYYY HH:mm", "zone": "Europe/Berlin",
     "references": [{"type": "pro", "value": "pro_no", "issuer": "=ELKN"}],
     "place": {"city": "town", "country": "=DE"}, "eta": "eta", "data": {"minutes": "late_by"},
     "system": "acme", "codes": {"acme.DLV": "shipment.delivered"}, "otherwise": "ignore"}

A source is a place in the message (a JSON pointer or path, a column), `=` and a constant, or a list of sources of which
the first with a value counts. `docs/adapters/json.md` and `tabular.md` say it for people.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any, Final, get_args

from exceptions.intake.mapping.formats import format_problem
from exceptions.shipments.canonical import EventType, RefType
from exceptions.shipments.payloads import PAYLOADS

SYSTEM: Final = "own"
IGNORE: Final = "ignore"
MAX_SOURCES: Final = 10
MAX_REFERENCES: Final = 20
# What every mapping may hold; a format adds its own keys.
KEYS: Final = frozenset(
    {
        "code",
        "text",
        "reason",
        "time",
        "time_format",
        "reported",
        "id",
        "references",
        "place",
        "eta",
        "data",
        "system",
        "otherwise",
        "decimal",
        "zone",
        "codes",
        "texts",
        "mode",
        "signature",
    }
)
PLACE: Final = ("name", "city", "region", "country", "postcode", "unlocode", "zone", "latitude", "longitude")
SOURCES: Final = ("code", "text", "reason", "time", "reported", "id", "eta")
# Said by keys of their own.
_RESERVED: Final = frozenset({"status", "reason", "unmapped"})

SourceProblem = Callable[[str], str]


@cache
def field_kinds(event_type: str) -> Mapping[str, str]:
    """The single-valued fields of a type's data, and whether each is a `time`, a `whole` number, a `number` or `text`."""
    kinds = {}
    for name, field in PAYLOADS[event_type].model_fields.items():
        kind = _kind(field.annotation)
        if kind and name not in _RESERVED:
            kinds[name] = kind
    return kinds


def _kind(annotation: Any) -> str:
    leaves = _leaves(annotation)
    if datetime in leaves or any("Datetime" in getattr(leaf, "__name__", "") for leaf in leaves):
        return "time"
    for wanted, kind in ((Decimal, "number"), (float, "number"), (int, "whole"), (str, "text")):
        if wanted in leaves:
            return kind
    return "text" if leaves and all(isinstance(leaf, str) for leaf in leaves) else ""


def _leaves(annotation: Any) -> set[Any]:
    arguments = [argument for argument in get_args(annotation) if argument is not type(None)]
    if getattr(annotation, "__origin__", None) is tuple:
        return set()
    return set().union(*(_leaves(argument) for argument in arguments)) if arguments else {annotation}


@cache
def data_names() -> frozenset[str]:
    """Every name that `data` of some type can hold as one value."""
    return frozenset(name for event_type in PAYLOADS for name in field_kinds(event_type))


def grammar_problems(mapping: Mapping[str, Any], source_problem: SourceProblem, more: frozenset[str]) -> list[str]:
    """Sentences about what is wrong with a mapping of this grammar; `more` are the format's own keys.

    `source_problem` says what is wrong with one source of the format, as a clause, or nothing.
    """
    problems = [f"There is no key {key[:60]!r} in this mapping." for key in sorted(set(mapping) - KEYS - more)]
    for key in SOURCES:
        problems += _source_problems(key, mapping.get(key), source_problem)
    if not mapping.get("time"):
        problems.append("'time' is missing: say where the message tells when it happened.")
    if not any(mapping.get(key) for key in ("code", "text", "eta")):
        problems.append("'code', 'text' or 'eta' is missing: say where the message tells what happened.")
    problems += _format_problems(mapping)
    problems += _reference_problems(mapping.get("references"), source_problem)
    for key, names in (("place", frozenset(PLACE)), ("data", data_names())):
        problems += _table_problems(key, mapping.get(key), names, source_problem)
    return problems


def _source_problems(key: str, value: Any, source_problem: SourceProblem) -> list[str]:
    if value is None:
        return []
    sources = value if isinstance(value, list) else [value]
    if not sources or len(sources) > MAX_SOURCES:
        return [f"{key!r} must be one source or a list of up to {MAX_SOURCES}."]
    problems = []
    for source in sources:
        if not isinstance(source, str) or not source.strip() or len(source) > 200:
            problems.append(f"{key!r} must name a place in the message, or = and a constant.")
        elif not source.startswith("=") and (problem := source_problem(source)):
            problems.append(f"{key!r}: {problem}.")
    return problems


def _format_problems(mapping: Mapping[str, Any]) -> list[str]:
    problems = []
    given = mapping.get("time_format", "iso")
    for drawing in given if isinstance(given, list) and given else [given]:
        if not isinstance(drawing, str):
            problems.append("'time_format' must be a format or a list of formats.")
        elif problem := format_problem(drawing):
            problems.append(f"'time_format' {drawing[:40]!r}: {problem}.")
    if mapping.get("decimal", ".") not in (".", ","):
        problems.append("'decimal' must be a point or a comma.")
    system = mapping.get("system", SYSTEM)
    if not isinstance(system, str) or not system.replace(".", "").replace("_", "").replace("-", "").isalnum():
        problems.append("'system' must be a short name, such as acme.")
    otherwise = mapping.get("otherwise", IGNORE)
    if otherwise != IGNORE and otherwise not in EventType.values:
        problems.append(f"'otherwise' must be {IGNORE!r} or one of our event types.")
    return problems


def _reference_problems(value: Any, source_problem: SourceProblem) -> list[str]:
    if not isinstance(value, list) or not 0 < len(value) <= MAX_REFERENCES:
        return [f"'references' must be a list of 1 to {MAX_REFERENCES}: say which shipment is meant."]
    problems = []
    for index, item in enumerate(value):
        key = f"references/{index}"
        if not isinstance(item, Mapping) or set(item) - {"type", "value", "issuer"} or not item.get("value"):
            problems.append(f"{key!r} must have 'type' and 'value', and may have 'issuer'.")
            continue
        if item.get("type") not in RefType.values:
            problems.append(f"{key!r}: 'type' must be one of {', '.join(RefType.values)}.")
        problems += _source_problems(f"{key}/value", item["value"], source_problem)
        problems += _source_problems(f"{key}/issuer", item.get("issuer"), source_problem)
    return problems


def _table_problems(key: str, value: Any, names: frozenset[str], source_problem: SourceProblem) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, Mapping):
        return [f"{key!r} must be an object of names and sources."]
    problems = [f"{key!r} has no {name[:60]!r}; it knows {', '.join(sorted(names))}." for name in set(value) - names]
    for name in set(value) & names:
        problems += _source_problems(f"{key}/{name}", value[name], source_problem)
    return sorted(problems)
