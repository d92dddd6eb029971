"""Stored histories in the words of the rules. A fixed number of queries, whatever the number of shipments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db.models import Q

from exceptions.cases.detection import (
    AppointmentFacts,
    ChargeFacts,
    EquipmentFacts,
    LegFacts,
    ShipmentHistory,
    StopFacts,
    Told,
    UnitFacts,
)
from exceptions.cases.services.gaps import Gaps
from exceptions.parties.models import Account, Location
from exceptions.shipments.canonical import EventType
from exceptions.shipments.histories import EventRow, History, histories
from exceptions.shipments.models import Charge, LoadShipment, PartyRoleKind
from exceptions.shipments.projection import StopView

# Control Tower's own words among the events (`services.holding`): no partner says them, whatever code it sends.
OURS: Final = "control_tower"
ON_THE_WAY: Final = frozenset(
    {EventType.SHIPMENT_SCANNED, EventType.SHIPMENT_ETA_CHANGED, EventType.SHIPMENT_TEMPERATURE_READ}
)
CARRIERS: Final = (PartyRoleKind.ACTUAL_CARRIER, PartyRoleKind.CONTRACTED_CARRIER)


def shipment_histories(
    ids: Collection[int], gaps: Gaps, read: Mapping[int, History] | None = None
) -> dict[int, ShipmentHistory]:
    """By id. A shipment that turned out to be another one is that one. `read`: histories that the caller has in hand."""
    rows = {key: read[key] for key in ids if key in read} if read else {}
    rows |= histories(set(ids) - set(rows))
    moved = {row.shipment.continued_as_id for row in rows.values() if row.shipment.continued_as_id is not None}
    if moved:
        rows = {key: row for key, row in rows.items() if row.shipment.continued_as_id is None}
        rows |= histories(moved - set(rows))
    if not rows:
        return {}
    accounts = account_ways({row.shipment.customer_id for row in rows.values() if row.shipment.customer_id is not None})
    shared = _shared({load.id for row in rows.values() for load in row.loads})
    wanting = _wanting_appointments(rows.values())
    charges = _charges(rows)
    return {key: _history(row, gaps, accounts, shared, wanting, charges.get(key, [])) for key, row in rows.items()}


def account_ways(customers: Collection[int]) -> dict[int, tuple[int, ...]]:
    """Each account's way from the root of its tree to itself."""
    paths = Account.objects.filter(pk__in=customers).values_list("pk", "path") if customers else ()
    return {key: tuple(int(step) for step in path.strip("/").split("/") if step) or (key,) for key, path in paths}


def told_of(row: EventRow) -> Told:
    return Told(
        row.id,
        row.type,
        row.occurred_at,
        row.reported_at,
        row.digest,
        row.data,
        row.source_text,
        row.place,
        row.load_id,
        row.recorded_at,
        row.partner_id is None and row.source_code == OURS,
    )


def _history(
    row: History,
    gaps: Gaps,
    accounts: Mapping[int, tuple[int, ...]],
    shared: frozenset[int],
    wanting: frozenset[int],
    charges: list[ChargeFacts],
) -> ShipmentHistory:
    shipment = row.shipment
    carrier = _carrier(row)
    is_lost = any(event.type == EventType.SHIPMENT_LOST for event in row.events)
    return ShipmentHistory(
        id=shipment.id,
        mode=shipment.mode,
        status=shipment.status,
        status_at=shipment.status_at,
        lane=shipment.lane,
        accounts=accounts.get(shipment.customer_id or 0, ()),
        carrier=carrier,
        band=(_number(shipment.temperature_min), _number(shipment.temperature_max)),
        unit=shipment.temperature_unit,
        heard_at=shipment.last_heard_at,
        heard=shipment.last_event_id,
        gap=gaps.of(carrier, shipment.mode, shipment.lane),
        lags=gaps.lags_of(carrier, shipment.mode, shipment.lane),
        is_tracked=gaps.is_learned(carrier, shipment.mode, shipment.lane) or _is_tracked(row),
        stops=_stops(row, wanting),
        legs=tuple(
            LegFacts(leg.id, leg.sequence, leg.mode, leg.origin_id, leg.destination_id, _due(leg.cutoffs, "at"))
            for leg in row.legs
        ),
        equipment=tuple(
            EquipmentFacts(
                piece.id,
                piece.number,
                piece.seal,
                piece.last_free_at,
                piece.gated_out_at,
                piece.return_by,
                piece.returned_at,
            )
            for piece in row.equipment
        ),
        units={
            unit.sequence: UnitFacts(unit.id, unit.count_ordered if unit.count_shipped is None else unit.count_shipped)
            for unit in row.units
        },
        documents=_due(shipment.documents, "due_at"),
        charges=charges,
        shared=frozenset(load.id for load in row.loads) & shared,
        events=tuple(told_of(event) for event in row.events if _counts(event, shipment.last_event_id, is_lost)),
        named=row.numbers,
    )


