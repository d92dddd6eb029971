"""A job that kills its worker never says that it failed: somebody else must."""

from datetime import datetime

import pytest

from agents.proposals.jobs import stranded
from agents.proposals.models import Proposal
from agents.proposals.services.deciding import proposal_approve
from controltower.jobs.models import Job
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation
from controltower.tenancy.viewer import Viewer

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_approval_whose_job_is_dead_does_not_wait_in_silence(
    proposed: dict[str, Proposal], supervisor: Viewer, organisation: Organisation, present: datetime
) -> None:
    proposal = proposed["send_notice"]
    with acting_for(organisation):
        proposal_approve(proposal, digest=proposal.digest, viewer=supervisor, now=present)
        Job.objects.filter(kind="proposals.effect").update(state="dead", finished_at=present)
    assert (stranded(present), stranded(present)) == (1, 0)
    with acting_for(organisation):
        proposal.refresh_from_db()
    assert proposal.state == "failed"
