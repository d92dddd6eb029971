"""Small database helpers. Web and workers connect as the runtime role; `as_owner` is for migrations and set-up."""

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from psycopg.adapt import Buffer, Loader


class InstantLoader(Loader):
    """Times of a connection that speaks UTC, as Django's always do: read by the interpreter's own parser, at a fifth of
    the cost, as a chunk of messages reads thousands of them. Django asks the loader for its `timezone`."""

    timezone = UTC

    def load(self, data: Buffer) -> datetime:
        return datetime.fromisoformat(bytes(data).decode()).astimezone(UTC)


def instants_load_fast(sender: object, *, connection: Any, **_: object) -> None:
    """Receiver of `connection_created`."""
    connection.connection.adapters.register_loader("timestamptz", InstantLoader)


def database_settings(url: str) -> dict[str, Any]:
    """`postgresql://user:password@host:port/name?option=value` as a Django DATABASES entry.

    A Unix socket stands in the query (`?host=/folder`). Raises `ValueError` for another scheme or no database name.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres") or len(parts.path) < 2:
        raise ValueError("a database URL looks like postgresql://user:password@host:5432/name")
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = options.pop("host", "") or unquote(parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(options.pop("port", "") or parts.port or ""),
        "OPTIONS": options,
    }


def broker_url(redis_url: str) -> str:
    """The same Redis as Celery's transport spells it: a Unix socket has a scheme and a name for the database of its own."""
    if not redis_url.startswith("unix://"):
        return redis_url
    return "redis+socket://" + redis_url.removeprefix("unix://").replace("?db=", "?virtual_host=")


@contextmanager
def as_owner() -> Iterator[None]:
    """Let this process's default connection log in as the owner role: migrations, set-up, tests. Never a request."""
    login = ("USER", "PASSWORD", "HOST", "PORT")
    kept = {key: connection.settings_dict[key] for key in login}
    owner = database_settings(settings.DATABASE_OWNER_URL)
    connection.close()
    connection.settings_dict.update({key: owner[key] for key in login})
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(kept)


def rows(sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> list[tuple[Any, ...]]:
    """Run one statement on the default connection and return its rows: for calls of database functions."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params or None)  # without parameters a % is just a character
        return list(cursor.fetchall())


# SQLSTATE classes of what passes: connection, rolled back by the server, no resources, operator, system. Everything else
# that a statement is refused for will be refused again, also what breaks a limit (54: an index entry too large).
_PASSING: Final = frozenset({"08", "40", "53", "57", "58"})
_LOCK_NOT_AVAILABLE: Final = "55P03"


def is_passing(error: BaseException) -> bool:
    """Whether the same statements may well succeed another time: deadlock, lost connection, full disk, shutdown."""
    if not isinstance(error, (OperationalError, InterfaceError)):
        return False
    sqlstate = getattr(error.__cause__, "sqlstate", None)
    return sqlstate is None or sqlstate[:2] in _PASSING or sqlstate == _LOCK_NOT_AVAILABLE


PLANS_SECONDS: Final = 1.0


class _Plans(threading.local):
    """Of this thread's connection: when its plans were last discarded."""

    at = 0.0


_plans = _Plans()


def plans_refresh() -> None:
    """Let the server plan anew what this connection runs again and again, at most once in PLANS_SECONDS.

    PostgreSQL keeps the plans of its own checks of foreign keys, and of functions, until the statistics of a table change.
    One that was made while a table was nearly empty may read all of it for each row that refers to it; in a table that
    grows by thousands of rows a second that is soon all there is to do, and statistics come once a minute.
    """
    now = time.monotonic()
    if now - _plans.at >= PLANS_SECONDS:
        _plans.at = now
        with connection.cursor() as cursor:
            cursor.execute("DISCARD PLANS")
