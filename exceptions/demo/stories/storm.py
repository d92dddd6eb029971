"""An ice storm at Memphis: four trucks of three customers stand at one place in the same hours."""

from datetime import timedelta

from exceptions.demo.script import DESK, Call, Day, Plan, Refs, Story
from exceptions.shipments.canonical import EventType, RefType

MEMPHIS = {"city": "Memphis", "region": "TN", "country": "US", "zone": "America/Chicago"}
TRUCKS = (
    ("LUMEN", "MEM-LUMEN", "JOT-6094", "Kettles", "38200.00", 6.0),
    ("VOLTARA", "ELP-CABLEX", "SMYRNA-VOLTARA", "Cable sets, line 3", "29100.00", 9.5),
    ("GRANITE", "ATL-PANEL", "PHX-GRANITE", "Window frames", "44700.00", 21.0),
    ("ALPENGLOW", "ATL-PANEL", "DEN-ALPENGLOW", "Cans", "12300.00", 15.5),
)


def tell(day: Day) -> Story:
    story = Story("storm", day)
    for number, (customer, origin, destination, goods, value, hours) in enumerate(TRUCKS):
        due, left = day.ahead(hours), day.ago(7 + number)
        refs: Refs = {
            RefType.BOL: f"BOL-ICE-{88100 + number * 7}",
            RefType.PRO: f"TVLX-{121700 + number * 9}",
            RefType.PO: f"PO-{customer[:3]}-{8300 + number}",
        }
        plan = Plan(
            customer=customer,
            carrier="TRANSVALE",
            refs=refs,
            order=f"SO-211{number:02}",
            goods=goods,
            value=value,
            units=14,
            weight=8800,
            calls=[
                Call("pickup", origin, left - timedelta(hours=2), left + timedelta(hours=1), departure=left),
                Call("delivery", destination, due - timedelta(hours=2), due, arrival=due - timedelta(hours=1)),
            ],
        )
        story.book(left - timedelta(hours=15), plan)
        story.tell(left, EventType.SHIPMENT_PICKED_UP, refs, {"stop": 1, "pieces": 14})
        story.tell(left + timedelta(minutes=20), EventType.SHIPMENT_DEPARTED, refs, {"stop": 1})
        late = {"stop": 2, "estimated": due + timedelta(hours=5 + number)}
        told = "Interstate 40 at Memphis closed by ice, truck parked"
        story.tell(
            day.ago(1, 45 - number * 8),
            EventType.SHIPMENT_DELAYED,
            refs,
            late,
            by=DESK,
            code="AO",
            text=told,
            place=MEMPHIS,
        )
    return story
