"""What a row of the queue reads of a case: a whole page of cases in one statement, without a model for each of them.

A case that is a model already (its own page, a choice of cases) is read with `with_row_parts` and becomes the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

from django.db.models import Count as CountOf
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from controltower.db import rows
from controltower.tenancy.viewer import Viewer
from exceptions.cases.models import OPEN_STATES, Case, CaseShipment, CaseState, NextCheck, SnoozedFor
from exceptions.cases.selectors.rows import QueueRow
from exceptions.cases.taxonomy import type_label

PHASES: Final = {"at_risk": "At risk", "breached": "Breached"}
_STATES: Final = dict(CaseState.choices)
_WAKES: Final = dict(SnoozedFor.choices)


class Listed(NamedTuple):
    """The columns of a row, in the order of `_LISTED`. Money in minor units; names are "" for nobody."""

    id: int
    number: str
    version: int
    type: str
    phase: str
    severity: str
    state: str
    customer: str
    place: str
    reference: str
    lane: str
    affected_count: int
    summary: str
    resolution: str
    phrase: str | None
    zone: str | None
    told_place: str | None
    is_unavoidable: bool | None
    is_without_sla: bool | None
    act_by: datetime | None
    at_risk: int
    avoidable: int
    lost: int
    currency: str
    pinned: bool
    pinned_by: str
    pinned_at: datetime | None
    owner_id: int | None
    owner: str
    snoozed_until: datetime | None
    snoozed_for: str
    next_check_at: datetime | None
    opened_at: datetime
    priced_at: datetime | None


def _name(column: str) -> str:
    """What `Member.name` says, of the member whose id stands in a column of the case."""
    return f"""CASE WHEN c.{column} IS NULL THEN '' ELSE (
        SELECT coalesce(nullif(person.name, ''), person.email, member.label)
        FROM tenancy_member AS member LEFT JOIN tenancy_user AS person ON person.id = member.user_id
        WHERE member.id = c.{column}) END"""  # noqa: S608 - names of our columns


_LISTED: Final = f"""
SELECT c.id, c.number, c.version, c.type, c.phase, c.severity, c.state,
    coalesce((SELECT account.name FROM parties_account AS account WHERE account.id = c.account_id), ''),
    c.place, c.reference, c.lane,
    (SELECT count(*) FROM cases_caseshipment AS affected WHERE affected.case_id = c.id),
    c.summary, c.resolution, told.phrase, told.zone, told.place, told.unavoidable, told.no_sla,
    c.act_by, c.at_risk, c.avoidable, c.lost, c.currency, c.pinned,
    {_name("pinned_by_id")}, c.pinned_at, c.owner_id, {_name("owner_id")},
    c.snoozed_until, c.snoozed_for,
    (SELECT look.due_at FROM cases_nextcheck AS look WHERE look.case_id = c.id AND look.done_at IS NULL),
    c.opened_at, c.priced_at
FROM cases_case AS c, jsonb_to_record(c.explanation)
    AS told(phrase text, zone text, place text, unavoidable boolean, no_sla boolean)
WHERE c.id = ANY(%s)
"""  # noqa: S608 - put together of constants


def listed_rows(viewer: Viewer, ids: Sequence[int]) -> list[QueueRow]:
    """The rows of cases that the viewer was found to see, in the order of the ids; without those that are gone by now."""
    found = {each[0]: Listed(*each) for each in rows(_LISTED, [list(ids)])} if ids else {}
    return [_row(viewer, found[pk]) for pk in ids if pk in found]


def queue_rows(viewer: Viewer, cases: Sequence[Case]) -> list[QueueRow]:
    """Rows of cases that were read with `with_row_parts`."""
    return [_row(viewer, _listed(case)) for case in cases]


def with_row_parts(cases: QuerySet[Case]) -> QuerySet[Case]:
    """What a row shows beside the case's own columns, in the same query."""
    affected = (
        CaseShipment.objects.filter(case=OuterRef("pk")).order_by().values("case").annotate(n=CountOf("pk")).values("n")
    )
    check = NextCheck.objects.filter(case=OuterRef("pk"), done_at=None).values("due_at")[:1]
    return cases.select_related("account", "owner__user", "pinned_by__user").annotate(
        affected_count=Coalesce(Subquery(affected), 0), next_check_at=Subquery(check)
    )


def _listed(case: Any) -> Listed:
    told = case.explanation
    return Listed(
        id=case.pk,
        number=case.number,
        version=case.version,
        type=case.type,
        phase=case.phase,
        severity=case.severity,
        state=case.state,
        customer=case.account.name if case.account else "",
        place=case.place,
        reference=case.reference,
        lane=case.lane,
        affected_count=case.affected_count,
        summary=case.summary,
        resolution=case.resolution,
        phrase=told.get("phrase"),
        zone=told.get("zone"),
        told_place=told.get("place"),
        is_unavoidable=told.get("unavoidable"),
        is_without_sla=told.get("no_sla"),
        act_by=case.act_by,
        at_risk=case.at_risk,
        avoidable=case.avoidable,
        lost=case.lost,
        currency=case.currency,
        pinned=case.pinned,
        pinned_by=case.pinned_by.name if case.pinned_by else "",
        pinned_at=case.pinned_at,
        owner_id=case.owner_id,
        owner=case.owner.name if case.owner else "",
        snoozed_until=case.snoozed_until,
        snoozed_for=case.snoozed_for,
        next_check_at=case.next_check_at,
        opened_at=case.opened_at,
        priced_at=case.priced_at,
    )


def _row(viewer: Viewer, case: Listed) -> QueueRow:
    is_open = case.state in OPEN_STATES
    return QueueRow(
        id=case.id,
        number=case.number,
        version=case.version,
        type=case.type,
        type_label=type_label(case.type),
        phase=case.phase,
        phase_label=PHASES.get(case.phase, ""),
        severity=case.severity,
        state=case.state,
        state_label=_STATES[case.state],
        customer=case.customer,
        subject=case.place,
        references=case.reference,
        lane=case.lane,
        affected_count=case.affected_count,
        phrase=(case.phrase if is_open else case.resolution) or case.summary,
        act_by=None if case.is_unavoidable else case.act_by,
        act_by_zone=case.zone or "",
        act_by_place=case.told_place or "",
        at_risk=_major(case.at_risk),
        avoidable=_major(case.avoidable),
        lost=_major(case.lost),
        currency=case.currency,
        is_unavoidable=bool(case.is_unavoidable),
        is_without_sla=bool(case.is_without_sla),
        is_pinned=case.pinned,
        pinned_by=case.pinned_by,
        pinned_at=case.pinned_at,
        owner=case.owner,
        is_mine=case.owner_id == viewer.member.pk,
        snoozed_until=case.snoozed_until,
        snoozed_for=_WAKES.get(case.snoozed_for, ""),
        wakes_on=case.snoozed_for,
        next_check_at=case.next_check_at,
        opened_at=case.opened_at,
        changed_at=case.priced_at or case.opened_at,
    )


def _major(amount: int) -> Decimal:
    return Decimal(amount) / 100
