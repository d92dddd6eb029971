"""Which organisation this code acts for. Row-level security reads it; nothing is visible without it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from django.db import connection, transaction

from controltower.audit.recording import collecting

if TYPE_CHECKING:
    from controltower.tenancy.models import Organisation

_current: ContextVar[int | None] = ContextVar("organisation", default=None)


class NoTenant(RuntimeError):
    """Tenant data was touched outside `acting_for`. A bug in our code, never a user's error."""


class WrongTenant(RuntimeError):
    """`acting_for` was nested for another organisation. A bug in our code, never a user's error."""


def current_organisation_id() -> int:
    """The organisation acted for; raises `NoTenant` outside `acting_for`."""
    organisation_id = _current.get()
    if organisation_id is None:
        raise NoTenant("no organisation is acted for here: wrap the call in acting_for(organisation)")
    return organisation_id


@contextmanager
def acting_for(organisation: "Organisation | int") -> Iterator[int]:
    """Open a transaction in which exactly one organisation's rows are visible and writable.

    What was recorded for the audit trail is appended at its end. Nesting for the same organisation is a savepoint; for another one it is refused. The database setting is local to
    the transaction, and taken back on exit when an outer transaction goes on (as in tests), so it cannot leak into the
    connection's next user.
    """
    organisation_id = organisation if isinstance(organisation, int) else organisation.pk
    outer = _current.get()
    if outer is not None and outer != organisation_id:
        raise WrongTenant(f"acting for organisation {outer}, asked to act for {organisation_id}")
    if outer is not None:
        with transaction.atomic():
            yield organisation_id
        return
    token = _current.set(organisation_id)
    try:
        with transaction.atomic():
            _tell_database(str(organisation_id))
            with collecting():
                yield organisation_id
            if connection.savepoint_ids and not connection.needs_rollback:
                _tell_database("")
    finally:
        _current.reset(token)


def _tell_database(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.organisation', %s, true)", [value])
