"""invoice_discrepancy: a charge is not as agreed, not approved, or asked for twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from exceptions.cases.detection.folding import evidence_of
from exceptions.cases.detection.history import ChargeFacts, ShipmentHistory, Told
from exceptions.cases.detection.rule import Rule, found
from exceptions.cases.detection.settings import Setting
from exceptions.cases.detection.verdicts import Clear, SubjectRef, Verdict
from exceptions.cases.taxonomy import Subject
from exceptions.shipments.canonical import EventType as E
from exceptions.shipments.canonical import normalised

WRONG = "invoice_discrepancy"
SETTLED = ("approved", "released")
# What rounding and indexed surcharges do to a line: one in a hundred of it, within these bounds (units of currency).
SHARE, LEAST, MOST = Decimal("0.01"), Decimal(1), Decimal(25)
UNASKED = ("accessorial", "free_time")


def judge(history: ShipmentHistory, setting: Setting, now: datetime) -> Iterator[Verdict]:
    """One verdict for each invoice, about its first line that is wrong."""
    by_number: dict[str, list[ChargeFacts]] = {}
    for charge in history.charges:
        by_number.setdefault(charge.number, []).append(charge)
    issued = history.of(E.INVOICE_ISSUED)
    for number, lines in by_number.items():
        told = [event for event in issued if normalised(str(event.data["number"])) == normalised(number)]
        amounts = {_total(event) for event in told}
        repeated = "issued again with another amount" if len(amounts) > 1 else ""
        wrong = [(line, why) for line in lines if (why := _why(line) or repeated) and line.state not in SETTLED]
        subject = SubjectRef(Subject.CHARGE, (wrong[0][0] if wrong else lines[0]).id)
        if not wrong:
            yield Clear(WRONG, subject, now, f"Invoice {number} is as agreed, or approved")
            continue
        evidence = [evidence_of(event, f"Invoice {number}: {wrong[0][1]}") for event in sorted(told, key=_order)]
        summary = f"Invoice {number}: {'; '.join(dict.fromkeys(why for _, why in wrong))}"
        yield found(WRONG, subject, setting, evidence, at=now, summary=summary, shipments=(history.id,))


def _why(line: ChargeFacts) -> str:
    """What is wrong with one line, in words; "" when nothing is."""
    if line.elsewhere:
        return f"the same number is on {line.elsewhere}"
    if line.agreed is not None and line.amount - line.agreed > _rounding(line.agreed):
        more = line.amount - line.agreed
        return f"{line.description or line.kind} is {more:.2f} {line.currency} more than agreed"
    if line.agreed is None and line.kind in UNASKED and line.amount > 0:
        return f"{line.description or line.kind} of {line.amount:.2f} {line.currency} was not approved"
    return ""


def _rounding(agreed: Decimal) -> Decimal:
    return min(MOST, max(LEAST, agreed * SHARE))


def _total(event: Told) -> tuple[Decimal, str]:
    amount = event.data["amount"]
    return Decimal(str(amount["amount"])), str(amount["currency"])


def _order(event: Told) -> tuple[datetime, datetime, str]:
    return event.order


RULES = (
    Rule(
        WRONG,
        judge,
        trigger="An invoice line is above what was agreed by more than rounding, an accessorial or free-time charge was not agreed, the same "
        "number came again with another amount, or stands on other freight too.",
        ends="The charge is approved or released, or corrected by a later invoice of that number.",
    ),
)
