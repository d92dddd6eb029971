"""The demo's mail server and what it took: one file for each mail, in a folder for each organisation.

A tool of the demo and of tests: it listens on this machine only and sends nothing on.
"""

from __future__ import annotations

import os
import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

ORGANISATION_HEADER = "X-Tower-Organisation"
LARGEST = 10 * 1024 * 1024  # bytes
SHOWN = 200  # mails on the page
_SLUG = re.compile(r"[a-z0-9-]{1,60}")
_NAME = re.compile(r"\d{8}T\d{12}-[0-9a-f]{32}")


@dataclass(frozen=True)
class Mail:
    """One stored mail, read for showing. Every value is text from outside: escape it."""

    name: str
    received_at: datetime
    sent_at: datetime | None
    sender: str
    recipient: str
    reply_to: str
    subject: str
    case: str
    text: str
    html: str
    headers: tuple[tuple[str, str], ...]


def store(folder: Path, content: bytes, *, recipients: list[str]) -> Path:
    """Write a mail so that a reader sees it whole or not at all. Returns where it is."""
    mail = message_from_bytes(content, policy=default)
    slug = str(mail.get(ORGANISATION_HEADER, "")).strip()
    place = folder / (slug if _SLUG.fullmatch(slug) else "_")  # mail of no organisation (a password link) is nobody's
    place.mkdir(parents=True, exist_ok=True)
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{uuid.uuid4().hex}"
    unfinished = place / f"{name}.part"
    envelope = "".join(f"X-Mailbox-Recipient: {recipient}\r\n" for recipient in recipients)
    with unfinished.open("wb") as file:
        file.write(envelope.encode("utf-8", "replace") + content)
        file.flush()
        os.fsync(file.fileno())
    return unfinished.rename(place / f"{name}.eml")


def listed(folder: Path, slug: str) -> list[Mail]:
    """The newest mails of one organisation, newest first."""
    place = folder / slug
    if not _SLUG.fullmatch(slug) or not place.is_dir():
        return []
    names = sorted((path.stem for path in place.glob("*.eml")), reverse=True)[:SHOWN]
    return [mail for name in names if (mail := opened(folder, slug, name)) is not None]


def opened(folder: Path, slug: str, name: str) -> Mail | None:
    """One mail of one organisation; None when there is no such mail there."""
    if not _SLUG.fullmatch(slug) or not _NAME.fullmatch(name):
        return None
    try:
        content = (folder / slug / f"{name}.eml").read_bytes()
    except FileNotFoundError:
        return None
    mail = message_from_bytes(content, policy=default)
    return Mail(
        name=name,
        received_at=datetime.strptime(name.split("-")[0], "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC),
        sent_at=_date(mail),
        sender=str(mail.get("From", "")),
        recipient=str(mail.get("To", "")),
        reply_to=str(mail.get("Reply-To", "")),
        subject=str(mail.get("Subject", "")),
        case=str(mail.get("X-Tower-Case", "")),
        text=_part(mail, "plain"),
        html=_part(mail, "html"),
        headers=tuple((name, str(value)) for name, value in mail.items()),
    )


def _date(mail: EmailMessage) -> datetime | None:
    try:
        return parsedate_to_datetime(str(mail.get("Date", "")))
    except ValueError:
        return None


def _part(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except (LookupError, UnicodeError):
        return "This part cannot be read."


class Sink:
    """What aiosmtpd calls with each mail."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        if not isinstance(content, bytes):
            return "554 No content"
        store(self.folder, content, recipients=list(envelope.rcpt_tos))
        return "250 Kept in the mailbox"


def server(folder: Path, port: int, *, host: str = "127.0.0.1", **options: Any) -> Controller:
    """A mail server on this machine that keeps everything in `folder`. Start and stop it with its own methods."""
    return Controller(Sink(folder), hostname=host, port=port, data_size_limit=LARGEST, **options)
