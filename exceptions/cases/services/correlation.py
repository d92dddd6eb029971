"""From findings to cases: one open case for each thing that is wrong, however often and from wherever it is found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from controltower.audit import SYSTEM, record
from controltower.db import rows
from controltower.tenancy.context import current_organisation_id
from controltower.tenancy.models import Organisation
from controltower.web import live
from exceptions.cases import signals
from exceptions.cases.detection import Clear, Finding, SubjectRef, fingerprint
from exceptions.cases.models import (
    OPEN_STATES,
    Case,
    CaseOrder,
    CaseShipment,
    CaseState,
    EntryKind,
    Expectation,
    Occurrence,
)
from exceptions.cases.services.headline import headline_of
from exceptions.cases.services.lifecycle import case_recover, case_reopen, case_unsnooze
from exceptions.cases.services.merging import shipments_gather
from exceptions.cases.services.recording import case_change, case_locked, case_news, price_soon, timeline_add
from exceptions.cases.services.state import Known
from exceptions.cases.taxonomy import Subject, type_label
from exceptions.shipments.models import Event, ShipmentOrderLine
from exceptions.sla.defaults import FLAP_WINDOW


@dataclass(frozen=True)
class Cause:
    """Where a finding comes from: an event, or an expectation that ran out."""

    event: Event | None = None
    expectation: Expectation | None = None

    @property
    def data(self) -> dict[str, Any]:
        said = self.event.data if self.event else {}
        return {key: said[key] for key in ("reason", "detail", "status") if said.get(key)}


def finding_apply(finding: Finding, *, cause: Cause, known: list[Known], now: datetime) -> Case:
    """Open a case, add to the open one, or reopen the one that recovered a moment ago. Returns the case."""
    covering = _covering_load_case(finding)
    key = covering.fingerprint if covering else fingerprint(finding.type, finding.subject)
    found = _open_or_flapping(key, now) or _merged(key)
    if found is None:
        try:
            with transaction.atomic():
                return case_open(finding, cause=cause, known=known, now=now)
        except IntegrityError:
            # The partial unique index: somebody opened it while we looked. Theirs is the case.
            found = _open_or_flapping(key, now)
            if found is None:
                raise
    return _repeat(found, finding, cause=cause, known=known, now=now)


def clear_apply(clear: Clear, *, now: datetime) -> Case | None:
    """Resolve a case nobody touched; on one that people work on, say so and leave the resolving to them."""
    case = (
        Case.objects.filter(fingerprint=fingerprint(clear.type, clear.subject), state__in=OPEN_STATES)
        .select_for_update(no_key=True)
        .first()
    )
    if case is None:
        merged = _merged(fingerprint(clear.type, clear.subject))
        return _recovered_merged(merged, clear, now) if merged else None
    if not case.touched_by_human:
        return case_recover(case, why=clear.summary, actor=SYSTEM, now=now)
    if case.explanation.get("recovered") != clear.summary:
        case.explanation = {**case.explanation, "recovered": clear.summary}
        case.save(update_fields=["explanation"])
        text = f"Looks recovered: {clear.summary}. Resolve it if you agree"
        case_change(case, {}, verb="case.recovery_seen", actor=SYSTEM, now=now, kind=EntryKind.SIGNAL, text=text)
    return case


def _recovered_merged(merged: Case, clear: Clear, now: datetime) -> Case:
    """One of several things that make a case is over: said, and left to the people who merged them."""
    top = case_locked(merged.merged_into_id or merged.pk)
    if merged.explanation.get("recovered") != clear.summary:
        merged.explanation = {**merged.explanation, "recovered": clear.summary}
        merged.save(update_fields=["explanation"])
        text = f"{merged.number} looks recovered: {clear.summary}"
        case_change(top, {}, verb="case.recovery_seen", actor=SYSTEM, now=now, kind=EntryKind.SIGNAL, text=text)
    return top


def case_open(finding: Finding, *, cause: Cause, known: list[Known], now: datetime) -> Case:
    """A new case with its number, affected shipments and orders. Raises IntegrityError when one is open already."""
    affected = [one for one in known if one.shipment.pk in finding.shipments]
    headline = headline_of(finding, affected)
    organisation = Organisation.objects.get(pk=current_organisation_id())
    case = Case.objects.create(
        number=f"EX-{_next_number()}",
        type=finding.type,
        phase=finding.phase,
        severity=finding.severity,
        subject_key=f"{finding.subject.kind}:{finding.subject.id}",
        fingerprint=fingerprint(finding.type, finding.subject),
        account=headline.account,
        summary=finding.summary[:300],
        place=headline.place,
        lane=headline.lane,
        reference=headline.reference,
        search_text=headline.search_text,
        opened_at=now,
        currency=organisation.currency,
        next_change_at=now,
        **_subject_column(finding.subject),
    )
    _affect(case, finding.shipments)
    _occurrence_add(case, finding, cause)
    label = type_label(finding.type)
    timeline_add(case, EntryKind.OPENED, f"{label}: {finding.summary}", actor=SYSTEM, now=now, data=_source(cause))
    signals.case_opened.send(sender=Case, case=case, now=now)
    live.changed(current_organisation_id())
    after = {"number": case.number, "type": case.type, "fingerprint": case.fingerprint}
    record(verb="case.opened", subject=f"case:{case.pk}", actor=SYSTEM, after=after, now=now)
    price_soon(case)
    return case


def _repeat(case: Case, finding: Finding, *, cause: Cause, known: list[Known], now: datetime) -> Case:
    """Seen again: another occurrence, perhaps worse, perhaps more shipments; a sleeping case wakes when it got worse.

    What is found about a merged case is kept with it, and is news of the case on top.
    """
    if case.merged_into_id is not None:
        return _repeat_merged(case, finding, cause=cause, now=now)
    case = case_locked(case)
    if not case.is_open:
        case = case_reopen(case, actor=SYSTEM, now=now, why=f"Back again: {finding.summary}")
    if case.explanation.pop("recovered", None):
        case.save(update_fields=["explanation"])
    is_new = _occurrence_add(case, finding, cause)
    more = _affect(case, finding.shipments)
    changes: dict[str, Any] = {}
    if finding.phase and finding.phase != case.phase and case.phase != "breached":
        changes["phase"] = finding.phase
    if finding.summary[:300] != case.summary and is_new:
        changes["summary"] = finding.summary[:300]
    if more and case.account_id is not None and not _belongs_to(case, case.account_id):
        changes["account"] = None
    if changes:
        text = finding.summary
        case_change(
            case,
            changes,
            verb="case.repeated",
            actor=SYSTEM,
            now=now,
            kind=EntryKind.SIGNAL,
            text=text,
            data=_source(cause),
        )
    elif is_new or more:
        case_news(case, {"occurrence"}, now=now)
    if case.snoozed_until is not None and ("phase" in changes or more):
        case = case_unsnooze(case, actor=SYSTEM, now=now, why=f"Woken: {finding.summary}")
    if is_new or more:
        price_soon(case)
    return case


def _repeat_merged(merged: Case, finding: Finding, *, cause: Cause, now: datetime) -> Case:
    top = case_locked(merged.merged_into_id or merged.pk)
    is_new = _occurrence_add(merged, finding, cause)
    more = _affect(merged, finding.shipments)
    if finding.phase and merged.phase != "breached":
        Case.objects.filter(pk=merged.pk).update(phase=finding.phase)
    if more:
        shipments_gather(top)
    if is_new:
        text = f"{merged.number}: {finding.summary}"
        case_change(
            top, {}, verb="case.repeated", actor=SYSTEM, now=now, kind=EntryKind.SIGNAL, text=text, data=_source(cause)
        )
    if top.snoozed_until is not None and (more or finding.phase != merged.phase):
        top = case_unsnooze(top, actor=SYSTEM, now=now, why=f"Woken: {finding.summary}")
    if is_new or more:
        price_soon(top)
    return top


def _merged(key: str) -> Case | None:
    """The case of a fingerprint that was merged into one that is still open."""
    merged = Case.objects.filter(fingerprint=key, state=CaseState.MERGED, merged_into__state__in=OPEN_STATES)
    return merged.order_by("-id").first()


def _open_or_flapping(key: str, now: datetime) -> Case | None:
    """The open case of a fingerprint, else the last one if it recovered by itself within the flap window."""
    last = Case.objects.filter(fingerprint=key).order_by("-id").first()
    still_open = Case.objects.filter(fingerprint=key, state__in=OPEN_STATES).first()
    if still_open is not None:
        return still_open
    if last is None or last.state != CaseState.RESOLVED or last.resolved_at is None:
        return None
    return last if now - last.resolved_at <= FLAP_WINDOW else None


def _covering_load_case(finding: Finding) -> Case | None:
    """A load's case of the same type that covers these shipments already: one cause, one case."""
    if finding.subject.kind == Subject.LOAD or not finding.shipments:
        return None
    return Case.objects.filter(
        type=finding.type,
        state__in=OPEN_STATES,
        subject_load__isnull=False,
        case_shipments__shipment=finding.shipments[0],
    ).first()


