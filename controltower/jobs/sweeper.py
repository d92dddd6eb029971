"""The sweeper: a process of its own that sees to what a lost doorbell or a dead worker left behind, and runs schedules.

Any number may run. Each loop takes back expired leases, rings the queues that have due jobs, and runs the registered
sweeps that are due. When the broker does not answer it runs jobs itself, slowly, in one thread: signals and decisions
go on without Redis.
"""

import logging
import os
import socket
import threading
import time
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import close_old_connections, connection
from django.utils import timezone

from controltower.db import rows
from controltower.jobs import registry
from controltower.jobs.outbox import ring
from controltower.jobs.runner import beat, drain

log = logging.getLogger(__name__)
LOOP_SECONDS = 1.0
BEAT_SECONDS = 10.0  # every queue is rung at least this often, so that an idle worker shows that it lives
KEEP_DONE = timedelta(days=7)


@dataclass
class Sweeper:
    """`step()` is one loop; `run()` loops until `stop` is set."""

    stop: threading.Event = field(default_factory=threading.Event)
    next_beat: float = 0.0
    next_run: dict[str, float] = field(default_factory=dict)
    relief: threading.Thread | None = None

    def run(self) -> None:
        while not self.stop.is_set():
            started = time.monotonic()
            try:
                self.step()
            except Exception:  # the database may be restarting: say so and go on
                log.exception("sweep failed")
                connection.close()
            self.stop.wait(max(0.05, LOOP_SECONDS - (time.monotonic() - started)))
        if self.relief is not None:
            self.relief.join(timeout=10)

    def step(self) -> None:
        close_old_connections()
        taken_back = rows("SELECT jobs_take_back()")[0][0]
        if taken_back:
            log.warning("took back jobs of dead workers", extra={"count": taken_back})
        due = {queue for (queue,) in rows("SELECT * FROM jobs_due_queues()")}
        self._ring(due)
        self._run_sweeps()

    def _ring(self, due: set[str]) -> None:
        wanted = set(due)
        if time.monotonic() >= self.next_beat:
            self.next_beat = time.monotonic() + BEAT_SECONDS
            beat(f"{socket.gethostname()}:{os.getpid()}", role="sweeper")
            wanted |= set(registry.QUEUES)
        answers = [ring(queue) for queue in sorted(wanted)]  # every one is rung, also after a failure
        heard = all(answers)
        if not heard and due and (self.relief is None or not self.relief.is_alive()):
            self.relief = threading.Thread(target=self._relieve, args=(sorted(due),), name="relief", daemon=True)
            self.relief.start()

    def _relieve(self, queues: list[str]) -> None:
        try:
            for queue in queues:
                if not self.stop.is_set():
                    drain(queue, seconds=2.0)
        finally:
            connection.close()

    def _run_sweeps(self) -> None:
        for sweep in registry.sweeps():
            if time.monotonic() < self.next_run.get(sweep.name, 0.0) or self.stop.is_set():
                continue
            self.next_run[sweep.name] = time.monotonic() + sweep.every
            try:
                sweep.run(timezone.now())
            except Exception:  # one broken schedule must not stop the others
                log.exception("schedule failed", extra={"schedule": sweep.name})
                connection.close()
