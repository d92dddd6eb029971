"""What stops freight before and after the road: short stock with an alternative, a quality hold, an invoice that says
more than was agreed, a tender nobody takes, a customer who changed his mind."""

from datetime import timedelta

from exceptions.demo.script import TMS, Call, Day, Plan, Refs, Story
from exceptions.shipments.canonical import EventType, RefType


def tell(day: Day) -> Story:
    story = Story("warehouse", day)
    _short(story, day)
    _held(story, day)
    _invoice(story, day)
    _tender(story, day)
    return story


def _order(
    story: Story, day: Day, number: str, customer: str, sku: str, goods: str, value: str, need_by: float
) -> Refs:
    refs: Refs = {RefType.ORDER: number, RefType.PO: f"PO-{customer[:3]}-{number[-4:]}"}
    line = {"line": 1, "sku": sku, "description": goods, "unit": "CS", "quantity": "480", "need_by": day.ahead(need_by)}
    data = {
        "customer": customer,
        "need_by": day.ahead(need_by),
        "value": {"amount": value, "currency": "USD"},
        "lines": [line],
    }
    story.tell(day.ago(20), EventType.ORDER_CREATED, refs, data)
    story.tell(day.ago(6), EventType.ORDER_RELEASED, refs)
    return refs


def _short(story: Story, day: Day) -> None:
    refs = _order(story, day, "SO-21044", "ALPENGLOW", "ALP-SPK-12", "Sparkling water, 12 ct", "9600.00", 22)
    short = {
        "line": 1,
        "sku": "ALP-SPK-12",
        "quantity": "360",
        "short": "120",
        "alternates": [
            {"location": "BOI-SPRING", "sku": "ALP-SPK-12", "quantity": "300", "available_at": day.ahead(3)},
            {"location": "SLC-SILVERPINE", "sku": "ALP-SPK-24", "quantity": "90"},
        ],
    }
    story.tell(day.ago(1, 10), EventType.INVENTORY_SHORTFALL_DETECTED, refs, short, text="Short pick, bay 14 empty")


def _held(story: Story, day: Day) -> None:
    refs = _order(story, day, "SO-21051", "HARBORLINE", "HRB-ROM-24", "Romaine, 24 ct", "31200.00", 30)
    held = {"kind": "quality", "detail": "Lab result of lot 7741 not in yet", "until": day.ahead(5)}
    story.tell(day.ago(2, 20), EventType.ORDER_HELD, refs, held, text="Quality hold, lot 7741")


def _invoice(story: Story, day: Day) -> None:
    refs: Refs = {RefType.BOL: "BOL-SAT-76880", RefType.PRO: "RMRF-7709914", RefType.PO: "PO-DES-8020"}
    arrived = day.ago(70)
    plan = Plan(
        customer="DESERTBLOOM",
        carrier="REDMESA",
        consignee="DESERTBLOOM-PHX",
        refs=refs,
        order="SO-20802",
        goods="Cut flowers",
        value="18400.00",
        units=10,
        weight=3100,
        calls=[
            Call("pickup", "SAT-FLORA", day.ago(98), day.ago(94), departure=day.ago(95)),
            Call("delivery", "PHX-BLOOM", arrived - timedelta(hours=2), arrived + timedelta(hours=1), arrival=arrived),
        ],
    )
    story.book(day.ago(120), plan)
    story.tell(day.ago(95, 20), EventType.SHIPMENT_PICKED_UP, refs, {"stop": 1, "pieces": 10})
    story.tell(day.ago(95), EventType.SHIPMENT_DEPARTED, refs, {"stop": 1})
    story.tell(arrived, EventType.SHIPMENT_ARRIVED, refs, {"stop": 2})
    signed = {"stop": 2, "signed_by": "Cold dock", "pieces": 10}
    story.tell(arrived + timedelta(minutes=40), EventType.SHIPMENT_DELIVERED, refs, signed)
    story.tell(arrived + timedelta(hours=2), EventType.DOCUMENT_RECEIVED, refs, {"kind": "pod", "number": "POD-76880"})
    bill = {
        "number": "RM-55120",
        "amount": {"amount": "2610.00", "currency": "USD"},
        "agreed": {"amount": "2150.00", "currency": "USD"},
        "dispute_until": day.ahead(24 * 20),
        "lines": [
            {"code": "400", "description": "Linehaul", "amount": "2150.00", "agreed": "2150.00"},
            {"code": "DTL", "description": "Detention, 4 h", "kind": "accessorial", "amount": "460.00"},
        ],
    }
    story.tell(day.ago(3), EventType.INVOICE_ISSUED, refs, bill, by=TMS)


def _tender(story: Story, day: Day) -> None:
    load = {RefType.LOAD: "L-ELP-5517"}
    story.tell(day.ago(5), EventType.LOAD_PLANNED, load, {"mode": "road", "carrier": "TRANSVALE"})
    story.tell(day.ago(4, 50), EventType.LOAD_TENDERED, load, {"respond_by": day.ago(1)})
    story.tell(day.ago(2), EventType.LOAD_REJECTED, load, {"detail": "No tractor at El Paso before tomorrow"})
