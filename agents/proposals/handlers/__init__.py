"""Kind of proposal -> what knows how to show, check and do it."""

from __future__ import annotations

from agents.policy.kinds import ProposalKind
from agents.proposals.handlers.base import Done, Handler, Unrenderable
from agents.proposals.handlers.classification import ClassificationHandler
from agents.proposals.handlers.fields import FieldsHandler
from agents.proposals.handlers.notice import NoticeHandler

_HANDLERS: dict[str, Handler] = {
    ProposalKind.SET_CLASSIFICATION: ClassificationHandler(),
    ProposalKind.SEND_NOTICE: NoticeHandler(),
    ProposalKind.ACCEPT_FIELDS: FieldsHandler(),
}


def handler_of(kind: str) -> Handler:
    """The handler of a kind; KeyError for a kind that nobody handles."""
    return _HANDLERS[kind]


__all__ = ["Done", "Handler", "Unrenderable", "handler_of"]
