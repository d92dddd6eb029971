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
from exceptions.intake.presets import PRESETS, preset_of, starting_mapping
from exceptions.intake.signatures import Scheme, is_usable_secret
from exceptions.parties.models import Account, Partner, SignatureScheme
from exceptions.parties.zones import is_zone

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
    way: str = "",
    zone: str = "",
    secret: str = "",
    sandbox: bool = True,
    mapping: Mapping[str, Any] | None = None,
    slug: str = "",
    actor: Actor,
    now: datetime,
) -> Connected:
    """Connect an account by a preset. Without `secret` one is made, where the way in has one at all; without `slug` the
    name gives one that nobody can guess, because slugs are shared by all organisations and a taken one would tell of
    another's partner. `way` is the key of one of the preset's ways, the first where it is empty."""
    chosen = PRESETS.get(preset)
    if chosen is None:
        raise _wrong("preset", "Choose one of the kinds of connection.")
    taken = chosen.way(way)
    if taken is None:
        raise _wrong("way", "Messages of this kind do not come in that way.")
    if secret and not taken.has_secret:
        raise _wrong("secret", "Messages that come in this way carry no secret of their own.")
    plain = _checked_secret(taken.signature, secret) if taken.has_secret else ""
    kept = {**starting_mapping(chosen), **(mapping or {}), **({"zone": _checked_zone(zone)} if zone else {})}
    customer = default_customer if chosen.starts_shipments else None
    partner = Partner.objects.create(
        account=account,
        slug=slug or f"{slugify(name)[:48] or 'partner'}-{random.token_hex(3)}",
        name=_checked_name(name),
        template=chosen.key,
        channel=taken.channel,
        adapter=chosen.adapter,
        signature=taken.signature,
        mapping=kept,
        secrets=[_sealed(plain, now)] if plain else [],
        source_rank=int(chosen.source_rank),
        creates_shipments=customer is not None,
        default_customer=customer,
        sandbox=sandbox,
    )
    _audit("partner.connected", partner, actor, now, after={"adapter": partner.adapter, "sandbox": sandbox})
    return Connected(partner, plain)


def partner_change(
    partner: Partner,
    *,
    name: str,
    account: Account,
    default_customer: Account | None,
    rate_limit_per_minute: int,
    actor: Actor,
    now: datetime,
) -> Partner:
    """Rename it, hang it under another account, say for whom its signals start shipments, or how many may come."""
    partner = _locked(partner)
    before = _facts(partner)
    preset = preset_of(partner.template, partner.adapter)
    partner.name, partner.account = _checked_name(name), account
    partner.default_customer = default_customer if preset is None or preset.starts_shipments else None
    partner.creates_shipments = partner.default_customer is not None
    partner.rate_limit_per_minute = rate_limit_per_minute
    partner.save(update_fields=["name", "account", "default_customer", "creates_shipments", "rate_limit_per_minute"])
    _audit("partner.changed", partner, actor, now, before=before, after=_facts(partner))
    return partner


def partner_rotate_secret(partner: Partner, *, actor: Actor, now: datetime) -> Connected:
    """A new secret at once; the one before it stays valid for a day, so that the sender can change over in its time.

    Only one older secret lives beside the new one: rotating twice in a day cuts the first off.
    """
    partner = _locked(partner)
    if partner.signature == SignatureScheme.TRANSPORT:
        raise Conflict("This partner has no secret of its own: its messages come with an API key, or by mail.")
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


def partner_revoke_secret(partner: Partner, *, secret_id: str, actor: Actor, now: datetime) -> Partner:
    """End a secret at once. Raises `Conflict` for the last valid one: without any the partner could not send, and
    switching it off says that more clearly."""
    partner = _locked(partner)
    valid = _valid_entries(partner, now)
    if secret_id not in {entry["id"] for entry in valid}:
        raise Conflict("This secret has ended already. Reload the page.")
    if len(valid) == 1:
        raise Conflict("This is the only valid secret. Make a new one first, or switch the partner off.")
    partner.secrets = [entry for entry in valid if entry["id"] != secret_id]
    partner.save(update_fields=["secrets"])
    _audit("partner.secret_revoked", partner, actor, now, before={"secret": secret_id})
    return partner


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


def secrets_of(partner: Partner, now: datetime) -> list[str]:
    """The secrets valid at `now` in the clear, newest first. For checking a signature, and nowhere else."""
    return [unseal(entry["ciphertext"].encode()).decode() for entry in _valid_entries(partner, now)]


def secrets_with_end(partner: Partner, now: datetime) -> list[tuple[str, datetime | None]]:
    """The secrets valid at `now` in the clear, newest first, each with the moment from which it is valid no more."""
    return [
        (unseal(entry["ciphertext"].encode()).decode(), _moment(entry.get("expires_at")))
        for entry in _valid_entries(partner, now)
    ]


def secret_dates(partner: Partner, now: datetime) -> list[dict[str, Any]]:
    """Id, making and end of each valid secret, newest first, for people; never the secret."""

    return [
        {"id": entry["id"], "created_at": _moment(entry["created_at"]), "expires_at": _moment(entry.get("expires_at"))}
        for entry in _valid_entries(partner, now)
    ]


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def new_secret(signature: str) -> str:
    """256 random bits in the spelling of the scheme: Standard Webhooks wants `whsec_` and base64."""
    if signature == Scheme.STANDARD_WEBHOOKS:
        return "whsec_" + b64encode(random.token_bytes(32)).decode()
    return random.token_urlsafe(32)


def _checked_name(name: str) -> str:
    if not name.strip():
        raise _wrong("name", "Give the partner a name.")
    return name.strip()[:200]


def _checked_zone(zone: str) -> str:
    if not is_zone(zone):
        raise _wrong("zone", "Use the IANA name of a time zone, such as America/Phoenix.")
    return zone


def _checked_secret(signature: str, secret: str) -> str:
    if not secret:
        return new_secret(signature)
    if len(secret) < MIN_OWN_SECRET:
        raise _wrong("secret", f"A secret needs at least {MIN_OWN_SECRET} characters.")
    if not is_usable_secret(signature, secret):
        raise _wrong("secret", "A Standard Webhooks secret is whsec_ followed by base64.")
    return secret


def _wrong(field: str, sentence: str) -> Invalid:
    return Invalid(sentence, details={field: sentence})


def _facts(partner: Partner) -> dict[str, Any]:
    return {
        "name": partner.name,
        "account": partner.account_id,
        "customer": partner.default_customer_id,
        "rate_limit_per_minute": partner.rate_limit_per_minute,
    }


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
