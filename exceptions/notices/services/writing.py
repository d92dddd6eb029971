"""Notices that people write: the same checker, a named override, and an approval bound to what was shown."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from controltower.audit import Actor, record
from controltower.errors import Conflict, Forbidden, Invalid, NotFound
from exceptions.cases.facts import facts_for
from exceptions.cases.models import Case, EntryKind
from exceptions.cases.services.authority import approver, approver_within_limit
from exceptions.cases.services.recording import case_news, person, timeline_add
from exceptions.notices.checker import Check, Issue, Rule, check
from exceptions.notices.drafts import Draft, FactLike
from exceptions.notices.models import Notice, WrittenNotice, WrittenState
from exceptions.notices.phrases.subjects import subject_sentence
from exceptions.notices.rendering import Rendered, render
from exceptions.notices.services.scheduling import audience_of, notice_schedule
from exceptions.notices.stored import changes, store
from exceptions.notices.values import UnreadableFact
from exceptions.parties.models import Contact

# What nobody can decide to send all the same: it cannot be rendered, or it is not this reader's to know.
NOT_TO_OVERRIDE = frozenset({Rule.UNKNOWN, Rule.AUDIENCE})


@dataclass(frozen=True)
class Preview:
    """What a draft would be with the facts of this moment. `rendered` is None when it cannot be rendered."""

    issues: tuple[Issue, ...]
    rendered: Rendered | None
    facts: list[dict[str, Any]]
    digest: str


def preview(draft: Draft, facts: Sequence[FactLike], *, audience: str) -> Preview:
    """Check and render. Pure."""
    checked = check(draft, facts, audience=audience)
    used = store(facts, used_keys(draft, facts, checked))
    try:
        rendered = render(draft, facts)
    except UnreadableFact:
        return Preview(checked.issues, None, used, "")
    bound = json.dumps([rendered.digest, audience, used], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return Preview(checked.issues, rendered, used, hashlib.sha256(bound.encode()).hexdigest())


def used_keys(draft: Draft, facts: Iterable[FactLike], checked: Check) -> list[str]:
    """Every fact that the notice stands on: shown in a sentence or the subject, or licensing a statement."""
    known = {fact.key: fact for fact in facts}
    subject = subject_sentence(draft.notice_kind, draft.locale, known)
    licensing = [key for keys in checked.licensed for key in keys]
    return list(dict.fromkeys([*draft.fact_keys, *subject.fact_keys, *licensing]))


def notice_draft_by_hand(
    *, case: Case, draft: Draft, recipient: Contact, actor: Actor, now: datetime, override: str = ""
) -> WrittenNotice:
    """Lay down what a person wrote, for approval. Nothing leaves by this.

    With complaints of the checker, `override` has to say why it should go all the same; the name and the complaints go
    on record. Raises Invalid with the complaints otherwise.
    """
    member = person(actor)
    seen = preview(draft, facts_for(case, now=now), audience=audience_of(recipient.account))
    override = override.strip()
    if seen.rendered is None or any(issue.rule in NOT_TO_OVERRIDE for issue in seen.issues):
        raise _complaints("This cannot be sent as it stands.", seen.issues)
    if seen.issues and not override:
        raise _complaints("The check found something. Change it, or say why it should go all the same.", seen.issues)
    written = WrittenNotice.objects.create(
        case=case,
        kind=draft.notice_kind,
        recipient=recipient,
        draft=draft.to_json(),
        facts=seen.facts,
        rendered={**seen.rendered.as_json(), "address": recipient.email},
        digest=seen.digest,
        override=override if seen.issues else "",
        issues=[
            {"rule": str(issue.rule), "sentence": issue.sentence, "message": issue.message} for issue in seen.issues
        ],
        written_by=member,
        written_at=now,
    )
    _say(
        written,
        f"Notice to {recipient.name} written, waiting for approval: {seen.rendered.subject}",
        actor=actor,
        now=now,
    )
    _audit(written, "notice.written", actor=actor, now=now)
    if seen.issues:
        rules = sorted({str(issue.rule) for issue in seen.issues})
        _audit(written, "notice.overridden", actor=actor, now=now, more={"rules": rules})
    return written


def written_approve(written: WrittenNotice, *, digest: str, actor: Actor, now: datetime) -> Notice:
    """Let a written notice go, exactly as it was shown.

    `digest` is what the form carried. Raises Conflict with the difference when the notice or a fact changed since.
    """
    written = _waiting(written)
    member = approver_within_limit(actor, written.case, now=now)
    if written.override and written.written_by_id == member.pk:
        raise Forbidden(
            "You wrote this against the checker's advice, so somebody else has to approve it.", code="own_override"
        )
    facts = facts_for(written.case, now=now)
    draft = Draft.from_json(written.draft)
    seen = preview(draft, facts, audience=audience_of(written.recipient.account))
    if seen.digest != written.digest or digest != written.digest:
        raise _stale(changes(written.facts, facts) or ["It was changed after you opened it."])
    if written.rendered.get("address") != written.recipient.email:
        raise _stale([f"{written.recipient.name} has another address now."])
    assert seen.rendered is not None  # a digest exists only for what could be rendered
    used = {fact["key"] for fact in seen.facts}
    notice = notice_schedule(
        case=written.case,
        recipient_contact=written.recipient,
        draft=draft,
        facts=[fact for fact in facts if fact.key in used],
        rendered=seen.rendered,
        actor=actor,
        approval=None,
        now=now,
        written_by=written.written_by,
        override=written.override,
    )
    written.state, written.decided_by, written.decided_at = WrittenState.APPROVED, member, now
    written.notice = notice
    written.save(update_fields=["state", "decided_by", "decided_at", "notice"])
    _audit(written, "notice.approved", actor=actor, now=now, more={"notice": notice.pk})
    return notice


def written_discard(written: WrittenNotice, *, actor: Actor, now: datetime) -> WrittenNotice:
    """Put a written notice away: whoever may approve it, or the one who wrote it."""
    member = person(actor)
    written = _waiting(written)
    if written.written_by_id != member.pk:
        member = approver(actor)
    written.state, written.decided_by, written.decided_at = WrittenState.DISCARDED, member, now
    written.save(update_fields=["state", "decided_by", "decided_at"])
    _say(written, "Written notice discarded", actor=actor, now=now)
    _audit(written, "notice.discarded", actor=actor, now=now)
    return written


def _waiting(written: WrittenNotice) -> WrittenNotice:
    found = (
        WrittenNotice.objects.select_for_update(no_key=True, of=("self",))
        .select_related("case", "recipient__account", "written_by")
        .filter(pk=written.pk)
        .first()
    )
    if found is None:
        raise NotFound("This notice does not exist.")
    if found.state != WrittenState.WAITING:
        raise Conflict(
            f"This notice was already {found.get_state_display().lower()}.",
            code="notice_decided",
            details={"state": found.state},
        )
    return found


def _stale(said: list[str]) -> Conflict:
    return Conflict(
        f"This notice is not what it was when you looked. {' '.join(said)} Write it again with the facts of now.",
        code="stale_notice",
        details={"changes": said},
    )


def _complaints(sentence: str, issues: Iterable[Issue]) -> Invalid:
    details = [{"rule": str(i.rule), "sentence": i.sentence, "span": i.span, "message": i.message} for i in issues]
    return Invalid(sentence, code="notice_check", details={"issues": details})


def _say(written: WrittenNotice, text: str, *, actor: Actor, now: datetime) -> None:
    timeline_add(written.case, EntryKind.NOTICE, text, actor=actor, now=now, data={"written": written.pk})
    case_news(written.case, {"notice"}, now=now)


def _audit(
    written: WrittenNotice, verb: str, *, actor: Actor, now: datetime, more: dict[str, Any] | None = None
) -> None:
    after = {"state": str(written.state), "case": written.case_id, "digest": written.digest, **(more or {})}
    record(verb=verb, subject=f"written_notice:{written.pk}", actor=actor, before=None, after=after, now=now)
