"""What goes wrong beside the clock: at the door, with the freight, with papers, orders and tenders."""

from __future__ import annotations

from datetime import datetime, timedelta

from exceptions.cases.noise.world import HOUR, MINUTE, Journey, Word


def tendering(journey: Journey, opens: datetime) -> None:
    """Some loads are tendered; a carrier refuses some and another takes them hours later."""
    if not journey.chance(0.4):
        return
    load = {"load": f"L-{journey.number}"}
    asked = opens - journey.between(14, 17)
    journey.say("load.tendered", asked, {"respond_by": asked + 4 * HOUR}, by="tms", refs=load)
    if journey.chance(0.04):
        refused = asked + journey.between(0.5, 3)
        journey.say("load.rejected", refused, {"detail": "no capacity"}, by="edi", refs=load)
        journey.wrong("tender refused", "tender_rejected", refused)
        answered = refused + journey.between(2.5, 8)
    else:
        answered = asked + journey.between(0.1, 3)
    journey.say("load.accepted", answered, {}, by="edi", refs=load, after=journey.rng.uniform(5, 50) * MINUTE)


def on_the_way(journey: Journey, begins: datetime, ends: datetime) -> None:
    """Freight that leaves its route, and status texts that sound worse than they are."""
    if journey.chance(0.006):
        at = begins + journey.rng.uniform(0.2, 0.8) * (ends - begins)
        journey.say("shipment.deviated", at, {"note": "Not on the planned route"}, by="edi", text="Misrouted")
        journey.wrong("off route", "route_deviation", at)
    if journey.chance(0.02):
        at = begins + journey.rng.uniform(0.1, 0.9) * (ends - begins)
        journey.say("shipment.scanned", at, {"note": "In transit, on schedule"}, by="edi", text="On schedule")


def temperatures(journey: Journey, begins: datetime, ends: datetime) -> None:
    """A reefer's sensor every hour or so; doors are opened for minutes, and sometimes the unit fails for hours."""
    fails = journey.chance(0.06)
    broke = begins + journey.rng.uniform(0.2, 0.7) * (ends - begins)
    mended = min(ends, broke + journey.between(1.5, 6))
    door = begins + journey.rng.uniform(0.1, 0.9) * (ends - begins) if journey.chance(0.15) else None
    at = begins + journey.between(0.1, 1)
    while at < ends:
        too_warm = fails and broke <= at < mended
        _reading(journey, at, journey.rng.uniform(42, 50) if too_warm else journey.rng.uniform(34.6, 37.4))
        at += 20 * MINUTE if too_warm else journey.between(1.5, 3)
    if door is not None and not (fails and broke - HOUR < door < mended + HOUR):
        _reading(journey, door, 40.5)
        _reading(journey, door + 8 * MINUTE, 36.5)
    if fails and mended - broke >= HOUR:
        journey.wrong("reefer failed", "temperature_excursion", broke)
    elif fails:
        journey.wrong("reefer failed shortly", "temperature_excursion", broke, arguable=True)


def _reading(journey: Journey, at: datetime, value: float) -> None:
    journey.say("shipment.temperature_read", at, {"value": f"{value:.1f}", "unit": "F"}, by="telematics")


def dwell(journey: Journey, arrival: datetime) -> datetime:
    """When it is handed over: mostly within two hours, sometimes a truck waits for half a day."""
    if journey.chance(0.012):
        waited = journey.between(4.5, 9)
        if journey.lane.tracked:
            journey.wrong("kept at the dock", "stop_dwell", arrival)
        else:
            # Nobody hears of the arrival before the hand-over, so this wait is in nobody's news.
            journey.wrong("kept at the dock, unseen", "stop_dwell delivery_late", arrival, arguable=True)
        return arrival + waited
    return arrival + journey.between(0.4, 1.8)


def at_the_door(journey: Journey, at: datetime, *, by: str) -> Word:
    """Handing over: mostly all is well. Answers the word that tells of it."""
    site, number = journey.lane.destination, journey.last_stop
    if journey.chance(0.008):
        journey.wrong("refused", "delivery_refused", at)
        told = journey.say("shipment.refused", at, {"stop": number, "description": "Not ordered"}, by=by, site=site)
        if journey.chance(0.5):
            journey.say("shipment.returned", at + journey.between(12, 48), {}, by=by)
        return told
    final = journey.say("shipment.delivered", at, {"stop": number, "signed_by": "Receiving"}, by=by, site=site)
    if journey.chance(0.011):
        _damage(journey, at)
    if journey.chance(0.012):
        journey.wrong("short", "freight_short", at)
        journey.say("shipment.counted", at, {"stop": number, "counted": 8, "expected": 10}, by=by, text="Two short")
    elif journey.chance(0.003):
        journey.wrong("over", "freight_over", at)
        journey.say("shipment.counted", at, {"stop": number, "counted": 11, "expected": 10}, by=by, text="One over")
    elif journey.chance(0.001):
        journey.say("shipment.counted", at, {"stop": number, "counted": 9, "expected": 10}, by=by)
        again = at + journey.between(0.5, 3)
        journey.say("shipment.counted", again, {"stop": number, "counted": 10, "expected": 10}, by=by, text="Recount")
    elif journey.chance(0.1):
        journey.say("shipment.counted", at, {"stop": number, "counted": 10, "expected": 10}, by=by)
    return final


