"""Handing one mail to the mail server, and saying exactly how far that got.

Not through Django's backend: whether the server may already hold the mail depends on the step at which the connection
broke, and an exception at the end of `send_messages` does not say which one that was.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum


class How(Enum):
    ACCEPTED = "accepted"
    TEMPORARY = "temporary"
    """Certainly not taken; worth another try."""
    PERMANENT = "permanent"
    """Certainly not taken; another try would end the same."""
    UNKNOWN = "unknown"
    """The content was on its way when the connection broke: nobody here can know."""


@dataclass(frozen=True)
class Outcome:
    how: How
    answer: str
    """What the server said, or what went wrong; for people, at most 400 characters."""


@dataclass(frozen=True)
class Server:
    """`patience` in seconds bounds the whole conversation, not each answer."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    use_tls: bool = False
    patience: float = 40.0


def hand_over(mail: bytes, *, sender: str, recipient: str, server: Server) -> Outcome:
    """Deliver `mail` (a complete message with CRLF lines) to the server. Never raises for what the network does."""
    until = time.monotonic() + server.patience
    client = _Client(server)
    # A timeout of the socket starts anew with every byte: a server that drips would hold the worker for hours.
    watchdog = threading.Timer(server.patience, _hang_up, [client])
    watchdog.daemon = True
    watchdog.start()
    try:
        _connect(client, server)
        return _converse(client, mail, sender, recipient, until)
    except (OSError, ValueError) as error:
        return Outcome(How.TEMPORARY, _words("The mail server cannot be reached", error))
    finally:
        watchdog.cancel()
        client.close()


class _Client(smtplib.SMTP):
    """A client that is not connected yet, so that the watchdog can be set first."""

    def __init__(self, server: Server) -> None:
        super().__init__(timeout=server.patience)
        self._host = server.host  # what STARTTLS checks the certificate against; only the constructor sets it


def _hang_up(client: smtplib.SMTP) -> None:
    with suppress(OSError):
        if client.sock is not None:
            client.sock.shutdown(socket.SHUT_RDWR)


def _connect(client: smtplib.SMTP, server: Server) -> None:
    code, answer = client.connect(server.host, server.port)
    if code != 220:
        raise smtplib.SMTPConnectError(code, answer)
    if server.use_tls:
        client.starttls(context=ssl.create_default_context())
    if server.user:
        client.login(server.user, server.password)
    client.ehlo_or_helo_if_needed()


def _converse(client: smtplib.SMTP, mail: bytes, sender: str, recipient: str, until: float) -> Outcome:
    try:
        for command in (f"MAIL FROM:<{sender}>", f"RCPT TO:<{recipient}>", "DATA"):
            _limit(client, until)
            code, answer = client.docmd(command)
            if code >= 400:
                return _refusal(code, answer)
    except (OSError, ValueError) as error:
        return Outcome(How.TEMPORARY, _words("The mail server hung up before taking the mail", error))
    # From the first byte of content on, a broken connection leaves open whether the server took it.
    try:
        _limit(client, until)
        client.send(_stuffed(mail))
        _limit(client, until)
        code, answer = client.getreply()
    except (OSError, ValueError) as error:
        return Outcome(How.UNKNOWN, _words("The connection broke while the mail was handed over", error))
    if code >= 400:
        return _refusal(code, answer)
    with suppress(OSError):
        client.quit()
    return Outcome(How.ACCEPTED, _said(code, answer))


def _refusal(code: int, answer: bytes) -> Outcome:
    return Outcome(How.PERMANENT if code >= 500 else How.TEMPORARY, _said(code, answer))


def _said(code: int, answer: bytes) -> str:
    return f"{code} {answer.decode('utf-8', 'replace')}"[:400]


def _words(what: str, error: Exception) -> str:
    return f"{what}: {error or type(error).__name__}"[:400]


def _left(until: float) -> float:
    return max(0.05, until - time.monotonic())


def _limit(client: smtplib.SMTP, until: float) -> None:
    if client.sock is not None:
        client.sock.settimeout(_left(until))


def _stuffed(mail: bytes) -> bytes:
    """RFC 5321, 4.5.2: a line that starts with a dot gets a second one, and a lone dot ends the mail."""
    body = re.sub(rb"(?m)^\.", b"..", mail)
    return body + (b"" if body.endswith(b"\r\n") else b"\r\n") + b".\r\n"
