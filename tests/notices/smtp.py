"""A real mail server that misbehaves on demand."""

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from exceptions.notices.transport import Server


@dataclass
class Behaviour:
    """What to do to the client. Empty answers are the polite ones."""

    on_recipient: str = ""
    on_data: str = ""
    hang_after_content: float = 0.0
    drop_after_content: bool = False
    drop_at_recipient: bool = False
    taken: list[Envelope] = field(default_factory=list)
    """Mails that the server answered 250 to, or had in full when it dropped the connection."""

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.drop_at_recipient and server.transport is not None:
            server.transport.abort()
        if self.on_recipient:
            return self.on_recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.hang_after_content:
            self.taken.append(envelope)
            await asyncio.sleep(self.hang_after_content)
        if self.drop_after_content and server.transport is not None:
            self.taken.append(envelope)
            server.transport.abort()
            return "250 never heard"
        if self.on_data:
            return self.on_data
        if not self.hang_after_content:
            self.taken.append(envelope)
        return "250 Taken"


class _AnyPort(Controller):
    """On a port that the system chooses."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail_server(behaviour: Behaviour, *, patience: float = 60.0, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    controller = _AnyPort(behaviour, hostname="127.0.0.1", port=0, tls_context=tls, require_starttls=tls is not None)
    controller.start()
    try:
        yield Server("127.0.0.1", controller.port, patience=patience, use_tls=tls is not None)
    finally:
        controller.stop(no_assert=True)
