"""Everyday freight. Most of it goes as planned and needs nobody; some of it gives the day its small cases."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from exceptions.demo import acts
from exceptions.demo.script import DESK, TELEMATICS, Call, Day, Plan, Refs, Story
from exceptions.shipments.canonical import EventType, RefType


@dataclass(frozen=True)
class Lane:
    customer: str
    carrier: str
    origin: str
    destination: str
    goods: str
    value: str
    mode: str = "road"
    units: int = 12
    currency: str = "USD"


LANES = (
    Lane("HARBORLINE", "REDMESA", "LRD-VALLE", "CHI-HARBOR", "Citrus", "41200.00"),
    Lane("ALPENGLOW", "TRANSVALE", "BOI-SPRING", "DEN-ALPENGLOW", "Bottled water", "17600.00"),
    Lane("LUMEN", "TRANSVALE", "MEM-LUMEN", "JOT-6094", "Toasters", "68000.00"),
    Lane("DESERTBLOOM", "REDMESA", "SAT-FLORA", "PHX-BLOOM", "Potted plants", "22800.00"),
    Lane("GRANITE", "TRANSVALE", "ATL-PANEL", "PHX-GRANITE", "Glass units", "54000.00"),
    Lane("VOLTARA", "TRANSVALE", "ELP-CABLEX", "SMYRNA-VOLTARA", "Cable sets, line 1", "37500.00"),
    Lane("SILVERPINE", "BLUE-CANYON", "SLC-SILVERPINE", "RNO-PAINT", "Sealants", "3900.00", "ltl", 3),
    Lane("ELBWERK", "ODERTRANS", "HAM-ELBWERK", "POZ-WARTA", "Leinenstoffe", "19800.00", "road", 9, "EUR"),
)
# What goes wrong in small: reported by the carrier's desk with these words and delay in hours.
TROUBLES = (
    ("D2", "Driver called in sick, relief found", 3.0),
    ("AI", "Flat tire, road service on the way", 2.5),
    ("BF", "Dispatcher keyed the wrong delivery day", 8.0),
    ("AG", "Shipper kept truck waiting, late start", 4.0),
    ("AJ", "Delayed, no detail from driver", 5.0),
    ("T2", "Tractor not available at start", 6.0),
    ("AA", "Freight loaded to wrong terminal", 20.0),
    ("AY", "Missed linehaul connection", 14.0),
)
COUNT = 24
TROUBLED = (1, 2, 4, 7, 10, 11, 13, 14, 16, 19, 20, 22)


def tell(day: Day) -> Story:
    story = Story("quiet-lanes", day)
    for number in range(COUNT):
        lane = LANES[number % len(LANES)]
        due = day.ahead(3 + number * 1.7)
        left = day.ago(4 + (number * 5) % 9, number * 3)
        refs: Refs = {
            RefType.BOL: f"BOL-{lane.origin[:3]}-{61000 + number * 13}",
            RefType.PRO: f"{_scac(lane.carrier)}-{119000 + number * 11}",
            RefType.PO: f"PO-{lane.customer[:3]}-{7700 + number}",
        }
        story.book(left - timedelta(hours=14), _plan(lane, refs, number, left, due))
        story.tell(left, EventType.SHIPMENT_PICKED_UP, refs, {"stop": 1, "pieces": lane.units})
        story.tell(left + timedelta(minutes=20), EventType.SHIPMENT_DEPARTED, refs, {"stop": 1}, by=TELEMATICS)
        for at in _every(left + timedelta(hours=1), day.ago(0, 10 + number), timedelta(hours=2)):
            story.tell(at, EventType.SHIPMENT_POSITION_REPORTED, refs, {"speed_kmh": 80.0 + number}, by=TELEMATICS)
        if number in TROUBLED:
            _trouble(story, day, refs, number, due)
        _ahead(story, day, refs, number, due)
    return story


def _plan(lane: Lane, refs: Refs, number: int, left: datetime, due: datetime) -> Plan:
    return Plan(
        customer=lane.customer,
        carrier=lane.carrier,
        refs=refs,
        order=f"SO-208{number:02}",
        goods=lane.goods,
        value=lane.value,
        currency=lane.currency,
        mode=lane.mode,
        service="LTL standard" if lane.mode == "ltl" else "truckload",
        units=lane.units,
        weight=lane.units * 640,
        calls=[
            Call("pickup", lane.origin, left - timedelta(hours=2), left + timedelta(hours=1), departure=left),
            Call("delivery", lane.destination, due - timedelta(hours=2), due, arrival=due - timedelta(hours=1)),
        ],
    )


def _trouble(story: Story, day: Day, refs: Refs, number: int, due: datetime) -> None:
    code, text, hours = TROUBLES[TROUBLED.index(number) % len(TROUBLES)]
    data = {"stop": 2, "estimated": due + timedelta(hours=hours)}
    at = day.ago(0, 12 + number * 9)
    story.tell(at, EventType.SHIPMENT_DELAYED, refs, data, by=DESK, code=code, text=text)
    if number % 2:
        story.act(at + timedelta(minutes=9), acts.take("cora" if number % 4 == 1 else "sam", refs))


def _ahead(story: Story, day: Day, refs: Refs, number: int, due: datetime) -> None:
    """The next hours: positions, arrivals, and a few estimates that slip while somebody looks at the screen."""
    if number == 0:
        late = {"stop": 2, "estimated": due + timedelta(hours=5)}
        story.tell(
            day.ahead(0, 1, 30), EventType.SHIPMENT_DELAYED, refs, late, by=DESK, code="AI", text="Blown turbo hose"
        )
    if number == 5:
        late = {"stop": 2, "estimated": due + timedelta(hours=2)}
        story.tell(day.ahead(0, 11), EventType.SHIPMENT_ETA_CHANGED, refs, late, by=TELEMATICS)
    for at in _every(day.ahead(0, 0, 40 + number * 25), due - timedelta(minutes=70), timedelta(minutes=40)):
        story.tell(at, EventType.SHIPMENT_POSITION_REPORTED, refs, {"speed_kmh": 78.0 + number}, by=TELEMATICS)
    if number not in (0, 5, *TROUBLED):
        story.tell(due - timedelta(minutes=65), EventType.SHIPMENT_ARRIVED, refs, {"stop": 2}, by=TELEMATICS)
        delivered = {"stop": 2, "signed_by": "Receiving", "pieces": 12}
        story.tell(due - timedelta(minutes=15), EventType.SHIPMENT_DELIVERED, refs, delivered)


def _every(start: datetime, end: datetime, step: timedelta) -> Iterator[datetime]:
    while start < end:
        yield start
        start += step


def _scac(carrier: str) -> str:
    return {"REDMESA": "RMRF", "TRANSVALE": "TVLX", "BLUE-CANYON": "BCLT", "ODERTRANS": "ODTR"}[carrier]
