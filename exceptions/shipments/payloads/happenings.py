"""What happens to freight on its way. Pure."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from exceptions.shipments.payloads.parts import (
    Code,
    Moment,
    Money,
    Number,
    Payload,
    Quantity,
    Sequence,
    Text,
    Unit,
    Window,
)


class StateData(Payload):
    """A change of state with nothing more to say than why (in `detail`) and until when."""

    until: Moment | None = None


class StopEventData(Payload):
    """`stop` is the sequence in the plan; without it the event's place decides, and nothing is guessed."""

    stop: Sequence | None = None
    note: Text = ""


class DeliveredData(StopEventData):
    signed_by: Text = ""
    pieces: Annotated[int, Field(ge=0)] | None = None


class EtaData(StopEventData):
    estimated: Moment
    milestone: Literal["arrival", "delivery", "pickup", "departure"] = "arrival"


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


class InventoryData(Payload):
    line: Sequence
    sku: Annotated[str, Field(max_length=60)] = ""
    quantity: Quantity
    short: Quantity | None = None


class DocumentData(Payload):
    kind: Annotated[str, Field(max_length=40)]
    number: Annotated[str, Field(max_length=60)] = ""


class InvoiceData(Payload):
    number: Number
    kind: Literal["freight", "accessorial", "free_time", "duty"] = "freight"
    amount: Money
    agreed: Money | None = None
    dispute_until: Moment | None = None


class ChangeData(Payload):
    kind: Literal["reschedule", "reconsign", "cancel", "expedite", "hold", "other"]
    wanted_at: Moment | None = None
    by: Text = ""
