import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from imapclient import IMAPClient, SocketTimeout

from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation
from exceptions.shipments.models import Shipment
from tests.cases.conftest import HOUR, book

PATIENCE = SocketTimeout(connect=120, read=120)


@dataclass(frozen=True)
class MailServer:
    port: int
    user: str = "signals"
    password: str = "correct horse battery"

    def client(self) -> IMAPClient:
        client = IMAPClient("127.0.0.1", self.port, ssl=False, timeout=PATIENCE)
        client.login(self.user, self.password)
        return client

    def folder(self, name: str) -> str:
        with self.client() as client:
            client.create_folder(name)
        return name

    def put(self, folder: str, *mails: bytes) -> None:
        with self.client() as client:
            for body in mails:
                client.append(folder, body)


@pytest.fixture(scope="session")
def mail_server() -> Iterator[MailServer]:
    """A real IMAP server on a free port of this machine, its mails in memory."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        server = MailServer(free.getsockname()[1])
    program = str(Path(sys.executable).with_name("pymap"))
    where = [
        "--no-service",
        "sieve",
        "--no-service",
        "admin",
        "--host",
        "127.0.0.1",
        "--port",
        str(server.port),
        "--no-tls",
    ]
    whose = ["dict", "--demo-data", "--demo-user", server.user, "--demo-password", server.password]
    process = subprocess.Popen([program, *where, *whose], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _until_it_answers(server)
        yield server
    finally:
        process.terminate()
        process.wait(timeout=120)


def _until_it_answers(server: MailServer) -> None:
    deadline = time.monotonic() + 240
    while True:
        try:
            server.client().logout()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


@pytest.fixture
def shipment_of_pro(organisation: Organisation, now: datetime) -> Callable[[str], int]:
    """Books a shipment with this PRO, on its way; its id."""

    def make(pro: str) -> int:
        with acting_for(organisation):
            book(pro, now - 4 * HOUR, now + 8 * HOUR)
            return Shipment.objects.get(references__type="pro", references__value_key=pro).pk

    return make
