"""Hamburg - Poznan by CMR: "2 Paletten nass". The customer reads German, the consignee Polish."""

from datetime import timedelta

from exceptions.demo import acts
from exceptions.demo.script import DESK, TELEMATICS, Call, Day, Plan, Story
from exceptions.shipments.canonical import EventType, RefType


def tell(day: Day) -> Story:
    story = Story("hamburg-poznan", day)
    refs = {RefType.CMR: "CMR-HH-200418", RefType.BOL: "LS-HH-70031", RefType.PO: "ZAM-3390"}
    plan = Plan(
        customer="ELBWERK",
        carrier="ODERTRANS",
        shipper="ELBWERK-HH",
        consignee="WARTA-HURT",
        refs=refs,
        order="AB-5512",
        load="OT-4471",
        goods="Baumwollstoffe, 18 Paletten",
        value="42600.00",
        currency="EUR",
        units=18,
        weight=7900,
        calls=[
            Call("pickup", "HAM-ELBWERK", day.ago(16), day.ago(14), departure=day.ago(13)),
            Call("delivery", "POZ-WARTA", day.ago(4), day.ago(1), arrival=day.ago(3), appointment="W-1180"),
        ],
    )
    story.book(day.ago(40), plan)
    story.tell(day.ago(13, 30), EventType.SHIPMENT_PICKED_UP, refs, {"stop": 1, "pieces": 18})
    story.tell(day.ago(13), EventType.SHIPMENT_DEPARTED, refs, {"stop": 1}, by=TELEMATICS)
    story.roll(refs, day.ago(12), day.ago(3))
    story.tell(day.ago(2, 50), EventType.SHIPMENT_ARRIVED, refs, {"stop": 2}, by=TELEMATICS)
    story.tell(
        day.ago(2, 5), EventType.SHIPMENT_DELIVERED, refs, {"stop": 2, "signed_by": "M. Nowak", "pieces": 18}, by=DESK
    )
    story.tell(
        day.ago(1, 55),
        EventType.SHIPMENT_DAMAGED,
        refs,
        {"stop": 2, "unit": 1, "pieces": 2, "description": "2 Paletten nass"},
        by=DESK,
        code="AK",
        text="2 Paletten nass, auf dem CMR vermerkt",
        happened=day.ago(2, 10),
    )
    story.act(day.ago(1, 30), acts.take("cora", refs))
    story.tell(
        day.ahead(0, 9),
        EventType.DOCUMENT_RECEIVED,
        refs,
        {"kind": "cmr", "number": "CMR-HH-200418"},
        by=DESK,
        happened=day.ahead(0, 9) - timedelta(minutes=1),
    )
    return story
