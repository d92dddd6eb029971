import signal
from argparse import ArgumentParser
from threading import Event
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from controltower.ops import mailbox


class Command(BaseCommand):
    help = "Keep all outgoing mail of the demo on this machine: a mail server that sends nothing on."
    requires_system_checks: list[str] = []  # `up` starts many at once; workers and lint check

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=None, help="TOWER_SMTP_PORT unless given.")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.MAILBOX_DIR is None:
            raise CommandError("The mailbox is a tool of the demo. Set TOWER_MAILBOX=on to use it.")
        stop = Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        port = options["port"] or settings.EMAIL_PORT
        server = mailbox.server(settings.MAILBOX_DIR, port)
        try:
            server.start()
        except OSError as error:
            raise CommandError(
                f"Port {port} is not free: {error.strerror}. Set TOWER_SMTP_PORT to another one."
            ) from None
        self.stdout.write(f"Mail is kept in {settings.MAILBOX_DIR}; listening on 127.0.0.1:{port}")
        stop.wait()
        server.stop()
