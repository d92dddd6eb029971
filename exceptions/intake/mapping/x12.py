"""Code lists of ASC X12 in our words: references (128), time codes (623), dates (432), stops (163) and others.

The facts are of version 004010 with what later versions added; each table names its data element. Statuses and reasons
(1650, 1651) stand in `codes.py` and `exceptions.cases.taxonomy`, those of ocean and rail (157) in `x12_157.py`.
"""

from collections.abc import Mapping
from typing import Any, Final

from exceptions.shipments.canonical import RefType

# Data element 128, Reference Identification Qualifier. SI and the like is the shipper's own number of a shipment: it
# stands for a BOL or for a tendered load, whichever is known by it.
_OWN_NUMBER: Final = (RefType.BOL, RefType.LOAD)
REFERENCES: Final[Mapping[str, tuple[str, ...]]] = {
    "BM": (RefType.BOL,),
    "MB": (RefType.BOL,),
    "BL": (RefType.BOL,),
    "WY": (RefType.BOL,),
    "SI": _OWN_NUMBER,
    "CN": (RefType.PRO,),
    "FI": (RefType.PRO,),
    "2I": (RefType.TRACKING,),
    "08": (RefType.TRACKING,),
    "AW": (RefType.AWB,),
    "HWB": (RefType.AWB,),
    "MWB": (RefType.AWB,),
    "BN": (RefType.BOOKING,),
    "BS": (RefType.BOOKING,),
    "PO": (RefType.PO,),
    "OP": (RefType.PO,),
    "AN": (RefType.PO,),
    "CG": (RefType.PO,),
    "CO": (RefType.ORDER,),
    "OQ": (RefType.ORDER,),
    "IL": (RefType.ORDER,),
    "SO": (RefType.ORDER,),
    "VN": (RefType.ORDER,),
    "LO": (RefType.LOAD,),
    "OC": (RefType.CONTAINER,),
    "CR": (RefType.CUSTOMER,),
}
# Positions in the first segment of a set that hold an identifier without a qualifier.
POSITIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "B10-01": (RefType.PRO,),
    "B10-02": _OWN_NUMBER,
    "B2-04": (RefType.LOAD,),
    "B1-02": (RefType.LOAD,),
    "B3-03": _OWN_NUMBER,
    "BOL-03": (RefType.BOL,),
    "BOL-06": (RefType.PRO,),
    "BSN-02": (RefType.BOL,),
    "BRA-01": (RefType.CUSTOMER,),
    "W05-02": (RefType.ORDER,),
    "W05-03": (RefType.PO,),
    "W06-02": (RefType.ORDER,),
    "W06-04": (RefType.BOL,),
    "W06-06": (RefType.PO,),
    "W17-03": (RefType.CUSTOMER,),
    "W17-04": (RefType.ORDER,),
    "W17-05": (RefType.BOL,),
}

# Types that name one shipment alone.
NAMES_SHIPMENT: Final = frozenset({RefType.BOL, RefType.PRO, RefType.TRACKING, RefType.AWB})


def reference_types(mapping: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """What a qualifier or position identifies; the partner's `references` come first: `{"RU": "load", "CR": []}`."""
    own = mapping.get("references")
    if isinstance(own, Mapping) and name in own:
        wanted = own[name] if isinstance(own[name], list) else [own[name]]
        return tuple(str(kind) for kind in wanted if kind in RefType.values)
    return REFERENCES.get(name) or POSITIONS.get(name, ())


# Data element 623, Time Code: a zone, or minutes from UTC. LT and nothing are the local time of the place.
TIME_ZONES: Final[Mapping[str, str]] = {
    "ET": "America/New_York",
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "PT": "America/Los_Angeles",
    "AT": "America/Anchorage",
    "HT": "Pacific/Honolulu",
    "TT": "America/Halifax",
    "NT": "America/St_Johns",
}
TIME_OFFSETS: Final[Mapping[str, int]] = {
    "UT": 0,
    "GM": 0,
    "ED": -240,
    "ES": -300,
    "CD": -300,
    "CS": -360,
    "MD": -360,
    "MS": -420,
    "PD": -420,
    "PS": -480,
    "AD": -480,
    "AS": -540,
    "HD": -540,
    "HS": -600,
    "TD": -180,
    "TS": -240,
    "ND": -150,
    "NS": -210,
    # 01 to 12 are P01 to P12 of ISO 8601, 13 to 24 are M12 to M01.
    **{f"{hour:02}": hour * 60 for hour in range(1, 13)},
    **{f"{hour:02}": (hour - 25) * 60 for hour in range(13, 25)},
}
LOCAL: Final = frozenset({"", "LT"})

# Data element 432, Date Qualifier (G62), and with three digits 374, Date/Time Qualifier (DTM): what a stop's time says.
WINDOW_STARTS: Final = frozenset({"37", "53", "EP", "037", "063", "118"})
WINDOW_ENDS: Final = frozenset({"38", "54", "LP", "038", "064", "119"})
REQUESTED: Final = frozenset({"02", "10", "68", "002", "010"})
SCHEDULED: Final = frozenset({"69", "70", "78", "79"})
# Data element 176, Time Qualifier: earliest and latest requested pickup and delivery.
EARLIEST: Final = frozenset({"I", "G"})
LATEST: Final = frozenset({"K", "L"})
RESPOND_BY: Final = frozenset({"64"})
ESTIMATED: Final = frozenset({"17", "017", "139", "AAD", "371"})

# Data element 163, Stop Reason Code.
STOP_KINDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("CL", "LD", "PL", "PA", "RT", "SL", "LE"), "pickup"),
    **dict.fromkeys(("CU", "UL", "PU", "DT", "SU", "UX"), "delivery"),
}