def _counts(event: EventRow, heard: int | None, is_lost: bool) -> bool:
    """Scans on the way say only that something was heard, unless the freight is missing."""
    if event.retracted:
        return False
    return event.type != EventType.SHIPMENT_SCANNED or is_lost or event.id == heard


def _is_tracked(row: History) -> bool:
    """Whether somebody keeps reporting on its way: a single scan is no custom. Positions stand in no history, so a last
    signal that is not in it is one."""
    if len({event.occurred_at for event in row.events if event.type in ON_THE_WAY and not event.retracted}) > 1:
        return True
    last = row.shipment.last_event_id
    return last is not None and all(event.id != last for event in row.events)


def _stops(row: History, wanting: frozenset[int]) -> tuple[StopFacts, ...]:
    times: dict[int, dict[tuple[str, str], datetime]] = defaultdict(dict)
    reported: dict[int, dict[str, datetime]] = defaultdict(dict)
    for (stop_id, kind, code), milestone in row.milestones.items():
        times[stop_id][kind, code] = milestone.value
        if kind == "estimated":
            reported[stop_id][code] = milestone.reported_at
    found = []
    for stop in row.stops:
        slot = row.appointments.get(stop.id)
        found.append(
            StopFacts(
                StopView(
                    stop.id, stop.sequence, stop.kind, stop.name, stop.city, stop.region, stop.country, stop.unlocode
                ),
                stop.window_start,
                stop.window_end,
                times[stop.id],
                reported[stop.id],
                AppointmentFacts(slot.id, slot.state, slot.number, slot.starts_at, slot.ends_at) if slot else None,
                stop.location_id in wanting,
            )
        )
    return tuple(found)


def _due(rows: Iterable[Mapping[str, str]], key: str) -> tuple[tuple[str, datetime], ...]:
    return tuple((row["kind"], datetime.fromisoformat(row[key])) for row in rows)


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _carrier(row: History) -> int | None:
    """Who carries the main leg (the last one of the shipment's mode, else the last): its carrier, else its load's, else
    the one named for the shipment."""
    main = [leg for leg in row.legs if leg.mode == row.shipment.mode] or row.legs
    found = [leg.carrier_id for leg in main[-1:]] + [load.carrier_id for load in row.loads]
    found += [account for kind in CARRIERS for role, account in row.roles if role == kind]
    return next((account for account in found if account is not None), None)


def _shared(loads: Collection[int]) -> frozenset[int]:
    """Those of the loads that more than one shipment rides."""
    if not loads:
        return frozenset()
    seen: set[int] = set()
    twice: set[int] = set()
    for load_id in LoadShipment.objects.filter(load__in=loads).values_list("load_id", flat=True):
        (twice if load_id in seen else seen).add(load_id)
    return frozenset(twice)


def _wanting_appointments(rows: Iterable[History]) -> frozenset[int]:
    """Locations that take freight by appointment only."""
    places = {stop.location_id for row in rows for stop in row.stops if stop.location_id is not None}
    if not places:
        return frozenset()
    ruled = Location.objects.filter(pk__in=places).exclude(appointment_rule="")
    return frozenset(ruled.values_list("pk", flat=True))


def _charges(rows: Mapping[int, History]) -> dict[int, list[ChargeFacts]]:
    """The charges of shipments that were invoiced, their loads' included; only asked for where an invoice came."""
    invoiced = {
        key: row for key, row in rows.items() if any(event.type == EventType.INVOICE_ISSUED for event in row.events)
    }
    if not invoiced:
        return {}
    by_load: dict[int, list[int]] = defaultdict(list)
    for key, row in invoiced.items():
        for load in row.loads:
            by_load[load.id].append(key)
    own = list(Charge.objects.filter(Q(shipment__in=invoiced) | Q(load__in=by_load)).order_by("pk"))
    numbers = {charge.invoice_number for charge in own}
    twins: dict[tuple[int | None, str], set[str]] = defaultdict(set)
    for charge in Charge.objects.filter(invoice_number__in=numbers).select_related("shipment", "load", "equipment"):
        twins[charge.payee_id, charge.invoice_number].add(str(charge.shipment or charge.load or charge.equipment))
    found: dict[int, list[ChargeFacts]] = defaultdict(list)
    for charge in own:
        subject = str(charge.shipment or charge.load)
        others = sorted(twins[charge.payee_id, charge.invoice_number] - {subject})
        facts = ChargeFacts(
            charge.pk,
            charge.invoice_number,
            charge.kind,
            charge.state,
            charge.amount,
            charge.agreed_amount,
            charge.currency,
            charge.event_id,
            charge.description,
            ", ".join(others),
        )
        for key in [charge.shipment_id] if charge.shipment_id is not None else by_load.get(charge.load_id or 0, []):
            found[key].append(facts)
    return found
