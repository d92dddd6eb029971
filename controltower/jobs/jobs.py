"""The platform's own schedules."""

from datetime import datetime

from controltower.db import rows
from controltower.jobs.registry import sweep
from controltower.jobs.sweeper import KEEP_DONE


@sweep("jobs.purge", every=3600)
def purge(now: datetime) -> int:
    """Forget finished jobs after a week; dead ones stay until a person has dealt with them."""
    return int(rows("SELECT jobs_purge(%s)", [now - KEEP_DONE])[0][0])
