"""Processes of ours that outlived their supervisor (it was killed and could not stop them)."""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

import psutil

MARK = "TOWER_SUPERVISED"  # set to the data folder in everything a supervisor starts, and inherited below it
GRACE_SECONDS = 5.0


def marked(home: Path) -> dict[str, str]:
    """What a child's environment carries, so that it can be told from any other process of this user."""
    return {MARK: str(home)}


def survivors(home: Path) -> list[psutil.Process]:
    """Living processes that a supervisor of `home` started, directly or through others. Never this process."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.pid != os.getpid() and process.environ().get(MARK) == str(home) and not has_ended(process):
                found.append(process)
    return found


def end(home: Path) -> int:
    """End them, gently first. Call only while holding the supervisor's lock of `home`. Returns how many there were."""
    found = survivors(home)
    for process in found:
        with suppress(psutil.Error):
            process.send_signal(signal.SIGTERM)
    wait_for(found, GRACE_SECONDS)
    for process in survivors(home):
        with suppress(psutil.Error):
            process.kill()
        found.append(process)
    wait_for(found, GRACE_SECONDS)
    return len({process.pid for process in found})


def wait_for(processes: list[psutil.Process], seconds: float) -> bool:
    """Wait until all have ended; False when some have not."""
    deadline = time.monotonic() + seconds
    while not all(has_ended(process) for process in processes):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def has_ended(process: psutil.Process) -> bool:
    """A zombie has ended too: in a container nobody may be there to collect an orphan."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
