"""An LTL trailer breaks down at Elko: one cause, one case, fourteen consignees of whom two matter."""

from datetime import timedelta

from exceptions.demo import acts
from exceptions.demo.script import DESK, TELEMATICS, Call, Day, Plan, Story
from exceptions.shipments.canonical import EventType, RefType

LOAD = "BC-7741"
PACIFIC = "America/Los_Angeles"
# consignee, stop, goods, value, pallets
FREIGHT = (
    ("RENO-SURGICAL", "RNO-SURGICAL", "Implant trays and sutures", "38200.00", 2),
    ("SPARKS-DATA", "RNO-DATAHALL", "Server power shelves", "61500.00", 3),
    ("SIERRA-PAINT", "RNO-PAINT", "Interior paint", "2140.00", 1),
    ("TRUCKEE-HARDWARE", "RNO-TRUCKEE", "Fasteners", "1875.00", 1),
    ("WASHOE-SCHOOLS", "RNO-SCHOOLS", "Classroom chairs", "5200.00", 4),
    ("BIGLITTLE-BREW", "RNO-BREW", "Aluminium cans", "2950.00", 2),
    ("TAHOE-PRINT", "RNO-PRINT", "Paper rolls", "3300.00", 2),
    ("CARSON-TILE", "CSN-TILE", "Ceramic tile", "4100.00", 2),
    ("MINDEN-FEED", "CSN-FEED", "Animal feed", "1660.00", 2),
    ("DAYTON-AUTO", "CSN-AUTO", "Brake parts", "2725.00", 1),
    ("FERNLEY-PET", "FRN-PET", "Pet food", "3480.00", 3),
    ("FALLON-FARM", "FRN-FARM", "Irrigation fittings", "2200.00", 1),
    ("LOVELOCK-STORE", "LOV-STORE", "Shelving", "1490.00", 1),
    ("WINNEMUCCA-MINE", "WMC-MINE", "Conveyor rollers", "6900.00", 2),
)


def tell(day: Day) -> Story:
    story = Story("elko", day)
    dock = day.next_at(PACIFIC, 9, at_least=timedelta(hours=5))
    for number, (consignee, stop, goods, value, pallets) in enumerate(FREIGHT, start=1):
        refs = {RefType.BOL: f"BOL-SLC-{31400 + number}", RefType.PRO: f"BCLT-40{5500 + number * 7}"}
        plan = Plan(
            customer="SILVERPINE",
            carrier="BLUE-CANYON",
            consignee=consignee,
            refs={**refs, RefType.PO: f"PO-SP-{8800 + number}"},
            load=LOAD,
            order=f"SO-207{number:02}",
            goods=goods,
            goods_class="medical" if number == 1 else "",
            value=value,
            mode="ltl",
            service="LTL guaranteed" if number <= 2 else "LTL standard",
            units=pallets,
            weight=pallets * 310,
            calls=[
                Call("pickup", "SLC-SILVERPINE", day.ago(22), day.ago(18), departure=day.ago(12)),
                Call("delivery", stop, dock, dock + timedelta(hours=3 if number <= 2 else 8), arrival=dock),
            ],
        )
        story.book(day.ago(30, number), plan)
        story.tell(day.ago(18, number), EventType.SHIPMENT_PICKED_UP, refs, {"stop": 1, "pieces": pallets})
        story.tell(day.ago(11, 40 + number), EventType.SHIPMENT_DEPARTED, refs, {"stop": 1}, by=TELEMATICS)
    load = {RefType.LOAD: LOAD}
    elko = {"city": "Elko", "region": "NV", "country": "US", "zone": PACIFIC, "latitude": 40.83, "longitude": -115.76}
    story.tell(
        day.ago(2, 10),
        EventType.LOAD_BROKEN_DOWN,
        load,
        {"description": "Trailer axle seized on I-80 west of Elko", "repaired_at": day.ahead(9)},
        by=DESK,
        code="AI",
        text="Mechanical breakdown, trailer axle. Road service called, replacement tractor from Salt Lake City.",
        place=elko,
    )
    story.tell(
        day.ago(1, 20),
        EventType.LOAD_BROKEN_DOWN,
        load,
        {"description": "Road service on site, axle cannot be repaired there", "repaired_at": day.ahead(11)},
        by=DESK,
        code="AI",
        text="Axle cannot be repaired on site. Transload to another trailer possible tonight.",
        place=elko,
    )
    first = {RefType.PRO: "BCLT-405507"}
    story.act(day.ago(2), acts.take("cora", first))
    words = "Road service is on site. Asked for a transload tonight and for the two guaranteed ones first."
    story.act(
        day.ago(1, 50),
        acts.call("cora", first, "BLUE-CANYON", "reached", words, again_in=timedelta(hours=2, minutes=20)),
    )
    return story