def _damage(journey: Journey, at: datetime) -> None:
    """The driver notes it without saying which pallet, the receiver says which: one damage."""
    journey.wrong("damaged", "freight_damaged", at)
    journey.say("shipment.damaged", at, {"stop": journey.last_stop, "pieces": 2}, by="edi", text="Cartons crushed")
    if journey.chance(0.5):
        seen = at + journey.between(0.5, 20)
        data = {"stop": journey.last_stop, "unit": 1, "pieces": 2, "description": "Pallet wet"}
        journey.say("shipment.damaged", seen, data, by="mail", text="Two cartons crushed, pallet 1")


def paperwork(journey: Journey, delivered: datetime, due: datetime) -> None:
    """Invoices as agreed, with cents of rounding, or with a charge that nobody agreed to; customers who change minds."""
    if journey.chance(0.3):
        agreed = journey.rng.randint(300, 4000)
        wrong = journey.chance(0.04)
        cents = "00" if wrong or journey.chance(0.95) else "01"
        amount = agreed + (journey.rng.randint(80, 400) if wrong else 0)
        at = delivered + journey.between(8, 90)
        lines = [{"code": "400", "description": "Freight", "amount": f"{agreed}.{cents}", "agreed": f"{agreed}.00"}]
        if wrong:
            extra = f"{amount - agreed}.00"
            lines.append({"code": "DET", "description": "Detention", "kind": "accessorial", "amount": extra})
            journey.wrong("unagreed charge", "invoice_discrepancy", at)
        data = {
            "number": f"INV-{journey.number}",
            "amount": {"amount": f"{amount}.{cents}", "currency": "USD"},
            "agreed": {"amount": f"{agreed}.00", "currency": "USD"},
            "lines": lines,
        }
        journey.say("invoice.issued", at, data, by="edi")
    if journey.chance(0.006):
        at = due - journey.between(10, 40)
        journey.say(
            "customer.requested_change", at, {"kind": "reconsign", "by": "Planning"}, by="mail", text="New site"
        )
        journey.wrong("customer wants a change", "customer_change_requested", at)


def ordering(journey: Journey, booked: datetime, due: datetime) -> dict[str, object]:
    """An order behind the shipment, its stock and its supply. Answers what the plan says of it."""
    if not journey.chance(0.25):
        return {}
    order, quantity = f"SO-{journey.number}", journey.rng.randint(10, 900)
    about = {"order": order}
    need_by = due + journey.between(4, 48)
    line: dict[str, object] = {"line": 1, "sku": "SKU-1", "quantity": str(quantity), "need_by": need_by}
    if waits := journey.chance(0.3):
        line["waits_for"] = f"PO-{journey.number}"
    made = booked - journey.between(2, 30)
    data = {"customer": journey.customer, "need_by": need_by, "lines": [line]}
    journey.say("order.created", made, data, by="tms", refs=about)
    if waits:
        _supply(journey, made, booked, need_by)
    if journey.chance(0.03):
        short = max(1, quantity // 5)
        at = booked + journey.between(0.2, 2)
        stock = {"line": 1, "sku": "SKU-1", "quantity": str(quantity - short), "short": str(short)}
        journey.say("inventory.shortfall_detected", at, stock, by="tms", refs=about)
        journey.wrong("stock short", "inventory_shortfall", at)
    if journey.chance(0.012):
        at = booked + journey.between(0.2, 2)
        journey.say("order.held", at, {"kind": "credit", "detail": "credit limit"}, by="tms", refs=about)
        journey.say("order.released", at + journey.between(4, 20), {}, by="tms", refs=about)
        journey.wrong("order on hold", "quality_or_compliance_hold", at)
    return {"order_lines": [{"order": order, "line": 1, "quantity": str(quantity)}]}


def _supply(journey: Journey, made: datetime, booked: datetime, need_by: datetime) -> None:
    about = {"po": f"PO-{journey.number}"}
    journey.say("supply.announced", made + HOUR, {"expected_at": booked - HOUR}, by="edi", refs=about)
    if journey.chance(0.15):
        at = made + journey.between(1.5, 2)
        harmful = journey.chance(0.4)
        expected = need_by + journey.between(6, 60) if harmful else booked + timedelta(minutes=30)
        journey.say("supply.delayed", at, {"expected_at": expected, "detail": "late at the mill"}, by="edi", refs=about)
        if harmful:
            journey.wrong("supply late", "inbound_supply_delayed", at)
