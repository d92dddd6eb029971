"""Yantian - Long Beach: the last free day is near and the dray desk takes orders until 12:00."""

from datetime import timedelta

from exceptions.demo import acts
from exceptions.demo.script import Call, Day, Plan, Story
from exceptions.shipments.canonical import EventType, RefType

PACIFIC = "America/Los_Angeles"


def tell(day: Day) -> Story:
    story = Story("container", day)
    slot = day.next_at(PACIFIC, 12, at_least=timedelta(minutes=70))
    last_free = day.next_at(PACIFIC, 23, 59, at_least=slot - day.now + timedelta(hours=12, minutes=1))
    refs = {RefType.BOL: "OOCL-YTN-662310", RefType.CONTAINER: "CSQU3054383", RefType.PO: "PO-PAC-1187"}
    plan = Plan(
        customer="PACIFICA",
        carrier="BLUEWATER",
        shipper="SHENWEI",
        consignee="PACIFICA-ONT",
        refs=refs,
        order="SO-20455",
        goods="Tents and sleeping bags, 640 cartons",
        value="118000.00",
        mode="ocean",
        service="FCL",
        units=640,
        weight=9300,
        equipment={"number": "CSQU3054383", "kind": "container", "iso_type": "45G1", "seal": "OOLHQK5512"},
        calls=[
            Call("port", "CNYTN", day.ago(24 * 19), day.ago(24 * 18), departure=day.ago(24 * 18)),
            Call("port", "USLGB", day.ago(24 * 5), day.ago(24 * 4), arrival=day.ago(24 * 4 + 6)),
            Call("delivery", "ONT-PACIFICA", last_free - timedelta(hours=6), last_free + timedelta(hours=30)),
        ],
    )
    story.book(day.ago(24 * 20), plan)
    story.tell(day.ago(24 * 18), EventType.SHIPMENT_DEPARTED, refs, {"stop": 1})
    story.tell(day.ago(24 * 4), EventType.SHIPMENT_ARRIVED, refs, {"stop": 2})
    story.tell(day.ago(24 * 3), EventType.EQUIPMENT_DISCHARGED, refs, {"stop": 2})
    story.tell(day.ago(24 * 2), EventType.SHIPMENT_HELD, refs, {"by": "Customs", "kind": "exam"}, text="Held for exam")
    story.tell(day.ago(20), EventType.SHIPMENT_RELEASED, refs, text="Released by customs")
    story.tell(
        day.ago(3), EventType.EQUIPMENT_AVAILABLE, refs, {"stop": 2, "last_free_at": last_free}, text="Available"
    )
    story.act(day.ago(2), acts.take("cora", refs))
    return story
