"""861, Receiving Advice/Acceptance Certificate: what was received of an order or shipment, and in what condition."""

from datetime import datetime

from exceptions.intake.adapters.x12.parties import parties, party_of
from exceptions.intake.adapters.x12.reader import Segment
from exceptions.intake.adapters.x12.reading import MISSING, Reading
from exceptions.intake.adapters.x12.receipts import Received, receipt_events
from exceptions.intake.adapters.x12.set_856 import ARTICLES, product
from exceptions.intake.adapters.x12.times import dtm, sent_on
from exceptions.intake.mapping.x12 import DELIVERY_PARTIES
from exceptions.shipments.canonical import CanonicalEvent

_SILENT = frozenset({"01", "03", "06"})  # a receipt that is taken back says nothing of what is there
_RECEIVED = frozenset({"050", "035", "009"})


def understand(reading: Reading) -> list[CanonicalEvent]:
    bra = reading.needed("BRA")
    if bra.code(3) in _SILENT:
        return []
    header, lines = _lines(reading)
    if not lines:
        reading.needed("RCD")
    references = reading.references(reading.segments)
    references += [ref for one in header if one.tag == "PRF" for ref in reading.named("PO", one, 1)]
    own = references or reading.named("BRA-01", bra, 1)
    receiver = party_of(parties(reading, header), DELIVERY_PARTIES)
    when, remark = _received_at(reading, bra, header, receiver.zone if receiver else "")
    place = receiver.place if receiver else None
    return receipt_events(reading, lines, own, at=bra, when=when, remark=remark, place=place)


def _lines(reading: Reading) -> tuple[list[Segment], list[Received]]:
    header: list[Segment] = []
    lines: list[Received] = []
    for segment in reading.segments:
        if segment.tag == "RCD":
            lines.append(_line(reading, segment))
        elif not lines:
            header.append(segment)
        elif segment.tag == "LIN":
            lines[-1].sku = lines[-1].sku or product(segment, 2, ARTICLES)
            lines[-1].order = lines[-1].order or product(segment, 2, ("PO",))
        elif segment.tag == "SN1":
            lines[-1].expected = reading.quantity(segment, 2)
        elif segment.tag == "PRF":
            lines[-1].order = segment.get(1)
        elif segment.tag == "REF" and segment.code(1) == "PO":
            lines[-1].order = segment.get(2)
    return header, lines


def _line(reading: Reading, rcd: Segment) -> Received:
    """RCD: received, returned, then up to five quantities in question with their unit and condition."""
    unit = rcd.code(3).split(":")[0].split(">")[0] or rcd.code(7)
    line = Received(rcd, quantity=reading.quantity(rcd, 2), unit=unit)
    for element in range(6, 21, 3):
        number, code = reading.quantity(rcd, element), rcd.code(element + 2)
        if number is None and not code:
            continue
        if number is None or not code:
            reading.note(rcd, element, "a quantity in question needs its condition", MISSING)
            continue
        line.questioned.append((number, code))
    return line


def _received_at(reading: Reading, bra: Segment, header: list[Segment], zone: str) -> tuple[datetime, str]:
    for segment in header:
        if segment.tag == "DTM" and segment.code(1) in _RECEIVED:
            found = dtm(reading, segment, zone=zone)
            if found is not None:
                return found.at, found.remark
    return sent_on(reading, bra, 2)
