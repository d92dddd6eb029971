"""One integer per organisation that says "something on the screens changed", so that an idle poll costs one Redis GET.

The number is a hint, not the truth: a page that hears a new number reads the rows again through its own view. When
Redis is away the number is unknown and the poll says so; nothing else depends on it.
"""

import logging
from functools import cache

import redis
from django.conf import settings
from django.db import transaction

logger = logging.getLogger(__name__)


@cache
def _client() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)


def _key(organisation_id: int) -> str:
    return f"tower:live:{organisation_id}"


def changed(organisation_id: int) -> None:
    """Call inside a transaction that changed what screens show. The number moves once it has committed."""
    transaction.on_commit(lambda: _bump(organisation_id), robust=True)


def current(organisation_id: int) -> int | None:
    """The number now; None while Redis is away."""
    try:
        value = _client().get(_key(organisation_id))
    except redis.RedisError:
        return None
    return int(value) if isinstance(value, bytes | str) else 0


def _bump(organisation_id: int) -> None:
    try:
        _client().incr(_key(organisation_id))
    except redis.RedisError:
        logger.warning("live number not moved: redis is away")
