"""How many requests a partner may send in a minute: a counter in Redis that is never in the way.

Fails open. Redis down, slow or flushed means that everything is accepted; after a failure this process asks it again
only after a pause, so that a hanging Redis costs one short wait and not one for every request.
"""

import logging
import time
from dataclasses import dataclass, field
from functools import cache
from threading import Lock

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

log = logging.getLogger(__name__)

WINDOW_SECONDS = 60
PATIENCE_SECONDS = 0.1
PAUSE_SECONDS = 5.0
BLOCKS = 100


@dataclass(slots=True)
class _Block:
    """Numbers of requests that this process may give out in one window."""

    window: int
    next: int
    last: int


@dataclass
class Limiter:
    """A fixed window for each partner (its id), and for each holder of API keys. One instance a process; the connection is made on first use, after a fork."""

    url: str
    _client: "redis.Redis | None" = None
    _asleep_until: float = 0.0
    _blocks: "dict[int | str, _Block]" = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def count(self, who: int | str, *, epoch: float, limit: int | None = None) -> int:
        """Count one request and say how many that makes in this minute; 0 when nobody counts.

        `epoch` is the present as seconds since 1970. A known `limit` lets this process take a hundredth of it at once and
        ask Redis again when that is used up: what it did not use of it by the end of the minute nobody else could.
        """
        if limit == 0:  # there is none
            return 0
        size = (limit or 0) // BLOCKS
        if size <= 1:
            return self._change(who, epoch, by=1)
        window = int(epoch // WINDOW_SECONDS)
        with self._lock:
            block = self._blocks.get(who)
            if block is None or block.window != window or block.next > block.last:
                last = self._change(who, epoch, by=size)
                if not last:
                    return 0
                block = self._blocks[who] = _Block(window, last - size + 1, last)
            block.next += 1
            return block.next - 1

    def give_back(self, who: int | str, *, epoch: float) -> None:
        """Take one request out again: what was not signed by the partner must not use up the partner's minute."""
        self._change(who, epoch, by=-1)

    def _change(self, who: int | str, epoch: float, *, by: int) -> int:
        if time.monotonic() < self._asleep_until:
            return 0
        key = f"tower:intake:{who}:{int(epoch // WINDOW_SECONDS)}"
        try:
            pipe = self._connected().pipeline(transaction=False)
            pipe.set(key, 0, ex=2 * WINDOW_SECONDS, nx=True)
            pipe.incrby(key, by)
            return int(pipe.execute()[1])
        except (redis.RedisError, OSError) as error:
            self._asleep_until = time.monotonic() + PAUSE_SECONDS
            log.warning("requests are not counted for a while", extra={"reason": type(error).__name__})
            return 0

    def _connected(self) -> "redis.Redis":
        if self._client is None:
            self._client = redis.Redis.from_url(
                self.url,
                socket_timeout=PATIENCE_SECONDS,
                socket_connect_timeout=PATIENCE_SECONDS,
                retry=Retry(NoBackoff(), 0),
            )
        return self._client


def seconds_left(epoch: float) -> int:
    """Whole seconds until the next window begins, at least one."""
    return max(1, WINDOW_SECONDS - int(epoch % WINDOW_SECONDS))


@cache
def limiter() -> Limiter:
    return Limiter(settings.REDIS_URL)
