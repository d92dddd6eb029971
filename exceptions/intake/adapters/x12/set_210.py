"""210, Motor Carrier Freight Details and Invoice: what is asked for moving a shipment, line by line."""

from decimal import Decimal
from typing import Final

from exceptions.intake.adapters.x12.reader import Segment
from exceptions.intake.adapters.x12.reading import BAD_CHARACTER, BAD_CODE, MISSING, Reading
from exceptions.intake.adapters.x12.times import sent_on
from exceptions.intake.mapping.x12 import charge_kind
from exceptions.shipments.canonical import JSON, CanonicalEvent, EventType

MAX_LINES: Final = 200


def understand(reading: Reading) -> list[CanonicalEvent]:
    b3 = reading.needed("B3")
    number = reading.required(b3, 2)
    carrier = b3.code(11)
    references = reading.named("B3-03", b3, 3) + reading.references(_own(reading), issuer=carrier)
    lines = _lines(reading)
    total = _total(reading, b3, lines)
    data: dict[str, JSON] = {
        "number": number[:60],
        "amount": {"amount": str(total), "currency": _currency(reading)},
        "status": b3.code(8),
        "lines": [_row(line) for line in lines],
    }
    kinds = {line.kind for line in lines}
    if len(kinds) == 1:
        data["kind"] = kinds.pop()
    if lines and (summed := sum(line.amount for line in lines)) != total:
        data["detail"] = f"the lines come to {summed}"
    at, remark = sent_on(reading, b3, 6)
    return [reading.event(EventType.INVOICE_ISSUED, at, references, at=b3, data=data, code=b3.code(8), remark=remark)]


class _Line:
    def __init__(self, amount: Decimal, code: str, description: str) -> None:
        self.amount, self.code, self.description, self.kind = amount, code, description, charge_kind(code)


def _own(reading: Reading) -> list[Segment]:
    """References of the whole invoice and of its lines; not those of a stop-off's own shipment."""
    return [segment for segment in reading.segments if segment.tag in ("N9", "L11", "REF")]


def _lines(reading: Reading) -> list[_Line]:
    """Each L1 with a charge, described by itself or by the L5 before it."""
    lines: list[_Line] = []
    described = ""
    for segment in reading.segments:
        if segment.tag == "LX":
            described = ""
        elif segment.tag == "L5":
            described = segment.get(2) or described
        elif segment.tag == "L1":
            amount = reading.money(segment, 4)
            if amount is None:
                continue
            if len(lines) == MAX_LINES:
                raise reading.refusal(segment, 4, f"more than {MAX_LINES} charges", BAD_CHARACTER)
            lines.append(_Line(amount, segment.code(8)[:40], (segment.get(12) or described)[:200]))
    return lines


def _row(line: _Line) -> dict[str, JSON]:
    row: dict[str, JSON] = {"kind": line.kind, "amount": str(line.amount)}
    if line.code:
        row["code"] = line.code
    return {**row, "description": line.description} if line.description else row


def _total(reading: Reading, b3: Segment, lines: list[_Line]) -> Decimal:
    """B3-07, else what L3 says, else the sum of the lines. A credit is no invoice."""
    total, l3 = reading.money(b3, 7), reading.first("L3")
    if total is None and l3 is not None:
        total = reading.money(l3, 5)
    if total is None and lines:
        total = sum((line.amount for line in lines), Decimal(0))
    if total is None:
        raise reading.refusal(b3, 7, "the amount is missing", MISSING)
    if total < 0:
        raise reading.refusal(b3, 7, "a credit is not read as an invoice", BAD_CHARACTER)
    return total


def _currency(reading: Reading) -> str:
    """C3-01, else the partner's, else the US dollar: senders in North America leave their own out."""
    c3, own = reading.first("C3"), reading.mapping.get("currency")
    said = (c3.code(1) if c3 else "") or (own if isinstance(own, str) else "") or "USD"
    if len(said) != 3 or not (said.isascii() and said.isalpha() and said.isupper()):
        raise reading.refusal(c3 or reading.needed("B3"), 1, f"{said[:10]!r} is not a currency", BAD_CODE)
    return said
