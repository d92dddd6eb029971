"""How a story is told: signals at times that are relative to the start of the demo. Pure."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from exceptions.shipments.canonical import EventType, RefType

TMS, TELEMATICS, DESK, PARCEL = "meridian-tms", "meridian-telematics", "meridian-carrier-desk", "meridian-parcel"
EDI, MAILBOX = "meridian-red-mesa-edi", "meridian-signals-mail"  # write files and mails, which nobody signs


@dataclass(frozen=True)
class Day:
    """The demo's day. `now` is when it started, on the full minute, in UTC."""

    now: datetime

    @classmethod
    def starting(cls, at: datetime) -> "Day":
        return cls(at.astimezone(UTC).replace(second=0, microsecond=0))

    def ago(self, hours: float = 0, minutes: float = 0) -> datetime:
        return self.now - timedelta(hours=hours, minutes=minutes)

    def ahead(self, hours: float = 0, minutes: float = 0, seconds: float = 0) -> datetime:
        return self.now + timedelta(hours=hours, minutes=minutes, seconds=seconds)

    def next_at(self, zone: str, hour: int, minute: int = 0, *, at_least: timedelta = timedelta(0)) -> datetime:
        """The next time the clock at the place shows hour:minute, not sooner than `at_least` from now."""
        place = ZoneInfo(zone)
        moment = (self.now + at_least).astimezone(place)
        wanted = moment.replace(hour=hour, minute=minute, second=0, microsecond=0)
        return (wanted if wanted >= moment else _next_day(wanted)).astimezone(UTC)


def _next_day(moment: datetime) -> datetime:
    """The same time on the clock of the next day, also across a clock change."""
    following = moment.date() + timedelta(days=1)
    return moment.replace(year=following.year, month=following.month, day=following.day)


Refs = Mapping[RefType, str]


@dataclass(frozen=True)
class Signal:
    """One delivery by a partner. `at` is when it reaches the front door, `happened` when the thing it tells took place."""

    id: str
    at: datetime
    partner: str
    type: str
    refs: Refs
    data: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""
    code: str = ""
    place: Mapping[str, Any] | None = None
    happened: datetime | None = None
    content_type: str = "application/json"

    def body(self, day: Day) -> bytes:
        """The CloudEvents 1.0 envelope that is sent."""
        data: dict[str, Any] = {
            **self.data,
            "references": [{"type": kind, "value": value} for kind, value in self.refs.items()],
        }
        said = {"text": self.text, "code": self.code, "place": self.place}
        data |= {name: value for name, value in said.items() if value}
        if self.happened is not None:
            data["reported_at"] = self.at
        envelope = {
            "specversion": "1.0",
            "id": f"{self.id}@{day.now:%Y%m%dT%H%M}",
            "source": f"https://{self.partner}.example",
            "type": self.type,
            "time": self.happened or self.at,
            "datacontenttype": "application/json",
            "data": data,
        }
        return json.dumps(envelope, default=_plain).encode()


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"a signal cannot carry {type(value).__name__}")


class Sent(Protocol):
    """Something that a partner sends, in its own format."""

    @property
    def at(self) -> datetime: ...
    @property
    def partner(self) -> str: ...
    @property
    def content_type(self) -> str: ...
    def body(self, day: Day) -> bytes: ...


@dataclass(frozen=True)
class Act:
    """Something a person of the cast does at `at`; `what` is told the time."""

    at: datetime
    what: Callable[[datetime], None]


