"""Which identifiers of a document name a shipment, and how strongly. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from exceptions.shipments.canonical import RefType, normalised

# Field of a document -> kinds of references that it may be. The order is that of trust.
REFERENCE_FIELDS: Mapping[str, tuple[RefType, ...]] = {
    "bol_number": (RefType.BOL, RefType.CMR, RefType.AWB),
    "pro_number": (RefType.PRO, RefType.TRACKING),
    "shipment_id": (RefType.SHIPMENT, RefType.CUSTOMER, RefType.LOAD),
    "container_number": (RefType.CONTAINER,),
    "po_number": (RefType.PO, RefType.ORDER, RefType.CUSTOMER),
}
# One of these names one shipment; a PO or a container may be split over several.
NAMES_ONE = frozenset({"bol_number", "pro_number", "shipment_id"})
_WORDS = {
    "bol_number": "BOL",
    "pro_number": "PRO",
    "shipment_id": "shipment number",
    "container_number": "container",
    "po_number": "PO",
}
MOST = 5


@dataclass(frozen=True, slots=True)
class Known:
    """A reference as the books hold it."""

    type: str
    value_key: str
    shipment_id: int


@dataclass(frozen=True, slots=True)
class Match:
    shipment_id: int
    why: str
    is_strong: bool


def wanted(values: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """Keys to look for by kind of reference, from `(field key, value)` pairs of a document."""
    found: dict[str, set[str]] = {}
    for key, value in values:
        plain = normalised(value)
        for kind in REFERENCE_FIELDS.get(key, ()):
            if plain:
                found.setdefault(kind.value, set()).add(plain)
    return found


def match(values: Iterable[tuple[str, str]], known: Iterable[Known]) -> list[Match]:
    """Shipments that the document names, the best founded first; none where a weak reference fits too many."""
    by_shipment: dict[int, list[tuple[str, str]]] = {}
    pairs = [(key, value) for key, value in values if normalised(value)]
    for reference in known:
        for key, value in pairs:
            if reference.type in REFERENCE_FIELDS.get(key, ()) and normalised(value) == reference.value_key:
                by_shipment.setdefault(reference.shipment_id, []).append((key, value))
    matches = [_match(shipment, reasons) for shipment, reasons in by_shipment.items()]
    strong = [found for found in matches if found.is_strong]
    chosen = strong or (matches if len(matches) <= MOST else [])
    return sorted(chosen, key=lambda found: (-len(found.why), found.shipment_id))


def _match(shipment_id: int, reasons: list[tuple[str, str]]) -> Match:
    order = list(REFERENCE_FIELDS)
    unique = sorted(set(reasons), key=lambda reason: (order.index(reason[0]), reason[1]))
    said = ", ".join(f"{_WORDS[key]} {value}" for key, value in unique)
    return Match(shipment_id, f"The document names it: {said}."[:300], any(key in NAMES_ONE for key, _ in unique))
