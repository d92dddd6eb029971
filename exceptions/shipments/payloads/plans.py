"""Plans: what somebody ordered, and how it is meant to move. Pure."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from exceptions.shipments.payloads.parts import (
    AppointmentState,
    Code,
    Mode,
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
    Zone,
)


class LineData(Part):
    line: Sequence
    sku: Annotated[str, Field(max_length=60)] = ""
    description: Text = ""
    unit: Annotated[str, Field(max_length=12)] = "EA"
    quantity: Quantity
    value: Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2)] | None = None
    need_by: Moment | None = None
    waits_for: Annotated[str, Field(max_length=60)] = ""
    """The purchase order whose supply this line needs."""


class OrderData(Payload):
    """`customer` is an account's code. The order's number is its reference of type `order`."""

    customer: Code = ""
    need_by: Moment | None = None
    value: Money | None = None
    lines: Annotated[tuple[LineData, ...], Field(max_length=500)] = ()


class AppointmentPart(Window):
    state: AppointmentState
    number: Annotated[str, Field(max_length=60)] = ""
    starts_at: Moment | None = None
    ends_at: Moment | None = None


class StopData(Window):
    """A stop of a plan. `location` is a known location's code; without one the place and its zone stand here."""

    sequence: Sequence
    kind: StopKind
    location: Code = ""
    name: Text = ""
    city: Annotated[str, Field(max_length=100)] = ""
    region: Annotated[str, Field(max_length=50)] = ""
    country: Annotated[str, Field(pattern=r"^([A-Z]{2})?$")] = ""
    postcode: Annotated[str, Field(max_length=20)] = ""
    unlocode: Annotated[str, Field(pattern=r"^([A-Z]{2}[A-Z0-9]{3})?$")] = ""
    zone: Zone = ""
    window_start: Moment | None = None
    window_end: Moment | None = None
    requested: Moment | None = None
    promised: Moment | None = None
    planned_arrival: Moment | None = None
    planned_departure: Moment | None = None
    appointment: AppointmentPart | None = None

    @model_validator(mode="after")
    def _has_zone(self) -> "StopData":
        if not self.zone and not self.location:
            raise ValueError("a stop needs a zone, or the code of a location that has one")
        return self


class CutoffPart(Part):
    """Until when a milestone must have happened for a leg to take the freight: packed, gated in, papers handed in."""

    kind: Literal["warehouse", "gate", "vgm", "si", "documents", "security", "flight"]
    at: Moment


class RequiredDocument(Part):
    """`kind` as `document.received` names it; `due_at` is its cut-off."""

    kind: Annotated[str, Field(min_length=1, max_length=40)]
    due_at: Moment


class LegData(Part):
    """`origin` and `destination` are sequences of stops of the same plan; `load` is the number of what it rides."""

    sequence: Sequence
    mode: Mode
    carrier: Code = ""
    service: Annotated[str, Field(max_length=60)] = ""
    origin: Sequence | None = None
    destination: Sequence | None = None
    load: Annotated[str, Field(max_length=60)] = ""
    cutoffs: Annotated[tuple[CutoffPart, ...], Field(max_length=10)] = ()


class Band(Part):
    min: Annotated[Decimal, Field(ge=-100, le=200, decimal_places=2)] | None = None
    max: Annotated[Decimal, Field(ge=-100, le=200, decimal_places=2)] | None = None
    unit: Unit

    @model_validator(mode="after")
    def _in_order(self) -> "Band":
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("the band's minimum is above its maximum")
        return self


class Hazmat(Part):
    un: Annotated[str, Field(pattern=r"^UN\d{4}$")]
    hazard_class: Annotated[str, Field(max_length=10)]
    packing_group: Literal["", "I", "II", "III"] = ""


class PartyData(Part):
    role: Literal[
        "bill_to",
        "shipper",
        "consignee",
        "notify",
        "broker",
        "contracted_carrier",
        "actual_carrier",
        "importer",
    ]
    account: Code


class UnitData(Part):
    """Weights in kilograms."""

    sequence: Sequence
    kind: Annotated[str, Field(max_length=20)] = "pallet"
    label: Annotated[str, Field(max_length=60)] = ""
    description: Text = ""
    ordered: Annotated[int, Field(ge=0)] | None = None
    shipped: Annotated[int, Field(ge=0)] | None = None
    weight_ordered: Quantity | None = None
    weight_shipped: Quantity | None = None


class OrderLineData(Part):
    order: Number
    line: Sequence
    quantity: Quantity


class EquipmentData(Part):
    number: Annotated[str, Field(min_length=1, max_length=20)]
    kind: Literal["container", "trailer", "reefer", "chassis", "railcar"]
    iso_type: Annotated[str, Field(max_length=4)] = ""
    seal: Code = ""
    last_free_at: Moment | None = None
    return_by: Moment | None = None


def _check_sequences(what: str, sequences: list[int]) -> None:
    if len(sequences) != len(set(sequences)):
        raise ValueError(f"two {what} have the same sequence")


class BookedData(Payload):
    """A whole plan. A later one of the same shipment replaces it."""

    customer: Code = ""
    mode: Mode = "road"
    service: Annotated[str, Field(max_length=60)] = ""
    incoterm: Annotated[str, Field(pattern=r"^([A-Z]{3})?$")] = ""
    freight_terms: Annotated[str, Field(max_length=20)] = ""
    goods: Text = ""
    goods_class: Code = ""
    value: Money | None = None
    temperature: Band | None = None
    hazmat: Hazmat | None = None
    parties: Annotated[tuple[PartyData, ...], Field(max_length=30)] = ()
    stops: Annotated[tuple[StopData, ...], Field(max_length=50)] = ()
    legs: Annotated[tuple[LegData, ...], Field(max_length=50)] = ()
    loads: Annotated[tuple[Number, ...], Field(max_length=50)] = ()
    units: Annotated[tuple[UnitData, ...], Field(max_length=500)] = ()
    order_lines: Annotated[tuple[OrderLineData, ...], Field(max_length=500)] = ()
    equipment: Annotated[tuple[EquipmentData, ...], Field(max_length=50)] = ()
    documents: Annotated[tuple[RequiredDocument, ...], Field(max_length=30)] = ()

    @model_validator(mode="after")
    def _hangs_together(self) -> "BookedData":
        _check_sequences("stops", [stop.sequence for stop in self.stops])
        _check_sequences("legs", [leg.sequence for leg in self.legs])
        _check_sequences("units", [unit.sequence for unit in self.units])
        known = {stop.sequence for stop in self.stops}
        for leg in self.legs:
            for end in (leg.origin, leg.destination):
                if end is not None and end not in known:
                    raise ValueError(f"leg {leg.sequence} names stop {end}, which the plan does not have")
            if leg.origin is not None and leg.origin == leg.destination:
                raise ValueError(f"leg {leg.sequence} ends where it starts")
        return self


class LoadData(Payload):
    """The load's number is its reference of type `load`."""

    mode: Mode = "road"
    carrier: Code = ""
    vehicle: Annotated[str, Field(max_length=100)] = ""
    voyage: Code = ""
    equipment: Annotated[tuple[EquipmentData, ...], Field(max_length=50)] = ()
