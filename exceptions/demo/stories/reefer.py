"""Laredo - Dallas - Chicago: 86,400 USD of produce at 41 F in a band of 34 to 38 F, for 52 minutes."""

from datetime import timedelta

from exceptions.demo.script import TELEMATICS, Call, Day, Plan, Story
from exceptions.shipments.canonical import EventType, RefType

CHICAGO = "America/Chicago"


def tell(day: Day) -> Story:
    story = Story("reefer", day)
    dock = day.next_at(CHICAGO, 6, at_least=timedelta(hours=7))
    refs = {RefType.BOL: "BOL-LRD-48817", RefType.PRO: "RMRF-7720415", RefType.PO: "PO-HG-55210"}
    plan = Plan(
        customer="HARBORLINE",
        carrier="REDMESA",
        shipper="VALLE-VERDE",
        consignee="HARBORLINE-CHI",
        refs=refs,
        order="SO-20611",
        load="L-LRD-2207",
        goods="Romaine and avocados, 22 pallets",
        goods_class="produce",
        value="86400.00",
        service="truckload reefer",
        units=22,
        weight=17900,
        band=("34", "38", "F"),
        equipment={"number": "RMRU 531042", "kind": "reefer", "seal": "UL-8841207"},
        calls=[
            Call("pickup", "LRD-VALLE", day.ago(17), day.ago(15), departure=day.ago(14, 30)),
            Call("terminal", "DAL-XDOCK", day.ago(7), day.ago(6), arrival=day.ago(6, 40), departure=day.ago(6)),
            Call("delivery", "CHI-HARBOR", dock, dock + timedelta(hours=2), arrival=dock, appointment="HL-90441"),
        ],
    )
    story.book(day.ago(26), plan)
    story.tell(day.ago(14, 40), EventType.SHIPMENT_PICKED_UP, refs, {"stop": 1, "pieces": 22})
    story.tell(day.ago(14, 20), EventType.SHIPMENT_DEPARTED, refs, {"stop": 1}, by=TELEMATICS)
    story.tell(day.ago(6, 35), EventType.SHIPMENT_ARRIVED, refs, {"stop": 2}, by=TELEMATICS)
    story.tell(day.ago(5, 50), EventType.SHIPMENT_DEPARTED, refs, {"stop": 2}, by=TELEMATICS)
    story.roll(refs, day.ago(14), day.ago(6))
    _temperatures(story, day, refs)
    story.tell(
        day.ago(0, 25),
        EventType.SHIPMENT_ETA_CHANGED,
        refs,
        {"stop": 3, "estimated": dock - timedelta(minutes=20)},
        by=TELEMATICS,
    )
    return story


def _temperatures(story: Story, day: Day, refs: dict[RefType, str]) -> None:
    left_band = day.ago(0, 52)
    for minutes, value in ((300, 36), (240, 36), (180, 37), (120, 37), (75, 38), (52, 39), (40, 40), (22, 41), (1, 41)):
        data: dict[str, object] = {"value": str(value), "unit": "F", "set_point": "36", "sensor": "RMRU531042-T2"}
        if value > 38:
            data["since"] = left_band
        story.tell(day.ago(0, minutes), EventType.SHIPMENT_TEMPERATURE_READ, refs, data, by=TELEMATICS)
    for minutes, value in ((18, 41), (27, 40), (38, 40), (50, 39)):
        data = {"value": str(value), "unit": "F", "set_point": "34", "sensor": "RMRU531042-T2", "since": left_band}
        story.tell(day.ahead(0, minutes), EventType.SHIPMENT_TEMPERATURE_READ, refs, data, by=TELEMATICS)
