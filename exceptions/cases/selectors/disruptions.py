"""Disruptions with their cases and money, as far as a viewer may see them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet, Sum

from controltower.errors import Forbidden, NotFound
from controltower.tenancy.viewer import Viewer
from exceptions.cases.models import OPEN_STATES, Case, CaseShipment, Disruption, DisruptionState
from exceptions.cases.selectors.listing import queue_rows, with_row_parts
from exceptions.cases.selectors.queue import cases_visible
from exceptions.cases.selectors.rows import DisruptionRow, QueueRow
from exceptions.parties.selectors import account_scope

SHOWN = 100
GROUPS = {
    "proposed": (DisruptionState.PROPOSED,),
    "confirmed": (DisruptionState.CONFIRMED,),
    "past": (DisruptionState.OVER, DisruptionState.DISMISSED),
}


def disruptions_list(viewer: Viewer, group: str) -> list[DisruptionRow]:
    """Those of a group of GROUPS, the newest first. A member with some accounts sees those that touch these."""
    found = Disruption.objects.filter(state__in=GROUPS[group])
    rows = found.select_related("confirmed_by__user", "dismissed_by__user", "carrier").order_by("-starts_at", "-pk")
    listed = [_row(viewer, disruption) for disruption in rows[:SHOWN]]
    return [row for row in listed if row.cases or account_scope(viewer) is None]


def disruption_get(viewer: Viewer, pk: int) -> Disruption:
    """The disruption; NotFound when there is none that touches what this viewer may see."""
    found = (
        Disruption.objects.filter(pk=pk).select_related("confirmed_by__user", "dismissed_by__user", "carrier").first()
    )
    if found is None or (account_scope(viewer) is not None and not _cases(viewer, found).exists()):
        raise NotFound("There is no such disruption, or it is not yours to see.")
    return found


def disruption_row(viewer: Viewer, disruption: Disruption) -> DisruptionRow:
    return _row(viewer, disruption)


def disruption_cases(viewer: Viewer, disruption: Disruption) -> list[QueueRow]:
    """Its cases in the order of the queue."""
    return _ordered(viewer, _cases(viewer, disruption))


def disruption_candidates(viewer: Viewer, disruption: Disruption) -> list[QueueRow]:
    """Open cases that look as if they belonged to a confirmed one too."""
    if disruption.state != DisruptionState.CONFIRMED:
        return []
    alike = cases_visible(viewer).filter(pk__in=disruption.proposed, state__in=OPEN_STATES, disruption=None)
    return _ordered(viewer, alike)


def disruption_decides_all(viewer: Viewer, disruption: Disruption) -> None:
    """Raise `Forbidden` for who sees some of its cases only, and would decide about those of other customers too."""
    if _among(Case.objects.all(), disruption).count() > _cases(viewer, disruption).count():
        raise Forbidden("It has cases of customers that you do not see. Ask a colleague who sees all accounts.")


def _cases(viewer: Viewer, disruption: Disruption) -> QuerySet[Case]:
    return _among(cases_visible(viewer), disruption)


def _among(cases: QuerySet[Case], disruption: Disruption) -> QuerySet[Case]:
    if disruption.state in (DisruptionState.PROPOSED, DisruptionState.DISMISSED):
        return cases.filter(pk__in=disruption.proposed)
    return cases.filter(disruption=disruption)


def _ordered(viewer: Viewer, cases: QuerySet[Case]) -> list[QueueRow]:
    ordered = with_row_parts(cases).order_by(
        F("closed_at").desc(nulls_first=True), F("rank").desc(nulls_last=True), F("id").desc()
    )
    return queue_rows(viewer, list(ordered[:SHOWN]))


def _row(viewer: Viewer, disruption: Disruption) -> DisruptionRow:
    cases = _cases(viewer, disruption)
    sums = cases.aggregate(
        cases=Count("pk"),
        open_cases=Count("pk", filter=Q(state__in=OPEN_STATES)),
        at_risk=Sum("at_risk"),
        avoidable=Sum("avoidable"),
        lost=Sum("lost"),
    )
    decided = disruption.confirmed_by or disruption.dismissed_by
    return DisruptionRow(
        id=disruption.pk,
        name=disruption.name,
        state=disruption.state,
        state_label=disruption.get_state_display(),
        shared=disruption.vehicle or disruption.place or (disruption.carrier.name if disruption.carrier else ""),
        starts_at=disruption.starts_at,
        ends_at=disruption.ends_at,
        cases=sums["cases"],
        open_cases=sums["open_cases"],
        shipments=_shipments(cases.values_list("pk", flat=True)),
        at_risk=_major(sums["at_risk"]),
        avoidable=_major(sums["avoidable"]),
        lost=_major(sums["lost"]),
        currency=viewer.organisation.currency,
        decided_by=decided.name if decided else "",
    )


def _shipments(cases: Iterable[int]) -> int:
    return CaseShipment.objects.filter(case__in=cases).values("shipment").distinct().count()


def _major(amount: int | None) -> Decimal:
    return Decimal(amount or 0) / 100
