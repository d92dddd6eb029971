"""What happens to freight on its way. Pure."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from exceptions.shipments.payloads.parts import (
    Code,
    Moment,
    Money,
    Number,
    Part,
    Payload,
    Quantity,
    Sequence,
    StopKind,
    Text,
    Unit,
    Window,
)


class StateData(Payload):
    """A change of state with nothing more to say than why (in `detail`) and until when."""

    until: Moment | None = None


class TenderData(StateData):
    """`respond_by` is until when the carrier has to answer."""

    respond_by: Moment | None = None


class OrderHeldData(StateData):
    kind: Literal["quality", "credit", "sanctions", "dangerous_goods", "other"] = "other"


class StopEventData(Payload):
    """`stop` is the sequence in the plan; without it the event's place decides, and nothing is guessed.

    `stop_kind` is said by formats that know a pickup from a delivery and not its number (X12 1650: X3 and X1)."""

    stop: Sequence | None = None
    stop_kind: StopKind | None = None
    note: Text = ""


class DeliveredData(StopEventData):
    signed_by: Text = ""
    pieces: Annotated[int, Field(ge=0)] | None = None


MilestoneName = Literal[
    "arrival",
    "delivery",
    "pickup",
    "departure",
    "gate_in",
    "loaded",
    "discharge",
    "available",
    "gate_out",
    "empty_return",
]


class EtaData(StopEventData):
    """`classifier` tells an estimate from a new plan, as carriers' schedules do (DCSA event classifier EST and PLN).

    `unlocode` is where it is expected to happen, which the event's place need not be; a port of discharge is no delivery."""

    estimated: Moment
    milestone: MilestoneName = "arrival"
    classifier: Literal["estimated", "planned"] = "estimated"
    unlocode: Annotated[str, Field(pattern=r"^([A-Z]{2}[A-Z0-9]{3})?$")] = ""


class DelayData(StopEventData):
    minutes: Annotated[int, Field(ge=0)] | None = None
    estimated: Moment | None = None


class AttemptData(StopEventData):
    next_attempt_at: Moment | None = None


class PiecesData(StopEventData):
    """`unit` is the sequence of a handling unit."""

    pieces: Annotated[int, Field(ge=0)] | None = None
    unit: Sequence | None = None
    description: Text = ""


class CountData(StopEventData):
    counted: Annotated[int, Field(ge=0)]
    expected: Annotated[int, Field(ge=0)] | None = None
    unit: Sequence | None = None


class HeldData(StopEventData):
    by: Text = ""
    kind: Literal["customs", "exam", "documents", "payment", "quality", "shipper", "other"] = "other"
    until: Moment | None = None


class BreakdownData(Payload):
    description: Text = ""
    repaired_at: Moment | None = None


class TemperatureData(Payload):
    """`since` is when the reading left the band, where the sender keeps that clock."""

    value: Annotated[Decimal, Field(ge=-150, le=400, decimal_places=2)]
    unit: Unit
    set_point: Annotated[Decimal, Field(ge=-150, le=400, decimal_places=2)] | None = None
    sensor: Code = ""
    since: Moment | None = None


class PositionData(Payload):
    speed_kmh: Annotated[float, Field(ge=0, le=1500)] | None = None


class EquipmentEventData(StopEventData):
    last_free_at: Moment | None = None
    return_by: Moment | None = None
    seal: Code = ""
    hold: Text = ""


class SealData(StopEventData):
    found: Code
    expected: Code = ""


class AppointmentEventData(StopEventData, Window):
    number: Annotated[str, Field(max_length=60)] = ""
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    by: Text = ""


class AlternateStock(Part):
    """Stock that could be taken instead: the same goods elsewhere, or a substitute under its own `sku`."""

    location: Code = ""
    sku: Annotated[str, Field(max_length=60)] = ""
    quantity: Quantity
    available_at: Moment | None = None


class InventoryData(Payload):
    """`quantity` is what was allocated or picked, `short` what is missing of the line."""

    line: Sequence
    sku: Annotated[str, Field(max_length=60)] = ""
    quantity: Quantity
    short: Quantity | None = None
    alternates: Annotated[tuple[AlternateStock, ...], Field(max_length=20)] = ()


class SupplyLine(Part):
    sku: Annotated[str, Field(max_length=60)] = ""
    quantity: Quantity
    ordered: Quantity | None = None


class SupplyData(Payload):
    """What a supplier says of a purchase order of ours (its reference of type `po`): an ASN, a delay, a receipt.

    Order lines that wait for it name the same PO in `waits_for`."""

    expected_at: Moment | None = None
    lines: Annotated[tuple[SupplyLine, ...], Field(max_length=500)] = ()


class DocumentData(Payload):
    kind: Annotated[str, Field(max_length=40)]
    number: Annotated[str, Field(max_length=60)] = ""


class InvoiceLine(Part):
    """`code` is the sender's charge code (X12 150, for example)."""

    code: Code = ""
    description: Text = ""
    kind: Literal["freight", "accessorial", "free_time", "duty"] = "freight"
    amount: Annotated[Decimal, Field(max_digits=14, decimal_places=2)]
    agreed: Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2)] | None = None


class InvoiceData(Payload):
    """`lines` are in the currency of `amount`, which is their sum."""

    number: Number
    kind: Literal["freight", "accessorial", "free_time", "duty"] = "freight"
    amount: Money
    agreed: Money | None = None
    dispute_until: Moment | None = None
    lines: Annotated[tuple[InvoiceLine, ...], Field(max_length=200)] = ()


class MailData(Payload):
    """An e-mail about freight. `text` is what its writer wrote anew, without quoted history."""

    kind: Literal["message", "auto_reply", "bounce"] = "message"
    sender: Annotated[str, Field(max_length=254)] = ""
    subject: Annotated[str, Field(max_length=300)] = ""
    text: Annotated[str, Field(max_length=4000)] = ""
    authenticity: Literal["", "pass", "fail", "none"] = ""


class RetractionData(Payload):
    """`event_id` is the sender's own id of what it takes back."""

    event_id: Annotated[str, Field(min_length=1, max_length=200)]


class ChangeData(Payload):
    kind: Literal["reschedule", "reconsign", "cancel", "expedite", "hold", "other"]
    wanted_at: Moment | None = None
    by: Text = ""
