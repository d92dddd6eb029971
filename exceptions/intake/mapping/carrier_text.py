"""A first keyword model for the free text that carriers send with a status.

Two questions, answered apart: *what* happened (an event type) and *why* (one of our reasons). "Delivery attempted,
business closed" answers both, "damaged" only the first: who is to blame for damage is never read out of one word.

The wording was collected from the public status lists of USPS, FedEx, UPS, DHL, DPD, GLS, Australia Post, Canada
Post, AfterShip and Shippo; the rules are ours. A text that no rule knows gives `None`, and whoever asked flags it.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from exceptions.shipments.canonical import EventType

MAX_TEXT: Final = 2000

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


@dataclass(frozen=True, slots=True)
class TextReading:
    """`event_type` is a value of `EventType`, `reason` a code of our reasons; None where the text does not say."""

    event_type: str | None
    reason: str | None


def read_text(text: str) -> TextReading:
    """What a carrier's status text says. First matching rule wins; a negated word ("no damage") does not match."""
    words = folded(text)
    return TextReading(event_type=_first(_WHAT, words), reason=_first(_WHY, words))


def folded(text: str) -> str:
    """The form in which texts are compared: lower case, no accents, runs of anything but letters and digits as one space (a full stop stays: it ends a
    clause and with it the reach of a negation)."""
    plain = unicodedata.normalize("NFKD", text[:MAX_TEXT].replace("ł", "l").replace("Ł", "L")).casefold()
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    return re.sub(r"[^a-z0-9.]+", " ", plain.replace("'", "").replace("’", "")).strip()


def _first(rules: Iterable[tuple[str, re.Pattern[str]]], text: str) -> str | None:
    for answer, pattern in rules:
        for match in pattern.finditer(text):
            if not _NEGATED.search(text[max(0, match.start() - 40) : match.start()]):
                return answer
    return None


# "no", "not", "kein" ... up to two words before the match and in the same clause.
_NEGATED: Final = re.compile(
    r"\b(?:no|not|never|without|isnt|wasnt|kein\w*|nicht|ohne|nie|bez|sans|sin)(?: \w+){0,2} ?$"
)


