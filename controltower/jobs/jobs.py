"""The platform's own schedules."""

from datetime import datetime, timedelta

from controltower.db import rows
from controltower.jobs.models import Heartbeat
from controltower.jobs.registry import sweep
from controltower.jobs.sweeper import KEEP_DONE


@sweep("jobs.purge", every=3600)
def purge(now: datetime) -> int:
    """Forget finished jobs after a week and silent processes after a day; dead jobs wait for a person."""
    Heartbeat.objects.filter(beat_at__lt=now - timedelta(days=1)).delete()
    return int(rows("SELECT jobs_purge(%s)", [now - KEEP_DONE])[0][0])
