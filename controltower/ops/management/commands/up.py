"""`manage.py up`: the whole installation in one terminal."""

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from controltower.embedded import EmbeddedError
from controltower.ops import preparing, processes, supervisor

DEMO_PROCESSES = ("mailbox", "demo_feed")


class Command(BaseCommand):
    help = "Starts the servers, migrates, and runs web, workers and sweeper until Ctrl-C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--demo", action="store_true", help="load the demo day and keep feeding it signals")
        parser.add_argument("--port", type=int, default=settings.CONFIG.port, help="default: TOWER_PORT or 8000")

    def handle(self, *args: Any, **options: Any) -> None:
        demo, port = options["demo"], options["port"]
        env = processes.inherited() | {"TOWER_PORT": str(port)}
        if demo:
            env = processes.demo_environment(env)
        config = settings.CONFIG
        needed = (("postgres", config.embedded_database), ("redis", config.embedded_redis))
        plan = supervisor.Plan(
            home=settings.HOME,
            port=port,
            servers=[name for name, packaged in needed if packaged],
            env=env,
            prepare=lambda: preparing.prepare(demo=demo, env=env, say=self._say),
            extra=[name for name in DEMO_PROCESSES if demo and preparing.has_command(name)],
            say=self._say,
        )
        try:
            code = supervisor.up(plan)
        except (EmbeddedError, supervisor.StartError, preparing.PrepareError) as error:
            raise CommandError(str(error)) from None
        except KeyboardInterrupt:
            self._say("Stopped.")
            return
        if code:
            sys.exit(code)

    def _say(self, line: str) -> None:
        try:
            self.stdout.write(line)
            self.stdout.flush()
        except OSError:
            pass  # the terminal is gone; what there was to say is in the log files
