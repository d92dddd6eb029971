"""Reads of the intake: partners and how they are doing, messages, dead letters."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from controltower.errors import Forbidden, NotFound
from controltower.tenancy.permissions import Verb
from controltower.tenancy.viewer import Viewer, require
from exceptions.intake.models import Message, MessageState
from exceptions.parties.models import Account, Partner

PAGE = 50
RECENT = 12
SHOWN_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Health:
    """Messages of the last 24 hours by what became of them."""

    total: int
    waiting: int
    dead: int
    last_signal_at: datetime | None


@dataclass(frozen=True, slots=True)
class DeadPage:
    messages: list[Message]
    next_before: int | None
    partner: Partner | None


@dataclass(frozen=True, slots=True)
class RawMessage:
    """A message as text for people: undecodable bytes become replacement characters, long ones are cut."""

    message: Message
    text: str
    size: int
    cut: bool


def partners_of(viewer: Viewer) -> QuerySet[Partner]:
    """All partners with the number of their dead letters, by name."""
    require(viewer, Verb.ADMINISTER)
    dead = Count("messages", filter=Q(messages__state=MessageState.DEAD))
    return Partner.objects.select_related("account").annotate(dead=dead).order_by("name", "id")


def partner_of(viewer: Viewer, slug: str) -> Partner:
    require(viewer, Verb.ADMINISTER)
    partner = Partner.objects.select_related("account", "default_customer").filter(slug=slug).first()
    if partner is None:
        raise NotFound("There is no such partner, or it belongs to another organisation.")
    return partner


def accounts_to_connect(viewer: Viewer) -> QuerySet[Account]:
    require(viewer, Verb.ADMINISTER)
    return Account.objects.order_by("name", "id")


def health_of(viewer: Viewer, partner: Partner, *, now: datetime) -> Health:
    require(viewer, Verb.ADMINISTER)
    counted = Message.objects.filter(partner=partner, received_at__gte=now - timedelta(hours=24)).aggregate(
        total=Count("id"),
        waiting=Count("id", filter=Q(state=MessageState.RECEIVED)),
        dead=Count("id", filter=Q(state=MessageState.DEAD)),
    )
    return Health(**counted, last_signal_at=partner.last_signal_at)


def recent_messages(viewer: Viewer, partner: Partner) -> list[Message]:
    require(viewer, Verb.ADMINISTER)
    return list(Message.objects.filter(partner=partner).defer("raw").order_by("-received_at", "-id")[:RECENT])


def dead_letters(viewer: Viewer, *, partner_slug: str = "", before: int | None = None) -> DeadPage:
    """Dead letters, newest first, 50 a page; `before` is the id to continue below."""
    _operates_all(viewer)
    found = Message.objects.filter(state=MessageState.DEAD).select_related("partner").defer("raw").order_by("-id")
    partner = None
    if partner_slug:
        partner = Partner.objects.filter(slug=partner_slug).first()
        if partner is None:
            raise NotFound("There is no such partner, or it belongs to another organisation.")
        found = found.filter(partner=partner)
    if before is not None:
        found = found.filter(pk__lt=before)
    messages = list(found[: PAGE + 1])
    more = len(messages) > PAGE
    messages = messages[:PAGE]
    return DeadPage(messages, messages[-1].pk if more else None, partner)


def dead_ids(viewer: Viewer, *, partner_slug: str = "") -> list[int]:
    """Ids of the oldest dead letters, as many as one replay takes."""
    _operates_all(viewer)
    found = Message.objects.filter(state=MessageState.DEAD)
    if partner_slug:
        found = found.filter(partner__slug=partner_slug)
    return list(found.order_by("id").values_list("id", flat=True)[:500])


def raw_message(viewer: Viewer, message_id: int) -> RawMessage:
    _operates_all(viewer)
    message = Message.objects.select_related("partner").filter(pk=message_id).first()
    if message is None:
        raise NotFound("There is no such message, or it belongs to another organisation.")
    raw = bytes(message.raw)
    text = raw[:SHOWN_BYTES].decode(errors="replace").replace("\x00", "\ufffd")
    return RawMessage(message, text, len(raw), len(raw) > SHOWN_BYTES)


def _operates_all(viewer: Viewer) -> None:
    """Nobody knows of which account a message speaks that was not understood."""
    require(viewer, Verb.OPERATE)
    if viewer.member.restricted:
        raise Forbidden(
            "Messages may speak of any account, and you see some of them only. Ask a colleague who sees all."
        )
