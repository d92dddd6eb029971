"""The cases that a judgement may concern: open ones, those they took in, and the last one of each fingerprint."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q

from exceptions.cases.detection import Finding, Judgement
from exceptions.cases.models import OPEN_STATES, Case, CaseShipment, CaseState, Occurrence
from exceptions.cases.services.scope import Scope


@dataclass
class Held:
    """An occurrence of a case: its id, rule, event or expectation, and words."""

    id: int
    rule: str
    event: int | None
    expectation: int | None
    summary: str = ""


@dataclass
class Board:
    """Which case a finding belongs to.

    cases: open ones by id. merged: those put into an open one, by id; what is found about them stays with them.
    by_fingerprint: the case of a finding, open or merged, its own or (by a person's word) one of another type. past: the
    last closed case of a fingerprint. shipments: what each case affects. apart: shipments that were split off an open
    case of a load, with the case that has them now.
    """

    cases: dict[int, Case] = field(default_factory=dict)
    merged: dict[int, Case] = field(default_factory=dict)
    by_fingerprint: dict[str, int] = field(default_factory=dict)
    past: dict[str, Case] = field(default_factory=dict)
    shipments: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    apart: dict[int, dict[int, Case]] = field(default_factory=lambda: defaultdict(dict))
    occurrences: dict[int, list[Held]] = field(default_factory=lambda: defaultdict(list))

    @property
    def known(self) -> dict[int, Case]:
        return {**self.cases, **self.merged}


def board_of(judgement: Judgement, scope: Scope) -> Board:
    """Nothing is asked where nothing is open and nothing found; else a few queries, whatever the number of findings."""
    board = Board()
    findings = judgement.findings
    if not findings and not scope.cases:
        return board
    about = Q(pk__in=scope.cases) | Q(fingerprint__in=list(findings))
    for case in Case.objects.filter(about, state__in=OPEN_STATES):
        _put(board, case, case.fingerprint)
    if missing := [findings[name] for name in findings if name not in board.by_fingerprint]:
        _find_others(board, missing)
    if board.cases:
        _put_merged(board)
        affected = CaseShipment.objects.filter(case__in=list(board.known))
        for case_id, shipment_id in affected.values_list("case_id", "shipment_id"):
            board.shipments[case_id].add(shipment_id)
        for case in board.cases.values():
            if case.split_from_id in board.cases:
                board.apart[case.split_from_id].update(dict.fromkeys(board.shipments[case.pk], case))
    _remember(board)
    return board


def _put(board: Board, case: Case, name: str) -> None:
    board.cases[case.pk] = case
    board.by_fingerprint[name] = case.pk


def _put_merged(board: Board) -> None:
    """Cases under the open ones, and those that were split off them."""
    for case in Case.objects.filter(merged_into__in=list(board.cases), state=CaseState.MERGED).order_by("pk"):
        board.merged[case.pk] = case
        board.by_fingerprint.setdefault(case.fingerprint, case.pk)
    for case in Case.objects.filter(split_from__in=list(board.cases), state__in=OPEN_STATES):
        board.cases.setdefault(case.pk, case)
        board.by_fingerprint.setdefault(case.fingerprint, case.pk)


def _find_others(board: Board, missing: Iterable[Finding]) -> None:
    """Where a finding belongs that no open case carries: a merge, another type by a person's word, or the past."""
    findings = {finding.fingerprint: finding for finding in missing}
    last = Case.objects.filter(fingerprint__in=list(findings)).order_by("fingerprint", "-id").distinct("fingerprint")
    for case in last.select_related("merged_into"):
        into = case.merged_into
        if into is not None and into.is_open:
            board.cases.setdefault(into.pk, into)
        else:
            board.past[case.fingerprint] = into if into is not None else case
    events = {piece.event for finding in findings.values() for piece in finding.evidence if piece.event is not None}
    called_otherwise = Occurrence.objects.filter(event__in=events, case__state__in=OPEN_STATES).select_related("case")
    for occurrence in called_otherwise if events else ():
        case = occurrence.case
        name = f"{occurrence.rule}:{case.subject_key}"
        if name in findings and name not in board.by_fingerprint and case.type != occurrence.rule:
            _put(board, case, name)


def _remember(board: Board) -> None:
    known = [*board.known, *(case.pk for case in board.past.values())]
    columns = ("case_id", "id", "rule", "event_id", "expectation_id", "summary")
    for case_id, *row in Occurrence.objects.filter(case__in=known).values_list(*columns) if known else ():
        board.occurrences[case_id].append(Held(*row))
