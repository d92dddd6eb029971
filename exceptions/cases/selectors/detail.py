"""One case with everything its page shows, in a fixed number of queries whatever hangs on it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import FloatField, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast, JSONObject

from controltower.errors import NotFound
from controltower.tenancy.viewer import Viewer
from exceptions.cases.facts import fact_label, facts_for
from exceptions.cases.models import (
    OPEN_STATES,
    Case,
    CaseOrder,
    CaseShipment,
    Commitment,
    CommitmentState,
    Interaction,
    NextCheck,
    Occurrence,
    Stake,
    StakeState,
    TimelineEntry,
)
from exceptions.cases.selectors.later import moments
from exceptions.cases.selectors.listing import queue_rows, with_row_parts
from exceptions.cases.selectors.parts import (
    StopTimes,
    actions_of,
    affected_row,
    appointment_words,
    check_row,
    contact_rows,
    fact_words,
    instant,
    stake_row,
    strip_of,
    timeline_row,
    update_row,
    would_change,
)
from exceptions.cases.selectors.pauses import clock_row, pause_columns
from exceptions.cases.selectors.queue import (
    CountRows,
    cases_visible,
    colleague_parts,
    count_above,
    named,
)
from exceptions.cases.selectors.rows import (
    CaseDetail,
    FactRow,
    PartRow,
)
from exceptions.cases.services.promises.of_case import UPDATE
from exceptions.cases.taxonomy import Excusable, Party, reason_label, type_label
from exceptions.shipments.canonical import EventType
from exceptions.shipments.models import (
    Appointment,
    Milestone,
    PartyRole,
    PartyRoleKind,
    Reference,
    Stop,
)

TIMELINE_SHOWN = 100
AFFECTED_SHOWN = 50


def case_get(viewer: Viewer, number: str) -> Case:
    """The case of this number, ready for `queue_rows`; NotFound when there is none that this viewer may see."""
    case = with_row_parts(cases_visible(viewer)).filter(number=number.upper()).first()
    if case is None:
        raise NotFound(f"There is no case {number}, or it is not yours to see.")
    return case


def case_detail(viewer: Viewer, number: str, *, now: datetime) -> CaseDetail:
    """The whole page of a case. NotFound as `case_get`."""
    case = _with_parts(viewer).filter(number=number.upper()).first()
    if case is None:
        raise NotFound(f"There is no case {number}, or it is not yours to see.")
    viewer.cache["colleagues"] = named(case.colleagues)
    told = case.explanation
    affected, stakes = case.affected_parts, case.stake_parts
    stops = _stops(case, affected)
    clock = clock_row(viewer, case)
    last = max((row for row in affected if row["last_at"]), key=lambda row: instant(row["last_at"]), default=None)
    return CaseDetail(
        row=queue_rows(viewer, [case])[0],
        why=told.get("sentences", []),
        assumed=told.get("assumed", []),
        would_change=would_change(case),
        moments=moments(viewer, case, now)
        if case.is_open and any(row["state"] == StakeState.OPEN for row in stakes)
        else None,
        terms=told.get("terms", []),
        stakes=[stake_row(stake) for stake in stakes],
        recoverable=Decimal(case.recoverable) / 100,
        recoverable_from=told.get("recoverable_from", ""),
        last_signal=(last["last_partner"] or EventType(last["last_type"]).label) if last else "",
        last_signal_at=instant(last["last_at"]) if last else None,
        reason=case.reason,
        reason_label=reason_label(case.reason),
        responsible_party=case.responsible_party,
        responsible_party_label=Party(case.responsible_party).label,
        excusable=case.excusable,
        excusable_label=Excusable(case.excusable).label,
        reason_accepted_by=case.reason_accepted_by.name if case.reason_accepted_by else "",
        resolution=case.resolution,
        owner_id=case.owner_id,
        occurrences=case.occurrence_count,
        timeline=[timeline_row(entry) for entry in case.entries],
        strip=strip_of(case, stops, now),
        affected=[affected_row(row, stops, stakes) for row in affected],
        orders=case.order_numbers,
        contacts=contact_rows(case, affected, stops, now),
        next_check=check_row(case.check_parts, now),
        next_update=update_row(case, stops, now),
        facts=[],
        actions=actions_of(viewer, case) | ({"pause"} if clock.may_note else set()),
        clock=clock,
        shipment_ids=[row["shipment"] for row in affected],
        merged=[_part(parts) for parts in case.merged_parts],
        merged_into=case.merged_into.number if case.merged_into else "",
        split_off=[_part(parts) for parts in case.split_parts],
        split_from=case.split_from.number if case.split_from else "",
        disruption=case.disruption.name if case.disruption else "",
        disruption_id=case.disruption_id,
    )


def case_facts(viewer: Viewer, number: str, *, now: datetime) -> list[FactRow]:
    """The facts of a case for its list of facts; apart from the page, because few open it and it asks much."""
    case = case_get(viewer, number)
    return [
        FactRow(fact.key, fact_label(fact.key), fact_words(fact, now), fact.source, fact.audience)
        for fact in facts_for(case, now=now)
    ]


def _with_parts(viewer: Viewer) -> QuerySet[Any]:
    """The case with its short lists, each read as one JSON column of the same query."""
    mine = OuterRef("pk")
    visible = cases_visible(viewer)
    entries = TimelineEntry.objects.filter(case=mine).order_by("-at", "-id")
    interactions = Interaction.objects.filter(case=mine).order_by("-at")
    check = NextCheck.objects.filter(case=mine, done_at=None)
    owed = (CommitmentState.OPEN, CommitmentState.BROKEN)
    updates = Commitment.objects.filter(case=mine, key__startswith=f"{UPDATE.key}:", state__in=owed).order_by("-key")
    others = visible.filter(state__in=OPEN_STATES, snoozed_until=None).exclude(pk=mine)
    return (
        with_row_parts(visible)
        .select_related(
            "account",
            "owner__user",
            "pinned_by__user",
            "reason_accepted_by__user",
            "merged_into",
            "split_from",
            "disruption",
        )
        .annotate(
            changed_rank=Cast(KeyTextTransform("rank", KeyTransform("would_change", "explanation")), FloatField()),
            changed_place=count_above(others, OuterRef("changed_rank"), pinned=OuterRef("pinned")),
            occurrence_count=CountRows(Occurrence.objects.filter(Q(case=mine) | Q(case__merged_into=mine))),
            merged_parts=ArraySubquery(
                visible.filter(merged_into=mine).order_by("pk").values(parts=JSONObject(**_PART))[:50]
            ),
            split_parts=ArraySubquery(
                visible.filter(split_from=mine, state__in=OPEN_STATES)
                .order_by("pk")
                .values(parts=JSONObject(**_PART))[:50]
            ),
            order_numbers=ArraySubquery(
                CaseOrder.objects.filter(case=mine).order_by("pk").values("order__number")[:50]
            ),
            entries=ArraySubquery(entries.values(parts=JSONObject(**_ENTRY))[:TIMELINE_SHOWN]),
            interactions_parts=ArraySubquery(interactions.values(parts=JSONObject(**_INTERACTION))[:50]),
            update_parts=Subquery(updates.values(parts=JSONObject(**_UPDATE))[:1]),
            check_parts=Subquery(check.values(parts=JSONObject(**_CHECK))[:1]),
            colleagues=ArraySubquery(colleague_parts()),
            affected_parts=ArraySubquery(_affected(mine)),
            stake_parts=ArraySubquery(_stakes(mine)),
            **pause_columns(),
        )
    )


_ENTRY = {
    "at": "at",
    "kind": "kind",
    "text": "text",
    "who": "actor_name",
    "actor": "actor_kind",
    "source": "data__source",
}
_INTERACTION = {"at": "at", "contact": "contact_id", "outcome": "outcome"}
_UPDATE = {"due_at": "due_at", "promise": "promise", "term": "term_id"}
_CHECK = {"id": "pk", "due_at": "due_at", "expects": "expecting", "who": "member__user__name"}


_PART = {"number": "number", "type": "type", "subject": "place", "references": "reference", "summary": "summary"}


def _part(parts: dict[str, str]) -> PartRow:
    return PartRow(parts["number"], type_label(parts["type"]), parts["subject"], parts["references"], parts["summary"])


def _affected(case: OuterRef) -> QuerySet[Any]:
    """The first shipments that a case affects, each with who said something of it last."""
    parts = JSONObject(
        shipment="shipment_id",
        number="shipment__number",
        customer="shipment__customer__name",
        customer_id="shipment__customer_id",
        last_type="shipment__last_event__type",
        last_at="shipment__last_event__occurred_at",
        last_partner="shipment__last_event__partner__name",
        references=ArraySubquery(_references()),
        carriers=ArraySubquery(_carriers()),
    )
    return CaseShipment.objects.filter(case=case).order_by("pk").values(parts=parts)[:AFFECTED_SHOWN]


def _stakes(case: OuterRef) -> QuerySet[Any]:
    found = Stake.objects.filter(case=case).exclude(state=StakeState.VOID).order_by("books_at", "pk")
    return found.values(parts=JSONObject(**_STAKE))


_STAKE = {
    **{name: name for name in ("label", "state", "books_at", "payable", "recoverable", "saves", "currency")},
    **{name: name for name in ("p_idle", "options", "current", "act_by")},
    "promise": "commitment__promise",
    "term": "commitment__term__name",
    "version": "commitment__term__version__number",
    "contract": "commitment__term__version__contract__code",
    "zone": "commitment__stop__zone",
    "city": "commitment__stop__city",
    "stop": "commitment__stop__name",
    "shipment": "commitment__shipment_id",
    "shipment_number": "commitment__shipment__number",
}


def _references() -> QuerySet[Any]:
    found = Reference.objects.filter(shipment=OuterRef("shipment")).order_by("id")
    return found.values(parts=JSONObject(type="type", value="value"))[:20]


def _carriers() -> QuerySet[Any]:
    """Accounts that carry the shipment: of its legs' loads and of its roles."""
    roles = (PartyRoleKind.CONTRACTED_CARRIER, PartyRoleKind.ACTUAL_CARRIER, PartyRoleKind.CONSIGNEE)
    found = PartyRole.objects.filter(shipment=OuterRef("shipment"), role__in=roles).order_by("role")
    return found.values(parts=JSONObject(role="role", account="account_id"))


def _stops(case: Case, affected: list[dict[str, Any]]) -> list[StopTimes]:
    """Stops of the affected shipments and of the case's load, in order."""
    shipments = [row["shipment"] for row in affected]
    milestones = Milestone.objects.filter(stop=OuterRef("pk")).values(
        parts=JSONObject(kind="kind", code="code", value="value")
    )
    appointments = Appointment.objects.filter(stop=OuterRef("pk"))
    rows: QuerySet[Any] = (
        Stop.objects.filter(Q(shipment__in=shipments) | Q(load=case.subject_load_id, load__isnull=False), dropped=False)
        .select_related("location")
        .annotate(
            milestone_parts=ArraySubquery(milestones),
            appointment_parts=Subquery(appointments.values(parts=JSONObject(state="state", number="number"))[:1]),
        )
        .order_by("shipment_id", "load_id", "sequence")
    )
    return [
        StopTimes(
            row,
            {(part["kind"], part["code"]): instant(part["value"]) for part in row.milestone_parts},
            appointment_words(row.appointment_parts),
        )
        for row in rows
    ]
