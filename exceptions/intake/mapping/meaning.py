"""What a status means: the partner's own table first, then the standard tables, then the words.

One door for all adapters, so that an administrator's correction counts for every format. A partner's mapping holds

    {"codes": {"x12.1651.ZZ": "weather", "fedex.SE": "shipment.delayed",
               "acme.17": {"event": "shipment.held", "reason": "customs_exam"}},
     "texts": {"stuck at the gate": {"event": "shipment.held", "reason": "receiver_restricted"}}}

with texts folded as `carrier_text.folded` does it. Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from exceptions.cases.taxonomy import is_reason
from exceptions.intake.mapping.carrier_text import REASONED, TextReading, folded, read_text, shortened
from exceptions.intake.mapping.codes import event_type_of, reason_of
from exceptions.shipments.canonical import EVENT_TYPES, EventType

MAX_NAME: Final = 120


@dataclass(frozen=True, slots=True)
class Meaning:
    """`event_type` is a value of `EventType`, `reason` one of our reasons; None where nobody knows.

    `unmapped` names what no table knows, for the list of codes to map: `<system>.<code>`, `text` or nothing.
    """

    event_type: str | None
    reason: str | None
    unmapped: str = ""


NOTHING: Final = Meaning(None, None)


def status_meaning(mapping: Mapping[str, Any], system: str, code: str, text: str) -> Meaning:
    """What `code` of the list `system` (`x12.1650`, `x12.1651`, `smdg`, `fedex` ...) and `text` beside it mean.

    Each of the two answers comes from the first that has it: the partner's codes, the partner's texts, our tables, the
    keyword model. A known code is the sender's decision, so words never change it, they only add a reason. An unknown
    code is named in `unmapped` even where the words were understood, because the next one may come without them.
    """
    own_code, own_text = own_meaning(mapping, system, code), own_words(mapping, text)
    name = named(system, code)
    table = Meaning(event_type_of(name), reason_of(name)) if name else NOTHING
    words = read_text(text)
    event_type = own_code.event_type or own_text.event_type or table.event_type or words.event_type
    reason = own_code.reason or own_text.reason or table.reason
    if reason is None and (event_type is None or event_type in REASONED):
        reason = words.reason
    return Meaning(event_type, reason, _unmapped(name, (own_code, table), text, event_type or reason))


_T = EventType
# What says more than any status can, so that a code or a text alone never means it: contents, measures, papers.
_NO_STATUS: Final = frozenset(
    {
        _T.ORDER_CREATED,
        _T.ORDER_CHANGED,
        _T.INVENTORY_ALLOCATED,
        _T.INVENTORY_SHORTFALL_DETECTED,
        _T.SUPPLY_ANNOUNCED,
        _T.LOAD_PLANNED,
        _T.LOAD_TENDERED,
        _T.SHIPMENT_COUNTED,
        _T.SHIPMENT_TEMPERATURE_READ,
        _T.INVOICE_ISSUED,
        _T.INVOICE_RELEASED,
        _T.MAIL_RECEIVED,
        _T.EVENT_RETRACTED,
    }
)
STATUS_CHOICES: Final = tuple((value, label) for value, label in EventType.choices if value not in _NO_STATUS)
"""The types of event that a person may say a code or a text means, with their names."""
STATUS_TYPES: Final = frozenset(value for value, _ in STATUS_CHOICES)
# Statuses so general that the carrier's own words beside them may say something sharper.
_GENERAL: Final = frozenset(
    {None, _T.SHIPMENT_SCANNED, _T.SHIPMENT_PROBLEM_REPORTED, _T.SHIPMENT_DELIVERY_ATTEMPTED, _T.SHIPMENT_HELD}
)
# What words may sharpen a general status into. Delivery is not among them: only the status says that.
_SHARPER: Final = frozenset(
    {
        _T.SHIPMENT_PICKED_UP,
        _T.SHIPMENT_DELAYED,
        _T.SHIPMENT_DEVIATED,
        _T.SHIPMENT_HELD,
        _T.SHIPMENT_RELEASED,
        _T.SHIPMENT_DELIVERY_ATTEMPTED,
        _T.SHIPMENT_REFUSED,
        _T.SHIPMENT_RETURNED,
        _T.SHIPMENT_DAMAGED,
        _T.SHIPMENT_LOST,
        _T.LOAD_BROKEN_DOWN,
    }
)


def sharpened(event_type: str | None, words: TextReading) -> str | None:
    """What a status and the carrier's words beside it say together. "Delivered to the original sender" is a return,
    whatever the status calls it; otherwise words only sharpen what is general."""
    if event_type == _T.SHIPMENT_DELIVERED and words.event_type == _T.SHIPMENT_RETURNED:
        return words.event_type
    return words.event_type if event_type in _GENERAL and words.event_type in _SHARPER else event_type


def own_status(mapping: Mapping[str, Any], names: Sequence[tuple[str, str]], text: str) -> Meaning:
    """The first that the partner's own tables say about any of these (list, code) and the text; `NOTHING` if nothing."""
    rows = [own_meaning(mapping, system, code) for system, code in names]
    return next((row for row in (*rows, own_words(mapping, text)) if row != NOTHING), NOTHING)


