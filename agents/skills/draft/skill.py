"""Draft a notice: the model writes sentences around facts it cannot see, the checker judges, else the template writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from agents.gateway.ask import Question
from agents.gateway.profiles import Profile
from agents.gateway.services import Consulted, Inquiry
from agents.policy.kinds import ProposalKind
from agents.proposals.handlers.notice import keys_of
from agents.proposals.models import Proposal, ProposalState
from agents.proposals.services.creating import Basis, proposal_create, slot_last
from agents.proposals.snapshots import FactLike
from agents.proposals.wording import fact_label
from agents.skills.draft.prompt import VERSION, Brief, messages
from agents.skills.origins import origin_of
from exceptions.cases.models import Case
from exceptions.notices.checker import check
from exceptions.notices.drafts import Draft, Locale
from exceptions.notices.phrases.templates import template_draft
from exceptions.notices.services import audience_of
from exceptions.notices.slots import fill, may_tell, notice_kind_for, required
from exceptions.parties.models import Account, Contact
from exceptions.parties.selectors import account_ancestry, contacts_of
from exceptions.shipments.models import PartyRole, PartyRoleKind

TELL_CONSIGNEE = "tell_consignee"
# Nobody has decided, or what was decided did not happen because a fact changed.
_OPEN_AGAIN = frozenset({ProposalState.PENDING, ProposalState.SUPERSEDED, ProposalState.EXPIRED, ProposalState.FAILED})


@dataclass(frozen=True)
class Assignment:
    """One notice to write: to whom, from what."""

    case: Case
    contact: Contact
    brief: Brief
    facts: tuple[FactLike, ...]

    @property
    def slot(self) -> str:
        return f"notice:{self.contact.pk}"


def assignments(case: Case, facts: Sequence[FactLike]) -> list[Assignment]:
    """The notices that a case calls for, one for each reader; none when nobody has an address."""
    return [Assignment(case, contact, brief_for(case, contact, facts), tuple(facts)) for contact in readers(case)]


def brief_for(case: Case, contact: Contact, facts: Sequence[FactLike]) -> Brief:
    """What the drafter is told: keys and types of what this reader may know."""
    kind = notice_kind_for(case.type)
    audience = str(audience_of(contact.account))
    filled = fill(facts, audience)
    return Brief(
        kind=kind,
        locale=_locale(contact),
        audience=audience,
        facts=tuple((fact.key, str(fact.type)) for fact in facts if may_tell(fact, audience)),
        required=tuple(
            (filled[slot],) if slot in filled else keys for slot, keys in required(kind, filled) if slot in filled
        ),
    )


def readers(case: Case) -> list[Contact]:
    """The customer's contact, and the consignee's where the customer wants that and one shipment is affected."""
    if case.account is None:
        return []
    found = [_contact_of(case.account)]
    if case.account.preferences.get(TELL_CONSIGNEE):
        roles = PartyRole.objects.filter(shipment__case_shipments__case=case, role=PartyRoleKind.CONSIGNEE)
        accounts = {role.account_id: role.account for role in roles.select_related("account")}
        if len(accounts) == 1 and case.account_id not in accounts:
            found.append(_contact_of(next(iter(accounts.values()))))
    return [contact for contact in found if contact is not None]


def inquiry_for(assignment: Assignment) -> Inquiry[Draft]:
    """The question to a model, identified by what it is told."""
    brief = assignment.brief
    question = Question(
        messages=messages(brief), form=Draft, check=lambda draft: _complaints(draft, brief, assignment.facts)
    )
    return Inquiry(f"case:{assignment.case.pk}", "draft", VERSION, brief.digest, question)


def propose(
    assignment: Assignment, consulted: Consulted[Draft], profile: Profile | None, *, now: datetime
) -> Proposal | None:
    """Puts the notice before people. None when they have decided already, and when not even the template can say anything
    that stands up to the checker."""
    case, facts, brief = assignment.case, assignment.facts, assignment.brief
    last = slot_last(f"case:{case.pk}", assignment.slot)
    if last is not None and last.state not in _OPEN_AGAIN:
        return None  # people have decided on this reader's notice
    draft = consulted.value or template_draft(brief.kind, facts, brief.locale, audience=brief.audience)
    if _complaints(draft, brief, facts):
        return None
    material = keys_of(draft, facts, brief.audience)
    return proposal_create(
        kind=ProposalKind.SEND_NOTICE,
        subject=f"case:{case.pk}",
        slot=assignment.slot,
        case=case,
        payload={
            "recipient": assignment.contact.pk,
            "channel": "mail",
            "audience": brief.audience,
            "draft": draft.to_json(),
        },
        facts=facts,
        basis=Basis(
            material=material,
            context=[key for key, _ in brief.facts if key not in material],
            missing=missing(assignment),
        ),
        origin=origin_of(consulted, profile, VERSION),
        now=now,
    )


def missing(assignment: Assignment) -> list[str]:
    """What a reader would want to know and nobody has told us, in sentences."""
    filled = fill(assignment.facts, assignment.brief.audience)
    gaps = [
        f"{fact_label(key)} is not known."
        for slot, key in (("eta_new", "eta_new"), ("cause", "cause"))
        if slot not in filled
    ]
    if "next_update" not in filled:
        gaps.append("Nobody has said when the reader hears from us again.")
    return gaps


def _complaints(draft: Draft, brief: Brief, facts: Sequence[FactLike]) -> list[str]:
    found = []
    if draft.locale != brief.locale:
        found.append(f"locale: must be {brief.locale.value}")
    if draft.notice_kind != brief.kind:
        found.append(f"notice_kind: must be {brief.kind.value}")
    issues = check(draft, facts, audience=brief.audience).issues
    found += [f"{'' if one.sentence is None else f'sentence {one.sentence + 1}: '}{one.advice}" for one in issues]
    return found


def _contact_of(account: Account) -> Contact | None:
    """The first contact with an address, of the account itself or the nearest above it."""
    ladder = account_ancestry(account)
    contacts = [contact for contact in contacts_of(ladder) if contact.email]
    return min(
        contacts,
        key=lambda each: (ladder.index(each.account_id), not each.is_primary, each.escalation_step, each.pk),
        default=None,
    )


def _locale(contact: Contact) -> Locale:
    language = contact.locale.partition("-")[0].partition("_")[0].lower()
    return next((locale for locale in Locale if locale.value == language), Locale.EN)
