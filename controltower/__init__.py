"""The platform: organisations, audit, durable jobs, web shell, operations. Knows no logistics."""

from controltower.celery import app as celery_app

__all__ = ["celery_app"]
