"""944, Warehouse Stock Transfer Receipt Advice: what a warehouse received, and in what condition."""

from exceptions.intake.adapters.x12.parties import parties, party_of
from exceptions.intake.adapters.x12.reader import Segment
from exceptions.intake.adapters.x12.reading import Reading
from exceptions.intake.adapters.x12.receipts import Received, receipt_events
from exceptions.intake.adapters.x12.set_856 import ARTICLES, product
from exceptions.intake.adapters.x12.times import sent_on
from exceptions.shipments.canonical import CanonicalEvent


def understand(reading: Reading) -> list[CanonicalEvent]:
    w17 = reading.needed("W17")
    lines = _lines(reading)
    if not lines:
        reading.needed("W07")
    references = reading.named("W17-05", w17, 5) + reading.named("W17-04", w17, 4)
    references += reading.references(reading.segments)
    references = references or reading.named("W17-03", w17, 3)
    warehouse = party_of(parties(reading, reading.segments), ("WH", "ST"))
    when, remark = sent_on(reading, w17, 2)
    place = warehouse.place if warehouse else None
    return receipt_events(reading, lines, references, at=w17, when=when, remark=remark, place=place)


def _lines(reading: Reading) -> list[Received]:
    """Each W07 with its purchase order (N9 PO) and its exceptions (W13)."""
    lines: list[Received] = []
    for segment in reading.segments:
        if segment.tag == "W07":
            lines.append(_line(reading, segment))
        elif not lines:
            continue
        elif segment.tag == "N9" and segment.code(1) == "PO":
            lines[-1].order = segment.get(2)
        elif segment.tag == "W13":
            number, code = reading.quantity(segment, 1), segment.code(3)
            if number is not None and code:
                lines[-1].questioned.append((number, code))
    return lines


def _line(reading: Reading, w07: Segment) -> Received:
    sku = product(w07, 4, ARTICLES) or w07.get(3)
    return Received(w07, sku=sku, quantity=reading.quantity(w07, 1), unit=w07.code(2))
