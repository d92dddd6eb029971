"""Deadlines of the laws and tariffs under which freight is claimed: suggestions, to be checked by a person before use.

They are data about law, not law: amendments, contracts and courts move them. Nothing in the product counts by one of
these before a named person of the organisation confirmed it (a `ClaimRegime` row cannot stand without them), with
whatever they corrected.
"""

from __future__ import annotations

from dataclasses import dataclass

from exceptions.sla.kinds import Counting, Starts, Subkind


@dataclass(frozen=True)
class RegimeDefault:
    """One deadline as shipped. days counted by `counting`, or months of the calendar; the day of the event is not counted."""

    code: str
    step: Subkind
    name: str
    consequence: str
    source: str
    days: int | None = None
    months: int | None = None
    counting: Counting = Counting.CALENDAR_DAYS
    case_type: str = ""
    starts: Starts = Starts.DELIVERY


_CARMACK = "49 U.S.C. 14706(e)(1)"
_NMFC = "NMFC item 300135 (reporting concealed damage)"
_MONTREAL = "Montreal Convention 1999, articles 31 and 35"
_CMR = "CMR Convention 1956, articles 30 and 32"
_HAGUE = "Hague-Visby Rules, article III paragraph 6"
_BARRED = "No action lies against the carrier any more"

SHIPPED: tuple[RegimeDefault, ...] = (
    RegimeDefault(
        "carmack",
        Subkind.FILING,
        "Carmack: shortest period a carrier may set for claims",
        "The carrier may decline the claim as late",
        _CARMACK,
        months=9,
    ),
    RegimeDefault(
        "carmack",
        Subkind.SUIT,
        "Carmack: suit after the claim was disallowed",
        _BARRED,
        _CARMACK,
        months=24,
        starts=Starts.DISALLOWANCE,
    ),
    RegimeDefault(
        "nmfc",
        Subkind.NOTICE,
        "NMFC: concealed damage",
        "The consignee has to prove that the damage did not happen after delivery",
        _NMFC,
        days=5,
        counting=Counting.WORKING_DAYS,
        case_type="freight_damaged",
    ),
    RegimeDefault(
        "montreal",
        Subkind.NOTICE,
        "Montreal: complaint about damaged cargo",
        _BARRED,
        _MONTREAL,
        days=14,
        case_type="freight_damaged",
    ),
    RegimeDefault(
        "montreal",
        Subkind.NOTICE,
        "Montreal: complaint about delay",
        _BARRED,
        _MONTREAL,
        days=21,
        case_type="delivery_late",
    ),
    RegimeDefault("montreal", Subkind.SUIT, "Montreal: suit", "The right to damages is gone", _MONTREAL, months=24),
    RegimeDefault(
        "cmr",
        Subkind.NOTICE,
        "CMR: loss or damage that was not apparent",
        "The goods count as received as the consignment note describes them",
        _CMR,
        days=7,
        counting=Counting.NOT_SUNDAYS,
        case_type="freight_damaged",
    ),
    RegimeDefault(
        "cmr",
        Subkind.NOTICE,
        "CMR: reservation for delay",
        "No compensation is payable for the delay",
        _CMR,
        days=21,
        case_type="delivery_late",
    ),
    RegimeDefault("cmr", Subkind.SUIT, "CMR: suit", _BARRED, _CMR, months=12),
    RegimeDefault(
        "hague_visby",
        Subkind.NOTICE,
        "Hague-Visby: loss or damage that was not apparent",
        "The removal is evidence that the goods were delivered as the bill of lading describes them",
        _HAGUE,
        days=3,
    ),
    RegimeDefault("hague_visby", Subkind.SUIT, "Hague-Visby: suit", "The carrier is discharged", _HAGUE, months=12),
)
