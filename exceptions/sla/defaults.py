"""What we assume until an organisation knows better: lead times, costs, likelihoods, house rates.

The figures are ours, from what dispatchers commonly quote; they are starting points that an organisation corrects in its
LeadTime table. Costs are in the organisation's own currency.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from exceptions.sla.kinds import TermKind

# Value of a unit of currency in USD, rounded yearly averages. They only bring stakes of different currencies into one order;
# people see amounts in the currency of the contract.
DOLLARS = {
    "USD": Decimal(1),
    "EUR": Decimal("1.10"),
    "GBP": Decimal("1.30"),
    "CHF": Decimal("1.15"),
    "PLN": Decimal("0.26"),
    "CZK": Decimal("0.044"),
    "CAD": Decimal("0.72"),
    "MXN": Decimal("0.055"),
    "CNY": Decimal("0.14"),
    "JPY": Decimal("0.0067"),
}
# A coordinator's lateness is priced so that a new case without any contract still has a place in the queue.
FIRST_RESPONSE_WITHIN = timedelta(hours=1)
FIRST_RESPONSE_RATE = Decimal(30)
OPEN_DAY_RATE = Decimal(25)
# How far ETAs of a lane are usually off when nothing was measured yet.
ETA_ERROR = timedelta(hours=2)
# Later than its window by this much is late; earlier trackers report arrival a few minutes after the fact.
ARRIVAL_TOLERANCE = timedelta(minutes=15)
# Networks that rest on Saturdays and Sundays: their silence is counted in working days.
RESTING_MODES = frozenset({"ltl", "parcel", "air"})
# Silence: how long a tracked shipment may say nothing, by mode; "" for modes not listed. Working time where they rest:
# two nights of linehaul without a scan, a flight with its customs.
SILENCE_LIMITS = {
    "road": timedelta(hours=4),
    "ltl": timedelta(hours=48),
    "parcel": timedelta(hours=48),
    "air": timedelta(hours=36),
    "rail": timedelta(hours=24),
    "ocean": timedelta(hours=72),
    "": timedelta(hours=24),
}
# How long after the fact a report usually comes; carriers' statuses travel in batches, some an hour apart, and the
# first one may just have been missed.
REPORT_LAG = timedelta(hours=2)
# How long before a cut-off what keeps it should be there, milestones and documents alike: most come on the last day, so
# whoever asks earlier asks for what is on its way.
CUTOFF_NOTICE = timedelta(hours=4)
# How long before the end of the last free day a container that is still in the terminal becomes a case.
FREE_TIME_NOTICE = timedelta(hours=72)
# A recovered case that fails again within this is the same case.
FLAP_WINDOW = timedelta(hours=12)


def exchange_rate(currency: str, into: str) -> Decimal | None:
    """What a unit of `currency` is worth in `into`; None when one of them is not in the table."""
    if currency == into:
        return Decimal(1)
    if currency not in DOLLARS or into not in DOLLARS:
        return None
    return DOLLARS[currency] / DOLLARS[into]


@dataclass(frozen=True)
class LeadTimeDefault:
    """How an action goes when nobody has told us otherwise.

    party: whose working hours count ("" for ours): carrier, terminal, consignee, customer, broker, us. mode "" is any.
    lead: working time of the party before the deadline; None is not known.
    """

    case_type: str
    action: str
    party: str
    lead: timedelta | None
    cost: Decimal = Decimal(0)
    p_act: Decimal = Decimal(0)
    mode: str = ""


def _row(
    case_type: str, action: str, party: str, minutes: int, cost: int, p_act: str, mode: str = ""
) -> LeadTimeDefault:
    return LeadTimeDefault(case_type, action, party, timedelta(minutes=minutes), Decimal(cost), Decimal(p_act), mode)


# What saves a claim against somebody else; the first ones save nothing but claims.
ONLY_CLAIM_ACTIONS = frozenset({"give_notice", "file_claim"})
CLAIM_ACTIONS = ONLY_CLAIM_ACTIONS | {"inspect"}


def helps(action: str, kind: TermKind) -> bool:
    """Whether an action can save a stake of this kind: a notice saves claims, and a faster truck does not."""
    return action in CLAIM_ACTIONS if kind == TermKind.CLAIM else action not in ONLY_CLAIM_ACTIONS


_GIVE_NOTICE = ("give_notice", "us", 30, 0, "0.05")
_FILE_CLAIM = ("file_claim", "us", 4 * 60, 0, "0.05")

LEAD_TIMES: tuple[LeadTimeDefault, ...] = (
    _row("tender_rejected", "retender", "us", 120, 150, "0.20"),
    _row("tender_rejected", "call_carrier", "carrier", 60, 0, "0.60"),
    _row("booking_rolled", "rebook", "carrier", 8 * 60, 400, "0.35"),
    _row("booking_rolled", "rebook", "carrier", 4 * 60, 250, "0.25", "air"),
    _row("cutoff_at_risk", "call_carrier", "carrier", 120, 0, "0.50"),
    _row("cutoff_at_risk", "hand_in", "us", 60, 0, "0.20"),
    _row("pickup_late", "call_carrier", "carrier", 60, 0, "0.50"),
    _row("pickup_late", "rebook", "carrier", 180, 250, "0.15"),
    _row("pickup_late", "rebook", "carrier", 12 * 60, 75, "0.20", "ltl"),
    _row("pickup_late", "rebook", "carrier", 8 * 60, 15, "0.20", "parcel"),
    _row("departure_missed", "rebook", "carrier", 6 * 60, 350, "0.25"),
    _row("departure_missed", "expedite", "carrier", 4 * 60, 900, "0.10"),
    _row("delivery_late", "call_carrier", "carrier", 90, 0, "0.60"),
    _row("delivery_late", "rebook", "carrier", 150, 300, "0.10"),
    _row("delivery_late", "expedite", "carrier", 300, 1200, "0.05"),
    _row("delivery_late", "reschedule_appointment", "consignee", 60, 75, "0.25"),
    _row("delivery_late", "rebook", "carrier", 24 * 60, 400, "0.20", "ltl"),
    _row("delivery_late", "expedite", "carrier", 8 * 60, 650, "0.10", "ltl"),
    _row("delivery_late", "call_carrier", "carrier", 240, 0, "0.55", "parcel"),
    _row("delivery_late", "rebook", "carrier", 24 * 60, 35, "0.15", "parcel"),
    _row("delivery_late", "expedite", "carrier", 12 * 60, 90, "0.10", "parcel"),
    _row("delivery_late", *_GIVE_NOTICE),
    _row("appointment_problem", "confirm_appointment", "consignee", 60, 0, "0.20"),
    _row("appointment_problem", "reschedule_appointment", "consignee", 120, 75, "0.25"),
    _row("delivery_attempt_failed", "book_redelivery", "carrier", 120, 65, "0.15"),
    _row("delivery_refused", "agree_disposition", "consignee", 120, 0, "0.40"),
    _row("stop_dwell", "release_truck", "consignee", 45, 0, "0.50"),
    _row("route_deviation", "call_carrier", "carrier", 45, 0, "0.40"),
    _row("route_deviation", "reroute", "carrier", 120, 200, "0.20"),
    _row("freight_short", "search", "carrier", 4 * 60, 0, "0.60"),
    _row("freight_short", "reship", "us", 24 * 60, 450, "0.20"),
    _row("freight_short", *_GIVE_NOTICE),
    _row("freight_damaged", "inspect", "consignee", 240, 150, "0.50"),
    _row("freight_damaged", *_GIVE_NOTICE),
    _row("freight_damaged", *_FILE_CLAIM),
    _row("freight_lost", *_GIVE_NOTICE),
    _row("freight_lost", *_FILE_CLAIM),
    _row("seal_discrepancy", *_GIVE_NOTICE),
    _row("temperature_excursion", "inspect", "carrier", 45, 200, "0.40"),
    _row("temperature_excursion", *_GIVE_NOTICE),
    _row("customs_hold", "request_document", "broker", 180, 0, "0.30"),
    _row("customs_hold", "clear_customs", "broker", 6 * 60, 120, "0.25"),
    _row("free_time_expiring", "book_dray", "carrier", 120, 0, "0.10"),
    _row("free_time_expiring", "extend_free_time", "terminal", 240, 0, "0.70"),
    _row("empty_return_late", "return_empty", "carrier", 180, 0, "0.10"),
    _row("document_missing", "request_document", "customer", 240, 0, "0.40"),
    _row("pod_missing", "request_document", "carrier", 240, 0, "0.20"),
    _row("invoice_discrepancy", "dispute", "us", 60, 0, "0.10"),
    _row("inventory_shortfall", "reallocate", "us", 240, 100, "0.40"),
    _row("inbound_supply_delayed", "expedite", "carrier", 8 * 60, 1200, "0.15"),
    _row("quality_or_compliance_hold", "clear_hold", "us", 240, 0, "0.50"),
)


def lead_times(case_type: str, mode: str) -> tuple[LeadTimeDefault, ...]:
    """The shipped rows for a case type; for an action with a row for this mode, that row and not the general one."""
    rows = [row for row in LEAD_TIMES if row.case_type == case_type and row.mode in ("", mode)]
    special = {row.action for row in rows if row.mode}
    return tuple(row for row in rows if row.mode or row.action not in special)
