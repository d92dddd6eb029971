"""From the bytes of an e-mail to its parts: who, when, what was written anew, what is attached. Pure.

The standard library's `email` reads MIME and never gives up on a broken part; what it could not decode stays out of the
text. Forwarded messages (message/rfc822) are mails of their own inside: whoever forwards a mail does not vouch for it.
"""

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import getaddresses, parsedate_to_datetime
from typing import Final

from exceptions.intake.adapters.base import Attachment, Unreadable
from exceptions.intake.adapters.mail.quoting import written_anew
from exceptions.intake.adapters.mail.visible import visible_text
from exceptions.shipments.payloads.parts import FIRST_YEAR, LAST_YEAR

MAX_PARTS: Final = 200
MAX_NESTED: Final = 5
MAX_TEXT: Final = 100_000
MAX_SUBJECT: Final = 300
_HEADER_LINE: Final = re.compile(rb"^[!-9;-~]+[ \t]*:", re.MULTILINE)
_LOOKED_AT: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Mail:
    """What a mail says.

    sender: the address of the only From; empty when there is none or more than one. sent_at: in the sender's zone, or when the first server took it. text: what its writer wrote anew;
    history: what is quoted below it. nested: mails that are attached or forwarded as such. reports: its
    message/delivery-status parts, as text. results: its Authentication-Results headers, the newest first.
    """

    message_id: str
    sender: str
    reply_to: str
    sent_at: datetime | None
    subject: str
    text: str
    history: str
    headers: tuple[tuple[str, str], ...]
    attachments: tuple[Attachment, ...] = ()
    nested: tuple["Mail", ...] = ()
    reports: tuple[str, ...] = ()
    is_report: bool = False

    def header(self, name: str) -> str:
        """The first header of that name, in lower case; empty when there is none."""
        return next((value for key, value in self.headers if key == name), "")

    @property
    def results(self) -> tuple[str, ...]:
        return tuple(value for key, value in self.headers if key == "authentication-results")


@dataclass
class _Found:
    plain: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    nested: list[Mail] = field(default_factory=list)
    reports: list[str] = field(default_factory=list)
    parts: int = 0


def looks_like_mail(body: bytes) -> bool:
    """Whether it begins as RFC 5322 says: header lines, one of them naming a sender, a time or an id."""
    head = body.lstrip(b"\r\n")[:_LOOKED_AT]
    head = re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0]
    if head.startswith(b"From "):  # an mbox line
        head = head.partition(b"\n")[2]
    names = {match.group().rstrip(b" \t:").lower() for match in _HEADER_LINE.finditer(head)}
    return bool(_HEADER_LINE.match(head)) and bool(names & {b"from", b"date", b"message-id", b"received", b"subject"})


def message_id_of(body: bytes) -> str:
    """The Message-ID header, empty when the mail has none. Cheap: it stands in the head."""
    head = re.split(rb"\r?\n\r?\n", body[:_LOOKED_AT], maxsplit=1)[0]
    match = re.search(rb"^message-id[ \t]*:[ \t]*(?:\r?\n[ \t]+)?(\S+)", head, re.IGNORECASE | re.MULTILINE)
    return match.group(1).decode("ascii", "replace") if match else ""


def read_mail(body: bytes) -> Mail | Unreadable:
    """The mail in these bytes, or why it is none."""
    if not looks_like_mail(body):
        return Unreadable("this does not begin with the headers of an e-mail", "line 1")
    try:
        message = email.message_from_bytes(body.lstrip(b"\r\n"), policy=email.policy.default)
        return _mail(message, depth=0)
    except Exception as error:  # noqa: BLE001  # the parser raises many kinds on headers that no mailer writes
        return Unreadable(f"the e-mail cannot be parsed ({type(error).__name__})")


def _mail(message: EmailMessage, depth: int) -> Mail:
    headers = tuple(_headers(message))
    found = _Found()
    _walk(message, found, depth)
    text = "\n".join(found.plain) if any(part.strip() for part in found.plain) else ""
    if not text and found.html:
        text = visible_text("<br>".join(found.html))
    fresh, history = written_anew(text[:MAX_TEXT])
    first = dict(reversed(headers))
    return Mail(
        message_id=first.get("message-id", "").strip()[:998],
        sender=_only_address(first.get("from", "")),
        reply_to=_only_address(first.get("reply-to", "")),
        sent_at=_sent_at(first.get("date", "")) or _received_at(headers),
        subject=" ".join(first.get("subject", "").split())[:MAX_SUBJECT],
        text=fresh,
        history=history,
        headers=headers,
        attachments=tuple(found.attachments),
        nested=tuple(found.nested),
        reports=tuple(found.reports),
        is_report=message.get_content_type() == "multipart/report",
    )


def _headers(message: EmailMessage) -> Iterator[tuple[str, str]]:
    for name, raw in message.raw_items():
        try:
            value = str(message.policy.header_fetch_parse(name, raw))
        except Exception:  # noqa: BLE001  # a header that cannot be decoded is read as it stands
            value = str(raw)
        yield name.lower(), value.replace("\x00", "")[:2000]


def _walk(part: EmailMessage, found: _Found, depth: int) -> None:
    found.parts += 1
    if found.parts > MAX_PARTS:
        return
    kind = part.get_content_type()
    if kind == "message/rfc822":
        inner = part.get_payload()
        if depth < MAX_NESTED and isinstance(inner, list) and inner and isinstance(inner[0], EmailMessage):
            found.nested.append(_mail(inner[0], depth + 1))
    elif kind == "message/delivery-status":
        found.reports.append("\n".join(str(block) for block in _children(part))[:MAX_TEXT])
    elif part.is_multipart():
        for child in _children(part):
            _walk(child, found, depth)
    elif kind in ("text/plain", "text/html") and part.get_content_disposition() != "attachment":
        (found.plain if kind == "text/plain" else found.html).append(_text(part))
    elif kind != "text/rfc822-headers":
        found.attachments.append(Attachment(part.get_filename() or "", kind, _content(part)))


def _children(part: EmailMessage) -> list[EmailMessage]:
    children = part.get_payload()
    return [child for child in children if isinstance(child, EmailMessage)] if isinstance(children, list) else []


def _text(part: EmailMessage) -> str:
    """The part's words in its charset, or in the one that fits: mailers lie about it."""
    content = _content(part)
    for charset in (part.get_content_charset() or "utf-8", "utf-8", "cp1252", "latin-1"):
        try:
            return content.decode(charset).replace("\x00", "")
        except (LookupError, UnicodeDecodeError, ValueError):
            continue
    return ""


def _content(part: EmailMessage) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _only_address(header: str) -> str:
    """The address of a header that has exactly one; two senders are as good as none."""
    found = {address.strip().lower() for _, address in getaddresses([header]) if "@" in address}
    return found.pop()[:254] if len(found) == 1 else ""


def _received_at(headers: tuple[tuple[str, str], ...]) -> datetime | None:
    """When the first server took it, which is the last Received header: for mails whose own date is missing or nonsense."""
    stamps = [value.rpartition(";")[2] for name, value in headers if name == "received"]
    return _sent_at(stamps[-1]) if stamps else None


def _sent_at(header: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(header)
        # RFC 5322: -0000 says that nothing is known of the sender's zone; the time is UTC all the same.
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
        moment.astimezone(UTC)  # the ends of the calendar overflow
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return moment if FIRST_YEAR <= moment.year <= LAST_YEAR else None
