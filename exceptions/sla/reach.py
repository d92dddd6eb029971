"""Which promises a type of case can put at stake. What is not here, no case of that type will ever price.

The codes are those of the cases' taxonomy and the modes those of shipments, which stand above and beside this package;
tests hold them together.
"""

from __future__ import annotations

from exceptions.sla.kinds import SUBKINDS, Subkind, TermKind

MODES = ("road", "ltl", "parcel", "rail", "ocean", "air", "intermodal")
SEVERITIES = ("S1", "S2", "S3", "S4")
TIERS = range(1, 10)

Promised = tuple[TermKind, Subkind | None]

# About how a case is worked on, whatever it is about.
OF_THE_CASE = (TermKind.FIRST_RESPONSE, TermKind.RESOLUTION, TermKind.NEXT_UPDATE, TermKind.HOUSE_RATE)
# Kept at the end of the way.
ARRIVAL = (TermKind.DELIVERY_WINDOW, TermKind.APPOINTMENT, TermKind.OTIF, TermKind.SERVICE_CREDIT)
# What a recorded and accepted cause may excuse. Free time, temperature and claims run on, whoever is to blame.
EXCUSABLE = (TermKind.PICKUP_WINDOW, *ARRIVAL, TermKind.CUT_OFF, TermKind.DOCUMENT, TermKind.RESOLUTION)

_ARRIVES: tuple[Promised, ...] = tuple((kind, None) for kind in ARRIVAL)
_CLAIMS: tuple[Promised, ...] = tuple((TermKind.CLAIM, step) for step in SUBKINDS[TermKind.CLAIM])
_CUT_OFFS: tuple[Promised, ...] = tuple(
    (TermKind.CUT_OFF, which) for which in SUBKINDS[TermKind.CUT_OFF] if which != Subkind.TENDER_RESPONSE
)
_AT_THE_TERMINAL: tuple[Promised, ...] = (
    (TermKind.FREE_TIME, Subkind.DEMURRAGE),
    (TermKind.FREE_TIME, Subkind.STORAGE),
)

AT_STAKE: dict[str, tuple[Promised, ...]] = {
    "tender_rejected": ((TermKind.CUT_OFF, Subkind.TENDER_RESPONSE), (TermKind.PICKUP_WINDOW, None)),
    "booking_rolled": (*_CUT_OFFS, *_ARRIVES),
    "cutoff_at_risk": _CUT_OFFS,
    "pickup_late": ((TermKind.PICKUP_WINDOW, None),),
    "departure_missed": _ARRIVES,
    "delivery_late": (*_ARRIVES, *_CLAIMS),
    "appointment_problem": ((TermKind.APPOINTMENT, None),),
    "delivery_attempt_failed": _ARRIVES,
    "delivery_refused": _ARRIVES,
    "stop_dwell": ((TermKind.FREE_TIME, Subkind.TRUCK_DETENTION),),
    "tracking_silent": (),
    "route_deviation": _ARRIVES,
    "freight_short": ((TermKind.OTIF, None), (TermKind.SERVICE_CREDIT, None), *_CLAIMS),
    "freight_over": (),
    "freight_damaged": _CLAIMS,
    "freight_lost": _CLAIMS,
    "seal_discrepancy": _CLAIMS,
    "temperature_excursion": ((TermKind.TEMPERATURE, None), *_CLAIMS),
    "customs_hold": (*_ARRIVES, *_AT_THE_TERMINAL),
    "free_time_expiring": _AT_THE_TERMINAL,
    "empty_return_late": (
        (TermKind.FREE_TIME, Subkind.DETENTION),
        (TermKind.FREE_TIME, Subkind.PER_DIEM),
    ),
    "document_missing": _CUT_OFFS,
    "pod_missing": ((TermKind.DOCUMENT, Subkind.POD),),
    "document_mismatch": (),
    "invoice_discrepancy": ((TermKind.DOCUMENT, Subkind.INVOICE_DISPUTE),),
    "inventory_shortfall": _ARRIVES,
    "inbound_supply_delayed": _ARRIVES,
    "quality_or_compliance_hold": _ARRIVES,
    "customer_change_requested": (),
    "reference_data_invalid": (),
}


def case_types_of(kind: TermKind, subkind: Subkind | None = None) -> frozenset[str]:
    """The types of case that can put such a promise at stake."""
    if kind in OF_THE_CASE:
        return frozenset(AT_STAKE)
    return frozenset(code for code, promised in AT_STAKE.items() if (kind, subkind) in promised)


def is_of_every_case(kind: TermKind) -> bool:
    """Whether every case has this clock."""
    return kind in OF_THE_CASE
