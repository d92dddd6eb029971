"""Looks through a PDF's structure with pypdf for what a page does not show: scripts, attachments, launch actions.

Runs in the limited child process only, within a time budget of its own: a broken structure is a warning, not an end.
"""

from __future__ import annotations

import io
import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import pypdf
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from documents.reading.doctext import Warned

MAX_OBJECTS = 20_000
SECONDS = 3.0

_SIGNS = {
    "/JavaScript": ("script", "The file carries a script. It was not run."),
    "/JS": ("script", "The file carries a script. It was not run."),
    "/Launch": ("launch", "The file asks to start a program. It was not started."),
    "/EmbeddedFile": ("attachment", "The file carries another file inside. It was not opened."),
    "/EmbeddedFiles": ("attachment", "The file carries another file inside. It was not opened."),
    "/RichMedia": ("media", "The file carries media that play by themselves. They were not played."),
    "/XFA": ("xfa", "The file is an interactive form (XFA); what a special viewer shows may differ from the page."),
}


class _OutOfTime(Exception):
    pass


@contextmanager
def _budget(seconds: float) -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        raise _OutOfTime

    before = signal.signal(signal.SIGALRM, stop)
    left, _ = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.signal(signal.SIGALRM, before)
        # The child's own clock, which ends it when its parent is gone, goes on.
        signal.setitimer(signal.ITIMER_REAL, max(left - seconds, 1.0) if left else 0)


def inspect(content: bytes) -> list[Warned]:
    """Warnings about what the structure holds; never raises for what is in the file."""
    logging.disable(logging.CRITICAL)
    try:
        with _budget(SECONDS):
            reader = pypdf.PdfReader(io.BytesIO(content), strict=False)
            signs = _signs(reader)
    except _OutOfTime:
        return [Warned("structure_slow", "The file's structure is tangled and could not be looked through completely.")]
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001
        # pypdf documents that broken files may raise anything; the pages themselves are read by another library.
        return [Warned("structure_damaged", "The file's structure is damaged; only what the pages show was read.")]
    return [Warned(code, sentence) for code, sentence in sorted(signs)]


def _signs(reader: pypdf.PdfReader) -> set[tuple[str, str]]:
    if reader.is_encrypted:
        reader.decrypt("")
    found: set[tuple[str, str]] = set()
    seen: set[int] = set()
    stack: list[Any] = [reader.trailer]
    while stack and len(seen) < MAX_OBJECTS:
        item = stack.pop()
        if isinstance(item, IndirectObject):
            if item.idnum in seen:
                continue
            seen.add(item.idnum)
            item = item.get_object()
        if isinstance(item, (DictionaryObject, StreamObject)):
            for key, value in item.items():
                for name in (str(key), str(value) if isinstance(value, str) else ""):
                    if name in _SIGNS:
                        found.add(_SIGNS[name])
                stack.append(value)
        elif isinstance(item, ArrayObject):
            stack.extend(list(item)[:5_000])
    return found
