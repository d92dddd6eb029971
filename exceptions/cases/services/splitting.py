"""A case of several shipments is taken apart where one of them needs a way of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from controltower.audit import Actor
from controltower.errors import Conflict, Invalid
from exceptions.cases.detection import Finding, SubjectRef, fingerprint
from exceptions.cases.models import OPEN_STATES, Case, CaseOrder, CaseShipment, CaseState
from exceptions.cases.services.merging import account_of
from exceptions.cases.services.opening import case_open
from exceptions.cases.services.recording import case_change, case_locked, person, price_soon
from exceptions.cases.services.state import Known, known_shipments
from exceptions.cases.taxonomy import Severity, Subject, case_type
from exceptions.shipments.models import ShipmentOrderLine

KEPT = ("reason", "responsible_party", "excusable", "reason_accepted_by", "reason_accepted_at", "owner")


def case_split(
    case: Case, shipments: Sequence[int], *, actor: Actor, now: datetime, version: int | None = None
) -> list[Case]:
    """A case of its own for each of these shipments (by id), with type, cause and owner of the one they leave.

    At least one shipment stays. While the new case is open, findings about the whole load leave its shipment alone.
    To take it back, merge the new cases into the old one.
    """
    person(actor)
    case = case_locked(case, version=version)
    if not case.is_open:
        raise Conflict(f"{case.number} is {case.get_state_display().lower()} already.", code="case_not_open")
    held = set(CaseShipment.objects.filter(case=case, through=None).values_list("shipment_id", flat=True))
    leaving = sorted(set(shipments) & held)
    if not leaving:
        raise Invalid("Choose the shipments that get a case of their own.", code="split_nothing")
    if len(leaving) == len(held):
        raise Invalid("At least one shipment stays with the case.", code="split_everything")
    made = [_own_case(case, one, actor, now) for one in known_shipments(leaving)]
    CaseShipment.objects.filter(case=case, shipment__in=leaving).delete()
    staying = ShipmentOrderLine.objects.filter(shipment__in=held - set(leaving)).values("order_line__order")
    CaseOrder.objects.filter(case=case, through=None).exclude(order__in=staying).delete()
    numbers = ", ".join(child.number for child in made)
    text = f"{actor.name} split off {numbers}"
    case_change(case, {"account": account_of(case)}, verb="case.split", actor=actor, now=now, text=text)
    price_soon(case)
    return made


def _own_case(case: Case, known: Known, actor: Actor, now: datetime) -> Case:
    subject = _subject_of(case.type, known)
    twin = Case.objects.filter(fingerprint=fingerprint(case.type, subject), state__in=OPEN_STATES).first()
    if twin is not None:
        raise Conflict(
            f"{twin.number} is open about {known.shipment.number} already. Merge it instead.",
            code="case_open_elsewhere",
        )
    finding = Finding(
        type=case.type,
        subject=subject,
        shipments=(known.shipment.pk,),
        at=now,
        summary=case.summary,
        severity=Severity(case.severity),
        phase=case.phase,
    )
    child = case_open(finding, known=[known], now=now)
    # It is awake also where the other sleeps: somebody is looking at it.
    state = CaseState.OPEN if case.owner_id else CaseState.NEW
    changes = {"split_from": case, "state": state, **{name: getattr(case, name) for name in KEPT}}
    text = f"Split off {case.number} by {actor.name}"
    return case_change(child, changes, verb="case.split_off", actor=actor, now=now, text=text)


def _subject_of(type_code: str, known: Known) -> SubjectRef:
    """What detection would hold such a finding about one shipment against: its last stop, or itself."""
    delivery = known.state.delivery
    if delivery is not None and case_type(type_code).subject in (Subject.STOP, Subject.APPOINTMENT):
        return SubjectRef(Subject.STOP, delivery.stop_id)
    return SubjectRef(Subject.SHIPMENT, known.shipment.pk)
