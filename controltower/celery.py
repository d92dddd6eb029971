"""Celery carries doorbells only: what is to be done stands in PostgreSQL (`controltower.jobs`)."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_process_init

from controltower.memory import settle

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "controltower.settings")

app = Celery("controltower")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["controltower.jobs"])


@worker_process_init.connect
def _settle(**_: Any) -> None:
    settle()
