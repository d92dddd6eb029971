"""`manage.py up`: starts everything an installation needs, says when it is ready, and stops all of it."""

import json
import os
import queue
import signal
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from honcho.manager import Manager
from honcho.printer import Message, Printer

from controltower import embedded, embedded_folder
from controltower.ops import leftovers, processes

READY_SECONDS = 90.0
PATIENCE_SECONDS = 25.0  # with degraded parts: the address is shown with what is missing
TALK_LINES, TALK_SECONDS = 8, 30.0

Say = Callable[[str], None]


class StartError(RuntimeError):
    """The start cannot go on; the message is a sentence that says what to do."""


@dataclass
class Plan:
    """What one run of the supervisor is about."""

    home: Path
    port: int
    servers: Sequence[str]
    env: Mapping[str, str]
    prepare: Callable[[], list[str]]
    extra: Sequence[str] = ()
    say: Say = print
    notes: list[str] = field(default_factory=list)


def up(plan: Plan) -> int:
    """Run until Ctrl-C or SIGTERM, or until one process ends by itself. Returns the exit code; nothing stays running."""
    with _interruptible(), _folder(plan.home):
        ended = leftovers.end(plan.home)
        if ended:
            plan.say(f"Ended {ended} processes that a killed run had left behind.")
        if processes.port_is_taken(plan.port):
            raise StartError(f"Port {plan.port} is taken. Set TOWER_PORT to another one, such as {plan.port + 1}.")
        processes.clear_logs(plan.home / "logs")
        with _servers(plan):
            plan.notes = plan.prepare()
            return _supervise(plan)


def _supervise(plan: Plan) -> int:
    manager = Supervisor(Terminal(plan.say, plan.home / "logs"))
    for program in processes.programs(plan.port, extra=plan.extra):
        env = processes.environment(plan.home, program.name, plan.env)
        manager.add_process(program.name, program.shell_line, env=env, cwd=str(processes.ROOT))
    over = threading.Event()
    watch = threading.Thread(target=_announce, args=(plan, over), daemon=True)
    watch.start()
    try:
        manager.loop()
    finally:
        over.set()
        _ignore_signals()
        leftovers.end(plan.home)
    plan.say("Stopped." if manager.asked else _why(plan, manager.first_to_end))
    return 0 if manager.asked else 1


def _why(plan: Plan, name: str) -> str:
    return f"Stopped everything, because {name} ended by itself: {plan.home / 'logs' / name}.out and .log say why."


class Supervisor(Manager):
    """honcho's manager with threads instead of forked helpers: those would survive a SIGKILL and hold its pipes."""

    def __init__(self, printer: Printer) -> None:
        super().__init__(printer)
        self.events: queue.Queue[Message] = queue.Queue()
        self._procmgr = _LeaderFirst()
        self.asked = False
        self.first_to_end = ""

    def _start(self) -> None:
        for process in self._processes.values():
            process["process"] = threading.Thread(target=process["obj"].run, args=(self.events, False), daemon=True)
            process["process"].start()

    def terminate(self) -> None:
        ended = [name for name, process in self._processes.items() if process.get("returncode") is not None]
        self.first_to_end = self.first_to_end or next(iter(ended), "")
        self.asked = self.asked or not ended
        super().terminate()


class _LeaderFirst:
    """Asks the process alone to stop, because a Celery worker lets its children finish; kills the whole group."""

    def terminate(self, pid: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)

    def kill(self, pid: int) -> None:
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)


class Terminal(Printer):
    """What a person sees: short lines of the processes with their name. All they say is in `logs/<name>.out`.

    Of a traceback only its last line is shown, and of a process that does not stop talking only the beginning.
    """

    def __init__(self, say: Say, folder: Path) -> None:
        super().__init__(output=sys.stdout)
        self.say = say
        self.folder = folder
        self.stopping = False
        self.in_traceback: set[str] = set()
        self.shown: dict[str, list[float]] = {}

    def write(self, message: Message) -> None:
        if message.name == "system":
            if str(message.data).strip().endswith("received"):
                self.stopping = True
                self.say("Stopping ...")
            return
        text = message.data.decode("utf-8", "replace") if isinstance(message.data, bytes) else message.data
        with suppress(OSError), (self.folder / f"{message.name}.out").open("a") as file:
            file.write(text)
        for line in text.splitlines():
            if self._matters(message.name, line) and self._is_not_too_much(message.name):
                self.say(f"{message.name:>8} | {line[:300]}")

    def _matters(self, name: str, line: str) -> bool:
        if line.startswith("Traceback "):
            self.in_traceback.add(name)
        elif name in self.in_traceback and line.strip() and not line.startswith(" "):
            self.in_traceback.discard(name)
            return not self.stopping
        return not self.stopping and name not in self.in_traceback and bool(line.strip())

    def _is_not_too_much(self, name: str) -> bool:
        now = time.monotonic()
        recent = [at for at in self.shown.get(name, []) if now - at < TALK_SECONDS]
        self.shown[name] = [*recent, now][-TALK_LINES - 1 :]
        if len(recent) == TALK_LINES:
            self.say(f"{name:>8} | ... and more: {self.folder / (name + '.out')}")
        return len(recent) < TALK_LINES


def _announce(plan: Plan, over: threading.Event) -> None:
    """Say the address once the installation is ready, with what is degraded if that does not pass."""
    began = time.monotonic()
    while not over.wait(0.2):
        waited = time.monotonic() - began
        found = _readiness(plan.port)
        if found.get("accepts_signals") and (found["status"] == "ok" or waited > PATIENCE_SECONDS):
            lines = [f"Control Tower is ready: http://127.0.0.1:{plan.port}", *plan.notes]
            lines += [f"Not complete: {sentence}" for sentence in found["degraded"]]
            lines += [f"Logs are in {plan.home / 'logs'}. Ctrl-C stops everything."]
            for line in ["", *lines, ""]:
                plan.say(line)
            return
        if waited > READY_SECONDS:
            plan.say(f"Not ready after {READY_SECONDS:.0f} s: {'; '.join(found.get('degraded', ['no answer']))}")
            os.kill(os.getpid(), signal.SIGTERM)
            return


def _readiness(port: int) -> dict[str, Any]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            found: dict[str, Any] = json.load(answer)
    except urllib.error.HTTPError as error:
        with suppress(ValueError):
            return dict(json.load(error))
        return {}
    except (OSError, ValueError):
        return {}
    return found


@contextmanager
def _folder(home: Path) -> Iterator[None]:
    """The data folder for this process alone."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    (home / "logs").mkdir(mode=0o700, exist_ok=True)
    handle = embedded_folder.lock(home, "supervisor")
    try:
        yield
    finally:
        os.close(handle)


@contextmanager
def _servers(plan: Plan) -> Iterator[None]:
    began = time.monotonic()
    with embedded.running(plan.home, only=plan.servers) if plan.servers else nullcontext():
        if plan.servers:
            plan.say(f"Packaged {' and '.join(_names(plan.servers))} started ({time.monotonic() - began:.1f} s).")
        try:
            yield
        finally:
            _ignore_signals()


def _names(servers: Sequence[str]) -> list[str]:
    return [{"postgres": "PostgreSQL", "redis": "Redis"}[server] for server in servers]


@contextmanager
def _interruptible() -> Iterator[None]:
    """Until the processes run, SIGTERM and a closed terminal end the start like Ctrl-C, through every `finally`."""

    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGTERM, signal.SIGINT)}
    before[signal.SIGHUP] = signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _ignore_signals() -> None:
    """A second Ctrl-C must not interrupt the stopping, which takes seconds and leaves nothing behind."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
