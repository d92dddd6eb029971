"""The way in: one call that turns any bytes into text and fields, or into a sentence that says why there are none."""

from __future__ import annotations

import base64
import binascii
import time
from dataclasses import dataclass, field

from documents.extraction.fields import Extraction
from documents.reading import sandbox, sniff
from documents.reading.doctext import DocText, Warned

MAX_BYTES = 25 * 1024 * 1024
PICTURE_WIDTH = 1100
PICTURES_PER_CHILD = 10
PICTURES_SECONDS = 45.0

READ_LIMITS = sandbox.Limits()
PICTURE_LIMITS = sandbox.Limits(wall_seconds=20.0, cpu_seconds=15)

NO_TEXT = "There is no readable text on the page: scans are not read yet. You can type the fields in by hand."
A_PICTURE = "This is a picture, not a file with text: scans are not read yet. You can type the fields in by hand."


@dataclass(frozen=True, slots=True)
class Reading:
    """How reading ended. `is_read` is true when there is text; otherwise `code` and `sentence` say why not.

    `text` may be there all the same: a scan has pages and warnings, only no words.
    """

    is_read: bool
    content_type: str
    code: str = "read"
    sentence: str = ""
    text: DocText = field(default_factory=DocText)
    extraction: Extraction = field(default_factory=lambda: Extraction("other"))

    @property
    def warnings(self) -> tuple[Warned, ...]:
        return self.text.warnings


def read_document(content: bytes, limits: sandbox.Limits = READ_LIMITS) -> Reading:
    """Read any bytes within the limits. Never raises for what is in the file."""
    kind = sniff.content_type(content)
    if not content:
        return Reading(False, kind, "empty", "The file is empty. Send it again.")
    if len(content) > MAX_BYTES:
        return Reading(False, kind, "too_large", "The file is larger than 25 MB. Send a smaller copy or split it.")
    if kind in sniff.IMAGES:
        return Reading(False, kind, "no_text", A_PICTURE)
    if kind != sniff.PDF:
        return Reading(False, kind, "not_supported", "This is neither a PDF nor a picture, whatever its name says.")
    answer = sandbox.run("read", content, limits)
    if not answer.ok:
        return Reading(False, kind, answer.code, answer.sentence)
    try:
        text = DocText.from_json(answer.body["text"])
        extraction = Extraction.from_json(answer.body["fields"])
    except (KeyError, TypeError, ValueError):
        return Reading(False, kind, "crashed", "Reading the file was stopped: it is damaged.")
    if not text.has_text:
        return Reading(False, kind, "no_text", NO_TEXT, text)
    return Reading(True, kind, text=text, extraction=extraction)


def page_pictures(content: bytes, pages: int, limits: sandbox.Limits = PICTURE_LIMITS) -> dict[int, bytes]:
    """WebP pictures by page number (from 1) of a PDF or picture.

    Pages that cannot be drawn, or not within `PICTURES_SECONDS` for all of them, are left out.
    """
    is_image = sniff.content_type(content) in sniff.IMAGES
    pictures: dict[int, bytes] = {}
    deadline = time.monotonic() + PICTURES_SECONDS
    for first in range(1, pages + 1, PICTURES_PER_CHILD):
        if time.monotonic() > deadline:
            break
        numbers = list(range(first, min(first + PICTURES_PER_CHILD, pages + 1)))
        answer = sandbox.run("render", content, limits, pages=numbers, width=PICTURE_WIDTH, is_image=is_image)
        for number, data in answer.body.get("pictures", {}).items():
            try:
                pictures[int(number)] = base64.b64decode(data, validate=True)
            except (ValueError, binascii.Error):
                continue
    return pictures
