"""Files that mean harm, or are broken, written in code so that the suite owns them."""

from __future__ import annotations

import io
import random
import zlib
from collections.abc import Callable

from pypdf import PdfWriter
from reportlab.pdfgen.canvas import Canvas

from tests.documents.samples import Freight, labelled


def pdf(objects: list[bytes], trailer: bytes = b"/Root 1 0 R") -> bytes:
    """A PDF from numbered objects, with a cross-reference table that is right."""
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, start)
    return bytes(out)


def stream(content: bytes, extra: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n" % (len(content), extra) + content + b"\nendstream"


def one_page(content: bytes, extra: bytes = b"", box: bytes = b"0 0 612 792", catalog: bytes = b"") -> bytes:
    return pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalog,
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [%s] /Contents 4 0 R "
            b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>" % box,
            stream(content, extra),
        ]
    )


def encrypted() -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(labelled(Freight())))
    writer.encrypt("secret", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def truncated() -> bytes:
    whole = labelled(Freight())
    return whole[: len(whole) // 3]


def page_tree_loop() -> bytes:
    return pdf([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>"])


def count_lies() -> bytes:
    return pdf([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 2000000000 >>"])


def too_many_pages() -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    for number in range(201):
        canvas.drawString(50, 700, f"Page {number}")
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def inflating() -> bytes:
    """Half a megabyte that becomes 512."""
    return one_page(zlib.compress(b" " * (512 << 20), 9), b"/Filter /FlateDecode")


def endless_drawing() -> bytes:
    """Millions of operators on one page."""
    return one_page(
        zlib.compress(b"BT /F1 9 Tf 10 10 Td (x) Tj ET 0 0 m 9 9 l S\n" * 1_500_000, 9), b"/Filter /FlateDecode"
    )


def enormous_page() -> bytes:
    return one_page(b"BT /F1 9000 Tf 10 10 Td (HUGE) Tj ET", box=b"0 0 9999999 9999999")


def flat_page() -> bytes:
    return one_page(b"BT /F1 9 Tf 10 10 Td (thin) Tj ET", box=b"0 0 100000 1")


def no_area() -> bytes:
    return one_page(b"BT /F1 9 Tf 10 10 Td (none) Tj ET", box=b"0 0 0 0")


def deeply_nested() -> bytes:
    return one_page(b"BT ET", catalog=b"/Names " + b"[" * 20_000 + b"]" * 20_000)


def form_loop() -> bytes:
    """A form that draws itself."""
    return pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /XObject << /X 5 0 R >> >> >>",
            stream(b"/X Do"),
            stream(
                b"/X Do /X Do",
                b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 5 0 R >> >>",
            ),
        ]
    )


def scripted() -> bytes:
    return one_page(
        b"BT /F1 12 Tf 72 700 Td (Bill of lading) Tj ET",
        catalog=b"/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>",
    )


def launching() -> bytes:
    return one_page(
        b"BT /F1 12 Tf 72 700 Td (Bill of lading) Tj ET",
        catalog=b"/OpenAction << /S /Launch /F (/bin/sh) >>",
    )


def noise() -> bytes:
    return b"%PDF-1.7\n" + random.Random(7).randbytes(200_000)


# What it is, and in which of these states it may end.
CASES: dict[str, tuple[Callable[[], bytes], frozenset[str]]] = {
    "empty": (lambda: b"", frozenset({"empty"})),
    "html named pdf": (lambda: b"<html><script>alert(1)</script>", frozenset({"not_supported"})),
    "program": (lambda: b"\x7fELF" + b"\0" * 500, frozenset({"not_supported"})),
    "noise": (noise, frozenset({"damaged"})),
    "encrypted": (encrypted, frozenset({"encrypted"})),
    "truncated": (truncated, frozenset({"damaged"})),
    "page tree loop": (page_tree_loop, frozenset({"damaged", "no_pages", "no_text"})),
    "count lies": (count_lies, frozenset({"damaged", "no_pages", "too_many_pages"})),
    "too many pages": (too_many_pages, frozenset({"too_many_pages"})),
    "inflating": (inflating, frozenset({"crashed", "damaged", "no_text", "too_much_memory", "too_slow"})),
    "endless drawing": (endless_drawing, frozenset({"read", "too_slow", "crashed"})),
    "enormous page": (enormous_page, frozenset({"read", "damaged", "no_text"})),
    "flat page": (flat_page, frozenset({"read", "damaged", "no_text"})),
    "no area": (no_area, frozenset({"read", "damaged", "no_text"})),
    "deeply nested": (deeply_nested, frozenset({"read", "damaged", "no_text"})),
    "form loop": (form_loop, frozenset({"no_text", "damaged", "crashed", "too_slow"})),
    "scripted": (scripted, frozenset({"read"})),
    "launching": (launching, frozenset({"read"})),
}
