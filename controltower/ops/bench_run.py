"""Runs one benchmark beside everything else: own folder, own servers, own database, gone afterwards."""

import contextlib
import json
import os
import platform
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection

from controltower import embedded, embedded_folder, embedded_processes
from controltower.ops import leftovers, processes
from controltower.ops.benchmarks import Bench, Benchmark, Figure

# What would lead the measurement to servers, mail or models of somebody else.
FOREIGN = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "TOWER_MODE", "TOWER_MAILBOX", "TOWER_LOG_FILE")
FOREIGN_MODEL = ("OPENAI_BASE_URL", "OPENAI_API_KEY", "TOWER_MODEL", "PROMETHEUS_MULTIPROC_DIR", "TOWER_PORT")

MOST_COMPLAINTS = 5  # of each process


def outside(home: Path, benchmark: Benchmark, arguments: list[str]) -> int:
    """Give the benchmark a folder and servers, run it in a process of its own, and clean up however it ends."""
    with _folder(home / "bench", benchmark.name) as folder, _as_interrupt(signal.SIGTERM):
        try:
            with embedded.running(folder, fast=not benchmark.durable):
                command = processes.manage("benchmark", benchmark.name, "--inside", *arguments)
                child = subprocess.Popen(command, env=_environment(folder), cwd=processes.ROOT)
                try:
                    return child.wait()
                except KeyboardInterrupt:
                    child.terminate()
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        child.wait(5)
                    raise
                finally:
                    leftovers.end(folder)
        except KeyboardInterrupt:
            return 130


def inside(
    home: Path,
    benchmark: Benchmark,
    *,
    quick: bool,
    say: Callable[[str], None],
    only: str = "",
    events: int | None = None,
    shipments: int | None = None,
    seed: int | None = None,
    open: int | None = None,  # named as on the command line
) -> dict[str, Any]:
    """Migrate the fresh database, measure, say it, and answer the JSON object."""
    bench = Bench(home, quick, say, events, shipments, seed, only, open)
    durability = "on" if benchmark.durable else "off"
    say(f"{benchmark.name}: {benchmark.about}")
    say(
        f"  on {os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}; durability {durability}"
    )
    try:
        with _as_interrupt(signal.SIGTERM):
            call_command("migrate", verbosity=0, interactive=False)
            connection.close()
            figures = benchmark.measure(bench)
    except Exception:
        for complaint in complaints(home):
            say("  " + complaint)
        raise
    finally:
        bench.stop_all()
    for key, figure in figures.items():
        say("  " + line(key, figure))
    return result(benchmark, figures)


def complaints(home: Path) -> list[str]:
    """The last errors that the started processes wrote to their logs, which go with the folder, oldest first."""
    found = []
    for log in sorted((home / "logs").glob("*.log")):
        errors = [text for text in log.read_text(errors="replace").splitlines() if '"level": "error"' in text]
        found += [f"{log.stem}: {text}" for text in errors[-MOST_COMPLAINTS:]]
    return found


def line(key: str, figure: Figure) -> str:
    """One figure in words: median, spread over the rounds, goal."""
    spread = ""
    if len(figure.rounds) > 1:
        spread = f" ({min(figure.rounds):,.4g} .. {max(figure.rounds):,.4g} in {len(figure.rounds)} rounds)"
    goal = ""
    if figure.goal is not None:
        bound = "at least" if figure.at_least else "at most"
        goal = f"; goal {bound} {figure.goal:,.4g}: {'met' if figure.met else 'MISSED'}"
    return f"{key:<22} {figure.value:>10,.4g} {figure.unit}{spread}{goal}"


def result(benchmark: Benchmark, figures: Mapping[str, Figure]) -> dict[str, Any]:
    return {
        "benchmark": benchmark.name,
        **{key: round(figure.value, 4) for key, figure in figures.items()},
        "spread": {key: [round(min(f.rounds), 4), round(max(f.rounds), 4)] for key, f in figures.items()},
        "goals_met": all(figure.met is not False for figure in figures.values()),
        "durable": benchmark.durable,
        "cores": os.cpu_count(),
    }


def as_json(found: Mapping[str, Any]) -> str:
    return json.dumps(found, sort_keys=False)


@contextlib.contextmanager
def _folder(parent: Path, name: str) -> Iterator[Path]:
    parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _clear_abandoned(parent)
    folder = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=parent))
    handle = embedded_folder.lock(folder, "bench")
    try:
        yield folder
    finally:
        os.close(handle)
        shutil.rmtree(folder, ignore_errors=True)


def _clear_abandoned(parent: Path) -> None:
    """Folders of benchmarks that were killed: their processes and servers are ended, their data removed."""
    for folder in parent.iterdir():
        try:
            handle = embedded_folder.lock(folder, "bench")
        except embedded.EmbeddedError:
            continue  # somebody measures there now
        leftovers.end(folder)
        embedded_processes.end_leftovers(folder)
        os.close(handle)
        shutil.rmtree(folder, ignore_errors=True)


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in FOREIGN + FOREIGN_MODEL}
    return {**kept, **leftovers.marked(folder), "TOWER_HOME": str(folder)}


@contextlib.contextmanager
def _as_interrupt(number: signal.Signals) -> Iterator[None]:
    """A polite kill cleans up as Ctrl-C does."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(number, interrupt)
    try:
        yield
    finally:
        signal.signal(number, before)
