"""Which function does which kind of job. Handlers stand in each app's `jobs` module and are found by autodiscovery."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any, Literal

from django.utils.module_loading import autodiscover_modules

from controltower.audit import SYSTEM, Actor
from controltower.tenancy.context import acting_for

Queue = Literal["intake", "default", "documents", "agents", "effects"]
QUEUES: tuple[Queue, ...] = ("intake", "default", "documents", "agents", "effects")
Finish = Callable[[], None]
Handler = Callable[[dict[str, Any], "JobContext"], Finish | None]


class Retry(Exception):
    """Try again later. `after` in seconds; None lets the backoff decide."""

    def __init__(self, why: str, after: float | None = None) -> None:
        super().__init__(why)
        self.after = after


class Dead(Exception):
    """No use trying again: a person must look."""


class UnknownKind(LookupError):
    """No installed app handles this kind of job."""


@dataclass(frozen=True)
class JobContext:
    """What a handler knows of its run. `now` was read once, when the job was claimed."""

    job_id: int
    organisation_id: int
    attempt: int
    now: datetime
    actor: Actor = SYSTEM

    @contextmanager
    def tenant(self) -> Iterator[None]:
        """A short transaction of a handler that runs outside one: it commits on exit."""
        with acting_for(self.organisation_id):
            yield


@dataclass(frozen=True)
class RunningJob:
    """What log lines say of the job that causes them."""

    job_id: int
    case: int | str | None


running_job: ContextVar[RunningJob | None] = ContextVar("running_job", default=None)


@dataclass(frozen=True)
class Kind:
    """`timeout` in seconds bounds the lease; `retries` is how many failures are forgiven before the job is dead."""

    name: str
    handler: Handler
    queue: Queue
    retries: int
    timeout: int
    outside_transaction: bool


@dataclass(frozen=True)
class Sweep:
    """Periodic work of the sweeper, `every` seconds."""

    name: str
    run: Callable[[datetime], int]
    every: float


@dataclass
class _Registry:
    kinds: dict[str, Kind] = field(default_factory=dict)
    sweeps: dict[str, Sweep] = field(default_factory=dict)
    loaded: bool = False
    lock: Lock = field(default_factory=Lock)


_registry = _Registry()


def job(
    name: str, *, queue: Queue = "default", retries: int = 8, timeout: int = 30, outside_transaction: bool = False
) -> Callable[[Handler], Handler]:
    """Register a handler.

    By default it runs inside `acting_for` in one transaction together with the mark that the job is done. With
    `outside_transaction=True` it runs with none open (network calls belong there), reads through `ctx.tenant()`, and
    returns a callable that writes: that one runs in the transaction which marks the job done.
    """

    def register(handler: Handler) -> Handler:
        if name in _registry.kinds and _registry.kinds[name].handler is not handler:
            raise ValueError(f"two handlers for job kind {name!r}")
        _registry.kinds[name] = Kind(name, handler, queue, retries, timeout, outside_transaction)
        return handler

    return register


def sweep(name: str, *, every: float) -> Callable[[Callable[[datetime], int]], Callable[[datetime], int]]:
    """Register periodic work: a function of `now` that returns how much it did. Runs outside any organisation."""

    def register(run: Callable[[datetime], int]) -> Callable[[datetime], int]:
        _registry.sweeps[name] = Sweep(name, run, every)
        return run

    return register


def kind(name: str) -> Kind:
    """The registered kind; `UnknownKind` for a name that nobody handles."""
    _load()
    try:
        return _registry.kinds[name]
    except KeyError:
        raise UnknownKind(f"no handler for job kind {name!r}: is its app installed?") from None


def kinds() -> list[Kind]:
    _load()
    return sorted(_registry.kinds.values(), key=lambda kind: kind.name)


def sweeps() -> list[Sweep]:
    _load()
    return sorted(_registry.sweeps.values(), key=lambda sweep: sweep.name)


def _load() -> None:
    """Import every app's `jobs` module on first need, so that a web process that enqueues nothing stays small."""
    if _registry.loaded:
        return
    with _registry.lock:
        autodiscover_modules("jobs")
        _registry.loaded = True
