"""The words that terms of contracts are made of, and which of them go together."""

from __future__ import annotations

from django.db.models import TextChoices


class Side(TextChoices):
    """Who owes whom when a promise is missed."""

    PAYABLE = "payable", "Payable: what we owe a customer"
    RECOVERABLE = "recoverable", "Recoverable: what others owe us"


class TermKind(TextChoices):
    """What a term promises."""

    FIRST_RESPONSE = "first_response", "First response"
    RESOLUTION = "resolution", "Resolution"
    NEXT_UPDATE = "next_update", "Next update to the customer"
    PICKUP_WINDOW = "pickup_window", "Pickup window"
    DELIVERY_WINDOW = "delivery_window", "Delivery window"
    APPOINTMENT = "appointment", "Appointment"
    OTIF = "otif", "OTIF"
    SERVICE_CREDIT = "service_credit", "Service credit"
    FREE_TIME = "free_time", "Free time"
    CUT_OFF = "cut_off", "Cut-off"
    DOCUMENT = "document", "Document"
    TEMPERATURE = "temperature", "Temperature"
    CLAIM = "claim", "Claim"
    HOUSE_RATE = "house_rate", "House rate"


class Subkind(TextChoices):
    """Which of its kind, where there are several."""

    DEMURRAGE = "demurrage", "Demurrage"
    DETENTION = "detention", "Detention"
    PER_DIEM = "per_diem", "Per diem"
    STORAGE = "storage", "Storage"
    TRUCK_DETENTION = "truck_detention", "Truck detention"
    WAREHOUSE = "warehouse", "Warehouse cut-off"
    GATE = "gate", "Gate cut-off"
    VGM = "vgm", "VGM cut-off"
    SI = "si", "Shipping instruction cut-off"
    FLIGHT = "flight", "Flight cut-off"
    TENDER_RESPONSE = "tender_response", "Tender response"
    POD = "pod", "Proof of delivery"
    INVOICE_DISPUTE = "invoice_dispute", "Invoice dispute window"
    NOTICE = "notice", "Notice of claim"
    FILING = "claim", "Claim"
    SUIT = "suit", "Suit"


SUBKINDS: dict[TermKind, tuple[Subkind, ...]] = {
    TermKind.FREE_TIME: (
        Subkind.DEMURRAGE,
        Subkind.DETENTION,
        Subkind.PER_DIEM,
        Subkind.STORAGE,
        Subkind.TRUCK_DETENTION,
    ),
    TermKind.CUT_OFF: (
        Subkind.WAREHOUSE,
        Subkind.GATE,
        Subkind.VGM,
        Subkind.SI,
        Subkind.FLIGHT,
        Subkind.TENDER_RESPONSE,
    ),
    TermKind.DOCUMENT: (Subkind.POD, Subkind.INVOICE_DISPUTE),
    TermKind.CLAIM: (Subkind.NOTICE, Subkind.FILING, Subkind.SUIT),
}
CLAIM_STEPS = SUBKINDS[TermKind.CLAIM]


class ActingParty(TextChoices):
    """Who has to act, and whose working hours count for it."""

    US = "us", "We"
    CARRIER = "carrier", "The carrier"
    TERMINAL = "terminal", "The terminal"
    CONSIGNEE = "consignee", "The consignee"
    CUSTOMER = "customer", "The customer"
    BROKER = "broker", "The broker"


class Measured(TextChoices):
    """What keeps a promise, or stops a clock. Empty is the usual of the kind."""

    ARRIVAL = "arrival", "Arrival at the stop"
    UNLOADING_START = "unloading_start", "Start of unloading"
    UNLOADING_END = "unloading_end", "End of unloading"
    PROOF = "proof", "Proof received"
    GATE_OUT = "gate_out", "Gate-out"
    EMPTY_RETURN = "empty_return", "Empty return"
    DEPARTURE = "departure", "Departure from the stop"


class Starts(TextChoices):
    """What a clock runs from. Empty is the usual of the kind."""

    DISCHARGE = "discharge", "Discharge"
    AVAILABLE = "available", "Available at the terminal"
    GATE_OUT = "gate_out", "Gate-out"
    ARRIVAL = "arrival", "Arrival at the stop"
    DELIVERY = "delivery", "Delivery"
    DISALLOWANCE = "disallowance", "Disallowance of the claim"


class Counting(TextChoices):
    """How time is counted. The last is CMR's: neither Sundays nor public holidays."""

    WALL = "wall", "Every hour counts"
    BUSINESS = "business", "Business time"
    CALENDAR_DAYS = "calendar_days", "Calendar days"
    WORKING_DAYS = "working_days", "Working days"
    NOT_SUNDAYS = "not_sundays", "Days without Sundays and public holidays"


COUNTED_IN_DAYS = (Counting.CALENDAR_DAYS, Counting.WORKING_DAYS, Counting.NOT_SUNDAYS)


class Period(TextChoices):
    """Over which a rate is measured, by the organisation's calendar."""

    MONTH = "month", "Month"
    QUARTER = "quarter", "Quarter"
