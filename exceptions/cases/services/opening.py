"""Opening a case, and adding to one: affected freight, occurrences, phase, severity, words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS

from controltower.audit import SYSTEM, record
from controltower.errors import Conflict
from controltower.tenancy.context import current_organisation_id
from controltower.tenancy.models import Organisation
from controltower.web import live
from exceptions.cases import signals
from exceptions.cases.detection import Evidence, Finding
from exceptions.cases.models import Case, CaseOrder, CaseShipment, EntryKind, Occurrence
from exceptions.cases.services.board import Held
from exceptions.cases.services.expectations import Overdue
from exceptions.cases.services.headline import headlines_of
from exceptions.cases.services.lifecycle import case_reopen, case_unsnooze
from exceptions.cases.services.merging import shipments_gather
from exceptions.cases.services.recording import case_change, case_locked, case_news, price_soon, timelines_add
from exceptions.cases.services.state import Known
from exceptions.cases.taxonomy import type_label
from exceptions.shipments.models import Event, ShipmentOrderLine
from exceptions.shipments.services.batch import ids_take
from exceptions.shipments.services.bulk import rows_insert
from exceptions.shipments.services.numbers import numbers_take

RanOut = Mapping[Overdue, int]


def cases_open(
    findings: Sequence[Finding], *, known: Sequence[Known], ran_out: RanOut, now: datetime
) -> dict[str, Case]:
    """New cases with their numbers, affected shipments and orders, by fingerprint; a fixed number of statements.

    What somebody else opened meanwhile is left out: the partial unique index knows. They are due for pricing.
    """
    by_id = {one.shipment.pk: one for one in known}
    affected = [[by_id[pk] for pk in sorted(finding.shipments) if pk in by_id] for finding in findings]
    sources = _sources(finding.evidence for finding in findings)
    drafts = _drafts(findings, affected, [partner for _, partner in sources], now)
    fields = [field for field in Case._meta.concrete_fields if not field.generated]
    columns = [field.attname for field in fields if field.attname != "organisation_id"]
    values = [[getattr(case, name) for name in columns] for case in drafts]
    made = set(rows_insert(Case, columns, values, unless_there=True))
    opened = [(case, finding) for case, finding in zip(drafts, findings, strict=True) if case.pk in made]
    said = {case.pk: source for case, (source, _) in zip(drafts, sources, strict=True)}
    if not opened:
        return {}
    CaseShipment.objects.bulk_create(
        CaseShipment(case=case, shipment_id=pk) for case, finding in opened for pk in finding.shipments
    )
    _orders_affect([(case, finding, finding.shipments) for case, finding in opened])
    _occurrences_add([(case, finding, finding.evidence) for case, finding in opened], ran_out)
    lines = [(case.pk, f"{type_label(finding.type)}: {finding.summary}", said[case.pk]) for case, finding in opened]
    timelines_add(EntryKind.OPENED, lines, now=now)
    signals.cases_opened.send(sender=Case, cases=[case for case, _ in opened], now=now)
    live.changed(current_organisation_id())
    for case, _ in opened:
        after = {"number": case.number, "type": case.type, "fingerprint": case.fingerprint}
        record(verb="case.opened", subject=f"case:{case.pk}", actor=SYSTEM, after=after, now=now)
    return {case.fingerprint: case for case, _ in opened}


def case_open(finding: Finding, *, known: Sequence[Known], now: datetime) -> Case:
    """One new case, to be priced after the transaction. Conflict when one is open already."""
    opened = cases_open([finding], known=known, ran_out={}, now=now)
    if not opened:
        raise Conflict("A case about the same thing was opened meanwhile.", code="case_open_elsewhere")
    (case,) = opened.values()
    price_soon(case)
    return case


def _drafts(
    findings: Sequence[Finding],
    affected: Sequence[Sequence[Known]],
    partners: Sequence[int | None],
    now: datetime,
) -> list[Case]:
    """The rows as they will stand, with ids and numbers. `partners`: who said the last word of each."""
    currency = Organisation.objects.values_list("currency", flat=True).get(pk=current_organisation_id())
    ids, numbers = ids_take("cases_case", len(findings)), numbers_take("case", len(findings))
    headlines = headlines_of(findings, affected)
    drafts = []
    for pk, number, finding, headline, partner in zip(ids, numbers, findings, headlines, partners, strict=True):
        case = Case(
            id=pk,
            number=number,
            type=finding.type,
            phase=finding.phase,
            severity=finding.severity,
            subject_key=finding.subject.key,
            fingerprint=finding.fingerprint,
            account=headline.account,
            partner_id=partner,
            summary=finding.summary[:300],
            place=headline.place,
            lane=headline.lane,
            reference=headline.reference,
            search_text=headline.search_text,
            opened_at=now,
            currency=currency,
            next_change_at=now,
            **{f"subject_{finding.subject.kind}_id": finding.subject.id},
        )
        case._state.adding, case._state.db = False, DEFAULT_DB_ALIAS
        drafts.append(case)
    return drafts


def case_add(
    case: Case, finding: Finding, *, held: Sequence[Held], whole: bool, ran_out: RanOut, now: datetime
) -> Case | None:
    """What is found about a case that is open, or recovered a moment ago. None where that says nothing new; else it is to
    be priced.

    whole: all that the case affects was judged, so that what is no evidence any more is taken out. A sleeping case
    wakes when it got worse.
    """
    new = evidence_new(finding, held, ran_out)
    gone = _no_evidence(finding, held) if whole else []
    _reword(finding, held)
    changes = _changes(case, finding)
    more = _new_freight(case, finding)
    if case.is_open and not (new or gone or changes or more or case.explanation.get("recovered")):
        return None
    case = case_locked(case)
    if not case.is_open:
        case = case_reopen(case, actor=SYSTEM, now=now, why=f"Back again: {finding.summary}")
    if case.explanation.pop("recovered", None):
        case.save(update_fields=["explanation"])
    _affect(case, finding)
    _occurrences_add([(case, finding, new)], ran_out)
    Occurrence.objects.filter(pk__in=gone).delete()
    if more and case.account_id is not None and not _belongs_to(case, case.account_id):
        changes["account"] = None
    if changes:
        source = {**_sources([new])[0][0], **({"withdrawn": len(gone)} if gone else {})}
        kind, text = EntryKind.SIGNAL, finding.summary
        case_change(case, changes, verb="case.repeated", actor=SYSTEM, now=now, kind=kind, text=text, data=source)
    elif new or gone or more:
        case_news(case, {"occurrence"}, now=now)
    if case.snoozed_until is not None and ("phase" in changes or more):
        case = case_unsnooze(case, actor=SYSTEM, now=now, why=f"Woken: {finding.summary}")
    return case


def case_add_merged(
    merged: Case, top: Case, finding: Finding, *, held: Sequence[Held], ran_out: RanOut, now: datetime
) -> Case | None:
    """What is found about a case that was put into another one is kept with it, and is news of the case on top: that one
    is returned, to be priced. None where it says nothing new."""
    new = evidence_new(finding, held, ran_out)
    worse = bool(finding.phase) and finding.phase != merged.phase
    if not (new or worse or _new_freight(merged, finding)):
        return None
    top = case_locked(top)
    more = _affect(merged, finding)
    _occurrences_add([(merged, finding, new)], ran_out)
    if worse:
        Case.objects.filter(pk=merged.pk).update(phase=finding.phase)
    if more:
        shipments_gather(top)
        if top.account_id is not None and not _belongs_to(top, top.account_id):
            case_change(top, {"account": None}, verb="case.repeated", actor=SYSTEM, now=now)
    if new:
        data, text = _sources([new])[0][0], f"{merged.number}: {finding.summary}"
        case_change(top, {}, verb="case.repeated", actor=SYSTEM, now=now, kind=EntryKind.SIGNAL, text=text, data=data)
    if top.snoozed_until is not None and (more or worse):
        top = case_unsnooze(top, actor=SYSTEM, now=now, why=f"Woken: {finding.summary}")
    return top


def evidence_new(finding: Finding, held: Iterable[Held], ran_out: RanOut) -> list[Evidence]:
    """The evidence that no occurrence stands for yet."""
    events = {(one.rule, one.event) for one in held if one.event is not None}
    expectations = {one.expectation for one in held if one.expectation is not None}
    return [
        piece
        for piece in finding.evidence
        if (
            (finding.type, piece.event) not in events
            if piece.event is not None
            else _row(piece, ran_out) not in expectations
        )
    ]


def _no_evidence(finding: Finding, held: Iterable[Held]) -> list[int]:
    events = {piece.event for piece in finding.evidence}
    return [one.id for one in held if one.rule == finding.type and one.event is not None and one.event not in events]


def _reword(finding: Finding, held: Iterable[Held]) -> None:
    """An occurrence says what its event means now: how late an ETA is depends on the promise that holds."""
    texts = {piece.event: piece.text[:300] for piece in finding.evidence if piece.event is not None and piece.text}
    for one in held:
        text = texts.get(one.event) if one.rule == finding.type and one.event is not None else None
        if text is not None and text != one.summary:
            Occurrence.objects.filter(pk=one.id).update(summary=text)


def _row(piece: Evidence, ran_out: RanOut) -> int | None:
    return ran_out.get((piece.expected.key, piece.expected.due_at)) if piece.expected is not None else None


def _changes(case: Case, finding: Finding) -> dict[str, Any]:
    """Of its own type only: a person who called it something else, or merged it, knows more."""
    changes: dict[str, Any] = {}
    if case.type != finding.type:
        return changes
    if finding.phase != case.phase:
        changes["phase"] = finding.phase
    if finding.summary and finding.summary[:300] != case.summary:
        changes["summary"] = finding.summary[:300]
    if finding.severity < case.severity:  # S1 is the worst; a person may have made it worse, and that stays
        changes["severity"] = finding.severity
    return changes


def _new_freight(case: Case, finding: Finding) -> bool:
    known = CaseShipment.objects.filter(case=case, through=None).values_list("shipment_id", flat=True)
    return bool(set(finding.shipments) - set(known))


def _affect(case: Case, finding: Finding) -> bool:
    """Note what the case touches, shipments and the orders they carry; whether anything was new."""
    wanted = set(finding.shipments)
    CaseShipment.objects.filter(case=case, shipment__in=wanted, through__isnull=False).update(through=None)
    new = wanted - set(CaseShipment.objects.filter(case=case).values_list("shipment_id", flat=True))
    CaseShipment.objects.bulk_create(
        [CaseShipment(case=case, shipment_id=pk) for pk in sorted(new)], ignore_conflicts=True
    )
    _orders_affect([(case, finding, new)])
    return bool(new)


def _orders_affect(wanted: Iterable[tuple[Case, Finding, Collection[int]]]) -> None:
    """Note the orders that these shipments of each case carry, and those that the finding names."""
    wanted = list(wanted)
    carried: dict[int, set[int]] = defaultdict(set)
    about = {pk for _, _, shipments in wanted for pk in shipments}
    lines = ShipmentOrderLine.objects.filter(shipment__in=about).values_list("shipment_id", "order_line__order_id")
    for shipment, order in lines if about else ():
        carried[shipment].add(order)
    CaseOrder.objects.bulk_create(
        [
            CaseOrder(case=case, order_id=order)
            for case, finding, shipments in wanted
            for order in sorted({*finding.orders}.union(*(carried[pk] for pk in shipments)))
        ],
        ignore_conflicts=True,
    )


def _belongs_to(case: Case, account_id: int) -> bool:
    """Whether all that it affects is of this customer; what several ride on is nobody's, and not for one's eyes only."""
    others = CaseShipment.objects.filter(case=case).exclude(shipment__customer=account_id)
    return not others.exists()


def _occurrences_add(wanted: Iterable[tuple[Case, Finding, Sequence[Evidence]]], ran_out: RanOut) -> None:
    """One row for each piece of evidence: an event, or an expectation that ran out."""
    Occurrence.objects.bulk_create(
        [
            Occurrence(
                case=case,
                rule=finding.type,
                event_id=piece.event,
                expectation_id=_row(piece, ran_out),
                at=piece.at,
                summary=(piece.text or finding.summary)[:300],
                data=dict(piece.data),
            )
            for case, finding, pieces in wanted
            for piece in pieces
            if piece.event is not None or _row(piece, ran_out) is not None
        ],
        ignore_conflicts=True,
    )


def _sources(evidence: Iterable[Sequence[Evidence]]) -> list[tuple[dict[str, Any], int | None]]:
    """Where the last word of each came from, for the timeline, and the id of the partner who said it."""
    last = [pieces[-1].event if pieces else None for pieces in evidence]
    told = {pk for pk in last if pk is not None}
    found = Event.objects.filter(pk__in=told).values_list("pk", "partner_id", "partner__name") if told else ()
    partners = {pk: (partner, name or "") for pk, partner, name in found}
    return [
        ({"rule": "expectation"}, None) if pk is None else ({"event": pk, "source": partners[pk][1]}, partners[pk][0])
        for pk in last
    ]
