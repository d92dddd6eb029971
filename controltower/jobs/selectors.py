"""Reading jobs, for the people who operate them."""

from dataclasses import dataclass

from controltower.jobs.models import Job, JobState
from controltower.tenancy.permissions import Verb
from controltower.tenancy.viewer import Viewer, require

PAGE = 50
SHOWN = (JobState.DEAD, JobState.WAITING, JobState.RUNNING, JobState.DONE)


@dataclass(frozen=True)
class JobsPage:
    """`next_before` is the id to continue before; None at the end."""

    jobs: list[Job]
    state: str
    kind: str
    next_before: int | None


def jobs_page(viewer: Viewer, *, state: str = JobState.DEAD, kind: str = "", before: int | None = None) -> JobsPage:
    """This organisation's jobs in one state, the newest first."""
    require(viewer, Verb.OPERATE)
    state = state if state in SHOWN else JobState.DEAD
    found = Job.objects.filter(organisation=viewer.organisation, state=state).order_by("-id")
    if kind:
        found = found.filter(kind=kind)
    if before is not None:
        found = found.filter(id__lt=before)
    jobs = list(found[: PAGE + 1])
    following = jobs[PAGE - 1].pk if len(jobs) > PAGE else None
    return JobsPage(jobs[:PAGE], state, kind, following)
