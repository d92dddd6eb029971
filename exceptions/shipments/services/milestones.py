"""Milestones from whole histories: every report kept, the winner standing. Only what differs is written."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

from exceptions.shipments.canonical import EventType
from exceptions.shipments.histories import EventRow, History, MilestoneKey, MilestoneRow
from exceptions.shipments.models import Milestone, MilestoneReport
from exceptions.shipments.precedence import Report, winner
from exceptions.shipments.projection import ACTUALS, ESTIMATES, milestone_said, plan_said
from exceptions.shipments.services.bulk import rows_delete, rows_insert, rows_update
from exceptions.shipments.services.told import place_of, plan_in_force

SAYING = frozenset({*ACTUALS, *ESTIMATES, EventType.SHIPMENT_BOOKED})

ByEvent = dict[int, tuple[Report, EventRow]]
_STANDING = ("value", "source_rank", "source", "reported_at")
_REPORT = ("milestone_id", "value", "source_rank", "source", "reported_at", "event_id")


@dataclass(frozen=True, slots=True)
class _Reported:
    history: History
    key: MilestoneKey
    by_event: ByEvent

    @property
    def standing(self) -> MilestoneRow:
        best = winner(report for report, _ in self.by_event.values())
        assert best is not None, "a milestone without a report is deleted, not set"
        source = next(row.source for report, row in self.by_event.values() if report == best)
        return MilestoneRow(0, best.value, best.source_rank, source, best.reported_at)


def milestones_project(histories: Mapping[int, History], *, fresh: Set[int], anew: Set[int]) -> None:
    """Bring milestones and their reports in line with the histories, also those that the histories hold.

    fresh: ids of the events that may have reports nobody stored. anew: shipments of which any report may have moved.
    """
    everything = [
        _Reported(history, key, by_event)
        for history in histories.values()
        for key, by_event in _reports(history).items()
    ]
    _delete_unsaid(histories, everything)
    new, changed = [], []
    for reported in everything:
        held, standing = reported.history.milestones.get(reported.key), reported.standing
        if held is None:
            new.append((reported, standing))
        else:
            if held[1:] != standing[1:]:
                changed.append((held.id, *standing[1:]))
            reported.history.milestones[reported.key] = standing._replace(id=held.id)
    rows_update(Milestone, _STANDING, changed)
    made = rows_insert(
        Milestone, ("stop_id", "kind", "code", *_STANDING), [(*reported.key, *row[1:]) for reported, row in new]
    )
    for (reported, standing), pk in zip(new, made, strict=True):
        reported.history.milestones[reported.key] = standing._replace(id=pk)
    _store_reports(everything, made=set(made), fresh=fresh, anew=anew)


def _reports(history: History) -> dict[MilestoneKey, ByEvent]:
    reports: dict[MilestoneKey, ByEvent] = defaultdict(dict)
    plan = plan_in_force(history)
    for row in history.events:
        if row.retracted or row.type not in SAYING:
            continue
        if row is plan:
            sequences = {stop.sequence: stop.id for stop in history.stops}
            said = plan_said(row.data.get("stops", ()), sequences)
        else:
            one = milestone_said(row.type, row.occurred_at, place_of(row), row.data, history.stops)
            said = [one] if one is not None else []
        for one in said:
            report = Report(one.value, row.source_rank, row.reported_at, row.digest)
            reports[one.stop_id, one.kind, one.code][row.id] = (report, row)
    return reports


def _delete_unsaid(histories: Mapping[int, History], everything: Iterable[_Reported]) -> None:
    said = {reported.key for reported in everything}
    gone: list[int] = []
    for history in histories.values():
        unsaid = [key for key in history.milestones if key not in said]
        gone += [history.milestones.pop(key).id for key in unsaid]
    if gone:
        Milestone.objects.filter(pk__in=gone).delete()


def _store_reports(everything: Iterable[_Reported], *, made: Set[int], fresh: Set[int], anew: Set[int]) -> None:
    """Of most shipments only the new events can have new reports; of those taken `anew` what is stored is read first."""
    rows, read = [], {}
    for reported in everything:
        pk = reported.history.milestones[reported.key].id
        if pk not in made and reported.history.shipment.id in anew:
            read[pk] = reported.by_event
            continue
        rows += [_report(pk, *said) for event, said in reported.by_event.items() if pk in made or event in fresh]
    gone = []
    if read:
        held = MilestoneReport.objects.filter(milestone__in=read).values_list("pk", "milestone_id", "event_id")
        for pk, milestone, event in held:
            if read[milestone].pop(event, None) is None:
                gone.append(pk)
        rows += [_report(pk, *said) for pk, by_event in read.items() for said in by_event.values()]
    rows_delete(MilestoneReport, gone)
    rows_insert(MilestoneReport, _REPORT, rows)


def _report(milestone: int, report: Report, row: EventRow) -> tuple[object, ...]:
    return (milestone, report.value, report.source_rank, row.source, report.reported_at, row.id)
