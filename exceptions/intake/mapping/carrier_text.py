"""A keyword model for the free text that carriers send with a status.

Two questions, answered apart: *what* happened (an event type) and *why* (one of our reasons). "Delivery attempted,
business closed" answers both, "damaged" only the first: who is to blame for damage is never read out of one word. A
text that no phrase of `wording` fits gives `None`, and whoever asked flags it.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from exceptions.intake.mapping.wording import CAUSES, EVENTS, FUTURE, NEGATED, ONLY_WHEN_DONE, SIGNS, Sign
from exceptions.shipments.canonical import EventType

MAX_TEXT: Final = 2000
MAX_NAMED: Final = 200

# Only what went wrong has a reason; "delivered in bad weather" has none.
REASONED: Final = frozenset(
    {
        EventType.LOAD_REJECTED,
        EventType.LOAD_BROKEN_DOWN,
        EventType.SHIPMENT_DELIVERY_ATTEMPTED,
        EventType.SHIPMENT_REFUSED,
        EventType.SHIPMENT_RETURNED,
        EventType.SHIPMENT_DELAYED,
        EventType.SHIPMENT_ETA_CHANGED,
        EventType.SHIPMENT_ROLLED,
        EventType.SHIPMENT_HELD,
        EventType.SHIPMENT_DAMAGED,
        EventType.SHIPMENT_LOST,
        EventType.SHIPMENT_DEVIATED,
        EventType.SHIPMENT_PROBLEM_REPORTED,
        EventType.APPOINTMENT_MISSED,
        EventType.APPOINTMENT_RESCHEDULED,
        EventType.APPOINTMENT_CANCELLED,
    }
)


# Who says nothing but one of these ("flat tire on I-80") says that it will be late.
_DELAYS: Final = frozenset(
    {
        "accident",
        "berth_congestion",
        "carrier_capacity",
        "driver_hours",
        "driver_unavailable",
        "equipment_breakdown",
        "equipment_unavailable",
        "insufficient_time",
        "linehaul_missed",
        "reefer_fault",
        "road_conditions",
        "stop_delay_prior",
        "strike_or_civil",
        "terminal_productivity",
        "weather",
    }
)


@dataclass(frozen=True, slots=True)
class TextReading:
    """`event_type` is a value of `EventType`, `reason` a code of our reasons; None where the text does not say.

    `also` is a second thing that the same words say happened: "delivered, two cartons damaged".
    """

    event_type: str | None
    reason: str | None
    also: str | None = None


@lru_cache(maxsize=8192)
def read_text(text: str) -> TextReading:
    """What a carrier's status text says. The first sign of `wording.Sign` wins; a negated phrase ("no damage") is
    none, and what is only going to be done has not been done. A cause of delay alone is a delay."""
    words = folded(text)
    sign, reason = _sign(words), _reason(words)
    if sign is None and reason in _DELAYS:
        sign = Sign.DELAYED
    return TextReading(
        event_type=EVENTS[sign] if sign else None,
        reason=reason,
        also=EventType.SHIPMENT_DAMAGED if sign == Sign.DELIVERED_DAMAGED else None,
    )


def folded(text: str) -> str:
    """The form in which texts are compared: lower case, no accents, words parted by one space.

    Punctuation that ends a clause becomes a full stop, because a negation reaches no further; the apostrophe of
    "couldn't" goes, that of "l'envoi" parts two words. A single word in CamelCase is a code made of words.
    """
    if " " not in text.strip():
        text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text[:MAX_TEXT])
    plain = unicodedata.normalize("NFKD", text[:MAX_TEXT].replace("ł", "l").replace("Ł", "L")).casefold()
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    plain = re.sub(r"(?<=n)['’](?=t\b)|['’](?=s\b)", "", plain.replace("_", " "))
    plain = re.sub(r"\s[-–—]+\s|[.,;:!?()\[\]/|]+(?=\s|$)|(?<=\s)[(\[]|[;()\[\]|\n]", " . ", plain)
    plain = re.sub(r"[^a-z0-9.]+", " ", plain)
    return re.sub(r"\s*\.(?:\s*\.)*\s+", ". ", plain + " ").strip(" .")


def shortened(words: str) -> str:
    """A folded text as mappings and the list of unknown texts name it: of a long one the beginning."""
    return words[:MAX_NAMED].strip(" .")


def _sign(words: str) -> Sign | None:
    for sign, pattern in SIGNS:
        for match in pattern.finditer(words):
            before = words[max(0, match.start() - 40) : match.start()]
            if not NEGATED.search(before) and not (sign in ONLY_WHEN_DONE and FUTURE.search(before)):
                return sign
    return None


def _reason(words: str) -> str | None:
    for cause, pattern in CAUSES:
        for match in pattern.finditer(words):
            if not NEGATED.search(words[max(0, match.start() - 40) : match.start()]):
                return cause
    return None
