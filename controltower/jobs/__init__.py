"""Durable jobs: a row in the business transaction is the job, Celery is only the doorbell."""

from controltower.jobs.registry import Dead, JobContext, Retry, job, sweep
from controltower.jobs.outbox import enqueue

__all__ = ["Dead", "JobContext", "Retry", "enqueue", "job", "sweep"]
