"""`manage.py demo_feed`: sends the demo's coming signals through the front door until it is stopped."""

import signal
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from controltower.tenancy.models import Organisation
from exceptions.demo import cast
from exceptions.demo.feed import Sender, feed


class Command(BaseCommand):
    help = "Plays the rest of the demo day as signed HTTP requests."
    requires_system_checks: list[str] = []  # `up` starts many at once; workers and lint check

    def handle(self, *args: Any, **options: Any) -> None:
        organisation = Organisation.objects.filter(slug=cast.WORKED).first()
        if organisation is None:
            raise CommandError("There is no demo to feed: load it with `manage.py demo_day`.")
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        feed(Sender.of(organisation, f"http://127.0.0.1:{settings.CONFIG.port}", timezone.now()), stop)
        stop.wait()  # the script is over; the supervisor takes an ended process for a broken one
