"""Is this body really from the partner? Pure: secrets, headers, body and the time come in, an answer goes out.

Every scheme either returns quietly or raises `SignatureRefused`; no input whatsoever makes it raise anything else.
Secrets come as a list, because during a rotation the old and the new one are valid side by side.
"""

import base64
import hashlib
import hmac
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from standardwebhooks import Webhook

from exceptions.intake.signature_templates import found_in, is_timed, made, template_of

# How far the sender's clock may be from ours, in either direction (standard-webhooks.md, "Verifying webhook
# authenticity": timestamps outside the tolerance are replays).
REPLAY_WINDOW: Final = timedelta(seconds=300)

# A sender rotating its key signs with two; more than a handful of signatures in one header is an attempt at work.
MAX_SIGNATURES: Final = 8
MIN_KEY_BYTES: Final = 16


class SignatureRefused(Exception):
    """The request does not prove that it comes from the partner. `reason` is for our log, never for the sender."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Scheme(StrEnum):
    """Values of `parties.SignatureScheme` that a request can be checked by here."""

    AFTERSHIP = "aftership"
    BEARER = "bearer"
    EASYPOST = "easypost"
    HMAC = "hmac"
    SHIPPO = "shippo"
    STANDARD_WEBHOOKS = "standard_webhooks"


def verify(
    scheme: str,
    *,
    secrets: Sequence[str],
    headers: Mapping[str, str],
    body: bytes,
    now: datetime,
    mapping: Mapping[str, Any] = MappingProxyType({}),
) -> None:
    """Return when one of `secrets` signed exactly these bytes; raise `SignatureRefused` in every other case.

    Header names are compared without regard to case. `now` is aware UTC. `mapping` is the partner's: a scheme that the
    partner draws itself stands there (`signature_templates`).
    """
    lowered = {name.lower(): value for name, value in headers.items()}
    try:
        if scheme == Scheme.HMAC:
            _check_hmac(template_of(mapping), list(secrets), lowered, body, now)
        elif scheme == Scheme.BEARER:
            _check_bearer(mapping, list(secrets), lowered)
        elif scheme in SCHEMES:
            SCHEMES[scheme](list(secrets), lowered, body, now)
        else:
            raise SignatureRefused("no such signature scheme")
    except SignatureRefused:
        raise
    except Exception as error:  # the libraries raise ValueError, binascii.Error, UnicodeDecodeError and more on garbage
        raise SignatureRefused(f"not a well-formed signature ({type(error).__name__})") from error


def is_usable_secret(scheme: str, secret: str) -> bool:
    """Whether both sides make the same key of it. Standard Webhooks wants base64 of at least 16 bytes after `whsec_`;
    Python's decoder skips what is not base64, other languages refuse it, so the check is strict."""
    if scheme != Scheme.STANDARD_WEBHOOKS:
        return bool(secret)
    text = secret.removeprefix("whsec_")
    try:
        return len(base64.b64decode(text + "=" * (-len(text) % 4), validate=True)) >= MIN_KEY_BYTES
    except ValueError:
        return False


def easypost_signature(secret: str, body: bytes) -> str:
    """The value of `X-Hmac-Signature` for `body`.

    Source: EasyPost client libraries, webhook validation: hex HMAC-SHA256 over the raw body, the key being the
    webhook secret in Unicode normal form KD, with a fixed prefix.
    """
    key = unicodedata.normalize("NFKD", secret).encode()
    return "hmac-sha256-hex=" + hmac.new(key, body, hashlib.sha256).hexdigest()


def aftership_signature(secret: str, body: bytes) -> str:
    """The value of `aftership-hmac-sha256` for `body`.

    Source: AfterShip Tracking documentation, "Webhook signature": base64 HMAC-SHA256 over the raw body, keyed with the
    webhook secret.
    """
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def shippo_signature(secret: str, *, timestamp: str, body: bytes) -> str:
    """The `v1` of `Shippo-Auth-Signature: t=<timestamp>,v1=<signature>` for `body`.

    Source: Shippo documentation, "Webhook security", HMAC: hex HMAC-SHA256 over `<timestamp>.<body>`.
    """
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def standard_signature(secret: str, *, message_id: str, timestamp: datetime, body: bytes) -> str:
    """The value of `webhook-signature` for `body`: `v1,` and base64 of HMAC-SHA256 over `id.timestamp.body`."""
    return str(_webhook(secret).sign(message_id, timestamp, body.decode()))


@lru_cache(maxsize=1000)
def _webhook(secret: str) -> Webhook:
    """The library's signer with its key already decoded; it keeps nothing of what it signs."""
    return Webhook(secret)


def _check_easypost(secrets: list[str], headers: dict[str, str], body: bytes, now: datetime) -> None:
    given = headers.get("x-hmac-signature", "")
    if not given:
        raise SignatureRefused("no X-Hmac-Signature header")
    # Every secret is tried, so that the time taken does not tell which one matched.
    matches = [
        hmac.compare_digest(easypost_signature(secret, body).encode(), given.encode()) for secret in secrets if secret
    ]
    if not any(matches):
        raise SignatureRefused("no secret of this partner made that signature")