def _affect(case: Case, shipments: Iterable[int]) -> bool:
    """Note what the case touches; whether anything was new."""
    apart = CaseShipment.objects.filter(case__split_from=case, case__state__in=OPEN_STATES, shipment__in=shipments)
    wanted = set(shipments) - set(apart.values_list("shipment_id", flat=True))
    CaseShipment.objects.filter(case=case, shipment__in=wanted, through__isnull=False).update(through=None)
    new = wanted - set(CaseShipment.objects.filter(case=case).values_list("shipment_id", flat=True))
    CaseShipment.objects.bulk_create(
        [CaseShipment(case=case, shipment_id=pk) for pk in sorted(new)], ignore_conflicts=True
    )
    lines = ShipmentOrderLine.objects.filter(shipment__in=new)
    orders = sorted(set(lines.values_list("order_line__order_id", flat=True)))
    CaseOrder.objects.bulk_create([CaseOrder(case=case, order_id=pk) for pk in orders], ignore_conflicts=True)
    return bool(new)


def _belongs_to(case: Case, account_id: int) -> bool:
    """Whether all that it affects is of this customer; what several ride on is nobody's, and not for one's eyes only."""
    others = CaseShipment.objects.filter(case=case).exclude(shipment__customer=account_id)
    return not others.exists()


def _occurrence_add(case: Case, finding: Finding, cause: Cause) -> bool:
    """One row for each event or expectation; whether this one is new."""
    _, is_new = Occurrence.objects.get_or_create(
        case=case,
        rule=finding.type,
        event=cause.event,
        expectation=cause.expectation,
        defaults={"at": finding.at, "summary": finding.summary[:300], "data": cause.data},
    )
    return is_new


def _source(cause: Cause) -> dict[str, Any]:
    if cause.event is None:
        return {"rule": "expectation"}
    partner = cause.event.partner.name if cause.event.partner else ""
    return {"event": cause.event.pk, "source": partner}


def _subject_column(subject: SubjectRef) -> dict[str, int]:
    column = f"subject_{subject.kind}_id"
    return {column: subject.id}


def _next_number() -> int:
    sql = """
        INSERT INTO cases_casecounter (organisation_id, last) VALUES (%s, 1001)
        ON CONFLICT (organisation_id) DO UPDATE SET last = cases_casecounter.last + 1 RETURNING last
    """
    return int(rows(sql, [current_organisation_id()])[0][0])
