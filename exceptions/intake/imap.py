"""Looking into a mailbox by IMAP. Only reads: no flag is set, nothing is moved. No database."""

import ipaddress
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from imaplib import IMAP4
from typing import Any, Final

from django.conf import settings
from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientError
from imapclient.imap4 import IMAP4WithTimeout
from imapclient.tls import IMAP4_TLS, create_default_context

MAX_MAIL: Final = 26 * 1024 * 1024
MAX_MAILS: Final = 50
MANY: Final = 500  # mails whose dates are asked for at once
MAX_TOGETHER: Final = 40 * 1024 * 1024
_PATIENCE: Final = SocketTimeout(connect=10, read=30)


class MailboxTrouble(Exception):
    """The mailbox cannot be read. The text is a sentence for the administrator."""


@dataclass(frozen=True)
class Address:
    """Where a mailbox is and how to get in. security: tls, starttls or none."""

    host: str
    port: int
    security: str
    username: str
    password: str
    folder: str


@dataclass(frozen=True)
class Fetched:
    """What came of a look. mails: (uid, bytes) in order. passed_over: (uid, bytes) of mails that are too large. last_uid:
    how far the folder was read; more: there is more to fetch."""

    uid_validity: int
    last_uid: int
    mails: tuple[tuple[int, bytes], ...] = ()
    passed_over: tuple[tuple[int, int], ...] = ()
    more: bool = False


def fetch_new(
    address: Address, *, uid_validity: int | None, last_uid: int, first_look: datetime | None = None
) -> Fetched:
    """The mails after `last_uid`, at most 50 and 40 MB at a time. Raises `MailboxTrouble`.

    The first look (no `uid_validity`) only finds the end of the folder: what lay there before is not news. When the
    folder's validity has changed its UIDs mean nothing any more: it is read again from the first mail that the server
    received at `first_look` or later, and what was here before is recognised by its Message-ID.
    """
    with _folder(address) as (client, status):
        validity, end = int(status[b"UIDVALIDITY"]), int(status.get(b"UIDNEXT", 1)) - 1
        if uid_validity is None:
            return Fetched(validity, end)
        if validity != uid_validity:
            start = _before(client, first_look, end)
            return Fetched(validity, start, more=start < end)
        start = last_uid
        uids = sorted(uid for uid in client.search(["UID", f"{start + 1}:*"]) if uid > start)
        if not uids:
            return Fetched(validity, start)
        chosen, large = _chosen(client, uids)
        bodies = client.fetch(chosen, ["BODY.PEEK[]"]) if chosen else {}
        mails = tuple((uid, bytes(bodies[uid][b"BODY[]"])) for uid in chosen if bodies.get(uid, {}).get(b"BODY[]"))
        reached = max([*chosen, *(uid for uid, _ in large)])
        return Fetched(validity, reached, mails, tuple(large), more=reached < uids[-1])


def _before(client: IMAPClient, first_look: datetime | None, end: int) -> int:
    """The UID before the first mail that was received at this moment or later; the last one where there is none."""
    if first_look is None:
        return end
    client.normalise_times = False  # the moments as the server tells them, with their zone
    # The search knows only days, in the server's zone.
    uids = sorted(client.search(["SINCE", (first_look - timedelta(days=1)).date()]))
    for begin in range(0, len(uids), MANY):
        some = uids[begin : begin + MANY]
        received = client.fetch(some, ["INTERNALDATE"])
        for uid in some:
            moment = received.get(uid, {}).get(b"INTERNALDATE")
            if moment is not None and moment >= first_look:
                return uid - 1
    return end


def _chosen(client: IMAPClient, uids: list[int]) -> tuple[list[int], list[tuple[int, int]]]:
    sizes = client.fetch(uids[:MAX_MAILS], ["RFC822.SIZE"])
    chosen: list[int] = []
    large: list[tuple[int, int]] = []
    together = 0
    for uid in uids[:MAX_MAILS]:
        size = int(sizes.get(uid, {}).get(b"RFC822.SIZE", 0))
        if size > MAX_MAIL:
            large.append((uid, size))
            continue
        together += size
        if chosen and together > MAX_TOGETHER:
            break
        chosen.append(uid)
    return chosen, large


@contextmanager
def _folder(address: Address) -> Iterator[tuple[IMAPClient, dict[bytes, Any]]]:
    where = _reachable(address)
    try:
        with _Client(address, where) as client:
            if address.security == "starttls":
                client.starttls(ssl.create_default_context())
            client.login(address.username, address.password)
            yield client, client.select_folder(address.folder, readonly=True)
    except ssl.SSLError as error:
        raise MailboxTrouble(f"The server's certificate or encryption is not acceptable: {error.reason}.") from error
    except (IMAPClientError, IMAP4.error) as error:
        raise MailboxTrouble(f"The mail server refuses: {_words(error)}.") from error
    except OSError as error:
        raise MailboxTrouble(f"{address.host}:{address.port} cannot be reached: {_words(error)}.") from error


def _reachable(address: Address) -> list[str]:
    """The network addresses of the host, to be connected to and not looked up again: the next answer may be another one.

    In production no administrator of one organisation looks into this installation's own network.
    """
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise MailboxTrouble(f"{address.host} is not known: {_words(error)}.") from error
    where = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if settings.PRODUCTION and (
        address.security == "none" or not all(ipaddress.ip_address(one).is_global for one in where)
    ):
        raise MailboxTrouble(f"{address.host} is not a public mail server with encryption.")
    return where


class _Client(IMAPClient):
    """A client that connects to given network addresses; the certificate is held against the host's name all the same."""

    def __init__(self, address: Address, where: list[str]) -> None:
        self._where = where
        super().__init__(address.host, address.port, ssl=address.security == "tls", timeout=_PATIENCE)

    def _create_IMAP4(self) -> IMAP4:  # the library's name
        where, port, wait = self._where, self.port, _PATIENCE.connect

        class Plain(IMAP4WithTimeout):
            def _create_socket(self, timeout: float | None = None) -> socket.socket:
                return _connected(where, port, wait)

        class Encrypted(IMAP4_TLS):
            def _create_socket(self, timeout: float | None = None) -> socket.socket:
                return create_default_context().wrap_socket(_connected(where, port, wait), server_hostname=self.host)

        return Encrypted(self.host, port, None, wait) if self.ssl else Plain(self.host, port, wait)


def _connected(where: list[str], port: int, wait: float) -> socket.socket:
    """A connection to the first of these addresses that answers."""
    for one in where[:-1]:
        try:
            return socket.create_connection((one, port), timeout=wait)
        except OSError:
            continue
    return socket.create_connection((where[-1], port), timeout=wait)


def _words(error: BaseException) -> str:
    return " ".join(str(error).split())[:200].rstrip(".") or type(error).__name__