def own_meaning(mapping: Mapping[str, Any], system: str, code: str) -> Meaning:
    """What the partner's own table of codes says; a code is found in the spelling sent and in capitals."""
    codes = mapping.get("codes")
    if not code or not isinstance(codes, Mapping):
        return NOTHING
    found = codes.get(f"{system}.{code}")
    return _override(codes.get(f"{system}.{code.upper()}") if found is None else found)


def own_words(mapping: Mapping[str, Any], text: str) -> Meaning:
    """What the partner's own table of texts says."""
    texts = mapping.get("texts")
    if not text or not isinstance(texts, Mapping):
        return NOTHING
    words = folded(text)
    return _override(texts.get(words, texts.get(shortened(words))))


def named(system: str, code: str) -> str:
    """A code with its list's name, as tables and the list of unmapped codes write it."""
    return f"{system}.{code}"[:MAX_NAME] if code else ""


def meaning_problems(mapping: Mapping[str, Any]) -> list[str]:
    """Sentences about what is wrong with `codes` and `texts` of a partner's mapping; none when all is well."""
    problems = []
    for table in ("codes", "texts"):
        rows = mapping.get(table, {})
        if not isinstance(rows, Mapping):
            problems.append(f"{table!r} must be an object of names and what they mean.")
            continue
        for name, value in rows.items():
            problems += _row_problems(table, name, value)
    return problems


def _row_problems(table: str, name: str, value: Any) -> list[str]:
    where = f"{name[:60]!r} in {table!r}"
    if table == "texts" and name != folded(name):
        return [f"{where} is never found: write it as {folded(name)[:60]!r}."]
    if table == "codes" and not all(name.rpartition(".")[::2]):
        return [f"{where} has no list: write <list>.<code>, as in x12.1651.ZZ."]
    if isinstance(value, str):
        return [] if _override(value) != NOTHING else [f"{where}: {value[:60]!r} is no event type or reason."]
    if not isinstance(value, Mapping) or not value or set(value) - {"event", "reason"}:
        return [f"{where} must be an event type, a reason, or an object with 'event' and 'reason'."]
    problems = []
    if "event" in value and value["event"] not in EventType.values:
        problems.append(f"{where}: {str(value['event'])[:60]!r} is no event type.")
    if "reason" in value and not (isinstance(value["reason"], str) and is_reason(value["reason"])):
        problems.append(f"{where}: {str(value['reason'])[:60]!r} is no reason.")
    return problems


def _override(value: Any) -> Meaning:
    """A row of a partner's table; what is neither an event type nor a reason says nothing."""
    if isinstance(value, str):
        value = {"event": value} if value in EVENT_TYPES else {"reason": value}
    if not isinstance(value, Mapping):
        return NOTHING
    event_type, reason = value.get("event"), value.get("reason")
    return Meaning(
        event_type if isinstance(event_type, str) and event_type in EVENT_TYPES else None,
        reason if isinstance(reason, str) and is_reason(reason) else None,
    )


def _unmapped(name: str, known: tuple[Meaning, Meaning], text: str, found: str | None) -> str:
    if name:
        return "" if any(meaning.event_type or meaning.reason for meaning in known) else name
    return "text" if text.strip() and found is None else ""
