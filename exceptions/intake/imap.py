"""Looking into a mailbox by IMAP. Only reads: no flag is set, nothing is moved. No database."""

import ipaddress
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from imaplib import IMAP4
from typing import Any, Final

from django.conf import settings
from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientError

MAX_MAIL: Final = 26 * 1024 * 1024
MAX_MAILS: Final = 50
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


def fetch_new(address: Address, *, uid_validity: int | None, last_uid: int) -> Fetched:
    """The mails after `last_uid`, at most 50 and 40 MB at a time. Raises `MailboxTrouble`.

    The first look (no `uid_validity`) only finds the end of the folder: what lay there before is not news. When the
    folder's validity has changed its UIDs mean nothing any more: it is read from the start, and what was here before is
    recognised by its Message-ID.
    """
    with _folder(address) as (client, status):
        validity = int(status[b"UIDVALIDITY"])
        if uid_validity is None:
            return Fetched(validity, int(status.get(b"UIDNEXT", 1)) - 1)
        start = last_uid if validity == uid_validity else 0
        uids = sorted(uid for uid in client.search(["UID", f"{start + 1}:*"]) if uid > start)
        if not uids:
            return Fetched(validity, start)
        chosen, large = _chosen(client, uids)
        bodies = client.fetch(chosen, ["BODY.PEEK[]"]) if chosen else {}
        mails = tuple((uid, bytes(bodies[uid][b"BODY[]"])) for uid in chosen if bodies.get(uid, {}).get(b"BODY[]"))
        reached = max([*chosen, *(uid for uid, _ in large)])
        return Fetched(validity, reached, mails, tuple(large), more=reached < uids[-1])


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
    _check_reachable(address)
    try:
        with IMAPClient(address.host, address.port, ssl=address.security == "tls", timeout=_PATIENCE) as client:
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


def _check_reachable(address: Address) -> None:
    """In production no administrator of one organisation looks into this installation's own network."""
    if not settings.PRODUCTION:
        return
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise MailboxTrouble(f"{address.host} is not known: {_words(error)}.") from error
    if address.security == "none" or not all(ipaddress.ip_address(entry[4][0]).is_global for entry in found):
        raise MailboxTrouble(f"{address.host} is not a public mail server with encryption.")


def _words(error: BaseException) -> str:
    return " ".join(str(error).split())[:200].rstrip(".") or type(error).__name__
