"""UN/EDIFACT transport messages: IFTSTA (status), CODECO (gate), COARRI (quay).

An interchange is taken apart into its messages; each is understood and refused by itself. What frames them wrongly (a
count, a trailer that is missing) is refused as an item of its own, and takes no message along.
"""

import re
from collections.abc import Sequence
from typing import Final

from exceptions.intake.adapters.base import Adapter, Envelope, Headers, Mapped, Part, Refusal, Unreadable
from exceptions.intake.adapters.edifact import containers, iftsta
from exceptions.intake.adapters.edifact.framing import MAX_BYTES, Broken, Interchange, Message, read_interchange
from exceptions.intake.adapters.edifact.reader import service_characters
from exceptions.intake.adapters.edifact.report import report_of
from exceptions.shipments.canonical import CanonicalEvent

_UNDERSTOOD: Final = {"IFTSTA": iftsta.understand, "CODECO": containers.understand, "COARRI": containers.understand}
_ANSWERS: Final = frozenset({"CONTRL", "APERAK"})  # acknowledgements of something sent: nothing moves by them


def read(body: bytes, headers: Headers, mapping: Mapped) -> list[CanonicalEvent] | Unreadable:
    """Canonical events of every message in `body`, or why the first that is unreadable is so, and where.

    Of `mapping`: `zone` for times at places whose zone is not known, `references` (RFF qualifier to type of reference),
    `issuer` of the numbers, `codes` for `edifact.4405`, `edifact.9013` and `edifact.1001`.
    """
    try:
        interchange = read_interchange(body)
        events: list[CanonicalEvent] = []
        if not interchange.messages:
            return _nothing(interchange)
        for message in interchange.messages:
            events += _understood(message, interchange, mapping)
        return events
    except Refusal as refusal:
        return refusal.unreadable


def _nothing(interchange: Interchange) -> Unreadable:
    broken = next((item for item in interchange.items if isinstance(item, Broken)), None)
    return Unreadable(broken.reason, broken.where) if broken else Unreadable("the interchange holds no message")


def _understood(message: Message, interchange: Interchange, mapping: Mapped) -> list[CanonicalEvent]:
    if message.kind in _ANSWERS:
        return []
    understand = _UNDERSTOOD.get(message.kind)
    if understand is None:
        kind = message.kind[:20] or "a message without a type"
        raise Refusal(f"{kind} is not read here; IFTSTA, CODECO and COARRI are", message.where)
    return understand(report_of(message, interchange.prepared, mapping))


def open_interchange(body: bytes, headers: Headers) -> Envelope | Unreadable:
    """What makes a repeat a repeat is the content: control references start again at 1 wherever a sender likes."""
    if len(body) > MAX_BYTES:
        return Unreadable(f"the interchange is larger than {MAX_BYTES} bytes")
    try:
        service_characters(body.decode("latin-1"))
    except Refusal as refusal:
        return refusal.unreadable
    return Envelope(content=_flat(body))


def split(body: bytes, headers: Headers, mapping: Mapped) -> Sequence[Part | Unreadable] | Unreadable:
    """Each message in an interchange of its own, in the order sent; what is broken stands in its place."""
    try:
        interchange = read_interchange(body)
    except Refusal as refusal:
        return refusal.unreadable
    if not interchange.items:
        return Unreadable("the interchange holds no message")
    return [
        Unreadable(item.reason, item.where) if isinstance(item, Broken) else _part(item, body, interchange)
        for item in interchange.items
    ]


def _part(message: Message, body: bytes, interchange: Interchange) -> Part:
    """A message with the headers that explain it: service characters, sender, group. It counts as one message."""
    marks = interchange.separators
    head = body[slice(*interchange.una)] + body[slice(*interchange.unb)] + body[slice(*message.group)]
    content = body[message.start : message.end]
    closing = b""
    if interchange.unb != (0, 0):
        reference = _reference(body[slice(*interchange.unb)], 5, marks.element)
        closing = f"UNZ{marks.element}1{marks.element}{reference}{marks.terminator}".encode("latin-1")
    if not content.endswith(marks.terminator.encode("latin-1")):
        content += marks.terminator.encode("latin-1")
    return Part(head + content + closing, message.where, Envelope(content=_flat(head + content)))


def _reference(segment: bytes, element: int, mark: str) -> str:
    parts = segment.decode("latin-1").split(mark)
    return re.sub(r"\W", "", parts[element]) if len(parts) > element else ""


def _flat(body: bytes) -> bytes:
    return body.replace(b"\r", b"").replace(b"\n", b"").strip()


ADAPTER: Final = Adapter(
    key="edifact",
    label="EDIFACT IFTSTA, CODECO, COARRI",
    content_types=frozenset(
        {"application/edifact", "application/edi-consent", "text/plain", "application/octet-stream"}
    ),
    read=read,
    open=open_interchange,
    split=split,
)
