"""What cases do about news from below. Only enqueues."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from controltower.jobs import enqueue
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation
from controltower.tenancy.signals import organisation_changed


@receiver(organisation_changed)
def price_all_anew(organisation: Organisation, changed: set[str], now: datetime, **_: Any) -> None:
    """Ranks compare only under one half-life: when it changes, no open case keeps the rank it has."""
    if "half_life_hours" in changed:
        with acting_for(organisation):
            enqueue("cases.price_all", {}, dedupe_key="all")
