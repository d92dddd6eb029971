"""A 12,000 load that nobody can save any more: expensive, and not urgent."""

from datetime import timedelta

from exceptions.demo.script import TELEMATICS, Call, Day, Plan, Story
from exceptions.shipments.canonical import EventType, RefType


def tell(day: Day) -> Story:
    story = Story("too-late", day)
    due = day.ahead(1, 12)
    refs = {RefType.BOL: "BOL-ATL-77105", RefType.PRO: "STHF-118802", RefType.PO: "PO-GR-4402"}
    plan = Plan(
        customer="GRANITE",
        carrier="STONEHAUL",
        consignee="GRANITE-PHX",
        refs=refs,
        order="SO-20570",
        load="L-ATL-3172",
        goods="Curtain wall panels",
        service="crane slot",
        value="210000.00",
        units=14,
        weight=15200,
        calls=[
            Call("pickup", "ATL-PANEL", day.ago(44), day.ago(39), departure=day.ago(39)),
            Call("delivery", "PHX-GRANITE", due - timedelta(hours=1), due, arrival=due, appointment="GR-221"),
        ],
    )
    story.book(day.ago(60), plan)
    story.tell(day.ago(39, 20), EventType.SHIPMENT_PICKED_UP, refs, {"stop": 1, "pieces": 14})
    story.tell(day.ago(39), EventType.SHIPMENT_DEPARTED, refs, {"stop": 1}, by=TELEMATICS)
    story.roll(refs, day.ago(38), day.ago(1))
    for hours, late in ((10, 2), (6, 5), (3, 9)):
        story.tell(
            day.ago(hours),
            EventType.SHIPMENT_ETA_CHANGED,
            refs,
            {"stop": 2, "estimated": due + timedelta(hours=late)},
            by=TELEMATICS,
            text="Interstate 10 closed at Lordsburg, detour" if late == 9 else "",
        )
    return story
