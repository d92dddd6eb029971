"""Writes the demo's bills of lading as PDF, with nothing but the standard library.

Only what a form needs: Helvetica, straight lines, filled bars. Text outside Windows-1252 becomes question marks.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

WIDTH, HEIGHT = 612, 792
_FONTS = ("Helvetica", "Helvetica-Bold")


@dataclass
class Sheet:
    """A letter page, measured in points from its top left corner."""

    drawn: list[str] = field(default_factory=list)

    def text(
        self, x: float, y: float, words: str, *, size: float = 9, bold: bool = False, is_white: bool = False
    ) -> None:
        escaped = words.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        grey = "1 g" if is_white else "0 g"
        self.drawn.append(f"{grey} BT /F{int(bold)} {size:g} Tf {x:g} {HEIGHT - y:g} Td ({escaped}) Tj ET")

    def box(self, x: float, y: float, width: float, height: float, *, is_filled: bool = False) -> None:
        self.drawn.append(f"0 g {x:g} {HEIGHT - y - height:g} {width:g} {height:g} re {'f' if is_filled else 'S'}")

    def bar(self, x: float, y: float, width: float, words: str) -> None:
        self.box(x, y, width, 13, is_filled=True)
        self.text(x + 6, y + 10, words, bold=True, is_white=True)

    def pdf(self) -> bytes:
        content = zlib.compress("\n".join(["0.6 w", *self.drawn]).encode("cp1252", "replace"))
        fonts = " ".join(
            f"/F{n} << /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>"
            for n, name in enumerate(_FONTS)
        )
        bodies = [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Contents 4 0 R "
            f"/Resources << /Font << {fonts} >> >> >>".encode(),
            f"<< /Length {len(content)} /Filter /FlateDecode >>\nstream\n".encode() + content + b"\nendstream",
        ]
        out = bytearray(b"%PDF-1.4\n")
        places = []
        for number, body in enumerate(bodies, start=1):
            places.append(len(out))
            out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
        table = len(out)
        out += f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n".encode()
        out += "".join(f"{place:010d} 00000 n \n" for place in places).encode()
        out += f"trailer << /Size {len(bodies) + 1} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n".encode()
        return bytes(out)


@dataclass(frozen=True)
class Address:
    name: str
    street: str
    town: str  # "Olathe, KS 66061"


@dataclass(frozen=True)
class Line:
    po: str
    units: int
    pieces: int
    pounds: int
    goods: str


@dataclass(frozen=True)
class BillOfLading:
    """What stands on a VICS bill of lading. `terms` is prepaid, collect or third party."""

    number: str
    date: str
    carrier: str
    scac: str
    shipper: Address
    consignee: Address
    lines: Sequence[Line]
    pro: str = ""
    trailer: str = ""
    seal: str = ""
    terms: str = "prepaid"
    instructions: str = ""


def bill_of_lading(said: BillOfLading) -> bytes:
    """The VICS form, filled in."""
    sheet = Sheet()
    sheet.text(40, 40, f"Date: {said.date}")
    sheet.text(230, 40, "BILL OF LADING", size=15, bold=True)
    for title, party, y in (("SHIP FROM", said.shipper, 54), ("SHIP TO", said.consignee, 128)):
        sheet.bar(36, y, 290, title)
        sheet.box(36, y, 290, 70)
        sheet.text(42, y + 27, f"Name: {party.name}")
        sheet.text(42, y + 41, f"Address: {party.street}")
        sheet.text(42, y + 55, f"City/State/Zip: {party.town}")
        sheet.box(330, y, 246, 70)
    sheet.text(336, 76, f"Bill of Lading Number: {said.number}", bold=True)
    for row, (label, value) in enumerate(
        (
            ("CARRIER NAME", said.carrier), ("Trailer number", said.trailer), ("Seal number(s)", said.seal),
            ("SCAC", said.scac), ("Pro number", said.pro),
        )
    ):  # fmt: skip
        sheet.text(336, 141 + 12.5 * row, f"{label}: {value}")
    sheet.text(42, 218, f"SPECIAL INSTRUCTIONS: {said.instructions}", size=8)
    marks = "   ".join(
        f"{name} {'_X_' if name.lower() == said.terms else '___'}" for name in ("Prepaid", "Collect", "Third Party")
    )
    sheet.text(336, 218, f"Freight Charge Terms: {marks}", size=8)
    _table(sheet, said)
    sheet.text(
        40, 700, "RECEIVED, subject to individually determined rates or contracts between carrier and shipper.", size=7
    )
    return sheet.pdf()


_COLUMNS = (36, 130, 190, 250, 320, 576)
_TITLES = ("CUSTOMER ORDER NUMBER", "HANDLING UNITS", "# PKGS", "WEIGHT (LBS)", "COMMODITY DESCRIPTION")


def _table(sheet: Sheet, said: BillOfLading) -> None:
    rows: list[tuple[str, ...]] = [
        (line.po, str(line.units), str(line.pieces), f"{line.pounds:,}", line.goods) for line in said.lines
    ]
    totals = [sum(getattr(line, name) for line in said.lines) for name in ("units", "pieces", "pounds")]
    rows.append(("GRAND TOTAL", str(totals[0]), str(totals[1]), f"{totals[2]:,}", ""))
    sheet.bar(36, 240, 540, "CUSTOMER ORDER INFORMATION")
    for number, row in enumerate((_TITLES, *rows)):
        y = 253 + 16 * number
        for x, following, words in zip(_COLUMNS, _COLUMNS[1:], row, strict=False):
            sheet.box(x, y, following - x, 16)
            sheet.text(x + 4, y + 11, words, size=6 if number == 0 else 9, bold=number in (0, len(rows)))
