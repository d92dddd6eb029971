"""Free-time clocks of equipment from whole histories."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from exceptions.shipments.canonical import EventType, normalised
from exceptions.shipments.histories import EquipmentRow, EventRow, History
from exceptions.shipments.models import Equipment
from exceptions.shipments.precedence import Report, winner
from exceptions.shipments.projection import moment_of
from exceptions.shipments.services.bulk import rows_update
from exceptions.shipments.services.told import plan_in_force

_CLOCKS: Final = {
    "discharged_at": EventType.EQUIPMENT_DISCHARGED,
    "available_at": EventType.EQUIPMENT_AVAILABLE,
    "gated_out_at": EventType.EQUIPMENT_GATED_OUT,
    "returned_at": EventType.EQUIPMENT_RETURNED,
}
_LIMITS: Final = ("last_free_at", "return_by")
_COLUMNS: Final = (*_CLOCKS, *_LIMITS)


def equipment_project(histories: Mapping[int, History]) -> None:
    """Bring the clocks in line. A piece on a load is judged by what was said of all that rides it, so the histories hold
    all of its riders or none of them says anything new of it."""
    about: dict[int, dict[int, EventRow]] = {}
    plans: dict[int, dict[int, EventRow]] = {}
    pieces: dict[int, EquipmentRow] = {}
    for history in histories.values():
        for piece in history.equipment:
            pieces[piece.id] = piece
            alone = len(history.equipment) == 1
            said = about.setdefault(piece.id, {})
            said |= {row.id: row for row in history.events if _is_about(row, piece, history, alone=alone)}
            plans.setdefault(piece.id, {}).update((row.id, row) for row in _plans(history, piece))
    changed = []
    standing: dict[int, EquipmentRow] = {}
    for pk, piece in pieces.items():
        standing[pk] = piece._replace(**_clocks(piece, list(about[pk].values()), plans[pk].values()))
        if standing[pk] != piece:
            changed.append((pk, *(getattr(standing[pk], name) for name in _COLUMNS)))
    for history in histories.values():
        history.equipment = [standing[piece.id] for piece in history.equipment]
    rows_update(Equipment, _COLUMNS, changed)


def _is_about(row: EventRow, piece: EquipmentRow, history: History, *, alone: bool) -> bool:
    if row.retracted or not row.type.startswith("equipment."):
        return False
    named = history.numbers.get(row.id)
    return normalised(piece.number) in named if named else alone


def _plans(history: History, piece: EquipmentRow) -> Iterable[EventRow]:
    """The plans that may say something of its free time: the booking in force, and those of its load."""
    if (plan := plan_in_force(history)) is not None:
        yield plan
    if piece.load_id is not None:
        yield from (
            row for row in history.events if row.type == EventType.LOAD_PLANNED and row.load_id == piece.load_id
        )


def _clocks(piece: EquipmentRow, about: list[EventRow], plans: Iterable[EventRow]) -> dict[str, Any]:
    clocks: dict[str, Any] = {}
    for column, event_type in _CLOCKS.items():
        best = winner(
            Report(row.occurred_at, row.source_rank, row.reported_at, row.digest)
            for row in about
            if row.type == event_type
        )
        clocks[column] = best.value if best is not None else None
    said: list[tuple[EventRow, Mapping[str, Any]]] = [(row, row.data) for row in about]
    number = normalised(piece.number)
    for row in plans:
        said += [(row, one) for one in row.data.get("equipment", ()) if normalised(one["number"]) == number]
    for column in _LIMITS:
        limits = [(row.reported_at, row.digest, moment_of(data.get(column))) for row, data in said if data.get(column)]
        clocks[column] = max(limits)[2] if limits else None
    return clocks
