"""What must be true before the processes start: tables of this version, static files collected, the demo day loaded."""

import hashlib
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command, get_commands
from django.db import connection

from controltower.ops import metrics, processes


class PrepareError(RuntimeError):
    """Something could not be prepared; the message says what, and where to read more."""


def prepare(*, demo: bool, env: Mapping[str, str], say: Callable[[str], None]) -> list[str]:
    """Bring the data folder up to this version. Returns lines to show beside the address: the demo's logins."""
    fresh = not connection.introspection.table_names()
    if fresh:
        say("Making the tables ...")
    call_command("migrate", verbosity=0, interactive=False)
    connection.close()
    collect_static()
    metrics.forget()
    if not demo:
        return []
    say("Telling the demo day (the first time takes a little) ..." if fresh else "Bringing the demo day up to now ...")
    return _demo_day(env)


def has_command(name: str) -> bool:
    return name in get_commands()


def collect_static() -> bool:
    """Collect and compress static files, only when a source changed since the last time. Returns whether it did."""
    stamp = Path(settings.STATIC_ROOT) / ".sources"
    digest = _digest_of_sources()
    if stamp.exists() and stamp.read_text() == digest:
        return False
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp.write_text(digest)
    return True


def _digest_of_sources() -> str:
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in sorted(finder.list([]), key=lambda found: found[0]):
            path = Path(storage.path(name))
            found = path.stat()
            digest.update(f"{path}\0{found.st_mtime_ns}\0{found.st_size}\n".encode())
    return digest.hexdigest()


def _demo_day(env: Mapping[str, str]) -> list[str]:
    """Load the demo in a process of its own: its settings (port, mailbox) are those of the processes to come."""
    log = settings.HOME / "logs" / "demo_day.log"
    environment = processes.environment(settings.HOME, "demo_day", env)
    command = processes.manage("demo_day")
    done = subprocess.run(command, env=environment, cwd=processes.ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        log.parent.mkdir(exist_ok=True)
        with log.open("a") as file:
            file.write(done.stderr)
        raise PrepareError(
            f"The demo day could not be loaded: {(done.stderr.strip().splitlines() or ['?'])[-1]} ({log})"
        )
    return [line for line in done.stdout.splitlines() if line.strip()]
