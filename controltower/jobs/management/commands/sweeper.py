"""`manage.py sweeper`: one sweeper process, until SIGTERM or SIGINT."""

import signal
from typing import Any

from django.core.management.base import BaseCommand

from controltower.jobs.sweeper import Sweeper
from controltower.memory import settle


class Command(BaseCommand):
    help = "Rings due jobs, takes back those of dead workers, runs the schedules."
    requires_system_checks: list[str] = []  # `up` starts many at once; workers and lint check

    def handle(self, *args: Any, **options: Any) -> None:
        sweeper = Sweeper()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: sweeper.stop.set())
        settle()
        sweeper.run()
