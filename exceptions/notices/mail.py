"""From a notice to the bytes that go out. Deterministic: the same notice is the same mail, whenever it is built."""

from __future__ import annotations

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from django.conf import settings
from django.template.loader import render_to_string

from controltower.tenancy.models import Organisation
from exceptions.notices.models import Notice
from exceptions.notices.rendering import Rendered


def sender_address() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def message_id(token: str) -> str:
    """The Message-ID of the notice with this token, kept from the first attempt to the last."""
    domain = sender_address().rpartition("@")[2] or "localhost"
    return f"<notice.{token}@{domain}>"


def body_text(rendered: Rendered, organisation: Organisation) -> str:
    return f"{rendered.text}\n\n-- \n{organisation.name}\n"


def body_html(rendered: Rendered, organisation: Organisation) -> str:
    """The HTML part: the same sentences, escaped, with styles inline because mail readers drop everything else."""
    return render_to_string(
        "notices/mail/notice.html",
        {"rendered": rendered, "organisation": organisation, "paragraphs": rendered.paragraphs},
    )


def build(notice: Notice, organisation: Organisation, *, reply_to: str) -> bytes:
    """The complete mail. Header values are single lines by construction: `EmailMessage` refuses others."""
    mail = EmailMessage(policy=SMTP)
    user, _, domain = sender_address().rpartition("@")
    mail["From"] = Address(organisation.name, user, domain)
    mail["To"] = notice.address
    mail["Subject"] = " ".join(notice.subject.split())
    mail["Date"] = format_datetime(notice.created_at)
    mail["Message-ID"] = notice.message_id
    if reply_to:
        mail["Reply-To"] = reply_to
    mail["Content-Language"] = notice.locale
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    mail["List-Id"] = f"<notices.{organisation.slug}.{domain}>"
    mail["X-Tower-Organisation"] = organisation.slug
    mail["X-Tower-Case"] = notice.case.number
    mail.set_content(notice.body_text, cte="quoted-printable")
    if notice.body_html:
        mail.add_alternative(notice.body_html, subtype="html", cte="quoted-printable")
    mail.set_boundary(f"notice-{notice.digest[:32]}")
    return mail.as_bytes()
