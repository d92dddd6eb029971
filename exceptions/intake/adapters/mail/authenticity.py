"""Whom to believe that a mail comes from its sender. Pure.

Anybody can write any From. The server that received the mail checked SPF, DKIM and DMARC and wrote what it found into an
Authentication-Results header (RFC 8601) with its own name; the same header under another name, or further down, may be
the sender's own invention and counts for nothing.
"""

import re
from typing import Final, Literal

from exceptions.intake.adapters.base import Mapped
from exceptions.intake.adapters.mail.message import Mail

Verdict = Literal["pass", "fail", "none"]
_RESULT: Final = re.compile(r"\b(dmarc|dkim|spf)\s*=\s*([a-z]+)", re.IGNORECASE)
_ALIGNED: Final = re.compile(r"\b(?:header\.d|header\.i|smtp\.mailfrom)\s*=\s*(?:[^\s;@]*@)?([\w.-]+)", re.IGNORECASE)


def verdict(mail: Mail, mapping: Mapped) -> Verdict:
    """What our receiving server (mapping `authserv_id`) found: DMARC decides, else DKIM or SPF of the sender's domain."""
    server = str(mapping.get("authserv_id") or "").lower()
    if not server or not mail.results:
        return "none"
    name, _, findings = mail.results[0].partition(";")
    if name.split()[:1] != [server] and name.strip().lower() != server:
        return "none"
    found: dict[str, str] = {}
    for method, result in _RESULT.findall(findings):
        found.setdefault(method.lower(), result.lower())
    if "dmarc" in found:
        return "pass" if found["dmarc"] == "pass" else "fail"
    passed = [
        clause for clause in findings.split(";") if re.search(r"\b(?:dkim|spf)\s*=\s*pass\b", clause, re.IGNORECASE)
    ]
    if any(_is_within(match[1], domain_of(mail.sender)) for clause in passed if (match := _ALIGNED.search(clause))):
        return "pass"
    return "fail" if found else "none"


def is_trusted(mail: Mail, mapping: Mapped) -> bool:
    """Whether what the mail claims may move a shipment: its one sender is of a trusted domain or address, the reply goes
    there too, and the receiving server vouches for it. Without `trusted` in the mapping nobody is."""
    trusted = mapping.get("trusted")
    if not mail.sender or not isinstance(trusted, list) or verdict(mail, mapping) != "pass":
        return False
    wanted = [str(entry).lower().lstrip("@") for entry in trusted]
    senders = [mail.sender, *([mail.reply_to] if mail.reply_to else [])]
    return all(any(_matches(sender, entry) for entry in wanted) for sender in senders)


def domain_of(address: str) -> str:
    return address.rpartition("@")[2].lower()


def _matches(sender: str, entry: str) -> bool:
    return sender == entry if "@" in entry else domain_of(sender) == entry


def _is_within(domain: str, other: str) -> bool:
    """Relaxed alignment: one of the two is the other or stands under it."""
    one, two = domain.lower().strip("."), other.lower().strip(".")
    return bool(one and two) and (one == two or one.endswith("." + two) or two.endswith("." + one))
