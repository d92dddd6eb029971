"""Connecting a partner whose account may be new: one form, one transaction."""

import re
from datetime import datetime
from typing import Any

from controltower.audit import Actor
from exceptions.intake.services.partners import Connected, partner_create
from exceptions.parties.models import Account, AccountKind
from exceptions.parties.services import account_create
from exceptions.parties.text import search_form


def partner_connect(
    *,
    account: Account | None,
    new_account: str = "",
    new_account_kind: str = "",
    actor: Actor,
    now: datetime,
    **how: Any,
) -> Connected:
    """Connect `account`, or one that is made here by the name `new_account`. `how` is what `partner_create` takes."""
    owner = account or account_create(
        code=free_code(new_account),
        name=new_account.strip(),
        kind=AccountKind(new_account_kind or AccountKind.CARRIER),
        actor=actor,
        now=now,
    )
    return partner_create(
        account=owner, default_customer=how.pop("default_customer", None), actor=actor, now=now, **how
    )


def free_code(name: str) -> str:
    """A code for an account of this name that no account has: SWIFTLINE-PARCEL, or SWIFTLINE-PARCEL-2."""
    stem = re.sub(r"[^A-Z0-9]+", "-", search_form(name).upper()).strip("-")[:32] or "ACCOUNT"
    taken = set(Account.objects.filter(code__startswith=stem).values_list("code", flat=True))
    number = 1
    while (code := stem if number == 1 else f"{stem}-{number}") in taken:
        number += 1
    return code