# Data element 91, Transportation Method/Type Code.
MODES: Final[Mapping[str, str]] = {
    "A": "air",
    "AE": "air",
    "J": "road",
    "M": "road",
    "H": "road",
    "P": "road",
    "R": "rail",
    "S": "ocean",
    "O": "ocean",
    "U": "parcel",
    "X": "intermodal",
    "LT": "ltl",
}

# Data element 98, Entity Identifier Code: our roles of a shipment's parties, and at which end of the way they are.
ROLES: Final[Mapping[str, str]] = {
    "BT": "bill_to",
    "SH": "shipper",
    "CN": "consignee",
    "N1": "notify",
    "CB": "broker",
    "IM": "importer",
    "CA": "contracted_carrier",
}
PICKUP_PARTIES: Final = ("SF", "SH", "PW", "WH")
DELIVERY_PARTIES: Final = ("ST", "CN", "DA", "UC")

# Data element 40, Equipment Description Code.
_REEFERS: Final = frozenset({"RT", "TW", "FF", "TA", "CZ", "AT"})
_RAILCARS: Final = frozenset({"RR", "RC", "BX", "RF", "TN", "FR", "HC", "HO", "SK"})
_CONTAINERS: Final = frozenset({"CN", "CC", "20", "40", "2B", "4B", "CL", "CU", "CI", "CZ", "AC", "AT", "CX", "CW"})


def equipment_kind(code: str, number: str = "") -> str:
    """One of our kinds of equipment, for a description code and, where that is silent, the shape of the number."""
    if code in _RAILCARS:
        return "railcar"
    if code in ("CH", "CB"):
        return "chassis"
    if code in _CONTAINERS or is_container(number):
        return "container"
    return "reefer" if code in _REEFERS else "trailer"


def is_container(number: str) -> bool:
    """Shaped as ISO 6346 has it: an owner's three letters, U, J or Z, and six or seven digits."""
    plain = "".join(character for character in number.upper() if character.isascii() and character.isalnum())
    return (
        len(number) <= 20
        and len(plain) in (10, 11)
        and plain[:4].isalpha()
        and plain[3] in "UJZ"
        and plain[4:].isdigit()
    )


# Data element 150, Special Charge or Allowance Code: what is not an accessorial.
_FREIGHT: Final = frozenset({"", "400", "LHS", "COF", "AIR", "FCB", "FCD", "FCI", "DLH", "BEY", "HLF", "FAK"})
_FREE_TIME: Final = frozenset({"DEM", "DEA", "DES", "SRG", "STR", "IST", "ISO", "TST"})
_DUTY: Final = frozenset({"315", "BAB", "DTD", "ESD", "750", "GST", "HST", "TAX"})


def charge_kind(code: str) -> str:
    if code in _FREIGHT:
        return "freight"
    if code in _FREE_TIME:
        return "free_time"
    return "duty" if code in _DUTY else "accessorial"


# Data element 412, Receiving Condition Code.
DAMAGED: Final = frozenset({"01", "10"})
SHORT: Final = frozenset({"02"})
OVER: Final = frozenset({"03", "12"})
FINE: Final = frozenset({"07", "11"})
CONDITIONS: Final[Mapping[str, str]] = {
    "01": "damaged",
    "02": "short",
    "03": "over",
    "04": "quality problem",
    "05": "wrong product",
    "06": "container not as agreed",
    "07": "in good condition",
    "08": "rejected",
    "09": "on hold",
    "10": "scrapped",
    "11": "cumulative quantity adjusted",
    "12": "over, sent back to the supplier",
    "13": "received without a ship notice, not processed",
    "14": "received without a ship notice",
    "16": "not received, ship notice required",
}
