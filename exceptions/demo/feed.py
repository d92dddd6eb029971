"""Keeps the demo alive: sends what happens next through the front door, by HTTP, signed, at its time.

The day's script is fixed, so a feed that starts again goes on where the clock is: what it has missed is sent at once,
and the door knows what was already there.
"""

import logging
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation
from exceptions.demo.load import day_of
from exceptions.demo.script import Day, Signal
from exceptions.demo.signing import signed_headers
from exceptions.demo.stories import stories
from exceptions.intake.services.partners import secrets_of
from exceptions.parties.models import Partner

log = logging.getLogger(__name__)
CATCH_UP_SECONDS = 0.1  # between signals that are late already


@dataclass(frozen=True)
class Sender:
    """Posts signals to the door at `address` with the partners' own secrets."""

    address: str
    day: Day
    secrets: dict[str, str]

    @classmethod
    def of(cls, organisation: Organisation, address: str, now: datetime) -> "Sender":
        with acting_for(organisation):
            secrets = {
                partner.slug: secret for partner in Partner.objects.all() for secret in secrets_of(partner, now)[:1]
            }
        return cls(address.rstrip("/"), day_of(organisation), secrets)

    def send(self, signal: Signal) -> int:
        """Post one signal and return the status; 0 when the door did not answer."""
        body = signal.body(self.day)
        headers = signed_headers(signal.partner, self.secrets[signal.partner], body, signal.id, timezone.now())
        request = urllib.request.Request(f"{self.address}/in/{signal.partner}/", data=body, headers=headers)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310  # our own address
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError as error:
            log.info("door not reached", extra={"reason": type(error).__name__})
            return 0


def coming(day: Day) -> list[Signal]:
    """Signals of after the day's start, in order of time."""
    return sorted(
        (signal for story in stories(day) for signal in story.signals if signal.at > day.now),
        key=lambda signal: signal.at,
    )


def feed(sender: Sender, stop: threading.Event) -> None:
    """Send until the script ends or `stop` is set. A signal that the door did not take is tried again."""
    for signal in coming(sender.day):
        wait = (signal.at - timezone.now()).total_seconds()
        if stop.wait(max(CATCH_UP_SECONDS, wait)):
            return
        while sender.send(signal) in (0, 429, 500, 502, 503):
            if stop.wait(2.0):
                return
