"""What can be wrong, and why: the shipped types and reasons of cases.

The 30 types and 46 reasons are our own. The codes beside a reason are where partners' codes land:
X12 1651 is ASC X12 data element 1651 (Shipment Status or Appointment Reason Code, version 4010), SMDG is the "Delay
Reason Codes" list of the SMDG user group for container shipping. No code belongs to two reasons.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from django.db.models import TextChoices


class Severity(TextChoices):
    """S1 is the worst. It says how bad a case is; the order of the queue says what is worth doing first."""

    S1 = "S1", "Severity 1"
    S2 = "S2", "Severity 2"
    S3 = "S3", "Severity 3"
    S4 = "S4", "Severity 4"


class Subject(TextChoices):
    """The thing that went wrong."""

    APPOINTMENT = "appointment", "Appointment"
    CHARGE = "charge", "Charge"
    DOCUMENT = "document", "Document"
    EQUIPMENT = "equipment", "Equipment"
    HANDLING_UNIT = "handling_unit", "Handling unit"
    LEG = "leg", "Leg"
    LOAD = "load", "Load"
    ORDER = "order", "Order"
    ORDER_LINE = "order_line", "Order line"
    SHIPMENT = "shipment", "Shipment"
    STOP = "stop", "Stop"


class Party(TextChoices):
    """Who answers for a reason."""

    CARRIER = "carrier", "Carrier"
    SHIPPER = "shipper", "Shipper"
    CONSIGNEE = "consignee", "Consignee"
    CUSTOMER = "customer", "Customer"
    IMPORTER = "importer", "Importer"
    SUPPLIER = "supplier", "Supplier"
    TERMINAL = "terminal", "Terminal"
    PORT = "port", "Port"
    AUTHORITY = "authority", "Authority"
    US = "us", "Us"
    FORCE_MAJEURE = "force_majeure", "Force majeure"
    UNKNOWN = "unknown", "Not known"
    NONE = "none", "Nobody"


class Excusable(TextChoices):
    """Whether contracts usually excuse a delay for this reason."""

    YES = "yes", "Excused by contract"
    NO = "no", "Not excused"
    CONDITIONAL = "conditional", "Depends on the contract"


@dataclass(frozen=True)
class CaseType:
    code: str
    label: str
    subject: Subject
    severity: Severity


@dataclass(frozen=True)
class Reason:
    code: str
    label: str
    party: Party
    excusable: Excusable
    x12_1651: tuple[str, ...] = ()
    smdg: tuple[str, ...] = ()


TYPES: tuple[CaseType, ...] = (
    CaseType("tender_rejected", "Load tender declined or not answered", Subject.LOAD, Severity.S2),
    CaseType("booking_rolled", "Booking rolled or cancelled by line or airline", Subject.LEG, Severity.S2),
    CaseType(
        "cutoff_at_risk", "Warehouse, gate, VGM, SI or flight cut-off at risk or missed", Subject.LEG, Severity.S2
    ),
    CaseType("pickup_late", "Pickup at risk or missed", Subject.STOP, Severity.S2),
    CaseType("departure_missed", "Linehaul, rail or connection departure missed", Subject.LEG, Severity.S2),
    CaseType("delivery_late", "Delivery at risk or late", Subject.STOP, Severity.S2),
    CaseType("appointment_problem", "Appointment missing, unconfirmed or missed", Subject.APPOINTMENT, Severity.S2),
    CaseType("delivery_attempt_failed", "Delivery attempted and failed", Subject.STOP, Severity.S2),
    CaseType("delivery_refused", "Delivery refused in whole or part", Subject.STOP, Severity.S1),
    CaseType("stop_dwell", "Truck held at stop beyond free time", Subject.STOP, Severity.S3),
    CaseType("tracking_silent", "No signal for too long", Subject.LEG, Severity.S3),
    CaseType("route_deviation", "Off route, misrouted or missorted", Subject.LOAD, Severity.S2),
    CaseType("freight_short", "Shortage at pickup or delivery", Subject.HANDLING_UNIT, Severity.S2),
    CaseType("freight_over", "Overage or freight without paperwork", Subject.HANDLING_UNIT, Severity.S4),
    CaseType("freight_damaged", "Damage noted, or concealed damage reported", Subject.HANDLING_UNIT, Severity.S1),
    CaseType("freight_lost", "Lost, stolen or untraceable", Subject.HANDLING_UNIT, Severity.S1),
    CaseType("seal_discrepancy", "Seal broken, missing or different", Subject.EQUIPMENT, Severity.S1),
    CaseType(
        "temperature_excursion", "Temperature outside the band, or reefer failure", Subject.EQUIPMENT, Severity.S1
    ),
    CaseType("customs_hold", "Customs or other authority hold, exam or missing release", Subject.SHIPMENT, Severity.S1),
    CaseType("free_time_expiring", "Last free day at risk", Subject.EQUIPMENT, Severity.S2),
    CaseType("empty_return_late", "Empty or chassis return at risk", Subject.EQUIPMENT, Severity.S3),
    CaseType("document_missing", "Document missing before a deadline", Subject.DOCUMENT, Severity.S2),
    CaseType("pod_missing", "Proof of delivery missing", Subject.DOCUMENT, Severity.S3),
    CaseType("document_mismatch", "Documents contradict each other or the events", Subject.DOCUMENT, Severity.S3),
    CaseType(
        "invoice_discrepancy",
        "Carrier charge not as agreed, duplicate, or unapproved accessorial",
        Subject.CHARGE,
        Severity.S3,
    ),
    CaseType("inventory_shortfall", "Stock short after order release", Subject.ORDER_LINE, Severity.S2),
    CaseType(
        "inbound_supply_delayed", "Supplier or inbound delay threatens outbound orders", Subject.ORDER_LINE, Severity.S2
    ),
    CaseType(
        "quality_or_compliance_hold", "Quality, credit, sanctions or dangerous-goods hold", Subject.ORDER, Severity.S1
    ),
    CaseType(
        "customer_change_requested", "Change, reconsignment, cancel or expedite requested", Subject.ORDER, Severity.S3
    ),
    CaseType("reference_data_invalid", "Address, reference, party or plan invalid", Subject.SHIPMENT, Severity.S4),
)

REASONS: tuple[Reason, ...] = (
    Reason("equipment_breakdown", "Tractor or trailer breakdown", Party.CARRIER, Excusable.NO, ("AI",), ()),
    Reason("driver_unavailable", "Driver unavailable, sick, no-show", Party.CARRIER, Excusable.NO, ("D2", "AH"), ()),
    Reason("driver_hours", "Driver out of legal hours", Party.CARRIER, Excusable.NO, (), ()),
    Reason(
        "equipment_unavailable",
        "Tractor, trailer, chassis or container unavailable",
        Party.CARRIER,
        Excusable.NO,
        ("T2", "T3", "T4", "T5", "T6"),
        (),
    ),
    Reason("dispatch_error", "Dispatch, planning or keying error", Party.CARRIER, Excusable.NO, ("D1", "BF"), ()),
    Reason("missort_misroute", "Missorted or misrouted", Party.CARRIER, Excusable.NO, ("AA",), ()),
    Reason("linehaul_missed", "Missed linehaul, cut-off or connection", Party.CARRIER, Excusable.NO, ("AW", "AY"), ()),
    Reason(
        "carrier_capacity",
        "Held for full load, no capacity, rolled by line",
        Party.CARRIER,
        Excusable.NO,
        ("P4",),
        ("MVX", "CAE"),
    ),
    Reason(
        "insufficient_time", "Not enough time to complete the run", Party.CARRIER, Excusable.NO, ("BH", "T7", "AX"), ()
    ),
    Reason("cartage_agent", "Delivery agent or interline partner failure", Party.CARRIER, Excusable.NO, ("BI",), ()),
    Reason("accident", "Accident involving the vehicle", Party.CARRIER, Excusable.CONDITIONAL, ("AF",), ("ACC", "AIP")),
    Reason(
        "carrier_handling_damage", "Damaged or lost in carrier's handling", Party.CARRIER, Excusable.NO, ("AK",), ()
    ),
    Reason(
        "carrier_other",
        "Other carrier cause, carrier code without detail",
        Party.CARRIER,
        Excusable.NO,
        ("AJ", "P1", "A1"),
        (),
    ),
    Reason("stop_delay_prior", "Delayed at a previous stop", Party.UNKNOWN, Excusable.CONDITIONAL, ("AL",), ()),
    Reason("reefer_fault", "Reefer unit or genset failure", Party.CARRIER, Excusable.NO, (), ("REF",)),
    Reason(
        "vessel_mechanical",
        "Vessel engine, gear or dry-docking",
        Party.CARRIER,
        Excusable.CONDITIONAL,
        (),
        ("ENG", "VGR", "EDD"),
    ),
    Reason(
        "vessel_operations",
        "Vessel schedule recovery, stowage, bunkering, blank sailing",
        Party.CARRIER,
        Excusable.CONDITIONAL,
        (),
        ("SPE", "STW", "BUN", "LAS", "HLD", "PAU", "OTV"),
    ),
    Reason(
        "pilot_tug_tide",
        "Pilot, tug, tide or port traffic",
        Party.PORT,
        Excusable.CONDITIONAL,
        (),
        ("PIT", "TID", "PTF"),
    ),
    Reason("berth_congestion", "Berth or port congestion", Party.TERMINAL, Excusable.CONDITIONAL, (), ("CGS", "PBC")),
    Reason(
        "terminal_productivity",
        "Terminal equipment, yard, productivity or planning",
        Party.TERMINAL,
        Excusable.CONDITIONAL,
        (),
        ("CRN", "FTE", "YRD", "PRD", "PLT", "OTS"),
    ),
    Reason(
        "terminal_labour",
        "Terminal labour shortage or action",
        Party.TERMINAL,
        Excusable.CONDITIONAL,
        (),
        ("LAB", "LOT"),
    ),
    Reason(
        "rail_disruption",
        "Rail ramp congestion, embargo or service interruption",
        Party.CARRIER,
        Excusable.CONDITIONAL,
        (),
        (),
    ),
    Reason(
        "shipper_not_ready",
        "Freight not ready, late release, production shortfall",
        Party.SHIPPER,
        Excusable.YES,
        ("AM", "P3"),
        (),
    ),
    Reason(
        "shipper_paperwork", "Paperwork missing or wrong from shipper", Party.SHIPPER, Excusable.YES, ("BC",), ("DIN",)
    ),
    Reason("shipper_hold", "Held per shipper, awaiting instructions", Party.SHIPPER, Excusable.YES, ("BB", "C6"), ()),
    Reason(
        "packaging_or_load",
        "Improper packaging, loading, weight misdeclared",
        Party.SHIPPER,
        Excusable.YES,
        ("AV",),
        ("STF", "WGT", "LEK"),
    ),
    Reason(
        "restricted_goods",
        "Restricted or dangerous goods not accepted",
        Party.SHIPPER,
        Excusable.YES,
        ("AE",),
        ("SPH", "UCC"),
    ),
    Reason("no_requested_time", "No requested date or time given", Party.SHIPPER, Excusable.YES, ("CB", "CC"), ()),
    Reason(
        "own_warehouse", "Our warehouse or 3PL: late pick, short pick, cut-off missed", Party.US, Excusable.NO, (), ()
    ),
    Reason("own_planning", "Our booking, routing, appointment or data error", Party.US, Excusable.NO, (), ()),
    Reason("supplier_late", "Supplier late or ASN missing", Party.SUPPLIER, Excusable.CONDITIONAL, (), ()),
    Reason("address_wrong", "Address wrong or not found", Party.CUSTOMER, Excusable.YES, ("A2", "A5", "A6"), ()),
    Reason(
        "receiver_closed",
        "Receiver closed, holiday, unavailable",
        Party.CONSIGNEE,
        Excusable.YES,
        ("B1", "AN", "AQ", "C4"),
        ("HOL",),
    ),
    Reason(
        "receiver_restricted",
        "Receiving hours or dock restricted, appointment not given",
        Party.CONSIGNEE,
        Excusable.YES,
        ("B9", "B8"),
        (),
    ),
    Reason(
        "receiver_slow_unload", "Receiver kept the truck beyond free time", Party.CONSIGNEE, Excusable.YES, ("AG",), ()
    ),
    Reason("receiver_refused", "Refused by consignee", Party.CONSIGNEE, Excusable.CONDITIONAL, ("BS",), ()),
    Reason(
        "customer_reschedule",
        "Customer asked for later delivery, hold or change",
        Party.CUSTOMER,
        Excusable.YES,
        ("AD", "C3", "B5", "B2", "C1", "C7", "RC"),
        (),
    ),
    Reason(
        "credit_or_payment", "Credit hold, COD or charges unpaid", Party.CUSTOMER, Excusable.YES, ("C2", "C8", "C9"), ()
    ),
    Reason(
        "customs_documents",
        "Customs documents missing or wrong",
        Party.IMPORTER,
        Excusable.CONDITIONAL,
        ("AS", "AR", "AT"),
        (),
    ),
    Reason(
        "customs_exam",
        "Customs or authority examination",
        Party.AUTHORITY,
        Excusable.YES,
        ("CA", "P2", "BD"),
        ("CIN", "QUA", "ANA", "VIN", "QUV"),
    ),
    Reason(
        "weather",
        "Weather or natural disaster",
        Party.FORCE_MAJEURE,
        Excusable.YES,
        ("AO", "BL"),
        ("WEA", "DEV", "RSC"),
    ),
    Reason(
        "road_conditions", "Road closed, traffic, restrictions", Party.FORCE_MAJEURE, Excusable.CONDITIONAL, ("BE",), ()
    ),
    Reason(
        "strike_or_civil",
        "Strike, blockade, border closure",
        Party.FORCE_MAJEURE,
        Excusable.CONDITIONAL,
        ("C5",),
        ("STR", "MIL"),
    ),
    Reason("theft", "Theft, pilferage, fraud pickup", Party.UNKNOWN, Excusable.NO, (), ()),
    Reason("unknown", "Not yet known", Party.UNKNOWN, Excusable.NO, ("BG", "F2"), ("OTC", "OTF")),
    Reason("none", "No exception (normal status or appointment)", Party.NONE, Excusable.NO, ("NS", "NA"), ()),
)

UNKNOWN_REASON = "unknown"

_TYPES = {entry.code: entry for entry in TYPES}
_REASONS = {entry.code: entry for entry in REASONS}

TYPE_CHOICES = [(entry.code, entry.label) for entry in TYPES]
REASON_CHOICES = [(entry.code, entry.label) for entry in REASONS]


def case_type(code: str) -> CaseType:
    """The type of this code; KeyError when there is none."""
    return _TYPES[code]


def reason(code: str) -> Reason:
    """The reason of this code; KeyError when there is none."""
    return _REASONS[code]


def is_type(code: str) -> bool:
    return code in _TYPES


def is_reason(code: str) -> bool:
    return code in _REASONS


def type_label(code: str) -> str:
    """For people; an unknown code is shown as it is."""
    return _TYPES[code].label if code in _TYPES else code


def reason_label(code: str) -> str:
    """For people; an unknown code is shown as it is."""
    return _REASONS[code].label if code in _REASONS else code


def reason_of_x12(code: str) -> Reason | None:
    """The reason behind an X12 1651 code, None for one that says nothing about the cause."""
    return _by_x12().get(code.strip().upper())


def reason_of_smdg(code: str) -> Reason | None:
    """The reason behind an SMDG delay reason code."""
    return _by_smdg().get(code.strip().upper())


@cache
def _by_x12() -> dict[str, Reason]:
    return {code: entry for entry in REASONS for code in entry.x12_1651}


@cache
def _by_smdg() -> dict[str, Reason]:
    return {code: entry for entry in REASONS for code in entry.smdg}
