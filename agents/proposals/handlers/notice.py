"""Send a notice about a case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import zip_longest
from typing import Any

from agents.proposals.handlers.base import Done, Unrenderable
from agents.proposals.models import Decision, Effect, EffectState, Proposal
from agents.proposals.snapshots import FactLike
from controltower.audit import Actor
from controltower.errors import Invalid
from controltower.jobs import Retry
from exceptions.cases.facts import facts_for
from exceptions.cases.models import Case
from exceptions.notices.checker import check
from exceptions.notices.drafts import Draft, NoticeKind
from exceptions.notices.rendering import Rendered, render
from exceptions.notices.services import notice_schedule
from exceptions.notices.services.writing import NOT_TO_OVERRIDE, used_keys
from exceptions.notices.values import UnreadableFact
from exceptions.parties.models import Contact

# What these tell is worth nothing once the freight is there.
_WORTHLESS_AFTER_DELIVERY = frozenset(
    {NoticeKind.DELAY, NoticeKind.SILENCE, NoticeKind.APPOINTMENT, NoticeKind.ATTEMPT_FAILED}
)


def keys_of(draft: Draft, facts: Sequence[FactLike], audience: str) -> list[str]:
    """Keys of every fact that the notice stands on: shown, licensing its words, or in its subject."""
    return used_keys(draft, facts, check(draft, facts, audience=audience))


def recipient_of(payload: dict[str, Any]) -> Contact:
    """The contact it goes to; Unrenderable when there is none with an address any more."""
    contact = Contact.objects.select_related("account").filter(pk=payload["recipient"]).first()
    if contact is None or not contact.email:
        raise Unrenderable("The recipient has no address any more.")
    return contact


def _as_shown(contact: Contact, rendered: Rendered) -> dict[str, Any]:
    """What a person approves: to whom it goes, and every word."""
    to = {"name": contact.name, "address": contact.email, "account": contact.account.name}
    return {**rendered.as_json(), "to": to}


class NoticeHandler:
    def facts(self, proposal: Proposal, now: datetime) -> Sequence[FactLike]:
        assert proposal.case is not None
        return facts_for(proposal.case, now=now)

    def render(self, payload: dict[str, Any], facts: Sequence[FactLike]) -> dict[str, Any]:
        return _as_shown(recipient_of(payload), self._rendered(payload, facts))

    def excuses(self, payload: dict[str, Any]) -> bool:
        return False

    def outdated(self, proposal: Proposal, case: Case | None, facts: Sequence[FactLike]) -> str:
        if case is None or not case.is_open:
            return "The case is not open any more."
        kind = Draft.from_json(proposal.payload["draft"]).notice_kind
        delivered = any(fact.key == "delivered_at" for fact in facts)
        if delivered and kind in _WORTHLESS_AFTER_DELIVERY:
            return "The freight has been delivered, so this tells nobody anything."
        return ""

    def execute(self, effect: Effect, decision: Decision, *, approver: Actor, now: datetime) -> Done:
        proposal = effect.proposal
        assert proposal.case is not None
        facts = facts_for(proposal.case, now=now)
        draft = Draft.from_json(proposal.payload["draft"])
        try:
            contact, rendered = recipient_of(proposal.payload), self._rendered(proposal.payload, facts)
        except Unrenderable as error:
            raise Invalid(str(error), code="notice_unrenderable") from None
        if _as_shown(contact, rendered) != proposal.rendered:
            # What it stands on is not locked: it moved since the effect was compared. The next run sees it and says so.
            raise Retry("the notice is not the one that was approved any more", after=0)
        wanted = set(keys_of(draft, facts, proposal.payload["audience"]))
        notice = notice_schedule(
            case=proposal.case,
            recipient_contact=contact,
            draft=draft,
            facts=tuple(fact for fact in facts if fact.key in wanted),
            rendered=rendered,
            actor=approver,
            approval=decision.pk,
            now=now,
            written_by=proposal.author,
            override="; ".join(dict.fromkeys(each["reason"] for each in proposal.overrides))[:300],
        )
        return Done(EffectState.HELD, notice)

    def issues(self, payload: dict[str, Any], facts: Sequence[FactLike]) -> list[dict[str, str]]:
        found = check(Draft.from_json(payload["draft"]), facts, audience=payload["audience"]).issues
        return [
            {
                "rule": str(issue.rule),
                "where": "" if issue.sentence is None else f"Sentence {issue.sentence + 1}",
                "message": issue.message,
                "hint": issue.hint,
                "final": "yes" if issue.rule in NOT_TO_OVERRIDE else "",
            }
            for issue in found
        ]

    def material(self, payload: dict[str, Any], facts: Sequence[FactLike], before: Sequence[str]) -> list[str]:
        return keys_of(Draft.from_json(payload["draft"]), facts, payload["audience"])

    def diff(self, before: Proposal, after: Proposal) -> list[list[str]]:
        was, now = before.rendered.get("paragraphs", []), after.rendered.get("paragraphs", [])
        pairs = zip_longest(was, now, fillvalue="")
        return [[f"Paragraph {index}", one, other] for index, (one, other) in enumerate(pairs, 1) if one != other]

    def redraft_job(self) -> str:
        return "agents.draft"

    @staticmethod
    def _rendered(payload: dict[str, Any], facts: Sequence[FactLike]) -> Rendered:
        try:
            return render(Draft.from_json(payload["draft"]), facts)
        except UnreadableFact as error:
            raise Unrenderable(str(error)) from None