def _rules(*rows: tuple[str, str]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((answer, re.compile(rf"\b(?:{pattern})")) for answer, pattern in rows)


_T = EventType
_WHAT: Final = _rules(
    (_T.SHIPMENT_HELD, r"refused entry by customs|held (?:by|in|at) customs|customs hold|clearance delay"),
    (
        _T.SHIPMENT_RETURNED,
        r"return(?:ed|ing|s)? (?:\w+ ){0,2}to (?:the )?(?:sender|shipper|consignor|origin)|return to sender|"
        r"returning to|return received|returns agent|to original sender|r\.?t\.?s\b|zuruck an (?:den )?absender|"
        r"zwrot do nadawcy",
    ),
    (_T.SHIPMENT_LOST, r"lost\b|stolen|theft|untraceable|missing (?:package|parcel|piece|freight|pallet)|verloren"),
    (
        _T.SHIPMENT_DAMAGED,
        r"damage[ds]?\b|crushed|leaking|water ?logged|wet\b|torn open|beschadig\w*|nass\b|durchnasst|uszkodz\w*|"
        r"mokr[aey]\b|endommag\w*|avarie|danad[oa]s?|mojad[oa]s?",
    ),
    (
        _T.SHIPMENT_REFUSED,
        r"refus(?:ed|al|e)\b|rejected by (?:the )?(?:consignee|receiver|recipient|customer)|verweiger\w*|"
        r"odmow\w*|rechazad[oa]s?|declined by (?:the )?(?:consignee|receiver|recipient|customer)",
    ),
    (
        _T.SHIPMENT_DELIVERY_ATTEMPTED,
        r"(?:delivery )?attempt(?:ed)?(?: delivery| to deliver| fail\w*)|(?:failed|unsuccessful|missed) (?:delivery )?"
        r"attempt|(?:failed|unsuccessful|missed) delivery|delivery (?:\w+ )?(?:attempted|failed|unsuccessful|exception)|"
        r"(?:unable|impossible) to (?:be )?deliver|undeliverable|couldnt (?:be )?deliver|could not (?:be )?deliver|"
        r"not (?:been )?(?:able to )?deliver(?:ed)?\b|notice left|not home|no ?(?:body|one) (?:at )?home|"
        r"(?:recipient|customer|consignee|addressee|receiver) (?:was )?(?:not available|unavailable|closed|moved|unknown)|"
        r"no (?:authori[sz]ed )?recipient|(?:business|consignee|receiver) (?:is |was )?closed|closed on arrival|"
        r"receptacle (?:blocked|full)|no secure location|no access|unsafe delivery|location inaccessible|"
        r"(?:bad|insufficient|incorrect|wrong) address|no such number|zustellversuch|nicht zugestellt|nieudana proba",
    ),
    (
        _T.LOAD_BROKEN_DOWN,
        r"(?:truck|tractor|trailer|vehicle|unit) (?:has |is |was )?(?:broke\w* down|breakdown|disabled)",
    ),
    (
        _T.SHIPMENT_DELAYED,
        r"delay(?:ed|s)?\b|arriving late|running late|behind schedule|rescheduled|broke down|breakdown|"
        r"missed (?:connection|linehaul|flight|cut ?off)|mis ?sort\w*|mis ?rout\w*|verspat\w*|verzoger\w*|opoznien\w*|"
        r"retraso|retard\b",
    ),
    (
        _T.SHIPMENT_RELEASED,
        r"customs (?:clearance )?(?:completed|cleared)|cleared (?:by )?customs|cleared customs|"
        r"released (?:by|from) (?:the |us )?customs|out of customs|clearance processing complete|item cleared",
    ),
    (
        _T.SHIPMENT_AVAILABLE_FOR_PICKUP,
        r"available for (?:pick ?up|collection)|ready for (?:recipient |customer )?(?:pick ?up|collection)|"
        r"available for redelivery|pick ?up available|awaiting collection|collect for pick ?up|to pickup parcelshop",
    ),
    (_T.SHIPMENT_HELD, r"(?:on |being )?h[eo]ld\b|in customs|awaiting clearance|customs inspection|zoll angehalten"),
    (
        _T.SHIPMENT_OUT_FOR_DELIVERY,
        r"out for delivery|(?:on|onto) (?:\w+ ){0,2}vehicle(?: for delivery)?|with (?:the )?(?:delivery )?courier|"
        r"on ?board for delivery|for delivery today|out on a delivery route|in zustellung",
    ),
    (
        _T.SHIPMENT_DELIVERED,
        r"(?<!be )(?<!being )delivered(?! (?:to|by) (?:driver|agent|carrier))\b|proof of delivery|pod signed|"
        r"picked up by (?:the )?(?:customer|recipient|consignee)|signed? (?:for )?by (?:the )?(?:customer|recipient)|"
        r"zugestellt|livre\b|entregad[oa]|doreczon[oa]",
    ),
    (
        _T.SHIPMENT_PICKED_UP,
        r"pick ?up(?: from| item| scan)|picked up(?! by shipping partner)|collected|acceptance|accepted (?:at|by)|"
        r"in possession of|abgeholt",
    ),
    (_T.SHIPMENT_DEPARTED, r"depart\w*|des?patch(?:ed)?\b|dispatched|left (?:\w+ ){0,4}(?:facility|cent(?:er|re)|hub)"),
    (_T.SHIPMENT_ARRIVED, r"arriv(?:ed|al)\b|received at|at (?:\w+ ){0,2}(?:facility|hub|depot|terminal)"),
    (
        _T.SHIPMENT_ANNOUNCED,
        r"(?:shipping )?label|pre ?advice|pre ?shipment|(?:shipment|shipping|electronic|order) (?:data|information|info)|"
        r"info(?:rmation)? (?:sent|received|transmitted)|awaiting item|order processed|electronically",
    ),
    (
        _T.SHIPMENT_SCANNED,
        r"in transit|on (?:the|its) way|transit to|processed|processing|sorted|scan(?:ned)?\b|forwarded|tendered|"
        r"en ?route|unterwegs",
    ),
)

_WHY: Final = _rules(
    (
        "weather",
        r"(?:severe |adverse |bad )?weather|snow\w*|blizzard|hurricane|typhoon|(?:ice |winter )?storm|flood\w*|"
        r"tornado|natural disaster|wildfire|witterung|unwetter|pogod\w*",
    ),
    ("theft", r"stolen|theft|pilfer\w*"),
    ("accident", r"accident|collision|crash|unfall|wypad\w*"),
    ("reefer_fault", r"reefer (?:unit )?(?:fail|fault|alarm|breakdown|down)\w*|genset|cooling unit"),
    (
        "equipment_breakdown",
        r"break ?down|broke\w* down|mechanical|flat tire|blown tire|engine|vehicle (?:issue|problem)|panne|awari\w*",
    ),
    ("driver_hours", r"hours of service|hos\b|out of hours|driving time|lenkzeit\w*"),
    ("driver_unavailable", r"driver (?:is |was )?(?:unavailable|sick|no show|not available|late)|no driver"),
    (
        "customs_documents",
        r"(?:customs|clearance|commercial|export|import) (?:document\w*|paperwork|invoice)|improper documentation|"
        r"missing (?:customs )?documents|zollpapiere",
    ),
    (
        "credit_or_payment",
        r"dut(?:y|ies) (?:non ?payment|unpaid)|unpaid|(?:held|awaiting|pending) (?:for )?payment|credit hold|"
        r"charges due|non ?payment|cod (?:amount|payment)",
    ),
    ("customs_exam", r"customs|clearance (?:delay|event|hold)|under inspection|zoll\b|odpraw\w*"),
    ("strike_or_civil", r"strike|industrial action|blockade|border closure|streik|strajk\w*"),
    ("berth_congestion", r"(?:port|berth|terminal) congestion"),
    (
        "road_conditions",
        r"(?:road|interstate|highway|motorway|bridge|tunnel|i-)[ \d]*(?:is |was )?(?:closed|closure|conditions)|"
        r"traffic|stau\b",
    ),
    (
        "receiver_closed",
        r"closed|holiday|not home|no ?(?:body|one) (?:at )?home|(?:recipient|customer|consignee|addressee|receiver) "
        r"(?:was )?(?:not available|unavailable)|no authori[sz]ed recipient|notice left|vacation|geschlossen",
    ),
    (
        "address_wrong",
        r"(?:bad|wrong|incorrect|insufficient|incomplete|unknown) address|address(?:ing)? (?:issue|error|not found|"
        r"correct\w*)|undeliverable as addressed|no such number|(?:customer|addressee|recipient) (?:moved|unknown)|"
        r"moved left no address|vacant|unable to locate|forward expired",
    ),
    (
        "receiver_restricted",
        r"no access|access restricted|location inaccessible|no secure location|receptacle (?:blocked|full)|"
        r"unsafe delivery|no (?:dock )?appointment|dock (?:full|unavailable)|appointment (?:required|refused)|"
        r"receiving hours",
    ),
    ("receiver_refused", r"refus(?:ed|al|e)\b|rejected by (?:the )?(?:consignee|receiver|recipient|customer)|"
     r"verweiger\w*|odmow\w*|rechazad[oa]s?"),
    (
        "customer_reschedule",
        r"(?:customer|recipient|consignee|receiver) request\w*|at (?:the )?request of (?:the )?(?:customer|receiver)|"
        r"future delivery (?:date )?requested|unclaimed|not picked up",
    ),
    ("missort_misroute", r"mis ?sort\w*|mis ?rout\w*|sorting error|wrong (?:terminal|route|facility|hub)"),
    ("linehaul_missed", r"missed (?:connection|linehaul|cut ?off|flight|sailing)"),
    ("carrier_capacity", r"(?:no|lack of|insufficient) capacity|trailer full|held for full load|rolled"),
    ("stop_delay_prior", r"(?:previous|prior|earlier) stop"),
    ("insufficient_time", r"not enough time|insufficient time|ran out of time|late arrival"),
    ("packaging_or_load", r"(?:improper|insufficient|poor) packag\w*|load shift\w*"),
    ("shipper_not_ready", r"(?:freight|shipment|goods|order) not ready|late release"),
    ("restricted_goods", r"restricted (?:articles?|goods|items?)|prohibited|dangerous goods (?:refused|rejected)"),
)  # fmt: skip
