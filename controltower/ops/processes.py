"""Which processes make up a running installation, and with what environment."""

import os
import shlex
import socket
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from controltower.ops.leftovers import marked

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Program:
    """One process to supervise. `command` is a command line without a shell."""

    name: str
    command: Sequence[str]

    @property
    def shell_line(self) -> str:
        """honcho starts through a shell; `exec` makes the process itself the one that is signalled."""
        return "exec " + shlex.join(self.command)


def programs(port: int, *, extra: Sequence[str] = ()) -> list[Program]:
    """Web, workers and sweeper, sized for two cores, and one process for each management command in `extra`.

    Workers for models and documents are apart: their work is slow and must not stand before signals and effects.
    """
    return [
        Program("web", web(port)),
        Program("worker", worker("signals", ["intake", "default", "effects"], processes=2)),
        Program("reader", worker("reading", ["documents", "agents"], processes=1)),
        Program("sweeper", manage("sweeper")),
        *(Program(name.removeprefix("demo_"), manage(name)) for name in extra),
    ]


def web(
    port: int,
    *,
    host: str = "127.0.0.1",
    workers: int = 2,
    threads: int = 4,
    application: str = "controltower.wsgi:application",
) -> list[str]:
    options = ["--interface", "wsgi", "--host", host, "--port", str(port), "--no-ws"]
    options += ["--workers", str(workers), "--blocking-threads", str(threads), "--respawn-failed-workers"]
    options += ["--workers-kill-timeout", "3", "--log-level", "warning"]
    return [sys.executable, "-m", "granian", *options, application]


def worker(name: str, queues: Sequence[str], *, processes: int) -> list[str]:
    options = ["--queues", ",".join(queues), "--concurrency", str(processes), "--hostname", f"{name}@%h"]
    options += ["--loglevel", "INFO", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    # As root Celery warns about pickle, which is not accepted here (JSON only).
    quiet = ["-W", "ignore:You're running the worker with superuser privileges"]
    return [sys.executable, *quiet, "-m", "celery", "--quiet", "-A", "controltower", "worker", *options]


def manage(*arguments: str) -> list[str]:
    return [sys.executable, str(ROOT / "manage.py"), *arguments]


def environment(home: Path, name: str, base: Mapping[str, str]) -> dict[str, str]:
    """The environment of the process `name`: JSON logs to a file of its own, and the mark of this data folder."""
    return {
        **base,
        **marked(home),
        "TOWER_HOME": str(home),
        "TOWER_LOG_FILE": str(home / "logs" / f"{name}.log"),
        "PYTHONUNBUFFERED": "1",
    }


def demo_environment(base: Mapping[str, str]) -> dict[str, str]:
    """The demo's mail goes to the built-in mailbox, whatever is configured: nothing leaves the machine."""
    mail = {"TOWER_MAILBOX": "on", "TOWER_SMTP_HOST": "127.0.0.1", "TOWER_SMTP_PORT": str(free_port())}
    without = {"TOWER_SMTP_USER", "TOWER_SMTP_PASSWORD", "TOWER_SMTP_TLS"}
    return {name: value for name, value in base.items() if name not in without} | mail


def port_is_taken(port: int, host: str = "127.0.0.1") -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


def free_port(host: str = "127.0.0.1") -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
    return port


def clear_logs(folder: Path, *, limit: int = 20_000_000) -> None:
    """Put a log aside that has grown beyond `limit` bytes; one old file of each is kept."""
    for path in (*folder.glob("*.log"), *folder.glob("*.out")):
        if path.stat().st_size > limit:
            path.replace(path.with_name(path.name + ".1"))


def inherited() -> dict[str, str]:
    return dict(os.environ)
