"""A web shop's parcels: EasyPost trackers, each telling its whole history every time. Three of them go wrong."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from exceptions.demo.script import PARCEL, Day, Signal, Story
from exceptions.shipments.canonical import RefType

# code, carrier, then status, detail, message, hours before the start
Step = tuple[str, str, str, float]
START: tuple[Step, ...] = (("pre_transit", "label_created", "Label created", 40),)
MOVING: tuple[Step, ...] = (
    *START,
    ("in_transit", "arrived_at_facility", "Arrived at sort facility", 30),
    ("in_transit", "departed_facility", "Departed sort facility", 22),
)
OUT: tuple[Step, ...] = (*MOVING, ("out_for_delivery", "out_for_delivery", "Out for delivery", 5))
PARCELS: tuple[tuple[str, str, tuple[Step, ...]], ...] = (
    ("SKY48100211", "Denver", (*OUT, ("failure", "delivery_exception", "Delivery attempted, business closed", 2))),
    ("SKY48100212", "Tempe", (*OUT, ("return_to_sender", "return", "Refused by recipient, returning", 3))),
    ("SKY48100213", "Boise", (*OUT, ("failure", "delivery_exception", "Attempted delivery, address not found", 1))),
    ("SKY48100214", "Tucson", (*OUT, ("delivered", "arrived_at_destination", "Delivered, front desk", 1.5))),
    ("SKY48100215", "Mesa", (*OUT, ("delivered", "arrived_at_destination", "Delivered, porch", 0.6))),
    ("SKY48100216", "Provo", MOVING),
    ("SKY48100217", "Fresno", MOVING),
    ("SKY48100218", "Spokane", OUT),
)


@dataclass(frozen=True)
class ParcelSignal(Signal):
    """An EasyPost tracker webhook: `steps` is all the tracker knows by then."""

    steps: tuple[Step, ...] = field(default=())
    city: str = ""

    def body(self, day: Day) -> bytes:
        status, detail, _, _ = self.steps[-1]
        code = self.refs[RefType.TRACKING]
        tracker = {
            "id": f"trk_{code.lower()}",
            "object": "Tracker",
            "tracking_code": code,
            "status": status,
            "status_detail": detail,
            "carrier": "SkylarkParcel",
            "signed_by": "R. Ames" if status == "delivered" else None,
            "est_delivery_date": _text(day.ahead(2)),
            "updated_at": _text(self.at),
            "created_at": _text(day.ago(40)),
            "tracking_details": [self._detail(day, step) for step in self.steps],
        }
        event = {
            "id": f"evt_{self.id}_{day.now:%Y%m%dT%H%M}",
            "object": "Event",
            "description": "tracker.updated",
            "mode": "production",
            "created_at": _text(self.at),
            "previous_attributes": {},
            "result": tracker,
        }
        return json.dumps(event).encode()

    def _detail(self, day: Day, step: Step) -> dict[str, Any]:
        status, detail, message, hours = step
        return {
            "object": "TrackingDetail",
            "message": message,
            "status": status,
            "status_detail": detail,
            "datetime": _text(day.ago(hours)),
            "source": "SkylarkParcel",
            "tracking_location": {
                "object": "TrackingLocation",
                "city": self.city.upper(),
                "state": None,
                "country": "US",
                "zip": None,
            },
        }


def _text(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def tell(day: Day) -> Story:
    story = Story("parcels", day)
    for code, city, steps in PARCELS:
        for count in range(1, len(steps) + 1):
            at = day.ago(steps[count - 1][3], -4)
            story.signals.append(
                ParcelSignal(
                    f"{code}-{count}", at, PARCEL, "tracker", {RefType.TRACKING: code}, steps=steps[:count], city=city
                )
            )
    last = (*OUT, ("delivered", "arrived_at_destination", "Delivered, mail room", -0.1))
    story.signals.append(
        ParcelSignal(
            "SKY48100218-5",
            day.ahead(0, 7),
            PARCEL,
            "tracker",
            {RefType.TRACKING: "SKY48100218"},
            steps=last,
            city="Spokane",
        )
    )
    return story
