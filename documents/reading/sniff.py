"""What a file is, by its bytes. Its name and what the browser said about it count for nothing."""

from __future__ import annotations

PDF = "application/pdf"
JPEG = "image/jpeg"
PNG = "image/png"
TIFF = "image/tiff"
WEBP = "image/webp"
UNKNOWN = "application/octet-stream"

IMAGES = frozenset({JPEG, PNG, TIFF, WEBP})

# The PDF header may be preceded by junk; readers look for it in the first kilobyte (ISO 32000-1, annex H, note 13).
_PDF_HEADER_WINDOW = 1024


def content_type(content: bytes) -> str:
    """The media type that the first bytes prove, `application/octet-stream` when they prove none that we take."""
    if b"%PDF-" in content[:_PDF_HEADER_WINDOW]:
        return PDF
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content.startswith((b"II*\x00", b"MM\x00*")):
        return TIFF
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return WEBP
    return UNKNOWN