def _check_aftership(secrets: list[str], headers: dict[str, str], body: bytes, now: datetime) -> None:
    given = headers.get("aftership-hmac-sha256", "").strip()
    if not given:
        raise SignatureRefused("no aftership-hmac-sha256 header")
    matches = [
        hmac.compare_digest(aftership_signature(secret, body).encode(), given.encode()) for secret in secrets if secret
    ]
    if not any(matches):
        raise SignatureRefused("no secret of this partner made that signature")


def _check_shippo(secrets: list[str], headers: dict[str, str], body: bytes, now: datetime) -> None:
    given = headers.get("shippo-auth-signature", "")
    parts = [part.strip().partition("=") for part in given.split(",")]
    stamps = [value for name, _, value in parts if name == "t"]
    candidates = [value for name, _, value in parts if name == "v1"]
    if len(stamps) != 1 or not 0 < len(candidates) <= MAX_SIGNATURES:
        raise SignatureRefused("Shippo-Auth-Signature is missing, or not t=...,v1=...")
    if abs(now - _timestamp(stamps[0])) > REPLAY_WINDOW:
        raise SignatureRefused("the timestamp is outside the replay window")
    expected = [shippo_signature(secret, timestamp=stamps[0], body=body) for secret in secrets if secret]
    matches = [hmac.compare_digest(mine.encode(), theirs.encode()) for mine in expected for theirs in candidates]
    if not any(matches):
        raise SignatureRefused("no secret of this partner made that signature")


def _check_hmac(
    template: Mapping[str, str], secrets: list[str], headers: dict[str, str], body: bytes, now: datetime
) -> None:
    found = found_in(template, headers)
    if found is None:
        raise SignatureRefused("the header of the signature is missing, or not as the partner's mapping draws it")
    if is_timed(template) and abs(now - _timestamp(found.timestamp)) > REPLAY_WINDOW:
        raise SignatureRefused("the timestamp is outside the replay window")
    given = found.signature.lower() if template["encoding"] == "hex" else found.signature
    matches = [
        hmac.compare_digest(made(template, secret, timestamp=found.timestamp, body=body).encode(), given.encode())
        for secret in secrets
        if secret
    ]
    if not any(matches):
        raise SignatureRefused("no secret of this partner made that signature")


def _check_bearer(mapping: Mapping[str, Any], secrets: list[str], headers: dict[str, str]) -> None:
    """`Authorization: Bearer <secret>`; or the secret alone in the header that the mapping names."""
    named = mapping.get("signature")
    if isinstance(named, Mapping) and isinstance(named.get("header"), str):
        given = headers.get(named["header"].lower(), "").strip()
    else:
        kind, _, given = headers.get("authorization", "").strip().partition(" ")
        given = given.strip() if kind.lower() == "bearer" else ""
    matches = [hmac.compare_digest(secret.encode(), given.encode()) for secret in secrets if secret]
    if not given or not any(matches):
        raise SignatureRefused("no secret of this partner is that token")


def _check_standard(secrets: list[str], headers: dict[str, str], body: bytes, now: datetime) -> None:
    message_id, stamp, given = (headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
    if not (message_id and stamp and given):
        raise SignatureRefused("webhook-id, webhook-timestamp or webhook-signature is missing")
    timestamp = _timestamp(stamp)
    if abs(now - timestamp) > REPLAY_WINDOW:
        raise SignatureRefused("the timestamp is outside the replay window")
    candidates = [part for part in given.split(" ") if part.startswith("v1,")]
    if not 0 < len(candidates) <= MAX_SIGNATURES:
        raise SignatureRefused("no v1 signature, or too many of them")
    # The library's verify() reads its own clock and gives up at the first malformed entry, so only its signing half
    # is used: what it would have signed is compared here with everything that was sent.
    expected = [
        standard_signature(secret, message_id=message_id, timestamp=timestamp, body=body)
        for secret in secrets
        if secret
    ]
    matches = [hmac.compare_digest(mine.encode(), theirs.encode()) for mine in expected for theirs in candidates]
    if not any(matches):
        raise SignatureRefused("no secret of this partner made that signature")


def _timestamp(text: str) -> datetime:
    """Whole seconds since 1970; `1614265330.9` or ` 1614265330` would be signed as something else than was sent."""
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        raise SignatureRefused("the timestamp is not a whole number of seconds")
    return datetime.fromtimestamp(int(text), tz=UTC)


SCHEMES: Final[dict[str, Callable[[list[str], dict[str, str], bytes, datetime], None]]] = {
    Scheme.AFTERSHIP: _check_aftership,
    Scheme.EASYPOST: _check_easypost,
    Scheme.SHIPPO: _check_shippo,
    Scheme.STANDARD_WEBHOOKS: _check_standard,
}
