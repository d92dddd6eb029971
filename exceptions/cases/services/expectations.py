"""Makes absence visible: what must happen gets a row with a due time, and events move or clear it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from exceptions.cases.detection import ARRIVAL, FREE_TIME, SILENCE, ExpiredExpectation
from exceptions.cases.models import Expectation, ExpectationKind
from exceptions.cases.services.state import Known
from exceptions.shipments.models import Event, MilestoneCode, ShipmentStatus
from exceptions.sla.defaults import ARRIVAL_TOLERANCE, FREE_TIME_NOTICE, SILENCE_LIMITS

MOVING = (ShipmentStatus.IN_TRANSIT, ShipmentStatus.OUT_FOR_DELIVERY)
OVER = (ShipmentStatus.DELIVERED, ShipmentStatus.RETURNED, ShipmentStatus.CANCELLED)


@dataclass(frozen=True)
class Wanted:
    """What is expected of a shipment now. due_at None: nothing any more."""

    key: str
    kind: ExpectationKind
    code: str
    due_at: datetime | None
    stop_id: int | None = None
    leg_id: int | None = None


def expectations_update(known: Known, *, event: Event | None) -> None:
    """Bring the shipment's expectations in line with what is known; `event` is what cleared those that go."""
    for wanted in wanted_of(known):
        _bring_in_line(known, wanted, event)


def wanted_of(known: Known) -> list[Wanted]:
    """The three absences that are watched: no arrival, no signal, no gate-out."""
    shipment, state = known.shipment, known.state
    is_over = shipment.status in OVER
    found = []
    if state.delivery is not None:
        promised = state.delivery.promised
        waits = promised is not None and state.delivery.reached_at is None and not is_over
        due = promised + ARRIVAL_TOLERANCE if promised and waits else None
        key = f"stop:{state.delivery.stop_id}:shipment:{shipment.pk}:arrival"
        found.append(Wanted(key, ExpectationKind.MILESTONE, MilestoneCode.ARRIVAL, due, state.delivery.stop_id))
    heard, moving = state.last_heard_at, shipment.status in MOVING
    due = heard + silence_limit(shipment.mode) if heard and moving else None
    found.append(Wanted(f"shipment:{shipment.pk}:signal", ExpectationKind.SIGNAL, "", due, leg_id=state.leg_id))
    if state.equipment_id is not None:
        last_free = state.last_free_at if state.gated_out_at is None and not is_over else None
        due = last_free - FREE_TIME_NOTICE if last_free else None
        key = f"equipment:{state.equipment_id}:gate_out"
        found.append(Wanted(key, ExpectationKind.MILESTONE, MilestoneCode.GATE_OUT, due))
    return found


def silence_limit(mode: str) -> timedelta:
    """How long a shipment of this mode may say nothing."""
    return SILENCE_LIMITS.get(mode, SILENCE_LIMITS[""])


def expired(expectation: Expectation) -> ExpiredExpectation:
    """The row in the words of the rules."""
    if expectation.kind == ExpectationKind.SIGNAL:
        return ExpiredExpectation(SILENCE, expectation.due_at)
    kind = FREE_TIME if expectation.code == MilestoneCode.GATE_OUT else ARRIVAL
    return ExpiredExpectation(kind, expectation.due_at)


def heard_since(known: Known, expectation: Expectation) -> bool:
    """Whether a signal came while the silence was being noticed: then it is none."""
    heard = known.state.last_heard_at
    if expectation.kind != ExpectationKind.SIGNAL or heard is None:
        return False
    return heard + silence_limit(known.shipment.mode) > expectation.due_at


def _bring_in_line(known: Known, wanted: Wanted, event: Event | None) -> None:
    rows = Expectation.objects.filter(key=wanted.key)
    still_open = rows.filter(cleared_at=None, expired_at=None)
    if wanted.due_at is None:
        if event is not None:
            still_open.update(cleared_at=event.recorded_at, cleared_by=event)
        return
    if (
        still_open.update(due_at=wanted.due_at)
        or rows.filter(expired_at__isnull=False, due_at__gte=wanted.due_at).exists()
    ):
        return
    try:
        with transaction.atomic():
            Expectation.objects.create(
                shipment=known.shipment,
                stop_id=wanted.stop_id,
                leg_id=wanted.leg_id,
                kind=wanted.kind,
                code=wanted.code,
                key=wanted.key,
                due_at=wanted.due_at,
            )
    except IntegrityError:
        # Another signal made the row in the meantime; the later due time is settled by the next signal.
        still_open.update(due_at=wanted.due_at)
