"""Who is calling: a signed-in person or an API key, and for which organisation."""

import hashlib
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from controltower.db import rows
from controltower.tenancy.models import ApiKey, Member, User
from controltower.tenancy.permissions import Verb
from controltower.tenancy.viewer import Viewer

SESSION_KEY = "organisation"
KEY_PREFIX = "ct_"
API_PREFIX = "/api/"


@dataclass(frozen=True)
class Found:
    """An identity that was proved, before its organisation's rows may be read."""

    organisation_id: int
    member_id: int
    key_id: int | None = None
    user: User | None = None


def kind_of(view: Any) -> str:
    """`public`, `no_db`, `member`, or `foreign` for a view that is not ours."""
    return str(getattr(_inner(view), "access", "foreign"))


def verb_of(view: Any) -> Verb | None:
    """The verb a view demands; None when every member may, or it is not for members at all."""
    verb: Verb | None = getattr(_inner(view), "verb", None)
    return verb


def enters_itself(view: Any) -> bool:
    """Whether a view for members opens its transactions itself, because it asks other services in between."""
    return bool(getattr(_inner(view), "enters_itself", False))


def _inner(view: Any) -> Any:
    """Class-based views carry their marks on the class."""
    return getattr(view, "cls", None) or getattr(view, "view_class", None) or view


def identify(request: HttpRequest) -> Found | None:
    """The caller, or None. A session picks its organisation; an API key opens the API and no page."""
    header = request.headers.get("Authorization", "")
    if header.startswith("Bearer ") and request.path.startswith(API_PREFIX):
        return _by_key(header.removeprefix("Bearer ").strip())
    user = request.user
    if not isinstance(user, User):
        return None
    memberships = rows("SELECT organisation_id, member_id FROM tenancy_memberships(%s)", [user.pk])
    wanted = request.session.get(SESSION_KEY)
    for organisation_id, member_id in sorted(memberships, key=lambda row: row[0] != wanted):
        return Found(organisation_id, member_id, user=user)
    return None


def viewer_of(found: Found) -> Viewer | None:
    """The viewer behind an identity; call inside `acting_for`. None when the membership is gone."""
    member = Member.objects.select_related("organisation", "user").filter(pk=found.member_id, is_active=True).first()
    if member is None or (member.user is not None and not member.user.is_active):
        return None
    if found.key_id is None:
        return Viewer.of(member, member.organisation)
    key = ApiKey.objects.get(pk=found.key_id)
    now = timezone.now()
    if key.last_used_at is None or (now - key.last_used_at).total_seconds() > 60:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return Viewer.of(member, member.organisation, scopes=key.scopes)


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _by_key(secret: str) -> Found | None:
    if not secret.startswith(KEY_PREFIX):
        return None
    found = rows("SELECT organisation_id, member_id, key_id FROM tenancy_key(%s)", [digest_of(secret)])
    return Found(*found[0]) if found else None
