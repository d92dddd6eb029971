"""What is moved, and in what: weights, counts, equipment, in the segments that tenders and bills of lading share."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from exceptions.intake.adapters.x12.reader import Segment
from exceptions.intake.adapters.x12.reading import Reading, plain
from exceptions.intake.mapping.x12 import MODES, equipment_kind
from exceptions.shipments.canonical import JSON

MAX_NUMBER: Final = 20
# Kilograms of data element 188, Weight Unit Code (L is the pound), and of the units of 355 that mean a weight.
_KILOGRAMS: Final = {
    "L": Decimal("0.45359237"),
    "LB": Decimal("0.45359237"),
    "K": Decimal(1),
    "KG": Decimal(1),
    "G": Decimal("0.001"),
    "GR": Decimal("0.001"),
    "O": Decimal("0.028349523"),
    "OZ": Decimal("0.028349523"),
    "E": Decimal(1000),
    "S": Decimal("907.18474"),
    "ST": Decimal("907.18474"),
    "T": Decimal("1016.0469"),
}
# Data element 103 and 355: what handling units are called here.
_UNITS: Final = {
    **dict.fromkeys(("PLT", "PL", "PF", "P3", "P4", "PAL", "PLT94"), "pallet"),
    **dict.fromkeys(("SKD", "SV", "SKE", "SL"), "skid"),
    **dict.fromkeys(("CTN", "CT", "CNT", "CAS", "CA", "CS"), "carton"),
    **dict.fromkeys(("DRM", "DR"), "drum"),
    **dict.fromkeys(("CRT", "CR"), "crate"),
    **dict.fromkeys(("BAG", "BG"), "bag"),
    **dict.fromkeys(("ROL", "RL"), "roll"),
    **dict.fromkeys(("PCS", "PC", "EA", "PKG", "PK", "PCK"), "piece"),
}


def kilograms(reading: Reading, segment: Segment, weight: int, unit: str) -> str | None:
    """A weight in kilograms; None without one, or in a unit that is none."""
    number, factor = reading.quantity(segment, weight), _KILOGRAMS.get(unit.upper())
    if number is None or factor is None or number < 0:
        return None
    return plain((number * factor).quantize(Decimal("0.001")))


def unit_kind(code: str) -> str:
    return _UNITS.get(code.strip().upper(), "piece")


def unit(sequence: int, kind: str, count: int | None, weight: str | None, *, shipped: bool = False) -> dict[str, JSON]:
    """One line of handling units of a plan."""
    count_name, weight_name = ("shipped", "weight_shipped") if shipped else ("ordered", "weight_ordered")
    row: dict[str, JSON] = {"sequence": sequence, "kind": kind}
    if count is not None:
        row[count_name] = count
    if weight is not None:
        row[weight_name] = weight
    return row


def equipment(reading: Reading, segments: Iterable[Segment]) -> list[dict[str, JSON]]:
    """The equipment of N7 with the seal of the M7 that follows. An N7 that gives only a type names nothing."""
    rows: list[dict[str, Any]] = []
    for segment in segments:
        if segment.tag == "N7":
            number = segment.get(1) + segment.get(2)
            if len(number) <= MAX_NUMBER and any(character.isdigit() for character in number):
                rows.append({"number": number, "kind": equipment_kind(segment.code(11), number)})
        elif segment.tag == "M7" and rows and segment.get(1):
            rows[-1]["seal"] = segment.get(1)[:40]
    unique = {row["number"]: row for row in rows}
    return list(unique.values())[:50]


def mode(reading: Reading, code: str) -> str:
    """The mode of a method of transport (data element 91), else the partner's, else the road's."""
    own = reading.mapping.get("mode")
    known = ("road", "ltl", "parcel", "rail", "ocean", "air", "intermodal")
    return MODES.get(code) or (own if isinstance(own, str) and own in known else "road")


def terms(code: str) -> str:
    """Data element 146, Shipment Method of Payment."""
    return {"CC": "collect", "PP": "prepaid", "PC": "prepaid", "TP": "third party", "PU": "pickup"}.get(code, "")
