"""Milestones from the whole set of events: every report kept, the winner standing."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from exceptions.shipments.models import Event, Milestone, MilestoneReport, Stop
from exceptions.shipments.precedence import Report, winner
from exceptions.shipments.projection import milestones_said, plan_said
from exceptions.shipments.services.told import Told, report_of, view_of

Key = tuple[int, str, str]
"""Stop, kind and code."""
ByEvent = dict[int, tuple[Report, Event]]


def milestones_replay(events: Sequence[Told], plan: Told | None, stops: Sequence[Stop]) -> None:
    views = [view_of(stop) for stop in stops]
    reports: dict[Key, ByEvent] = defaultdict(dict)
    for item in events:
        said = milestones_said(item.row.type, item.row.occurred_at, item.event.place, item.payload, views)
        if item is plan:
            said = plan_said(item.payload.stops, {stop.sequence: stop.pk for stop in stops})
        for one in said:
            reports[one.stop_id, one.kind, one.code][item.row.pk] = (report_of(item.row, one.value), item.row)
    held = {
        (milestone.stop_id, milestone.kind, milestone.code): milestone
        for milestone in Milestone.objects.filter(stop__in=stops).prefetch_related("reports")
    }
    for key, milestone in held.items():
        if key not in reports:
            milestone.delete()
    _milestones_add({key: by_event for key, by_event in reports.items() if key not in held})
    for key, by_event in reports.items():
        if key in held:
            _milestone_set(held[key], by_event)


def _standing(by_event: ByEvent) -> dict[str, Any]:
    """The winner of all reports, by the columns of its milestone."""
    best = winner(report for report, _ in by_event.values())
    assert best is not None, "a milestone without a report is deleted, not set"
    row = next(row for report, row in by_event.values() if report == best)
    return {
        "value": best.value,
        "source_rank": best.source_rank,
        "source": row.partner.slug if row.partner else "",
        "reported_at": best.reported_at,
    }


def _milestones_add(reports: Mapping[Key, ByEvent]) -> None:
    made = Milestone.objects.bulk_create(
        Milestone(stop_id=stop_id, kind=kind, code=code, **_standing(by_event))
        for (stop_id, kind, code), by_event in reports.items()
    )
    MilestoneReport.objects.bulk_create(
        _report_row(milestone, report, event)
        for milestone, by_event in zip(made, reports.values(), strict=True)
        for report, event in by_event.values()
    )


def _milestone_set(milestone: Milestone, by_event: ByEvent) -> None:
    values = _standing(by_event)
    if any(getattr(milestone, name) != value for name, value in values.items()):
        Milestone.objects.filter(pk=milestone.pk).update(**values)
    kept = {report.event_id: report.pk for report in milestone.reports.all()}
    if gone := [pk for event, pk in kept.items() if event not in by_event]:
        MilestoneReport.objects.filter(pk__in=gone).delete()
    MilestoneReport.objects.bulk_create(
        _report_row(milestone, report, event) for pk, (report, event) in by_event.items() if pk not in kept
    )


def _report_row(milestone: Milestone, report: Report, event: Event) -> MilestoneReport:
    return MilestoneReport(
        milestone=milestone,
        value=report.value,
        source_rank=report.source_rank,
        source=event.partner.slug if event.partner else "",
        reported_at=report.reported_at,
        event=event,
    )


def estimate_add(item: Told, stops: Sequence[Stop]) -> bool:
    """Add one estimate to what stands, as trackers send hundreds. False when only a replay can tell which holds."""
    views = [view_of(stop) for stop in stops]
    for one in milestones_said(item.row.type, item.row.occurred_at, item.event.place, item.payload, views):
        report = report_of(item.row, one.value)
        milestone = Milestone.objects.filter(stop=one.stop_id, kind=one.kind, code=one.code).first()
        if milestone is None:
            _milestones_add({(one.stop_id, one.kind, one.code): {item.row.pk: (report, item.row)}})
            continue
        new = (report.source_rank, report.reported_at, report.value)
        standing = (milestone.source_rank, milestone.reported_at, milestone.value)
        if new == standing:
            return False
        _report_row(milestone, report, item.row).save()
        if new > standing:
            milestone.source_rank, milestone.reported_at, milestone.value = new
            milestone.source = item.row.partner.slug if item.row.partner else ""
            milestone.save()
    return True
