"""Several cases about one thing become one, and apart again.

Nothing of a merged case moves: its occurrences, its shipments and its promises stay with it and count at the case on
top, which holds copies of the shipments that it would not affect by itself, marked with where they came through. So
what comes back when it is split off is what it would be had nobody merged it, news of the meantime included.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db.models import Q

from controltower.audit import Actor
from controltower.errors import Conflict, Forbidden, Invalid
from controltower.tenancy.models import Member
from exceptions.cases.models import (
    OPEN_STATES,
    Case,
    CaseMerge,
    CaseOrder,
    CaseShipment,
    CaseState,
    Commitment,
    CommitmentState,
    Stake,
    TimelineEntry,
)
from exceptions.cases.services.known_clocks import HEARD, NEXT
from exceptions.cases.services.lifecycle import first_response
from exceptions.cases.services.priced_rows import stake_voided
from exceptions.cases.services.promises.of_case import UPDATE
from exceptions.cases.services.recording import case_change, case_locked, person, price_soon
from exceptions.cases.taxonomy import Severity
from exceptions.parties.models import Account
from exceptions.sla.models import TermKind


def case_merge(
    into: Case,
    cases: Sequence[Case],
    *,
    actor: Actor,
    now: datetime,
    version: int | None = None,
    versions: Mapping[int, int] | None = None,
) -> Case:
    """Put open cases into another open one, which goes on for all of them. Returns that one.

    `version` is the one seen of `into`, `versions` those of the others by id. The clocks of all keep running there, it
    takes the worst severity and the earliest promise of a next update, and that a person merges answers the first
    response of each.
    """
    member = person(actor)
    seen = {**(versions or {}), **({into.pk: version} if version is not None else {})}
    wanted = {case.pk for case in cases}
    if not wanted or into.pk in wanted:
        raise Invalid("Choose other cases to merge into this one.", code="merge_into_itself")
    locked = {pk: case_locked(pk, version=seen.get(pk)) for pk in sorted({into.pk, *wanted})}
    for case in locked.values():
        if not case.is_open:
            raise Conflict(f"{case.number} is {case.get_state_display().lower()} already.", code="case_not_open")
    survivor = locked.pop(into.pk)
    _same_customer(survivor, locked.values(), member)
    severity, promised = survivor.severity, survivor.next_update_at
    for case in locked.values():
        given = case.next_update_at
        _put_in(case, survivor, severity, promised, member, actor, now)
        severity, promised = min(severity, case.severity), _earliest(promised, given)
    shipments_gather(survivor)
    numbers = ", ".join(case.number for case in locked.values())
    changes = {
        "severity": severity,
        "account": account_of(survivor),
        "next_update_at": promised,
        **first_response(survivor, now),
    }
    text = f"{actor.name} merged in {numbers}"
    survivor = case_change(survivor, changes, verb="case.absorbed", actor=actor, now=now, text=text)
    price_soon(survivor)
    return survivor


def case_unmerge(case: Case, *, actor: Actor, now: datetime, version: int | None = None) -> Case:
    """Take a merged case out again: open, with everything that is its own, also what came in while it was merged.

    `version` is the one seen of the merged case. Conflict when a case about the same thing was opened meanwhile.
    """
    member = person(actor)
    top = Case.objects.filter(pk=case.pk).values_list("merged_into_id", flat=True).first()
    locked = {
        pk: case_locked(pk, version=version if pk == case.pk else None) for pk in sorted({case.pk, top or case.pk})
    }
    case = locked[case.pk]
    if case.state != CaseState.MERGED or case.merged_into_id not in locked:
        raise Conflict(f"{case.number} is not merged into another case any more.", code="case_not_merged")
    twin = Case.objects.filter(fingerprint=case.fingerprint, state__in=OPEN_STATES).first()
    if twin is not None:
        raise Conflict(f"{twin.number} is open about the same thing. Work on that one.", code="case_open_elsewhere")
    survivor = locked[case.merged_into_id]
    merge = CaseMerge.objects.get(case=case, undone_at=None)
    CaseMerge.objects.filter(pk=merge.pk).update(undone_at=now, undone_by=member)
    family = [case, *cases_under(case)]
    state = CaseState(merge.state_before)
    if state == CaseState.WAITING:
        state = CaseState.OPEN if case.owner_id else CaseState.NEW
    promised, theirs = _promises_apart(survivor, case, merge)
    changes = {
        "state": state,
        "merged_into": None,
        "closed_at": None,
        "next_change_at": now,
        "next_update_at": theirs,
    }
    text = f"Split off {survivor.number} by {actor.name}"
    case = case_change(case, changes, verb="case.unmerged", actor=actor, now=now, text=text)
    for rider in family[1:]:
        Case.objects.filter(pk=rider.pk).update(merged_into=case)
    _shipments_release(survivor, family)
    if promised != survivor.next_update_at:
        _missed_by_nobody(survivor, theirs, now)
    restored = {
        "severity": _severity_without(survivor, family, merge),
        "account": account_of(survivor),
        "next_update_at": promised,
    }
    text = f"{actor.name} split off {case.number}"
    case_change(survivor, restored, verb="case.released_merged", actor=actor, now=now, text=text)
    price_soon(survivor)
    return case


def shipments_gather(survivor: Case) -> bool:
    """Copy to a case what those under it affect and it does not; whether anything was new."""
    under = [case.pk for case in cases_under(survivor)]
    held = set(CaseShipment.objects.filter(case=survivor).values_list("shipment_id", flat=True))
    rows = CaseShipment.objects.filter(case__in=under, through=None).order_by("pk")
    missing = {row.shipment_id: row.case_id for row in reversed(rows) if row.shipment_id not in held}
    CaseShipment.objects.bulk_create(
        [CaseShipment(case=survivor, shipment_id=pk, through_id=source) for pk, source in sorted(missing.items())],
        ignore_conflicts=True,
    )
    ordered = set(CaseOrder.objects.filter(case=survivor).values_list("order_id", flat=True))
    orders = CaseOrder.objects.filter(case__in=under, through=None).order_by("pk")
    more = {row.order_id: row.case_id for row in reversed(orders) if row.order_id not in ordered}
    CaseOrder.objects.bulk_create(
        [CaseOrder(case=survivor, order_id=pk, through_id=source) for pk, source in sorted(more.items())],
        ignore_conflicts=True,
    )
    return bool(missing)


def _put_in(
    case: Case,
    survivor: Case,
    severity: str,
    promised: datetime | None,
    member: Member,
    actor: Actor,
    now: datetime,
) -> None:
    CaseMerge.objects.create(
        case=case,
        into=survivor,
        at=now,
        by=member,
        state_before=case.state,
        severity_before=severity,
        promised_before=promised,
        promised=case.next_update_at,
    )
    Case.objects.filter(merged_into=case).update(merged_into=survivor)
    changes = {
        "state": CaseState.MERGED,
        "merged_into": survivor,
        "closed_at": now,
        "snoozed_until": None,
        "snoozed_for": "",
        "pinned": False,
        "pinned_by": None,
        "pinned_at": None,
        "next_change_at": None,
        "next_update_at": None,
        **first_response(case, now),
    }
    text = f"Merged into {survivor.number} by {actor.name}"
    case_change(case, changes, verb="case.merged", actor=actor, now=now, text=text, data={"into": survivor.number})


def _shipments_release(survivor: Case, family: Sequence[Case]) -> None:
    """What only those that leave affect goes with them; what others under the case affect too stays."""
    for rows in (CaseShipment, CaseOrder):
        rows.objects.filter(through__in=family).exclude(case__in=family).delete()
    head = family[0]
    if head.split_from_id == survivor.pk:
        CaseShipment.objects.filter(
            case=survivor, shipment__in=CaseShipment.objects.filter(case=head).values("shipment")
        ).delete()
    shipments_gather(survivor)
    shipments_gather(head)


def cases_under(case: Case) -> list[Case]:
    """Every case that was put into this one, directly or by way of another."""
    return cases_under_each([case])[case.pk]


def cases_under_each(cases: Sequence[Case]) -> dict[int, list[Case]]:
    """The same for many, with two queries."""
    tops = {pk for case in cases for pk in (case.pk, case.merged_into_id) if pk is not None}
    merges = CaseMerge.objects.filter(undone_at=None, case__merged_into__in=tops).values_list("case_id", "into_id")
    into: dict[int, list[int]] = {}
    for child, parent in merges:
        into.setdefault(parent, []).append(child)
    below = {case.pk: _below(case.pk, into) for case in cases}
    wanted = {pk for some in below.values() for pk in some}
    found = Case.objects.select_related("account").in_bulk(wanted) if wanted else {}
    return {key: [found[pk] for pk in sorted(some) if pk in found] for key, some in below.items()}


def _below(case: int, into: Mapping[int, Sequence[int]]) -> list[int]:
    found: list[int] = []
    frontier = [case]
    while frontier:
        frontier = [child for parent in frontier for child in into.get(parent, [])]
        found += frontier
    return found


def _severity_without(survivor: Case, family: Sequence[Case], merge: CaseMerge) -> str:
    """As it was before, unless a person has set it since or another case under it is as bad."""
    raised = min(Severity(case.severity) for case in family)
    if survivor.severity != raised or merge.severity_before <= raised:
        return survivor.severity
    return min([merge.severity_before, *(case.severity for case in cases_under(survivor))])


def _promises_apart(survivor: Case, case: Case, merge: CaseMerge) -> tuple[datetime | None, datetime | None]:
    """What stays promised of the case on top, and what goes back to the one that leaves: each its own, unless the
    customer has heard, or was promised another time, since."""
    stands = survivor.next_update_at
    since = TimelineEntry.objects.filter(case__in=[survivor, case], at__gt=merge.at)
    if merge.promised is None or since.filter(Q(data__has_key=NEXT) | Q(data__has_key=HEARD)).exists():
        return stands, None
    if stands != merge.promised or merge.into_id != survivor.pk:
        return stands, merge.promised
    others = CaseMerge.objects.filter(into=survivor, undone_at=None, pk__gt=merge.pk)
    return _earliest(merge.promised_before, *others.values_list("promised", flat=True)), merge.promised


def _missed_by_nobody(survivor: Case, promised: datetime | None, now: datetime) -> None:
    """A time that was promised of a case that leaves was missed there, not here."""
    updates = {"case": survivor, "kind": TermKind.NEXT_UPDATE, "due_at": promised, "state": CommitmentState.BROKEN}
    here = Commitment.objects.filter(**updates, key__startswith=f"{UPDATE.key}:")
    Stake.objects.filter(commitment__in=here).update(**stake_voided(now))
    here.update(state=CommitmentState.VOID, settled_at=now)


def _earliest(*given: datetime | None) -> datetime | None:
    return min((at for at in given if at is not None), default=None)


def account_of(case: Case) -> Account | None:
    """Whose case it is: the customer of all that it affects and of all that was put into it, nobody's when there are
    several."""
    customers: set[int | None] = set(
        CaseShipment.objects.filter(case=case).values_list("shipment__customer", flat=True)
    )
    if not CaseShipment.objects.filter(case=case, through=None).exists():
        own = CaseOrder.objects.filter(case=case, through=None)
        customers |= set(own.values_list("order__customer", flat=True))
    customers |= {each.account_id for each in cases_under(case)}
    if not customers:
        return case.account
    (one, *others) = customers
    return None if others or one is None else Account.objects.get(pk=one)


def _same_customer(survivor: Case, cases: Iterable[Case], member: Member) -> None:
    """What belongs to several customers is for those who see all: who sees some must not merge it out of sight."""
    if member.restricted and {case.account_id for case in cases} != {survivor.account_id}:
        raise Forbidden(
            "These cases belong to different customers. Ask a colleague who sees all accounts.", code="merge_across"
        )
