"""What the cast does before the curtain: take cases, call dispatchers, file papers. Through the product's own services."""

from collections.abc import Callable
from datetime import datetime, timedelta

from controltower.audit import Actor
from controltower.tenancy.models import Member
from exceptions.cases.models import OPEN_STATES, Case
from exceptions.cases.services import case_take, interaction_log, next_check_set
from exceptions.demo.script import Refs
from exceptions.parties.models import Contact, ContactRole
from exceptions.reconciliation.services import case_document_upload
from exceptions.shipments.canonical import normalised
from exceptions.shipments.models import Reference

Act = Callable[[datetime], None]


def take(who: str, refs: Refs) -> Act:
    """Take the case of the shipment with these references."""

    def act(now: datetime) -> None:
        case_take(_case(refs), actor=_actor(who), now=now)

    return act


def call(who: str, refs: Refs, carrier: str, outcome: str, text: str, *, again_in: timedelta) -> Act:
    """Call the carrier's dispatch desk, and say when to look again."""

    def act(now: datetime) -> None:
        desk = Contact.objects.get(account__code=carrier, role=ContactRole.DISPATCH)
        case, actor = _case(refs), _actor(who)
        interaction_log(case, channel="call", outcome=outcome, contact=desk, text=text, actor=actor, now=now)
        next_check_set(case, due_at=now + again_in, expecting="Word from dispatch", actor=actor, now=now)

    return act


def file_paper(who: str, refs: Refs, filename: str, content: bytes) -> Act:
    """Put a document on the case; it is read like any other."""

    def act(now: datetime) -> None:
        case_document_upload(_case(refs), content=content, filename=filename, actor=_actor(who), now=now)

    return act


def _actor(who: str) -> Actor:
    member = Member.objects.select_related("user").get(user__email=f"{who}@meridian.example")
    return Actor("member", member.pk, member.name)


def _case(refs: Refs) -> Case:
    kind, value = next(iter(refs.items()))
    reference = Reference.objects.get(type=kind, value_key=normalised(value))
    found = Case.objects.filter(case_shipments__shipment=reference.shipment_id, state__in=OPEN_STATES)
    return found.order_by("pk")[:1].get()
