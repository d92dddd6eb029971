"""How strict detection is for an organisation, and what it is told to leave alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from controltower.errors import NotFound
from controltower.tenancy.permissions import Verb
from controltower.tenancy.viewer import Viewer, require
from exceptions.cases.detection import DEFAULTS, DETECTED_TYPES, RULES
from exceptions.cases.models import DetectionSetting, Suppression
from exceptions.cases.taxonomy import TYPES, case_type
from exceptions.parties.selectors import account_scope

SHOWN = 200
BEFORE = timedelta(days=30)


@dataclass(frozen=True)
class RuleRow:
    """What finds one type: in sentences, with what it is measured by unless somebody says otherwise (minutes)."""

    type: str
    label: str
    severity: str
    triggers: list[str]
    ends: list[str]
    uses: list[str]
    enabled: bool
    tolerance: int
    lead: int
    threshold: int
    corrections: int


@dataclass(frozen=True)
class SuppressionRow:
    """A time in which known trouble opens no cases. `state`: "running", "coming" or "over"."""

    id: int
    note: str
    state: str
    starts_at: datetime
    ends_at: datetime
    limits: list[str]
    kept_down: int
    made_by: str


def rules_list(viewer: Viewer) -> list[RuleRow]:
    """Every type that a rule finds, in the order of the taxonomy."""
    require(viewer, Verb.VIEW)
    counted = dict(_settings(viewer).order_by().values_list("type").annotate(Count("pk")))
    return [_rule(entry.code, counted.get(entry.code, 0)) for entry in TYPES if entry.code in DETECTED_TYPES]


def rule_get(viewer: Viewer, type_code: str) -> RuleRow:
    require(viewer, Verb.VIEW)
    if type_code not in DETECTED_TYPES:
        raise NotFound("No rule finds this type.")
    return _rule(type_code, _settings(viewer).filter(type=type_code).count())


def settings_of(viewer: Viewer, type_code: str) -> list[DetectionSetting]:
    """The corrections of a type, the widest first; of customers only those whose freight the viewer may see."""
    require(viewer, Verb.VIEW)
    found = _settings(viewer).filter(type=type_code).select_related("account")
    return sorted(found, key=lambda row: (row.account is not None, row.account.name if row.account else "", row.lane))


def setting_get(viewer: Viewer, pk: int) -> DetectionSetting:
    require(viewer, Verb.VIEW)
    found = _settings(viewer).filter(pk=pk).first()
    if found is None:
        raise NotFound("This correction does not exist any more.")
    return found


def suppressions_list(viewer: Viewer, *, now: datetime) -> list[SuppressionRow]:
    """Those that run, come, or were over within the last month; what runs first. Of what was kept down only that of
    customers whom the viewer sees is counted."""
    require(viewer, Verb.VIEW)
    scope = account_scope(viewer)
    counted = Q(suppressed__cleared_at=None)
    counted &= Q() if scope is None else Q(suppressed__account__in=scope)
    found = (
        Suppression.objects.filter(ends_at__gt=now - BEFORE)
        .select_related("carrier", "made_by__user")
        .annotate(kept_down=Count("suppressed", filter=counted))
        .order_by("-ends_at", "-pk")[:SHOWN]
    )
    rows = [_suppression(row, now) for row in found]
    return sorted(rows, key=lambda row: ("running", "coming", "over").index(row.state))


def suppression_get(viewer: Viewer, pk: int) -> Suppression:
    require(viewer, Verb.VIEW)
    found = Suppression.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such suppression.")
    return found


def _settings(viewer: Viewer) -> QuerySet[DetectionSetting]:
    """The corrections for all customers, and those for customers whom the viewer sees."""
    scope = account_scope(viewer)
    every = DetectionSetting.objects.all()
    return every if scope is None else every.filter(Q(account=None) | Q(account__in=scope))


def _rule(type_code: str, corrections: int) -> RuleRow:
    entry, default = case_type(type_code), DEFAULTS[type_code]
    rules = [rule for rule in RULES if rule.type == type_code]
    return RuleRow(
        type=type_code,
        label=entry.label,
        severity=default.severity or entry.severity,
        triggers=[*dict.fromkeys(rule.trigger for rule in rules)],
        ends=[*dict.fromkeys(rule.ends for rule in rules)],
        uses=[*dict.fromkeys(rule.uses for rule in rules if rule.uses)],
        enabled=default.enabled,
        tolerance=default.tolerance // timedelta(minutes=1),
        lead=default.lead // timedelta(minutes=1),
        threshold=default.threshold // timedelta(minutes=1),
        corrections=corrections,
    )


def _suppression(row: Suppression, now: datetime) -> SuppressionRow:
    state = "over" if row.ends_at <= now else "running" if row.starts_at <= now else "coming"
    limits = [case_type(row.type).label] if row.type else []
    limits += [f"at {row.place}"] if row.place else []
    limits += [f"with {row.carrier.name}"] if row.carrier else []
    limits += [f"on {row.lane}"] if row.lane else []
    return SuppressionRow(
        id=row.pk,
        note=row.note,
        state=state,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        limits=limits,
        kept_down=getattr(row, "kept_down", 0),
        made_by=row.made_by.name,
    )
