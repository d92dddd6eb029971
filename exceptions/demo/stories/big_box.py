"""A big-box delivery: 14,400 of chargeback at stake, and an expedite for 3,200 that can be booked for a few hours."""

from datetime import timedelta

from exceptions.demo.script import DESK, TELEMATICS, Call, Day, Plan, Story
from exceptions.shipments.canonical import EventType, RefType

CHICAGO = "America/Chicago"


def tell(day: Day) -> Story:
    story = Story("big-box", day)
    dock = day.next_at(CHICAGO, 7, at_least=timedelta(hours=13))
    refs = {RefType.BOL: "BOL-MEM-90233", RefType.PRO: "TVLX-118840", RefType.PO: "PO-BM-6094-7731"}
    plan = Plan(
        customer="LUMEN",
        carrier="TRANSVALE",
        shipper="LUMEN-MEM",
        consignee="BRIGHTMART-6094",
        refs=refs,
        order="SO-20588",
        load="L-MEM-3180",
        goods="Countertop ovens, 960 units",
        value="480000.00",
        service="truckload",
        units=24,
        weight=13600,
        calls=[
            Call("pickup", "MEM-LUMEN", day.ago(9), day.ago(6), departure=day.ago(5)),
            Call("delivery", "JOT-6094", dock, dock + timedelta(hours=1), arrival=dock, appointment="BM-6094-51120"),
        ],
    )
    story.book(day.ago(30), plan)
    story.tell(day.ago(4, 40), EventType.SHIPMENT_PICKED_UP, refs, {"stop": 1, "pieces": 24})
    story.tell(day.ago(4, 30), EventType.SHIPMENT_DEPARTED, refs, {"stop": 1}, by=TELEMATICS)
    story.tell(
        day.ago(0, 50),
        EventType.SHIPMENT_DELAYED,
        refs,
        {"stop": 2, "estimated": dock + timedelta(hours=9)},
        by=DESK,
        code="D2",
        text="Driver out sick at Sikeston, relief driver tomorrow morning.",
    )
    return story
