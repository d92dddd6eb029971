"""The carrier's mail says that the truck waits at the customer; the telematics unit stands 200 miles away."""

from datetime import timedelta

from exceptions.demo.script import DESK, TELEMATICS, Call, Day, Plan, Story
from exceptions.shipments.canonical import EventType, RefType


def tell(day: Day) -> Story:
    story = Story("two-voices", day)
    dock = day.next_at("America/Phoenix", 14, at_least=timedelta(hours=3))
    refs = {RefType.BOL: "BOL-SAT-66031", RefType.PRO: "RMRF-7720488", RefType.PO: "PO-DB-2291"}
    plan = Plan(
        customer="DESERTBLOOM",
        carrier="REDMESA",
        consignee="DESERTBLOOM-PHX",
        refs=refs,
        order="SO-20615",
        goods="Cut flowers",
        goods_class="perishable",
        value="31800.00",
        service="truckload reefer",
        units=16,
        weight=6100,
        band=("33", "36", "F"),
        calls=[
            Call("pickup", "SAT-FLORA", day.ago(15), day.ago(12), departure=day.ago(12)),
            Call("delivery", "PHX-BLOOM", dock, dock + timedelta(hours=1), arrival=dock, appointment="DB-5530"),
        ],
    )
    story.book(day.ago(25), plan)
    story.tell(day.ago(12, 15), EventType.SHIPMENT_PICKED_UP, refs, {"stop": 1, "pieces": 16})
    story.tell(day.ago(12), EventType.SHIPMENT_DEPARTED, refs, {"stop": 1}, by=TELEMATICS)
    story.roll(refs, day.ago(11), day.ago(1))
    late = dock + timedelta(hours=4)
    deming = {"city": "Deming", "region": "NM", "country": "US", "zone": "America/Denver"}
    story.tell(
        day.ago(0, 40),
        EventType.SHIPMENT_ETA_CHANGED,
        refs,
        {"stop": 2, "estimated": late},
        by=TELEMATICS,
        place=deming,
        text="Standing at Deming for 95 minutes",
    )
    story.tell(
        day.ago(0, 15),
        EventType.SHIPMENT_ETA_CHANGED,
        refs,
        {"stop": 2, "estimated": dock - timedelta(minutes=30)},
        by=DESK,
        text="Driver is near Phoenix and will be early.",
        happened=day.ago(5),
    )
    return story
