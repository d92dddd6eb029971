"""A tier-1 plant runs out of wiring harnesses: every hour that the line stands costs 9,000."""

from datetime import timedelta

from exceptions.demo.script import DESK, TELEMATICS, Call, Day, Plan, Story
from exceptions.shipments.canonical import EventType, RefType


def tell(day: Day) -> Story:
    story = Story("line-down", day)
    need = day.ahead(6, 30)
    refs = {RefType.BOL: "BOL-ELP-20817", RefType.PRO: "QSXP-40851", RefType.PO: "PO-VT-JIT-0912"}
    plan = Plan(
        customer="VOLTARA",
        carrier="QUICKSILVER",
        shipper="CABLEX",
        consignee="VOLTARA-SMYRNA",
        refs=refs,
        order="SO-20601",
        load="L-ELP-3190",
        goods="Wiring harnesses, line 2",
        value="96000.00",
        service="just in time",
        units=8,
        weight=2400,
        calls=[
            Call("pickup", "ELP-CABLEX", day.ago(20), day.ago(17), departure=day.ago(17)),
            Call("delivery", "SMYRNA-VOLTARA", need - timedelta(hours=1), need, arrival=need, appointment="VT-L2-88"),
        ],
    )
    story.book(day.ago(28), plan)
    story.tell(day.ago(17, 20), EventType.SHIPMENT_PICKED_UP, refs, {"stop": 1, "pieces": 8})
    story.tell(day.ago(17), EventType.SHIPMENT_DEPARTED, refs, {"stop": 1}, by=TELEMATICS)
    story.roll(refs, day.ago(16), day.ago(1))
    # The unit speaks before the dispatcher does, and says something else than the dispatcher's "weather".
    story.tell(
        day.ago(0, 50),
        EventType.SHIPMENT_DELAYED,
        refs,
        {"stop": 2},
        by=TELEMATICS,
        text="Unit stopped near Texarkana: engine fault code, waiting for mechanic",
    )
    story.tell(
        day.ago(0, 35),
        EventType.SHIPMENT_DELAYED,
        refs,
        {"stop": 2, "estimated": need + timedelta(hours=4)},
        by=DESK,
        code="AO",
        text="Weather delay near Texarkana, ice on the road. Driver also reports long wait at fuel stop.",
    )
    story.tell(
        day.ahead(0, 16),
        EventType.SHIPMENT_ETA_CHANGED,
        refs,
        {"stop": 2, "estimated": need + timedelta(hours=3, minutes=30)},
        by=TELEMATICS,
    )
    return story
