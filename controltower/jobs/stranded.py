"""What waited for a job that is dead. A job that kills its worker never reaches the code that would say so itself."""

from collections.abc import Callable
from datetime import datetime, timedelta

from controltower.jobs.models import Job, JobState
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation

LOOK_BACK = timedelta(days=2)


def for_each_dead(kind: str, key: str, settle: Callable[[int], bool], *, now: datetime) -> int:
    """Call `settle(payload[key])` for each job of this kind that died lately, inside its organisation.

    `settle` says whether there was anything to do; it is asked again until the job is replayed or old.
    """
    settled = 0
    for organisation_id in Organisation.objects.order_by("pk").values_list("pk", flat=True):
        with acting_for(organisation_id):
            dead = Job.objects.filter(kind=kind, state=JobState.DEAD, finished_at__gte=now - LOOK_BACK)
            settled += sum(settle(payload[key]) for payload in dead.values_list("payload", flat=True))
    return settled
