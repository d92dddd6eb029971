"""From a judgement to cases: one open case for each thing that is wrong, however often and from wherever it is found."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from billiard.exceptions import SoftTimeLimitExceeded
from django.db import transaction

from controltower.audit import SYSTEM
from controltower.db import is_passing
from exceptions.cases.detection import DETECTED_TYPES, ONCE, Finding, Judgement, SubjectRef, together
from exceptions.cases.models import OPEN_STATES, Case, CaseState, EntryKind
from exceptions.cases.services.board import Board, board_of
from exceptions.cases.services.continuing import case_continue, case_continuing
from exceptions.cases.services.lifecycle import case_recover
from exceptions.cases.services.opening import RanOut, case_add, case_add_merged, cases_open, evidence_new
from exceptions.cases.services.pricing import cases_price
from exceptions.cases.services.recording import case_change, case_locked, case_news, prices_soon
from exceptions.cases.services.scope import Scope
from exceptions.cases.services.state import Known, known_shipments
from exceptions.cases.services.suppression import Window
from exceptions.cases.taxonomy import Subject
from exceptions.sla.defaults import FLAP_WINDOW

log = logging.getLogger(__name__)
RECOVERED = "recovered: "


def findings_apply(
    judgement: Judgement,
    scope: Scope,
    *,
    judged: Collection[int],
    ran_out: RanOut,
    windows: Sequence[Window],
    now: datetime,
) -> list[Case]:
    """Open, repeat and recover cases. Returns those that were opened or added to.

    judged: all shipments that the judgement looked at; a case is over only when everything it affects is among them.
    """
    board = board_of(judgement, scope)
    findings = _parted(board, judgement.findings)
    changed: dict[int, Case] = {}
    unknown: list[Finding] = []
    for name in sorted(findings):
        case_id = board.by_fingerprint.get(name)
        if case_id is None:
            unknown.append(findings[name])
            continue
        case = _added(board, case_id, findings[name], judged, ran_out, now)
        if case is not None:
            changed[case.pk] = board.cases[case.pk] = case
    unknown = _continued(board, unknown, findings, changed, ran_out, now)
    known = _open_unknown(board, unknown, changed, ran_out, windows, now)
    _recover(board, findings, judgement, scope, judged, now)
    touched = _facts_changed(board, scope, besides={*changed}, now=now)
    _price({*changed, *touched}, known, now)
    return list(changed.values())


def _parted(board: Board, findings: Mapping[str, Finding]) -> dict[str, Finding]:
    """What is found about a load leaves those of its shipments alone that a person gave cases of their own: each of
    those gets its part."""
    parted = dict(findings)
    for name, finding in findings.items():
        apart = board.apart.get(board.by_fingerprint.get(name, 0))
        if not apart:
            continue
        del parted[name]
        for part in finding.parts or (finding,):
            own = next((apart[shipment] for shipment in part.shipments if shipment in apart), None)
            if own is not None:
                kind, _, key = own.subject_key.partition(":")
                part = replace(part, type=own.type, subject=SubjectRef(Subject(kind), int(key)))
            held = parted.get(part.fingerprint)
            parted[part.fingerprint] = together(held, part) if held is not None else part
    return parted


def _added(
    board: Board, case_id: int, finding: Finding, judged: Collection[int], ran_out: RanOut, now: datetime
) -> Case | None:
    held = board.occurrences[case_id]
    merged = board.merged.get(case_id)
    if merged is not None:
        top = board.cases[merged.merged_into_id or merged.pk]
        return case_add_merged(merged, top, finding, held=held, ran_out=ran_out, now=now)
    whole = board.shipments[case_id] <= {*judged}
    return case_add(board.cases[case_id], finding, held=held, whole=whole, ran_out=ran_out, now=now)


def _continued(
    board: Board,
    unknown: Sequence[Finding],
    standing: Collection[str],
    changed: dict[int, Case],
    ran_out: RanOut,
    now: datetime,
) -> list[Finding]:
    """Let open cases go on as what their cause became; the findings that are left."""
    left: list[Finding] = []
    for finding in unknown:
        before = case_continuing(board, finding, standing)
        if before is None:
            left.append(finding)
            continue
        held = board.occurrences[before.pk]
        case = case_continue(before, finding, now=now)
        case = case_add(case, finding, held=held, whole=True, ran_out=ran_out, now=now) or case
        board.by_fingerprint[finding.fingerprint] = case.pk
        changed[case.pk] = board.cases[case.pk] = case
    return left


def _open_unknown(
    board: Board,
    unknown: Sequence[Finding],
    changed: dict[int, Case],
    ran_out: RanOut,
    windows: Sequence[Window],
    now: datetime,
) -> Sequence[Known]:
    """What no open case carries: back again, new, or kept down by a suppression. Returns the freight of the new ones."""
    wanted: list[Finding] = []
    for finding in unknown:
        past = board.past.get(finding.fingerprint)
        if past is not None and not _is_news(past, finding, board, ran_out):
            continue
        window = next((window for window in windows if window.keeps_down(finding)), None)
        if window is not None:
            window.note(finding, now)
        elif past is not None and _is_back(past, finding, board, now):
            held = board.occurrences[past.pk]
            case = case_add(past, finding, held=held, whole=True, ran_out=ran_out, now=now)
            assert case is not None, "a closed case is opened again, and that is a change"
            changed[case.pk] = case
        else:
            wanted.append(finding)
    affected = {shipment for finding in wanted for shipment in finding.shipments}
    known = known_shipments(affected) if affected else []
    opened = cases_open(wanted, known=known, ran_out=ran_out, now=now) if wanted else {}
    for finding in wanted:
        case = opened.get(finding.fingerprint) or _theirs(finding, ran_out, now)
        changed[case.pk] = case
    return known


def _theirs(finding: Finding, ran_out: RanOut, now: datetime) -> Case:
    """Somebody opened it while we looked: theirs is the case."""
    case = Case.objects.get(fingerprint=finding.fingerprint, state__in=OPEN_STATES)
    return case_add(case, finding, held=[], whole=False, ran_out=ran_out, now=now) or case


def _price(ids: Collection[int], known: Sequence[Known], now: datetime) -> None:
    """Price them in the transaction that brought the news, so that nobody sees them without. One that cannot be priced
    must not keep an event from being recorded: then it is left to jobs of their own."""
    if not ids:
        return
    try:
        with transaction.atomic():
            cases_price(ids, now=now, known=known)
    except Exception as problem:
        if isinstance(problem, SoftTimeLimitExceeded) or is_passing(problem):
            raise
        log.exception("cases could not be priced with what was found", extra={"cases": sorted(ids)})
        prices_soon(sorted(ids))


def _is_news(past: Case, finding: Finding, board: Board, ran_out: RanOut) -> bool:
    """Whether to speak up again. What a person closed stays closed until something new says that it is wrong."""
    if past.resolution.startswith(RECOVERED):
        return True
    return bool(evidence_new(finding, board.occurrences[past.pk], ran_out))


def _is_back(past: Case, finding: Finding, board: Board, now: datetime) -> bool:
    """Whether it is the same trouble again, and so the same case: within the flap window, or ever where it happens to
    its subject once.

    Where events tell, they tell by their own times (`detection.folding`): trouble that shares evidence with the last
    case goes on. Where only the clock does, or a person had closed it, the clock decides.
    """
    if past.state != CaseState.RESOLVED or past.resolved_at is None:
        return False
    if past.resolution.startswith(RECOVERED) and finding.type in ONCE:
        return True
    told = {piece.event for piece in finding.evidence if piece.event is not None}
    if past.resolution.startswith(RECOVERED) and told:
        return any(held.event in told for held in board.occurrences[past.pk])
    return now - past.resolved_at <= FLAP_WINDOW


def _recover(
    board: Board,
    findings: Mapping[str, Finding],
    judgement: Judgement,
    scope: Scope,
    judged: Collection[int],
    now: datetime,
) -> None:
    """Cases that the rules opened and that nothing supports any more."""
    standing = {board.by_fingerprint[name] for name in findings if name in board.by_fingerprint}
    for case_id, case in board.known.items():
        if case_id in standing or case.type not in DETECTED_TYPES:
            continue
        if not board.shipments[case_id] <= {*judged} or not _was_judged(case, scope, board):
            continue
        if not any(held.rule == case.type for held in board.occurrences[case_id]):
            continue
        why = _why(case, judgement, board)
        if case.merged_into_id is not None:
            _over_merged(case, why, now)
        elif not any(board.merged[under].merged_into_id == case_id for under in standing & {*board.merged}):
            _over(case, why, now)


def _was_judged(case: Case, scope: Scope, board: Board) -> bool:
    """Whether the load or order that it is about was looked at as such."""
    if case.subject_load_id is not None:
        return case.subject_load_id in scope.loads
    if case.subject_order_id is not None or case.subject_order_line_id is not None:
        return case.pk in scope.cases
    return bool(board.shipments[case.pk])


def _why(case: Case, judgement: Judgement, board: Board) -> str:
    clear = judgement.clears.get(case.fingerprint)
    reasons = [judgement.reasons.get((case.type, shipment)) for shipment in sorted(board.shipments[case.pk])]
    said = clear or next((reason for reason in reasons if reason is not None), None)
    return said.summary if said is not None else "Nothing says so any more"


def _over(case: Case, why: str, now: datetime) -> None:
    """Resolve a case nobody touched; on one that people work on, say so and leave the resolving to them."""
    case = case_locked(case)
    if not case.is_open:
        return
    if not case.touched_by_human:
        case_recover(case, why=why, actor=SYSTEM, now=now)
    elif case.explanation.get("recovered") != why:
        case.explanation = {**case.explanation, "recovered": why}
        case.save(update_fields=["explanation"])
        text = f"Looks recovered: {why}. Resolve it if you agree"
        case_change(case, {}, verb="case.recovery_seen", actor=SYSTEM, now=now, kind=EntryKind.SIGNAL, text=text)


def _over_merged(merged: Case, why: str, now: datetime) -> None:
    """One of several things that make a case is over: said, and left to the people who merged them."""
    if merged.explanation.get("recovered") == why:
        return
    top = case_locked(merged.merged_into_id or merged.pk)
    merged.explanation = {**merged.explanation, "recovered": why}
    merged.save(update_fields=["explanation"])
    text = f"{merged.number} looks recovered: {why}"
    case_change(top, {}, verb="case.recovery_seen", actor=SYSTEM, now=now, kind=EntryKind.SIGNAL, text=text)


def _facts_changed(board: Board, scope: Scope, *, besides: Collection[int], now: datetime) -> list[int]:
    """Open cases of the shipments that were spoken of stand on facts that may have changed: drafts are checked, and they
    are to be priced anew."""
    touched = [
        case_id
        for case_id in board.cases
        if case_id not in besides and not board.shipments[case_id].isdisjoint(scope.told)
    ]
    for case_id in touched:
        case_news(board.cases[case_id], {"facts"}, now=now)
    return touched
