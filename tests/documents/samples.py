"""Bills of lading written for the suite: several layouts of the trade, the same invented freight, with what they say."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise

from reportlab.lib.pagesizes import A4, letter
from reportlab.pdfgen.canvas import Canvas


@dataclass(frozen=True)
class Party:
    name: str
    street: str
    city: str
    region: str
    postcode: str

    @property
    def town(self) -> str:
        return f"{self.city}, {self.region} {self.postcode}"

    @property
    def address(self) -> str:
        return f"{self.street}, {self.town}"


@dataclass(frozen=True)
class Freight:
    """What one bill of lading says. Every name is invented."""

    bol: str = "BL-7741902"
    pro: str = "448-2210937"
    scac: str = "KSTL"
    carrier: str = "Kestrel Valley Lines"
    shipper: Party = Party("Copperline Fittings Inc", "2210 Foundry Rd", "Tempe", "AZ", "85281")
    consignee: Party = Party("Bluestem Hardware DC 14", "900 Prairie View Pkwy", "Olathe", "KS", "66061")
    bill_to: Party = Party("Northgate Freight Audit", "PO Box 4410", "Columbus", "OH", "43215")
    date: str = "03/14/2026"
    iso_date: str = "2026-03-14"
    pos: tuple[str, ...] = ("4500881207", "4500881311")
    lines: tuple[tuple[int, int], ...] = ((14, 6820), (6, 2410))  # pieces, pounds
    handling_units: tuple[int, ...] = (4, 2)
    seal: str = "7719034"
    trailer: str = "KV53218"
    terms: str = "prepaid"
    hazmat: bool = False

    @property
    def pieces(self) -> int:
        return sum(pieces for pieces, _ in self.lines)

    @property
    def weight(self) -> int:
        return sum(weight for _, weight in self.lines)


@dataclass
class Sheet:
    """A page to write on, measured from its top left corner as people think of it."""

    size: tuple[float, float] = letter
    buffer: io.BytesIO = field(default_factory=io.BytesIO)

    def __post_init__(self) -> None:
        self.canvas = Canvas(self.buffer, pagesize=self.size, invariant=1)

    def text(self, x: float, y: float, words: str, size: float = 9, bold: bool = False) -> None:
        self.canvas.setFont("Helvetica-Bold" if bold else "Helvetica", size)
        self.canvas.drawString(x, self.size[1] - y, words)

    def box(self, x: float, y: float, width: float, height: float, fill: float | None = None) -> None:
        if fill is not None:
            self.canvas.setFillGray(fill)
        self.canvas.rect(x, self.size[1] - y - height, width, height, stroke=1, fill=int(fill is not None))
        self.canvas.setFillGray(0)

    def bar(self, x: float, y: float, width: float, words: str) -> None:
        self.box(x, y, width, 13, fill=0)
        self.canvas.setFillGray(1)
        self.canvas.setFont("Helvetica-Bold", 9)
        self.canvas.drawCentredString(x + width / 2, self.size[1] - y - 10, words)
        self.canvas.setFillGray(0)

    def done(self) -> bytes:
        self.canvas.save()
        return self.buffer.getvalue()


def vics(freight: Freight, *, ruled: bool = True) -> bytes:
    """The VICS form: bars over party blocks left, carrier and terms right, two tables."""
    page = Sheet()
    page.text(40, 40, f"Date: {freight.date}")
    page.text(230, 40, "BILL OF LADING", 15, bold=True)
    page.text(500, 40, "Page 1 of 1")
    left, right = 36, 330
    blocks = (
        ("SHIP FROM", freight.shipper, "SID#:", 52),
        ("SHIP TO", freight.consignee, "CID#:", 132),
        ("THIRD PARTY FREIGHT CHARGES BILL TO:", freight.bill_to, "", 212),
    )
    for title, party, account, y in blocks:
        if ruled:
            page.bar(left, y, 294, title)
            page.box(left, y, 294, 80)
        else:
            page.text(left + 4, y + 10, title, 9, bold=True)
        page.text(left + 6, y + 26, f"Name: {party.name}")
        page.text(left + 6, y + 39, f"Address: {party.street}")
        page.text(left + 6, y + 52, f"City/State/Zip: {party.town}")
        if account:
            page.text(left + 6, y + 65, account)
            page.text(left + 220, y + 65, "FOB:")
    if ruled:
        for y in (52, 132, 212):
            page.box(right, y, 246, 80)
    page.text(right + 6, 70, f"Bill of Lading Number: {freight.bol}", bold=True)
    page.text(right + 6, 146, f"CARRIER NAME: {freight.carrier}", bold=True)
    page.text(right + 6, 159, f"Trailer number: {freight.trailer}")
    page.text(right + 6, 172, f"Seal number(s): {freight.seal}")
    page.text(right + 6, 189, f"SCAC: {freight.scac}", bold=True)
    page.text(right + 6, 202, f"Pro number: {freight.pro}", bold=True)
    page.text(right + 6, 226, "Freight Charge Terms: (freight charges are prepaid", 8)
    page.text(right + 6, 236, "unless marked otherwise)", 8)
    marks = {"prepaid": "___", "collect": "___", "third_party": "___"} | {freight.terms: "_X_"}
    page.text(
        right + 6,
        254,
        f"Prepaid {marks['prepaid']}   Collect {marks['collect']}   3rd Party {marks['third_party']}",
        9,
        bold=True,
    )
    page.text(right + 6, 272, "[ ] Master Bill of Lading: with attached underlying Bills of Lading", 7)
    _vics_tables(page, freight, ruled=ruled)
    page.text(40, 700, "NOTE Liability Limitation for loss or damage in this shipment may be applicable.", 7, bold=True)
    page.text(
        40, 712, "RECEIVED, subject to individually determined rates or contracts between the carrier and shipper.", 6
    )
    page.text(40, 722, "Property described above is received in good order, except as noted.", 6)
    return page.done()


def _vics_tables(page: Sheet, freight: Freight, *, ruled: bool) -> None:
    columns = (36, 230, 290, 360, 430, 576)
    page.text(220, 306, "CUSTOMER ORDER INFORMATION", 9, bold=True)
    for x, title in zip(
        columns, ("CUSTOMER ORDER NUMBER", "# PKGS", "WEIGHT", "PALLET/SLIP", "ADDITIONAL INFO"), strict=False
    ):
        page.text(x + 4, 322, title, 8, bold=True)
    y = 338
    for po, (pieces, weight) in zip(freight.pos, freight.lines, strict=False):
        page.text(40, y, po)
        page.text(250, y, str(pieces))
        page.text(310, y, f"{weight:,}")
        y += 15
    page.text(40, y, "GRAND TOTAL", 9, bold=True)
    page.text(250, y, str(freight.pieces))
    page.text(310, y, f"{freight.weight:,}")
    if ruled:
        _grid(page, columns, 312, 15, 2 + len(freight.pos))
    columns = (36, 76, 120, 160, 210, 270, 300, 460, 520, 576)
    page.text(240, 420, "CARRIER INFORMATION", 9, bold=True)
    page.text(38, 436, "HANDLING UNIT", 8, bold=True)
    page.text(140, 436, "PACKAGE", 8, bold=True)
    titles = ("QTY", "TYPE", "QTY", "TYPE", "WEIGHT", "H.M.", "COMMODITY DESCRIPTION", "NMFC #", "CLASS")
    for x, title in zip(columns, titles, strict=False):
        page.text(x + 3, 451, title, 7, bold=True)
    y = 466
    for units, (pieces, weight) in zip(freight.handling_units, freight.lines, strict=True):
        for x, words in (
            (46, str(units)), (80, "PLT"), (130, str(pieces)), (164, "CTN"), (215, f"{weight:,}"),
            (277, "X" if freight.hazmat else ""), (304, "Brass pipe fittings"), (464, "95190"), (530, "60"),
        ):  # fmt: skip
            page.text(x, y, words, 8)
        y += 15
    page.text(46, y, str(sum(freight.handling_units)), 8)
    page.text(130, y, str(freight.pieces), 8)
    page.text(215, y, f"{freight.weight:,}", 8)
    page.text(330, y, "GRAND TOTAL", 9, bold=True)
    if ruled:
        for x, width in ((36, 84), (120, 90), (210, 366)):
            page.box(x, 426, width, 15)
        _grid(page, columns, 441, 15, 2 + len(freight.lines))


def _grid(page: Sheet, columns: tuple[int, ...], top: float, height: float, rows: int) -> None:
    for row in range(rows):
        for x, following in pairwise(columns):
            page.box(x, top + row * height, following - x, height)


def boxed(freight: Freight) -> bytes:
    """A short form: headings over plain address blocks in boxes, labels above their values."""
    page = Sheet()
    page.text(150, 50, "STRAIGHT BILL OF LADING - SHORT FORM", 14, bold=True)
    page.text(200, 64, "Original - Not Negotiable", 8)
    heads = (("Carrier", freight.carrier), ("SCAC", freight.scac), ("BOL No.", freight.bol), ("Pro No.", freight.pro))
    for index, (title, value) in enumerate(heads):
        page.box(40 + index * 133, 80, 133, 34)
        page.text(44 + index * 133, 90, title, 7)
        page.text(44 + index * 133, 106, value, 8)
    for index, (title, party) in enumerate(
        (("SHIPPER (FROM)", freight.shipper), ("CONSIGNEE (TO)", freight.consignee))
    ):
        x = 40 + index * 266
        page.box(x, 114, 266, 70)
        page.text(x + 4, 125, title, 7, bold=True)
        page.text(x + 4, 140, party.name, 10)
        page.text(x + 4, 153, party.street, 10)
        page.text(x + 4, 166, party.town, 10)
        page.text(x + 4, 179, "Phone: (602) 555-0147", 7)
    for index, (title, value) in enumerate(
        (("Ship Date", freight.date), ("P.O. Numbers", ", ".join(freight.pos)), ("Seal #", freight.seal))
    ):
        page.box(40 + index * 177, 184, 177, 34)
        page.text(44 + index * 177, 194, title, 7)
        page.text(44 + index * 177, 210, value, 10)
    page.text(44, 236, "Freight Charges:")
    options = (("Prepaid", "prepaid"), ("Collect", "collect"), ("Third Party", "third_party"))
    for index, (words, terms) in enumerate(options):
        page.text(130 + index * 90, 236, f"[{'X' if terms == freight.terms else ' '}] {words}")
    columns = (40, 100, 130, 400, 480, 572)
    titles = ("No. Pieces", "HM", "Kind of Package, Description of Articles", "Weight (LBS)", "Class")
    for x, title in zip(columns, titles, strict=False):
        page.text(x + 4, 262, title, 8, bold=True)
    for index, (pieces, weight) in enumerate(freight.lines):
        y = 278 + index * 16
        page.text(60, y, str(pieces))
        page.text(134, y, "Cartons brass pipe fittings")
        page.text(420, y, str(weight))
        page.text(500, y, "60")
    y = 278 + len(freight.lines) * 16
    page.text(60, y, str(freight.pieces), bold=True)
    page.text(134, y, "TOTAL", bold=True)
    page.text(420, y, str(freight.weight), bold=True)
    _grid(page, columns, 252, 16, 2 + len(freight.lines))
    page.text(44, 500, "Shipper Signature: ______________________   Date: __________", 8)
    page.text(44, 516, "Carrier Signature: ______________________   Date: __________", 8)
    return page.done()


def labelled(freight: Freight) -> bytes:
    """Label and value side by side in two columns, nothing drawn."""
    page = Sheet(size=A4)
    page.text(40, 50, "Bill of Lading", 18, bold=True)
    rows = (
        ("B/L #:", freight.bol, "Ship date:", "14 March 2026"),
        ("PRO#:", freight.pro, "Carrier:", freight.carrier),
        ("PO Number:", freight.pos[0], "SCAC Code:", freight.scac),
        ("Trailer #:", freight.trailer, "Seal No.:", freight.seal),
    )
    for index, (a, b, c, d) in enumerate(rows):
        y = 80 + index * 16
        page.text(40, y, a, bold=True)
        page.text(110, y, b)
        page.text(310, y, c, bold=True)
        page.text(390, y, d)
    for index, (title, party) in enumerate((("Ship From:", freight.shipper), ("Ship To:", freight.consignee))):
        x = 40 + index * 270
        page.text(x, 170, title, 10, bold=True)
        page.text(x, 184, party.name)
        page.text(x, 197, party.street)
        page.text(x, 210, party.town)
    page.text(40, 250, f"Total pieces: {freight.pieces}")
    page.text(40, 264, f"Handling units: {sum(freight.handling_units)}")
    page.text(40, 278, f"Gross weight: {freight.weight:,} lbs")
    page.text(40, 292, f"Freight terms: {freight.terms.replace('_', ' ').title()}")
    page.text(40, 306, f"Hazardous materials: {'Yes' if freight.hazmat else 'No'}")
    return page.done()


def ocean(freight: Freight) -> bytes:
    """A plain ocean bill: blocks at the left, a container with a valid check digit, kilograms."""
    page = Sheet(size=A4)
    page.text(330, 50, "BILL OF LADING", 16, bold=True)
    page.text(330, 66, "FOR OCEAN TRANSPORT OR MULTIMODAL TRANSPORT", 7)
    page.text(330, 84, f"B/L No. {freight.bol}")
    for index, (title, party) in enumerate(
        (("Shipper", freight.shipper), ("Consignee", freight.consignee), ("Notify Party", freight.bill_to))
    ):
        y = 60 + index * 64
        page.text(40, y, title, 7, bold=True)
        page.text(40, y + 12, party.name)
        page.text(40, y + 23, party.street)
        page.text(40, y + 34, party.town)
    for index, (title, value) in enumerate(
        (("Vessel", "MV INVENTED STAR"), ("Voyage No.", "114W"), ("Port of Loading", "Yantian"))
    ):
        page.text(40 + index * 170, 262, title, 7, bold=True)
        page.text(40 + index * 170, 274, value)
    page.text(40, 310, "Container No.: CSQU3054383")
    page.text(260, 310, f"Seal No.: {freight.seal}")
    page.text(40, 330, f"Number of packages: {freight.pieces}")
    page.text(260, 330, f"Gross weight: {freight.weight} KGS")
    page.text(40, 350, "FREIGHT COLLECT" if freight.terms == "collect" else "FREIGHT PREPAID")
    page.text(40, 380, "Shipped on board: 2026-03-14")
    return page.done()


LAYOUTS: dict[str, Callable[[Freight], bytes]] = {
    "vics_ruled": vics,
    "vics_plain": lambda freight: vics(freight, ruled=False),
    "boxed": boxed,
    "labelled": labelled,
    "ocean": ocean,
}

OTHERS: tuple[Freight, ...] = (
    Freight(),
    Freight(
        bol="00917735",
        carrier="Two Rivers Motor Freight, LLC",
        scac="TWRM",
        shipper=Party("Perez, Collins and Green", "14 Dock St Suite 9", "Baton Rouge", "LA", "70802"),
        consignee=Party("St. Brendan's Supply Co-op", "3920 N 59th Ave", "Winnipeg", "MB", "R3C 1A5"),
        terms="collect",
        pos=("PO-77120",),
        lines=((1, 464),),
        handling_units=(1,),
        hazmat=True,
    ),
    replace(Freight(), terms="third_party", bol="TR2026031499", lines=((120, 18450), (2, 75)), seal="UL-220187"),
)
