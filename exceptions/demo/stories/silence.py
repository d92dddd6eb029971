"""A truck says nothing for longer than it may, and then it does: nobody had to do anything."""

from datetime import timedelta

from exceptions.demo.script import TELEMATICS, Call, Day, Plan, Story
from exceptions.shipments.canonical import EventType, RefType


def tell(day: Day) -> Story:
    story = Story("silence", day)
    dock = day.next_at("America/Denver", 8, at_least=timedelta(hours=16))
    refs = {RefType.BOL: "BOL-BOI-55120", RefType.PRO: "TVLX-118866", RefType.PO: "PO-AL-7719"}
    plan = Plan(
        customer="ALPENGLOW",
        carrier="TRANSVALE",
        consignee="ALPENGLOW-DEN",
        refs=refs,
        order="SO-20623",
        goods="Bottled water",
        value="18400.00",
        units=20,
        weight=18100,
        calls=[
            Call("pickup", "BOI-SPRING", day.ago(13), day.ago(10), departure=day.ago(10)),
            Call("delivery", "DEN-ALPENGLOW", dock, dock + timedelta(hours=4), arrival=dock),
        ],
    )
    story.book(day.ago(24), plan)
    story.tell(day.ago(10, 20), EventType.SHIPMENT_PICKED_UP, refs, {"stop": 1, "pieces": 20})
    story.tell(day.ago(10), EventType.SHIPMENT_DEPARTED, refs, {"stop": 1}, by=TELEMATICS)
    for hours in (9, 8, 7):
        story.tell(day.ago(hours), EventType.SHIPMENT_POSITION_REPORTED, refs, {"speed_kmh": 96.0}, by=TELEMATICS)
    # Quiet since then; the unit finds its network again a few minutes after the demo has started.
    wyoming = {"city": "Rock Springs", "region": "WY", "country": "US", "zone": "America/Denver"}
    story.tell(
        day.ahead(0, 3),
        EventType.SHIPMENT_POSITION_REPORTED,
        refs,
        {"speed_kmh": 101.0},
        by=TELEMATICS,
        place=wyoming,
        text="Unit back on the network",
    )
    return story
