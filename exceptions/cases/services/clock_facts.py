"""What the clocks of contracts need to know besides `state`: ends of free time, cut-offs, papers, invoices, pauses.

Read for pricing only, for many cases with a fixed number of queries.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from exceptions.cases.models import Case, CasePause, EntryKind, TimelineEntry
from exceptions.cases.services.known_clocks import (
    HEARD,
    CaseClocks,
    ClockFacts,
    CutOff,
    Disputable,
    StopTimes,
    subject_of,
)
from exceptions.cases.services.state import Known
from exceptions.cases.taxonomy import reason_label
from exceptions.shipments.models import (
    Appointment,
    Charge,
    ChargeState,
    Leg,
    LoadShipment,
    LoadState,
    Milestone,
    MilestoneCode,
    MilestoneKind,
    Stop,
    StopKind,
)
from exceptions.sla.clocks import Pause
from exceptions.sla.kinds import SUBKINDS, Subkind, TermKind
from exceptions.sla.reach import case_types_of

# The types of case with a promise that is counted from times at stops, from cut-offs, from invoices.
FROM_STOPS = case_types_of(TermKind.PICKUP_WINDOW) | case_types_of(TermKind.FREE_TIME, Subkind.TRUCK_DETENTION)
FROM_CUT_OFFS = frozenset().union(*(case_types_of(TermKind.CUT_OFF, one) for one in SUBKINDS[TermKind.CUT_OFF]))
FROM_CHARGES = case_types_of(TermKind.DOCUMENT, Subkind.INVOICE_DISPUTE)
# Where the timeline says that the customer heard from us, and when: a notice to them that went out, a call that reached
# them. Nothing else does: one that was written, approved or called back told nobody anything.
HEARD_BY = (EntryKind.NOTICE, EntryKind.INTERACTION)
DISPUTED = (ChargeState.DISPUTED, ChargeState.RELEASED)


def case_clocks_of(cases: Collection[int]) -> dict[int, CaseClocks]:
    """By case. Two queries. A cause that nobody accepted, or that was withdrawn, is not here: it moves nothing."""
    pauses: dict[int, list[Pause]] = defaultdict(list)
    counting = CasePause.objects.filter(case__in=cases, accepted_by__isnull=False, withdrawn_at=None)
    for row in counting.order_by("pk"):
        cause = reason_label(row.reason)
        pauses[row.case_id].append(Pause(row.started_at, row.ended_at, row.notified_at, cause, row.pk))
    told: dict[int, list[datetime]] = defaultdict(list)
    words = TimelineEntry.objects.filter(case__in=cases, kind__in=HEARD_BY, data__has_key=HEARD)
    for case, at in words.order_by("pk").values_list("case_id", f"data__{HEARD}"):
        told[case].append(datetime.fromisoformat(at))
    return {case: CaseClocks(tuple(pauses[case]), tuple(sorted(told[case]))) for case in cases}


def with_clock_facts(known: Iterable[Known], asking: Iterable[tuple[Case, Collection[int]]]) -> list[Known]:
    """The same shipments with their clock facts. Seven queries at most, however many there are.

    asking: each case with the ids of its shipments. What no promise that its type can put at stake counts from is not
    read.
    """
    shipments = list(known)
    keys = {one.shipment.pk for one in shipments}
    stops_of, cut_offs_of, charges_of = set[int](), set[int](), set[int]()
    for case, ids in asking:
        if case.type in FROM_STOPS or subject_of(case, "appointment") is not None:
            stops_of |= keys.intersection(ids)
        if case.type in FROM_CUT_OFFS:
            cut_offs_of |= keys.intersection(ids)
        if case.type in FROM_CHARGES:
            charges_of |= keys.intersection(ids)
    if not (stops_of or cut_offs_of or charges_of):
        return shipments
    stops = _stops(stops_of) if stops_of else {}
    cut_offs = _cut_offs(cut_offs_of) if cut_offs_of else {}
    charges = _charges(charges_of, shipments) if charges_of else {}
    return [
        replace(
            one,
            clocks=ClockFacts(
                tuple(stops.get(one.shipment.pk, ())),
                tuple(cut_offs.get(one.shipment.pk, ())),
                tuple(charges.get(one.shipment.pk, ())),
            ),
        )
        for one in shipments
    ]


def _stops(keys: Collection[int]) -> Mapping[int, list[StopTimes]]:
    rows = list(
        Stop.objects.filter(shipment__in=keys, kind__in=(StopKind.PICKUP, StopKind.DELIVERY), dropped=False)
        .select_related("location")
        .order_by("sequence")
    )
    ids = [row.pk for row in rows]
    times: dict[int, dict[tuple[str, str], datetime]] = defaultdict(dict)
    for stop_id, kind, code, value in Milestone.objects.filter(stop__in=ids).values_list(
        "stop_id", "kind", "code", "value"
    ):
        if stop_id is not None:
            times[stop_id][kind, code] = value
    appointments = {one.stop_id: one for one in Appointment.objects.filter(stop__in=ids)}
    found: dict[int, list[StopTimes]] = defaultdict(list)
    for row in rows:
        if row.shipment_id is not None:
            found[row.shipment_id].append(_stop_times(row, times[row.pk], appointments.get(row.pk)))
    return found


def _stop_times(row: Stop, times: Mapping[tuple[str, str], datetime], appointment: Appointment | None) -> StopTimes:
    own = MilestoneCode.PICKUP if row.kind == StopKind.PICKUP else MilestoneCode.DELIVERY

    def first(kind: str, *codes: str) -> datetime | None:
        return next((times[kind, code] for code in codes if (kind, code) in times), None)

    departed = first(MilestoneKind.ACTUAL, MilestoneCode.DEPARTURE)
    holds = appointment.ends_at if appointment is not None and appointment.holds else None
    return StopTimes(
        stop=row,
        appointment=appointment.pk if appointment is not None else None,
        promised=holds or row.window_end or first(MilestoneKind.PROMISED, own, MilestoneCode.ARRIVAL),
        estimated=first(MilestoneKind.ESTIMATED, MilestoneCode.ARRIVAL, own),
        arrived=first(MilestoneKind.ACTUAL, MilestoneCode.ARRIVAL),
        done=first(MilestoneKind.ACTUAL, own) or (departed if own == MilestoneCode.PICKUP else None),
        departed=departed,
    )


def _charges(keys: Collection[int], known: Sequence[Known]) -> Mapping[int, list[Disputable]]:
    asked = [one for one in known if one.shipment.pk in keys]
    boxes = {one.equipment.pk: one.shipment.pk for one in asked if one.equipment is not None}
    rows = [
        *Charge.objects.filter(shipment__in=keys, invoiced_at__isnull=False).order_by("pk"),
        *Charge.objects.filter(equipment__in=list(boxes), invoiced_at__isnull=False).order_by("pk"),
    ]
    found: dict[int, list[Disputable]] = defaultdict(list)
    for row in rows:
        over = row.amount - (row.agreed_amount or Decimal(0))
        key = row.shipment_id if row.shipment_id is not None else boxes.get(row.equipment_id or 0)
        if key is not None and over > 0 and row.state != ChargeState.APPROVED:
            found[key].append(
                Disputable(
                    row.pk,
                    row.invoice_number or str(row.pk),
                    over,
                    row.currency,
                    row.invoiced_at,
                    row.dispute_until,
                    row.state in DISPUTED,
                )
            )
    return found


def _cut_offs(keys: Collection[int]) -> Mapping[int, list[CutOff]]:
    found: dict[int, list[CutOff]] = defaultdict(list)
    legs = list(Leg.objects.filter(shipment__in=keys).select_related("origin").order_by("sequence"))
    origins = [leg.origin_id for leg in legs if leg.cutoffs and leg.origin_id is not None]
    done: dict[int, dict[str, datetime]] = defaultdict(dict)
    actual = Milestone.objects.filter(stop__in=origins, kind=MilestoneKind.ACTUAL)
    for stop_id, code, value in actual.values_list("stop_id", "code", "value"):
        if stop_id is not None:
            done[stop_id][code] = value
    for leg in legs:
        times = done[leg.origin_id] if leg.origin_id is not None else {}
        zone, place = (leg.origin.zone, leg.origin.city or leg.origin.name) if leg.origin else ("UTC", "")
        for entry in leg.cutoffs:
            at = datetime.fromisoformat(str(entry["at"]))
            found[leg.shipment_id].append(
                CutOff(
                    f"{leg.pk}:{entry['kind']}", entry["kind"], at, _handed_in(entry["kind"], at, times), zone, place
                )
            )
    tendered = LoadShipment.objects.filter(shipment__in=keys, load__respond_by__isnull=False).select_related("load")
    for ride in tendered.order_by("pk"):
        load = ride.load
        if load.respond_by is not None:
            kept = load.state_at if load.state == LoadState.ACCEPTED else None
            found[ride.shipment_id].append(CutOff(f"{load.pk}:tender", "tender", load.respond_by, kept))
    return found


def _handed_in(kind: str, at: datetime, times: Mapping[str, datetime]) -> datetime | None:
    """Gate-in is reported for a gate; for the rest, a leg that has left took what had to be there in time."""
    if kind == "gate" and MilestoneCode.GATE_IN in times:
        return times[MilestoneCode.GATE_IN]
    return at if MilestoneCode.DEPARTURE in times else None
