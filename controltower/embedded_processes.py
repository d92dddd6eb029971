"""Processes of the packaged servers: started in a session of their own, recorded, recognised, ended."""

import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import psutil

from controltower.embedded_folder import socket_folder

STOP_SECONDS = 20.0


def spawn(name: str, command: list[str], home: Path, **identity: object) -> "subprocess.Popen[bytes]":
    """Start a server in a session of its own, so that a Ctrl-C in the terminal is ours to handle, and record its pid."""
    with (home / "logs" / f"{name}.log").open("ab") as log:
        process: subprocess.Popen[bytes] = subprocess.Popen(  # type: ignore[call-overload]
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            start_new_session=True,
            env={**os.environ, "LC_ALL": "C"},
            **identity,
        )
    pid_file(home, name).write_text(f"{process.pid}\n")
    return process


def end_leftovers(home: Path) -> None:
    """End the servers that an earlier, killed run of `home` left behind. Only processes proven to be of this folder."""
    recorded = recorded_pids(home)
    for name, pid in recorded.items():
        process = _ours(name, pid, home)
        if process is not None:
            end_process(process, signal.SIGINT if name == "postgres" else signal.SIGTERM)
    for name in recorded:
        pid_file(home, name).unlink(missing_ok=True)
    for process in backends_without_master(home / "postgres"):
        end_process(process, signal.SIGQUIT)
    # PostgreSQL takes a killed master that nobody has waited for as alive and would refuse to start.
    (home / "postgres" / "postmaster.pid").unlink(missing_ok=True)


def end_process(process: psutil.Process, gently: signal.Signals) -> None:
    """Ask, then insist. SIGINT is PostgreSQL's fast shutdown: it does not wait for clients; SIGQUIT recovers at the next start."""
    for ask, seconds in ((gently, STOP_SECONDS), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
        with suppress(psutil.NoSuchProcess):
            process.send_signal(ask)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if has_ended(process):
                return
            time.sleep(0.02)


def has_ended(process: psutil.Process) -> bool:
    # A child that nobody has waited for yet is a zombie; so is an orphan in a container whose first process reaps none.
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def pid_file(home: Path, name: str) -> Path:
    return home / "run" / f"{name}.pid"


def recorded_pids(home: Path) -> dict[str, int]:
    found: dict[str, int] = {}
    for name in ("postgres", "redis"):
        with suppress(OSError, ValueError):
            found[name] = int(pid_file(home, name).read_text())
    return found


def backends_without_master(data: Path) -> list[psutil.Process]:
    """PostgreSQL processes of the cluster `data` that are still there when its master is not: they work inside its folder."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.name() == "postgres" and process.cwd() == str(data.resolve()) and not has_ended(process):
                found.append(process)
    return found


def _ours(name: str, pid: int, home: Path) -> psutil.Process | None:
    """The process `pid` when it is the server `name` of this very folder; a pid that was given out again is not."""
    marks = {"postgres": str(home / "postgres"), "redis": str(socket_folder(home) / "redis.sock")}
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        words = process.cmdline()
        if not has_ended(process) and any(marks[name] in word for word in words):
            return process
    return None


def last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ""
