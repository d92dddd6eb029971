"""Mails as they come: written for these tests."""

from email.message import EmailMessage
from typing import Any

TRUSTING: dict[str, Any] = {
    "trusted": ["ridgeline.example"],
    "authserv_id": "mx.tower.example",
    "zone": "America/Denver",
}
VOUCHED = "mx.tower.example; dmarc=pass header.from=ridgeline.example; spf=pass smtp.mailfrom=ridgeline.example"


def mail(
    text: str = "",
    *,
    subject: str = "Update",
    sender: str = "Desk <desk@ridgeline.example>",
    html: str = "",
    date: str = "Tue, 05 May 2026 09:30:00 -0600",
    files: tuple[tuple[str, str, bytes], ...] = (),
    **headers: str,
) -> EmailMessage:
    """A mail; header names are written with underscores for dashes."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = "signals@tower.example"
    message["Subject"] = subject
    if date:
        message["Date"] = date
    message["Message-ID"] = headers.pop("Message_ID", "<one@ridgeline.example>")
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    if text or not html:
        message.set_content(text or " ")
        if html:
            message.add_alternative(html, subtype="html")
    else:
        message.set_content(html, subtype="html")
    for name, kind, content in files:
        main, _, sub = kind.partition("/")
        message.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return message


def forwarded(inner: EmailMessage, text: str = "fyi, please see below", **headers: str) -> EmailMessage:
    outer = mail(text, subject="FW: see below", **headers)
    outer.add_attachment(inner)
    return outer


def bounce() -> bytes:
    return b"""From: MAILER-DAEMON@mx.ridgeline.example
To: signals@tower.example
Subject: Undelivered Mail Returned to Sender
Date: Tue, 05 May 2026 16:00:00 +0000
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="cut"

--cut
Content-Type: text/plain

Delivery of your mail about PRO 5520017 was delayed and has failed.
--cut
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.ridgeline.example

Final-Recipient: rfc822; night@ridgeline.example
Action: failed
Status: 5.1.1

--cut--
"""
