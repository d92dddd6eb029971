"""A partner's own way to sign, drawn in its mapping: HMAC with header templates, or a shared token. Pure.

    "signature": {"header": "x-acme-signature", "value": "t={timestamp},v1={signature}", "signed": "{timestamp}.{body}",
                  "algorithm": "sha256", "encoding": "hex"}

`value` says how the header is made, `signed` what the HMAC is over. Where the time stands in a header of its own,
`timestamp` names it. Everything left out is as in `DEFAULTS`.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

ALGORITHMS: Final = {"sha1": hashlib.sha1, "sha256": hashlib.sha256, "sha512": hashlib.sha512}
ENCODINGS: Final = ("hex", "base64")
DEFAULTS: Final[Mapping[str, str]] = {
    "header": "x-signature",
    "value": "sha256={signature}",
    "signed": "{body}",
    "algorithm": "sha256",
    "encoding": "hex",
    "timestamp": "",
}
_HEADER: Final = re.compile(r"[a-z0-9-]{1,60}")
_MARKS: Final = re.compile(r"(\{\w*\})")
_FORMS: Final = {"{signature}": r"(?P<signature>[A-Za-z0-9+/=_-]{16,200})", "{timestamp}": r"(?P<timestamp>\d{1,12})"}


@dataclass(frozen=True, slots=True)
class Found:
    """What a request's headers say: the signature, and the time that was signed; empty where none is."""

    signature: str
    timestamp: str


def template_of(mapping: Mapping[str, Any]) -> Mapping[str, str]:
    """The template in a partner's mapping, complete; the default for whatever it does not say, or says wrongly."""
    given = mapping.get("signature")
    said = given if isinstance(given, Mapping) and not signature_problems(mapping) else {}
    return {key: str(said.get(key, default)) for key, default in DEFAULTS.items()}


def signature_problems(mapping: Mapping[str, Any]) -> list[str]:
    """Sentences about what is wrong with the template in a partner's mapping; none when all is well."""
    given = mapping.get("signature")
    if given is None:
        return []
    if not isinstance(given, Mapping):
        return ['\'signature\' must be an object, as in {"header": "x-signature"}.']
    problems = [f"'signature' has no {str(key)[:40]!r}." for key in sorted(set(given) - set(DEFAULTS), key=str)]
    if not all(isinstance(value, str) and len(value) <= 200 for value in given.values()):
        return [*problems, "'signature': every value must be a short text."]
    said = {**DEFAULTS, **given}
    named = [said[key] for key in ("header", "timestamp") if said[key]]
    problems += [
        f"'signature': {name[:60]!r} is no name of a header." for name in named if not _HEADER.fullmatch(name.lower())
    ]
    if said["algorithm"] not in ALGORITHMS:
        problems.append(f"'signature': 'algorithm' must be one of {', '.join(ALGORITHMS)}.")
    if said["encoding"] not in ENCODINGS:
        problems.append(f"'signature': 'encoding' must be one of {', '.join(ENCODINGS)}.")
    for key, needed, allowed in (
        ("value", "{signature}", {"{signature}", "{timestamp}"}),
        ("signed", "{body}", {"{body}", "{timestamp}"}),
    ):
        marks = _MARKS.findall(said[key])
        if marks.count(needed) != 1 or set(marks) - allowed or len(set(marks)) != len(marks):
            problems.append(f"'signature': {key!r} must hold {needed} once, and may hold {{timestamp}}.")
    if "{timestamp}" in said["signed"] and "{timestamp}" not in said["value"] and not said["timestamp"]:
        problems.append("'signature': a time is signed, but neither 'value' nor 'timestamp' says where it stands.")
    return problems


def found_in(template: Mapping[str, str], headers: Mapping[str, str]) -> Found | None:
    """Signature and time out of the headers (names in lower case); None where they are not as the template draws them."""
    match = _pattern(template["value"]).fullmatch(headers.get(template["header"].lower(), "").strip())
    if match is None:
        return None
    said = match.groupdict()
    stamp = said.get("timestamp") or headers.get(template["timestamp"].lower(), "").strip()
    return Found(said["signature"], stamp)


def is_timed(template: Mapping[str, str]) -> bool:
    """Whether a time is signed, so that a replay can be told."""
    return "{timestamp}" in template["signed"]


def made(template: Mapping[str, str], secret: str, *, timestamp: str, body: bytes) -> str:
    """The signature that `secret` makes, as it stands in the header."""
    pieces = [
        {"{body}": body, "{timestamp}": timestamp.encode()}.get(piece, piece.encode())
        for piece in _MARKS.split(template["signed"])
    ]
    digest = hmac.new(secret.encode(), b"".join(pieces), ALGORITHMS[template["algorithm"]]).digest()
    return digest.hex() if template["encoding"] == "hex" else base64.b64encode(digest).decode()


@lru_cache(maxsize=256)
def _pattern(value: str) -> re.Pattern[str]:
    return re.compile("".join(_FORMS.get(piece) or re.escape(piece) for piece in _MARKS.split(value)), re.ASCII)
