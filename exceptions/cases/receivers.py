"""What cases do about news from below. Only puts work in line."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from controltower.audit import SYSTEM, Actor
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation
from controltower.tenancy.signals import organisation_changed
from exceptions.cases.services.repricing import repricing_start
from exceptions.parties.models import Account
from exceptions.sla.signals import terms_changed


@receiver(organisation_changed)
def price_all_anew(organisation: Organisation, changed: set[str], now: datetime, **_: Any) -> None:
    """Ranks compare only under one half-life: when it changes, no open case keeps the rank it has."""
    if "half_life_hours" in changed:
        with acting_for(organisation):
            repricing_start("The half-life was changed", actor=SYSTEM, now=now, ranks_first=True)


@receiver(terms_changed)
def price_anew(reason: str, account: Account | None, actor: Actor, now: datetime, **_: Any) -> None:
    """A contract, a calendar, a lead time or a rate: who it may move is priced anew, with progress."""
    repricing_start(reason, actor=actor, now=now, account=account)
