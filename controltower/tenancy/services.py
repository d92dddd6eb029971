"""Members, API keys and the organisation's own settings: named, audited changes by an administrator."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from controltower.audit import Actor, record
from controltower.errors import Conflict, Forbidden, Invalid
from controltower.tenancy.access import KEY_PREFIX, digest_of
from controltower.tenancy.addresses import address_is_proven
from controltower.tenancy.models import ApiKey, Member, Organisation, Role, User
from controltower.tenancy.permissions import VERBS
from controltower.tenancy.signals import organisation_changed

OVERLAP = timedelta(hours=24)
SHOWN_OF_KEY = 11  # characters of a key that lists show: enough to tell keys apart, useless to call with


@dataclass(frozen=True)
class Added:
    """A new member. `newcomer` is set when the person had no login anywhere yet and has to choose a password."""

    member: Member
    newcomer: User | None


@dataclass(frozen=True)
class Made:
    """A new API key and its secret, which is not kept and shown this once."""

    key: ApiKey
    secret: str


def member_add(
    *,
    email: str,
    name: str,
    role: str,
    authority_limit: Decimal | None,
    restricted: bool,
    actor: Actor,
    now: datetime,
) -> Added:
    """Let a person work in this organisation. A person known elsewhere keeps their login and their name."""
    _check_role(role)
    email = User.objects.normalize_email(email).lower()
    user = User.objects.filter(email=email).first()
    newcomer = None
    if user is None:
        user = newcomer = User.objects.create_user(email, name=name)
    elif Member.objects.filter(user=user).exists():
        raise Conflict("This person is a member already. Change them in the list.", code="member_exists")
    elif not address_is_proven(user):
        raise Conflict(
            "Somebody has made a sign-in for this address and never confirmed it by mail. Ask the person to choose a "
            "password with “Forgot your password?” on the sign-in page, then add them again.",
            code="address_not_proven",
        )
    member = Member.objects.create(user=user, role=role, authority_limit=authority_limit, restricted=restricted)
    record(verb="member.added", subject=f"member:{member.pk}", actor=actor, after=_audited(member), now=now)
    return Added(member, newcomer)


def member_change(
    member: Member,
    *,
    role: str,
    authority_limit: Decimal | None,
    restricted: bool,
    is_active: bool,
    actor: Actor,
    now: datetime,
) -> Member:
    """Change what a member may do, or end the membership. Nobody changes their own, and one administrator stays."""
    _check_role(role)
    member = Member.objects.select_for_update(no_key=True, of=("self",)).select_related("user").get(pk=member.pk)
    if actor.id == member.pk:
        raise Forbidden("Nobody changes their own rights. Ask another administrator.", code="own_rights")
    if member.user_id is None:
        raise Invalid("This is an integration: its rights are those of its API keys.", code="not_a_person")
    stays = is_active and role == Role.ADMINISTRATOR
    if member.role == Role.ADMINISTRATOR and member.is_active and not stays and not _other_administrators(member):
        raise Conflict("This is the last administrator. Make somebody else one first.", code="last_administrator")
    before = _audited(member)
    member.role, member.authority_limit = role, authority_limit
    member.restricted, member.is_active = restricted, is_active
    member.save(update_fields=["role", "authority_limit", "restricted", "is_active"])
    verb = "member.changed" if before["active"] == is_active else "member.restored" if is_active else "member.ended"
    record(verb=verb, subject=f"member:{member.pk}", actor=actor, before=before, after=_audited(member), now=now)
    return member


def key_create(*, name: str, scopes: Iterable[str], expires_at: datetime | None, actor: Actor, now: datetime) -> Made:
    """A key for a machine, which acts as an integration of this name. `scopes` are names of verbs it may use."""
    scopes = sorted(set(scopes))
    if not scopes or not set(scopes) <= {verb.name for verb in VERBS[Role.INTEGRATION]}:
        raise Invalid("Choose what the key may do.", code="scopes_unknown")
    member = Member.objects.create(label=name, role=Role.INTEGRATION)
    made = _make_key(member, name=name, scopes=scopes, expires_at=expires_at, now=now)
    record(verb="api_key.created", subject=f"api_key:{made.key.pk}", actor=actor, after=_audited_key(made.key), now=now)
    return made


def key_rotate(key: ApiKey, *, actor: Actor, now: datetime) -> Made:
    """A new key for the same integration, to the same end date. The old one stays valid for a day, so that nothing
    stands still."""
    key = _usable(key, now)
    until = min(filter(None, (key.expires_at, now + OVERLAP)))
    made = _make_key(key.member, name=key.name, scopes=key.scopes, expires_at=key.expires_at, now=now)
    before = _audited_key(key)
    key.expires_at = until
    key.save(update_fields=["expires_at"])
    after = _audited_key(key) | {"successor": made.key.pk}
    record(verb="api_key.rotated", subject=f"api_key:{key.pk}", actor=actor, before=before, after=after, now=now)
    return made


def key_revoke(key: ApiKey, *, actor: Actor, now: datetime) -> ApiKey:
    """End a key at once."""
    key = _usable(key, now)
    key.revoked_at = now
    key.save(update_fields=["revoked_at"])
    record(verb="api_key.revoked", subject=f"api_key:{key.pk}", actor=actor, after=_audited_key(key), now=now)
    return key


def organisation_change(
    organisation: Organisation, changes: dict[str, Any], *, actor: Actor, now: datetime
) -> Organisation:
    """Write changed settings. `changes` holds fields that the settings form may change, already validated."""
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    before = {name: getattr(organisation, name) for name in changes}
    changed = {name: value for name, value in changes.items() if before[name] != value}
    if not changed:
        return organisation
    for name, value in changed.items():
        setattr(organisation, name, value)
    organisation.save(update_fields=list(changed))
    organisation_changed.send(sender=Organisation, organisation=organisation, changed=set(changed), now=now)
    # An address is personal data; that it was changed is on record, what it is stands in the row.
    told = {name: "changed" if name == "reply_to" else value for name, value in changed.items()}
    record(
        verb="organisation.changed",
        subject=f"organisation:{organisation.pk}",
        actor=actor,
        before={name: "" if name == "reply_to" else before[name] for name in changed},
        after=told,
        now=now,
    )
    return organisation


def _check_role(role: str) -> None:
    if role not in Role.values or role == Role.INTEGRATION:
        raise Invalid("Choose a role for a person.", code="role_unknown", details={"role": "Choose one of the list."})


def _other_administrators(member: Member) -> bool:
    """Locks them, so that two administrators cannot end each other at the same moment."""
    others = Member.objects.select_for_update(no_key=True, of=("self",)).filter(role=Role.ADMINISTRATOR, is_active=True)
    return len(others.exclude(pk=member.pk)) > 0


def _usable(key: ApiKey, now: datetime) -> ApiKey:
    key = ApiKey.objects.select_for_update(no_key=True, of=("self",)).select_related("member").get(pk=key.pk)
    if key.revoked_at is not None or (key.expires_at is not None and key.expires_at <= now):
        raise Conflict("This key has ended already. Create a new one.", code="key_ended")
    return key


def _make_key(member: Member, *, name: str, scopes: list[str], expires_at: datetime | None, now: datetime) -> Made:
    secret = KEY_PREFIX + secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        member=member,
        name=name,
        prefix=secret[:SHOWN_OF_KEY],
        digest=digest_of(secret),
        scopes=scopes,
        created_at=now,
        expires_at=expires_at,
    )
    return Made(key, secret)


def _audited(member: Member) -> dict[str, Any]:
    limit = None if member.authority_limit is None else str(member.authority_limit)
    return {"role": str(member.role), "limit": limit, "restricted": member.restricted, "active": member.is_active}


def _audited_key(key: ApiKey) -> dict[str, Any]:
    return {
        "member": key.member_id,
        "scopes": key.scopes,
        "expires_at": key.expires_at.isoformat() if key.expires_at else None,
        "revoked": key.revoked_at is not None,
    }
