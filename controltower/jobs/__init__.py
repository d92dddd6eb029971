"""Durable jobs: a row in the business transaction is the job, Celery is only the doorbell."""

from controltower.jobs.outbox import enqueue, enqueue_all
from controltower.jobs.registry import Dead, Finish, JobContext, Retry, job, sweep

__all__ = ["Dead", "Finish", "JobContext", "Retry", "enqueue", "enqueue_all", "job", "sweep"]
