"""The one place that says from which state a proposal may go where. Pure."""

from __future__ import annotations

from agents.proposals.models import ProposalState as State

ALLOWED: dict[str, frozenset[str]] = {
    State.PENDING: frozenset({State.APPROVED, State.REJECTED, State.EDITED, State.SUPERSEDED, State.EXPIRED}),
    State.APPROVED: frozenset({State.HELD, State.EXECUTING, State.SUPERSEDED, State.FAILED, State.CANCELLED}),
    State.HELD: frozenset({State.EXECUTING, State.SUPERSEDED, State.CANCELLED}),
    State.EXECUTING: frozenset({State.EXECUTED, State.FAILED}),
    State.EXECUTED: frozenset(),
    State.FAILED: frozenset({State.EXECUTING}),  # a person had it sent again
    State.REJECTED: frozenset(),
    State.EDITED: frozenset(),
    State.SUPERSEDED: frozenset(),
    State.EXPIRED: frozenset(),
    State.CANCELLED: frozenset(),
}
OPEN = frozenset({State.PENDING, State.APPROVED, State.HELD, State.EXECUTING})
DECIDED = frozenset({State.APPROVED, State.HELD, State.EXECUTING, State.EXECUTED})

_SAID = {
    State.APPROVED: "has been approved already",
    State.HELD: "has been approved already and is held",
    State.EXECUTING: "has been approved already and is being done",
    State.EXECUTED: "has been done already",
    State.FAILED: "was approved and failed",
    State.REJECTED: "has been rejected already",
    State.EDITED: "has been edited; a newer revision is waiting",
    State.SUPERSEDED: "was overtaken by a changed fact",
    State.EXPIRED: "is no longer of use",
    State.CANCELLED: "has been called back",
    State.PENDING: "is waiting for a decision",
}


def allowed(before: str, after: str) -> bool:
    """Whether a proposal may go from one state to the other."""
    return after in ALLOWED[before]


def said(state: str) -> str:
    """The state as the second half of a sentence about the proposal."""
    return _SAID[State(state)]