@dataclass
class Story:
    """Collects one story's signals; `name` keeps its ids apart from those of the others."""

    name: str
    day: Day
    signals: list[Signal] = field(default_factory=list)
    deliveries: list[Sent] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)

    def tell(
        self,
        at: datetime,
        type: str,
        refs: Refs,
        data: Mapping[str, Any] | None = None,
        *,
        by: str = TMS,
        text: str = "",
        code: str = "",
        place: Mapping[str, Any] | None = None,
        happened: datetime | None = None,
    ) -> None:
        number = len(self.signals) + 1
        self.signals.append(
            Signal(f"{self.name}-{number}", at, by, type, refs, data or {}, text, code, place, happened)
        )

    def book(self, at: datetime, plan: "Plan") -> None:
        """Order and plan of a shipment, as the TMS sends them."""
        if plan.order:
            self.tell(at, EventType.ORDER_CREATED, {RefType.ORDER: plan.order, RefType.PO: plan.po}, plan.order_data())
            self.tell(at + timedelta(minutes=2), EventType.ORDER_RELEASED, {RefType.ORDER: plan.order})
        self.tell(at + timedelta(minutes=5), EventType.SHIPMENT_BOOKED, plan.refs, plan.data())

    def roll(self, refs: Refs, start: datetime, end: datetime, *, hours: float = 3) -> None:
        """Positions of a truck that is on its way, every few hours."""
        at = start
        while at < end:
            self.tell(at, EventType.SHIPMENT_POSITION_REPORTED, refs, {"speed_kmh": 88.0}, by=TELEMATICS)
            at += timedelta(hours=hours)

    def deliver(self, sent: "Sent") -> None:
        """A file or mail of a partner, which has come in before the day starts."""
        if sent.at > self.day.now:
            raise ValueError("only signed signals come in after the day has started")
        self.deliveries.append(sent)

    def act(self, at: datetime, what: Callable[[datetime], None]) -> None:
        self.acts.append(Act(at, what))


@dataclass(frozen=True)
class Call:
    """A stop of a plan: a location's code, its window, and what is planned there."""

    kind: str
    location: str
    opens: datetime
    closes: datetime
    arrival: datetime | None = None
    departure: datetime | None = None
    appointment: str = ""

    def data(self, sequence: int) -> dict[str, Any]:
        found: dict[str, Any] = {
            "sequence": sequence,
            "kind": self.kind,
            "location": self.location,
            "window_start": self.opens,
            "window_end": self.closes,
        }
        if self.arrival:
            found["planned_arrival"] = self.arrival
        if self.departure:
            found["planned_departure"] = self.departure
        if self.kind == "delivery":
            found["promised"] = self.closes
        if self.appointment:
            found["appointment"] = {
                "state": "confirmed",
                "number": self.appointment,
                "starts_at": self.opens,
                "ends_at": self.closes,
            }
        return found


@dataclass(frozen=True)
class Plan:
    """One shipment as the TMS books it. `value` is in `currency`; `units` are pallets, or cartons for parcels."""

    customer: str
    carrier: str
    refs: Refs
    calls: Sequence[Call]
    goods: str
    value: str
    currency: str = "USD"
    mode: str = "road"
    service: str = "truckload"
    shipper: str = ""
    consignee: str = ""
    order: str = ""
    load: str = ""
    units: int = 10
    weight: int = 4000
    goods_class: str = ""
    band: tuple[str, str, str] | None = None
    equipment: Mapping[str, Any] | None = None

    @property
    def po(self) -> str:
        return self.refs.get(RefType.PO, self.order)

    def order_data(self) -> dict[str, Any]:
        return {
            "customer": self.customer,
            "need_by": self.calls[-1].closes,
            "value": {"amount": self.value, "currency": self.currency},
            "lines": [{"line": 1, "description": self.goods, "unit": "PL", "quantity": str(self.units)}],
        }

    def data(self) -> dict[str, Any]:
        last = len(self.calls)
        roles = {"shipper": self.shipper, "consignee": self.consignee, "contracted_carrier": self.carrier}
        leg: dict[str, Any] = {
            "sequence": 1,
            "mode": self.mode,
            "carrier": self.carrier,
            "service": self.service,
            "origin": 1,
            "destination": last,
        }
        found: dict[str, Any] = {
            "customer": self.customer,
            "mode": self.mode,
            "service": self.service,
            "goods": self.goods,
            "goods_class": self.goods_class,
            "value": {"amount": self.value, "currency": self.currency},
            "parties": [{"role": role, "account": code} for role, code in roles.items() if code],
            "stops": [call.data(number) for number, call in enumerate(self.calls, start=1)],
            "legs": [{**leg, "load": self.load} if self.load else leg],
            "units": [
                {
                    "sequence": 1,
                    "kind": "pallet",
                    "ordered": self.units,
                    "shipped": self.units,
                    "weight_shipped": str(self.weight),
                }
            ],
        }
        if self.load:
            found["loads"] = [self.load]
        if self.order:
            found["order_lines"] = [{"order": self.order, "line": 1, "quantity": str(self.units)}]
        if self.band:
            low, high, unit = self.band
            found["temperature"] = {"min": low, "max": high, "unit": unit}
        if self.equipment:
            found["equipment"] = [dict(self.equipment)]
        return found
