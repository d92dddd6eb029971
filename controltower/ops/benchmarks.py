"""The frame for measurements: a registry, and what a benchmark gets to work with.

A benchmark stands in an app's `benchmarks` module and is found by autodiscovery. It runs in a process of its own with
its own data folder, servers and database (see `bench_run`), so that a measurement can neither see nor harm the demo.
"""

import statistics
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

import psutil
from django.utils.module_loading import autodiscover_modules

from controltower.ops import leftovers, processes


@dataclass(frozen=True)
class Figure:
    """What was measured: one value a round. `goal` is the bound to hold, `at_least` its direction."""

    rounds: tuple[float, ...]
    unit: str
    goal: float | None = None
    at_least: bool = True

    @property
    def value(self) -> float:
        return statistics.median(self.rounds)

    @property
    def met(self) -> bool | None:
        """Whether the median holds the goal; None without one."""
        if self.goal is None:
            return None
        return self.value >= self.goal if self.at_least else self.value <= self.goal


@dataclass
class Bench:
    """What a benchmark works with. `quick` asks for a small run that shows that it works, not how fast; `events` and
    `shipments` for a size of its own, `seed` for other made-up data, `only` for one of its parts (empty for all), where
    the benchmark has them."""

    home: Path
    quick: bool
    say: Callable[[str], None]
    events: int | None = None
    shipments: int | None = None
    seed: int | None = None
    only: str = ""
    open: int | None = None
    """Open cases, where the benchmark has so many."""
    started: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def start(self, name: str, command: Sequence[str], **env: str) -> "subprocess.Popen[bytes]":
        """Start a process of the installation (worker, sweeper); it ends with the benchmark."""
        environment = processes.environment(self.home, name, {**processes.inherited(), **env})
        with (self.home / "logs" / f"{name}.out").open("ab") as out:
            process = subprocess.Popen(
                list(command), env=environment, cwd=processes.ROOT, stdout=out, stderr=out, start_new_session=True
            )
        self.started.append(process)
        return process

    def kill(self, process: "subprocess.Popen[bytes]") -> None:
        """SIGKILL a started process and all its children: what a machine that loses power does."""
        family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
        for member in family:
            with suppress(psutil.NoSuchProcess):
                member.kill()
        process.wait()

    def stop_all(self) -> None:
        leftovers.end(self.home)
        for process in self.started:
            with suppress(subprocess.TimeoutExpired):
                process.wait(5)
        self.started.clear()


Measure = Callable[[Bench], Mapping[str, Figure]]


@dataclass(frozen=True)
class Benchmark:
    """`durable` keeps fsync on: for everything whose figure would be a lie without it. `parts` can be run alone."""

    name: str
    about: str
    measure: Measure
    durable: bool
    parts: tuple[str, ...] = ()


# Audit and jobs lie below ops and cannot know this module; their measurements stand here.
PLATFORM = ("controltower.ops.bench_audit", "controltower.ops.bench_jobs")

_registered: dict[str, Benchmark] = {}


def benchmark(
    name: str, about: str, *, durable: bool = True, parts: tuple[str, ...] = ()
) -> Callable[[Measure], Measure]:
    """Register a function that measures and answers figures by key."""

    def register(measure: Measure) -> Measure:
        _registered[name] = Benchmark(name, about, measure, durable, parts)
        return measure

    return register


def benchmarks() -> dict[str, Benchmark]:
    """All benchmarks by name: the platform's own and those of the installed apps."""
    for name in PLATFORM:
        import_module(name)
    autodiscover_modules("benchmarks")
    return dict(sorted(_registered.items()))
