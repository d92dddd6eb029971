"""Connecting partners: made from a preset, tried, rotated, switched. Secrets are sealed and shown once."""

import secrets as random
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.text import slugify

from controltower.audit import Actor, record
from controltower.crypto import seal, unseal
from controltower.errors import Conflict, Invalid
from exceptions.intake.adapters import Unreadable, adapter_for
from exceptions.intake.presets import PRESETS
from exceptions.intake.signatures import Scheme, is_usable_secret
from exceptions.parties.models import Account, Channel, Partner
from exceptions.shipments.canonical import CanonicalEvent

OVERLAP = timedelta(days=1)
MIN_OWN_SECRET = 16


@dataclass(frozen=True, slots=True)
class Connected:
    """`secret` in the clear: to be shown once and kept nowhere."""

    partner: Partner
    secret: str


def partner_create(
    *,
    preset: str,
    name: str,
    account: Account,
    default_customer: Account | None,
    secret: str = "",
    sandbox: bool = True,
    mapping: Mapping[str, Any] | None = None,
    slug: str = "",
    actor: Actor,
    now: datetime,
) -> Connected:
    """Connect an account by a preset. Without `secret` one is made; without `slug` the name gives one that nobody can
    guess, because slugs are shared by all organisations and a taken one would tell of another's partner."""
    chosen = PRESETS.get(preset)
    if chosen is None:
        raise Invalid("Choose one of the kinds of connection.", details={"preset": "There is no such kind."})
    name = name.strip()
    if not name:
        raise Invalid("Give the partner a name.", details={"name": "A name is needed."})
    if secret and len(secret) < MIN_OWN_SECRET:
        sentence = f"A secret needs at least {MIN_OWN_SECRET} characters."
        raise Invalid(sentence, details={"secret": sentence})
    if secret and not is_usable_secret(chosen.signature, secret):
        sentence = "A Standard Webhooks secret is whsec_ followed by base64."
        raise Invalid(sentence, details={"secret": sentence})
    plain = secret or new_secret(chosen.signature)
    partner = Partner.objects.create(
        account=account,
        slug=slug or f"{slugify(name)[:48] or 'partner'}-{random.token_hex(3)}",
        name=name[:200],
        channel=Channel.WEBHOOK,
        adapter=chosen.adapter,
        signature=chosen.signature,
        mapping=dict(mapping or {}),
        secrets=[_sealed(plain, now)],
        source_rank=int(chosen.source_rank),
        creates_shipments=chosen.creates_shipments and default_customer is not None,
        default_customer=default_customer,
        sandbox=sandbox,
    )
    _audit("partner.connected", partner, actor, now, after={"adapter": partner.adapter, "sandbox": sandbox})
    return Connected(partner, plain)


def partner_rotate_secret(partner: Partner, *, actor: Actor, now: datetime) -> Connected:
    """A new secret at once; the one before it stays valid for a day, so that the sender can change over in its time.

    Only one older secret lives beside the new one: rotating twice in a day cuts the first off.
    """
    partner = _locked(partner)
    plain = new_secret(partner.signature)
    fresh = _sealed(plain, now)
    kept = [
        {**entry, "expires_at": _earlier(entry.get("expires_at"), now + OVERLAP)}
        for entry in _valid_entries(partner, now)[:1]
    ]
    partner.secrets = [fresh, *kept]
    partner.save(update_fields=["secrets"])
    _audit(
        "partner.secret_rotated",
        partner,
        actor,
        now,
        after={"secret": fresh["id"], "until": kept[0]["expires_at"] if kept else None},
    )
    return Connected(partner, plain)


def partner_set_sandbox(partner: Partner, *, sandbox: bool, actor: Actor, now: datetime) -> Partner:
    """Into the sandbox, or live. What came in before keeps the flag it came in with."""
    partner = _locked(partner)
    if partner.sandbox == sandbox:
        raise Conflict("Somebody else has switched this already. Reload the page.")
    partner.sandbox = sandbox
    partner.save(update_fields=["sandbox"])
    verb = "partner.sandboxed" if sandbox else "partner.went_live"
    _audit(verb, partner, actor, now, before={"sandbox": not sandbox}, after={"sandbox": sandbox})
    return partner


def partner_deactivate(partner: Partner, *, actor: Actor, now: datetime) -> Partner:
    """From now on the door does not know it. What it sent stays, and is still worked on."""
    return _set_active(partner, False, "partner.deactivated", actor, now)


def partner_activate(partner: Partner, *, actor: Actor, now: datetime) -> Partner:
    return _set_active(partner, True, "partner.activated", actor, now)


def partner_try(partner: Partner, *, body: bytes, content_type: str) -> list[CanonicalEvent] | Unreadable:
    """What a pasted message would become. Stores nothing."""
    return adapter_for(partner.adapter).read(body, {"content-type": content_type}, partner.mapping)


def secrets_of(partner: Partner, now: datetime) -> list[str]:
    """The secrets valid at `now` in the clear, newest first. For checking a signature, and nowhere else."""
    return [unseal(entry["ciphertext"].encode()).decode() for entry in _valid_entries(partner, now)]


def secret_dates(partner: Partner) -> list[dict[str, Any]]:
    """Id, making and end of each secret, for people; never the secret."""

    def moment(text: str | None) -> datetime | None:
        return datetime.fromisoformat(text) if text else None

    return [
        {"id": entry["id"], "created_at": moment(entry["created_at"]), "expires_at": moment(entry.get("expires_at"))}
        for entry in partner.secrets
    ]


def new_secret(signature: str) -> str:
    """256 random bits in the spelling of the scheme: Standard Webhooks wants `whsec_` and base64."""
    if signature == Scheme.STANDARD_WEBHOOKS:
        return "whsec_" + b64encode(random.token_bytes(32)).decode()
    return random.token_urlsafe(32)


def _valid_entries(partner: Partner, now: datetime) -> list[dict[str, Any]]:
    def valid(entry: Mapping[str, Any]) -> bool:
        expires = entry.get("expires_at")
        return expires is None or datetime.fromisoformat(expires) > now

    return [entry for entry in partner.secrets if valid(entry)]


def _sealed(plain: str, now: datetime) -> dict[str, Any]:
    return {
        "id": random.token_hex(4),
        "ciphertext": seal(plain.encode()).decode(),
        "created_at": now.isoformat(),
        "expires_at": None,
    }


def _earlier(given: str | None, limit: datetime) -> str:
    return limit.isoformat() if given is None else min(datetime.fromisoformat(given), limit).isoformat()


def _set_active(partner: Partner, active: bool, verb: str, actor: Actor, now: datetime) -> Partner:
    partner = _locked(partner)
    if partner.active == active:
        raise Conflict("Somebody else has done this already. Reload the page.")
    partner.active = active
    partner.save(update_fields=["active"])
    _audit(verb, partner, actor, now, before={"active": not active}, after={"active": active})
    return partner


def _locked(partner: Partner) -> Partner:
    return Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)


def _audit(
    verb: str,
    partner: Partner,
    actor: Actor,
    now: datetime,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    record(verb=verb, subject=f"partner:{partner.pk}", actor=actor, before=before, after=after, now=now)
