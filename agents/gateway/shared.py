"""What the workers of all processes agree on through Redis: the breaker and the places at the model.

Redis is a convenience here, not the truth: when it does not answer, calls go ahead one worker at a time each, bounded as
ever by deadline and budget.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import redis
from django.conf import settings

from agents.gateway.outcomes import Outcome
from agents.gateway.profiles import Profile

FAILURES_TO_OPEN = 3
FAILURE_MEMORY_SECONDS = 300
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 30, 900
CONFIG_PAUSE_SECONDS = 900
DEFAULT_RATE_PAUSE_SECONDS, LONGEST_RATE_PAUSE_SECONDS = 5.0, 300.0
LEASE_MARGIN_SECONDS = 15
POLL_SECONDS = 0.1

# Drops expired leases, then takes a place if one is free. KEYS: leases; ARGV: now, lease end, places, token.
_TAKE_PLACE = """
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[3]) then return 0 end
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[4])
redis.call('EXPIRE', KEYS[1], 600)
return 1
"""


Tripped = Mapping[Any, Any]  # decoded to text, which redis' types do not know


@cache
def _connection(url: str, process: int) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=1.0, socket_connect_timeout=1.0, decode_responses=True)


def connection() -> redis.Redis:
    """This process's connection: a forked worker must not share its parent's socket."""
    return _connection(settings.REDIS_URL, os.getpid())


@dataclass(frozen=True)
class Gate:
    """Whether a call may go out now. When not: why, and until when (seconds since the epoch)."""

    open: bool
    cause: Outcome | None = None
    until: float = 0.0


@dataclass(frozen=True)
class Transition:
    """The breaker opened (with cause and end) or closed again. Each is recorded by whoever caused it."""

    opened: bool
    cause: Outcome | None = None
    until: float = 0.0


class Breaker:
    """Stops calls to a model that cannot answer, and lets one try through when the pause is over."""

    def __init__(self, profile: Profile) -> None:
        self._tripped = f"tower:model:{profile.key}:tripped"
        self._failures = f"tower:model:{profile.key}:failures"
        self._probe = f"tower:model:{profile.key}:probe"
        self._probe_seconds = int(profile.deadline_seconds) + LEASE_MARGIN_SECONDS

    def gate(self) -> Gate:
        """What the breaker says now. Takes nothing; for pages and for the time of a second look."""
        try:
            return self._read(connection().hgetall(self._tripped))
        except redis.RedisError:
            return Gate(open=True)

    def enter(self) -> Gate:
        """As `gate`, and when a pause has ended, the right to be the one who tries."""
        try:
            store = connection()
            tripped = store.hgetall(self._tripped)
            gate = self._read(tripped)
            if not gate.open or not tripped:
                return gate
            if store.set(self._probe, "1", nx=True, ex=self._probe_seconds):
                return gate
            return Gate(open=False, cause=self._cause(tripped), until=time.time() + self._probe_seconds)
        except redis.RedisError:
            return Gate(open=True)

    def report(self, outcome: Outcome, retry_after: float | None = None) -> Transition | None:
        """Tells the breaker how a call ended; returns the transition that this caused."""
        try:
            if outcome is Outcome.RATE_LIMITED:
                pause = min(retry_after or DEFAULT_RATE_PAUSE_SECONDS, LONGEST_RATE_PAUSE_SECONDS)
                return self._trip(outcome, pause, level=0)
            if outcome.opens_breaker:
                return self._trip(outcome, CONFIG_PAUSE_SECONDS, level=0)
            if outcome.counts_against_server:
                return self._count(outcome)
            return self._close()
        except redis.RedisError:
            return None

    def _count(self, outcome: Outcome) -> Transition | None:
        store = connection()
        level = store.hget(self._tripped, "level")
        if level is None:
            failures = store.incr(self._failures)
            store.expire(self._failures, FAILURE_MEMORY_SECONDS)
            if failures < FAILURES_TO_OPEN:
                return None
        next_level = 0 if level is None else int(level) + 1
        pause = min(FIRST_PAUSE_SECONDS * 2**next_level, LONGEST_PAUSE_SECONDS)
        return self._trip(outcome, pause, level=next_level)

    def _trip(self, outcome: Outcome, pause: float, *, level: int) -> Transition | None:
        store = connection()
        until = time.time() + pause
        was_open = not self._read(store.hgetall(self._tripped)).open
        store.hset(self._tripped, mapping={"cause": outcome.code, "until": until, "level": level})
        store.delete(self._probe)
        return None if was_open else Transition(opened=True, cause=outcome, until=until)

    def _close(self) -> Transition | None:
        store = connection()
        store.delete(self._failures, self._probe)
        return Transition(opened=False) if store.delete(self._tripped) else None

    def _read(self, tripped: Tripped) -> Gate:
        if not tripped or float(tripped["until"]) <= time.time():
            return Gate(open=True)
        return Gate(open=False, cause=self._cause(tripped), until=float(tripped["until"]))

    @staticmethod
    def _cause(tripped: Tripped) -> Outcome:
        return Outcome.of(str(tripped["cause"]))


@contextmanager
def place(profile: Profile) -> Iterator[bool]:
    """One of the profile's places at the model, leased so that a killed worker gives it back. False when none is free."""
    token = secrets.token_hex(8)
    key = f"tower:model:{profile.key}:places"
    try:
        taken = _take(profile, key, token)
    except redis.RedisError:
        taken = True
    try:
        yield taken
    finally:
        try:
            connection().zrem(key, token)
        except redis.RedisError:
            pass  # the lease ends by itself


def _take(profile: Profile, key: str, token: str) -> bool:
    gives_up = time.time() + profile.slot_wait_seconds
    while True:
        now = time.time()
        lease_end = now + profile.deadline_seconds + LEASE_MARGIN_SECONDS
        if connection().eval(_TAKE_PLACE, 1, key, now, lease_end, profile.concurrency, token):
            return True
        if now >= gives_up:
            return False
        time.sleep(POLL_SECONDS)
