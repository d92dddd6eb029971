"""Mailboxes of partners: connected, looked into, switched off. The password is sealed and never shown."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from controltower.audit import SYSTEM, Actor, record
from controltower.crypto import seal, unseal
from controltower.errors import DomainError, Invalid
from controltower.jobs import enqueue
from exceptions.intake.imap import Address, Fetched
from exceptions.intake.models import Mailbox
from exceptions.intake.services.accepting import message_accept
from exceptions.parties.models import Partner

EVERY = timedelta(minutes=1)
AFTER_TROUBLE = timedelta(minutes=5)
MAIL_TYPE = "message/rfc822"


@dataclass(frozen=True)
class Wanted:
    """What an administrator enters. An empty password keeps the one that is there, for the same server."""

    host: str
    port: int
    security: str
    username: str
    password: str
    folder: str


def mailbox_connect(partner: Partner, wanted: Wanted, *, actor: Actor, now: datetime) -> Mailbox:
    """Store where a partner's mails are. It is looked into at once, by a job: whether that works stands on it then."""
    if partner.adapter != "mail":
        raise Invalid("Only a partner that sends e-mail has a mailbox.")
    known = Mailbox.objects.select_for_update(no_key=True).filter(partner=partner).first()
    server = (wanted.host, wanted.port, wanted.security)
    if not wanted.password and (known is None or (known.host, known.port, known.security) != server):
        # Who may not read the stored one must not have it sent to a server of their own either.
        raise Invalid("The password is needed.", details={"password": "Enter the password."})
    mailbox = known or Mailbox(partner=partner)
    if (mailbox.host, mailbox.username, mailbox.folder) != (wanted.host, wanted.username, wanted.folder):
        mailbox.uid_validity, mailbox.last_uid = None, 0
        mailbox.first_look_at = mailbox.polled_at = None
    mailbox.host, mailbox.port, mailbox.security = wanted.host, wanted.port, wanted.security
    mailbox.username, mailbox.folder = wanted.username, wanted.folder
    if wanted.password:
        mailbox.secret = seal(wanted.password.encode()).decode()
    mailbox.problem, mailbox.next_poll_at = "", now
    mailbox.save()
    after = {"mailbox": str(mailbox), "folder": mailbox.folder}
    record(verb="mailbox.connected", subject=f"partner:{partner.pk}", actor=actor, after=after, now=now)
    return mailbox


def mailbox_disconnect(mailbox: Mailbox, *, actor: Actor, now: datetime) -> None:
    """Stop looking and forget the password."""
    record(
        verb="mailbox.disconnected",
        subject=f"partner:{mailbox.partner_id}",
        actor=actor,
        after={"mailbox": str(mailbox)},
        now=now,
    )
    mailbox.delete()


def mailbox_address(mailbox: Mailbox) -> Address:
    password = unseal(mailbox.secret.encode()).decode()
    return Address(mailbox.host, mailbox.port, mailbox.security, mailbox.username, password, mailbox.folder)


def mails_take(mailbox_id: int, fetched: Fetched, *, address: Address, seen_from: int, now: datetime) -> int:
    """Accept what a look at `address` fetched and note how far the folder was read, in one transaction. Returns how many
    were new.

    Another look that was quicker has moved the mark: then this one's mails are known already, by their Message-IDs. A
    mailbox that was disconnected or is at another place since takes nothing: neither mails nor mark are of that place.
    """
    mailbox = _still_at(address).select_related("partner").filter(pk=mailbox_id).first()
    if mailbox is None:
        return 0
    partner, new = mailbox.partner, 0
    for uid, body in fetched.mails:
        try:
            accepted = message_accept(partner, body=body, headers={}, content_type=MAIL_TYPE, now=now)
            new += not accepted.duplicate
        except DomainError as refused:
            _passed_over(mailbox, uid, refused.message, now)
    for uid, size in fetched.passed_over:
        _passed_over(mailbox, uid, f"{size} bytes are more than is taken", now)
    if mailbox.last_uid == seen_from or mailbox.uid_validity != fetched.uid_validity:
        mailbox.uid_validity, mailbox.last_uid = fetched.uid_validity, fetched.last_uid
    mailbox.polled_at, mailbox.problem = now, ""
    mailbox.first_look_at = mailbox.first_look_at or now
    mailbox.next_poll_at = now if fetched.more else now + EVERY
    mailbox.save(update_fields=["uid_validity", "last_uid", "first_look_at", "polled_at", "problem", "next_poll_at"])
    return new


def mailbox_failed(mailbox_id: int, why: str, *, address: Address, now: datetime) -> None:
    """Say on the mailbox why it cannot be read at `address`, and leave it alone for a while."""
    _still_at(address).filter(pk=mailbox_id).update(problem=why[:300], next_poll_at=now + AFTER_TROUBLE)


def mailbox_claim(mailbox_id: int, *, now: datetime) -> bool:
    """Put a due mailbox in line, once; that of a partner who is switched off is left alone."""
    due = Mailbox.objects.filter(pk=mailbox_id, partner__active=True, next_poll_at__lte=now)
    if not due.update(next_poll_at=now + AFTER_TROUBLE):
        return False
    enqueue("intake.mailbox", {"mailbox": mailbox_id}, dedupe_key=f"mailbox:{mailbox_id}")
    return True


def _still_at(address: Address) -> QuerySet[Mailbox]:
    found = Mailbox.objects.select_for_update(no_key=True, of=("self",))
    return found.filter(host=address.host, username=address.username, folder=address.folder)


def _passed_over(mailbox: Mailbox, uid: int, why: str, now: datetime) -> None:
    after = {"mailbox": str(mailbox), "uid": uid, "why": why}
    record(verb="mailbox.mail_passed_over", subject=f"partner:{mailbox.partner_id}", actor=SYSTEM, after=after, now=now)
