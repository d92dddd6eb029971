from datetime import datetime
from typing import Any

from controltower.audit import Actor, record
from controltower.errors import Conflict, Invalid
from exceptions.parties.models import Account, AccountKind, Contact, ContactRole, Location, LocationKind
from exceptions.parties.text import search_form
from exceptions.parties.zones import is_zone


def account_create(
    *,
    code: str,
    name: str,
    kind: AccountKind,
    actor: Actor,
    now: datetime,
    parent: Account | None = None,
    tier: int = 2,
    scac: str = "",
    preferences: dict[str, Any] | None = None,
) -> Account:
    """`preferences` may hold `locale` and `channel`. Raises `Conflict` when the code is taken."""
    if Account.objects.filter(code=code).exists():
        raise Conflict(f"The code {code!r} belongs to another account. Choose another one.", code="code_taken")
    account = Account.objects.create(
        code=code,
        name=name,
        search_name=search_form(name),
        kind=kind,
        tier=tier,
        parent=parent,
        scac=scac.upper(),
        preferences=preferences or {},
    )
    account.path = f"{parent.path if parent else '/'}{account.pk}/"
    account.save(update_fields=["path"])
    record(verb="account.created", subject=f"account:{account.pk}", actor=actor, now=now, after={"kind": kind})
    return account


def account_move(account: Account, *, parent: Account | None, actor: Actor, now: datetime) -> None:
    """Hang an account, with everything below it, under another. Raises `Invalid` for a circle."""
    if parent is not None and parent.path.startswith(account.path):
        raise Invalid(f"{parent} is below {account}: an account cannot hang under itself.", code="circle")
    was = account.path
    below = list(Account.objects.select_for_update(no_key=True).filter(path__gte=was, path__lt=f"{was[:-1]}0"))
    becomes = f"{parent.path if parent else '/'}{account.pk}/"
    for one in below:
        one.path = becomes + one.path.removeprefix(was)
    Account.objects.bulk_update(below, ["path"])
    account.parent, account.path = parent, becomes
    account.save(update_fields=["parent", "path"])
    record(
        verb="account.moved",
        subject=f"account:{account.pk}",
        actor=actor,
        now=now,
        before={"path": was},
        after={"path": becomes},
    )


def contact_create(
    *, account: Account, name: str, role: ContactRole, actor: Actor, now: datetime, zone: str = "UTC", **fields: Any
) -> Contact:
    """`fields`: desk, email, phone, locale, hours, escalation_step, is_primary."""
    _check_zone(zone)
    contact = Contact.objects.create(account=account, name=name, role=role, zone=zone, **fields)
    record(
        verb="contact.created",
        subject=f"contact:{contact.pk}",
        actor=actor,
        now=now,
        after={"account": account.pk, "role": role},
    )
    return contact


def location_create(
    *, name: str, kind: LocationKind, zone: str, actor: Actor, now: datetime, **fields: Any
) -> Location:
    """`fields`: account, code, address, city, region, postcode, country, unlocode, hours, appointment_rule,
    latitude, longitude."""
    _check_zone(zone)
    location = Location.objects.create(name=name, search_name=search_form(name), kind=kind, zone=zone, **fields)
    record(verb="location.created", subject=f"location:{location.pk}", actor=actor, now=now, after={"kind": kind})
    return location


def _check_zone(zone: str) -> None:
    if not is_zone(zone):
        raise Invalid(f"{zone!r} is not a time zone. Use an IANA name such as America/Phoenix.", code="zone_unknown")
