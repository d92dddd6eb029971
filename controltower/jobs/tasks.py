"""The doorbell: the only Celery task there is. It names a queue, not a job, and may ring twice or never."""

import os
import socket
import time

from celery import shared_task

from controltower.jobs import outbox
from controltower.jobs.runner import beat, drain

ONE_AT_A_RING = ("documents", "agents")
LOOP_SECONDS = 5.0


@shared_task(name="jobs.ring", acks_late=True, ignore_result=True)
def ring(queue: str) -> int:
    """Run due jobs of a queue: one for the heavy queues, else until none is due or the time is up."""
    beat(f"{socket.gethostname()}:{os.getpid()}:{queue}", role="worker", queue=queue)
    started = time.monotonic()
    if queue in ONE_AT_A_RING:
        ran = drain(queue, limit=1)
        unfinished = ran > 0
    else:
        ran = drain(queue, seconds=LOOP_SECONDS)
        unfinished = time.monotonic() - started >= LOOP_SECONDS
    if unfinished:
        outbox.ring(queue)  # there may be more, and the sweeper would take up to a second to notice
    return ran
