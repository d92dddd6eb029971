"""The keys of the approvals pages. `a` and `r` choose; recording the decision takes a press of its own."""

from controltower.web import keys, nav


def register() -> None:
    nav.register("Approvals", "proposals:list", order=20, verb="VIEW", key="a", icon="circle-check-big")
    group = "Approval"
    keys.register("proposal.approve", "a", "Choose: approve", group=group)
    keys.register("proposal.reject", "r", "Choose: reject", group=group)
    keys.register("proposal.edit", "d", "Write it differently", group=group)
    keys.register("proposal.evidence", "v", "Go to the evidence", group=group)
