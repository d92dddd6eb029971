"""Makes absence visible: what must happen gets a row with a due time, and events move or clear it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

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


def expectations_update(everything: Iterable[Known], *, event: Event) -> None:
    """Bring the expectations of shipments in line with what is known; `event` is what cleared those that go.

    Most signals change little of it, so what stands is read first and only what differs is written.
    """
    wanted = {want.key: (known, want) for known in everything for want in wanted_of(known)}
    waiting: dict[str, Expectation] = {}
    ran_out: dict[str, datetime] = {}
    for held in Expectation.objects.filter(key__in=wanted, cleared_at=None):
        if held.expired_at is None:
            waiting[held.key] = held
        else:
            ran_out[held.key] = max(held.due_at, ran_out.get(held.key, held.due_at))
    new = []
    for key, (known, want) in wanted.items():
        row = waiting.get(key)
        if row is not None:
            if _bring_in_line(row, want, event):
                continue
            ran_out[key] = max(row.due_at, ran_out.get(key, row.due_at))
        if want.due_at is not None and (key not in ran_out or ran_out[key] < want.due_at):
            new.append(_row(known, want, want.due_at))
    # Another signal may have made one in the meantime; the later due time is settled by the next signal.
    Expectation.objects.bulk_create(new, ignore_conflicts=True)


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


def _bring_in_line(row: Expectation, wanted: Wanted, event: Event) -> bool:
    """Move or clear one that waits. False when it ran out while we looked."""
    if row.due_at == wanted.due_at:
        return True
    still_open = Expectation.objects.filter(pk=row.pk, cleared_at=None, expired_at=None)
    if wanted.due_at is None:
        return bool(still_open.update(cleared_at=event.recorded_at, cleared_by=event))
    return bool(still_open.update(due_at=wanted.due_at))


def _row(known: Known, wanted: Wanted, due_at: datetime) -> Expectation:
    return Expectation(
        shipment=known.shipment,
        stop_id=wanted.stop_id,
        leg_id=wanted.leg_id,
        kind=wanted.kind,
        code=wanted.code,
        key=wanted.key,
        due_at=due_at,
    )
