"""A big-box delivery: 14,400 of chargeback at stake, and an expedite for 3,200 that can be booked for a few hours."""

from datetime import timedelta

from exceptions.demo import acts
from exceptions.demo.pdf import Address, BillOfLading, Line, bill_of_lading
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
            Call("pickup", "MEM-LUMEN", day.ago(9), day.ago(4, 30), departure=day.ago(5)),
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
    story.act(day.ago(0, 40), acts.take("cora", refs))
    story.act(
        day.ago(0, 35),
        acts.call(
            "cora", refs, "TRANSVALE", "left_message", "Asked what a team expedite costs.", again_in=timedelta(hours=1)
        ),
    )
    story.act(day.ago(0, 30), acts.file_paper("cora", refs, "BOL-MEM-90233.pdf", bill_of_lading(_paper(day))))
    return story


def _paper(day: Day) -> BillOfLading:
    return BillOfLading(
        number="BOL-MEM-90233",
        date=f"{day.ago(6):%m/%d/%Y}",
        carrier="Transvale Truckload",
        scac="TVLX",
        pro="TVLX-118840",
        trailer="TVLU 480113",
        seal="TV-0048119",
        shipper=Address("Lumen Memphis warehouse", "4120 Distriplex Farms Dr", "Memphis, TN 38118"),
        consignee=Address("Brightmart DC 6094", "2900 Ellwood Rd", "Joliet, IL 60436"),
        lines=[
            Line("PO-BM-6094-7731", 16, 640, 19980, "Countertop ovens, black"),
            Line("PO-BM-6094-7731", 8, 320, 9990, "Countertop ovens, steel"),
        ],
        instructions="Deliver by appointment only. BM-6094-51120",
    )
