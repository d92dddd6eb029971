"""What the system holds to be true about a case: computed, never stored, in a fixed order, each with a digest.

Proposals and notices keep the digests of the facts they stand on. So a fact must not move by itself: nothing here
depends on the clock. `now` only says at which moment the answer is given.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from exceptions.cases.detection import time_outside
from exceptions.cases.models import Case, CaseOrder, CaseState
from exceptions.cases.services.recording import major
from exceptions.cases.services.state import Known, known_shipments
from exceptions.cases.taxonomy import UNKNOWN_REASON, Party, reason, reason_label, type_label
from exceptions.parties.models import Contact
from exceptions.shipments.canonical import EventType, RefType
from exceptions.shipments.models import (
    Appointment,
    Event,
    EventSubject,
    HandlingUnit,
    Milestone,
    MilestoneCode,
    MilestoneKind,
    PartyRole,
    PartyRoleKind,
    Reference,
)

INTERNAL, CUSTOMER = "internal", "customer"
# Types of facts; the shape of `value` for each:
# text, place, party, reference: the words. datetime: {"at", "zone", "place"}, or "2026-11-05" for a day without a clock.
# money: {"amount", "currency"}. count: {"count", "unit"}. temperature: {"degrees", "unit"}. code: {"code", "label"}.
KNOWN, ACCEPTED = "known", "accepted"

ASK_THE_CUSTOMER = ("book_redelivery", "reschedule_appointment", "agree_disposition")
TOLD_REFERENCES = (
    RefType.PO,
    RefType.ORDER,
    RefType.BOL,
    RefType.PRO,
    RefType.CONTAINER,
    RefType.AWB,
    RefType.BOOKING,
    RefType.TRACKING,
    RefType.CMR,
)
NEWS = (
    EventType.SHIPMENT_DELIVERY_ATTEMPTED,
    EventType.SHIPMENT_DAMAGED,
    EventType.SHIPMENT_COUNTED,
    EventType.SHIPMENT_REFUSED,
    EventType.SHIPMENT_RELEASED,
)


@dataclass(frozen=True)
class Fact:
    """One value with its source. audience: who may be told at most (internal, carrier, customer). state: known, or accepted by a named person."""

    key: str
    value: Any
    type: str
    source: str
    audience: str
    state: str = KNOWN

    @property
    def digest(self) -> str:
        """Changes when what is said changes; that another source says the same changes nothing."""
        content = json.dumps([self.key, self.value, self.type, self.audience, self.state], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()


def facts_for(case: Case, *, now: datetime, next_update_at: datetime | None = None) -> tuple[Fact, ...]:
    """All facts of a case, in the same order every time.

    A case about shipments of several customers tells outsiders nothing that is one of them's alone. next_update_at: as if
    the customer had been promised to hear by then.
    """
    known = known_shipments(case.case_shipments.values_list("shipment_id", flat=True))
    main = known[0] if known else None
    facts = [*_case_facts(case), *_promised(case, main, next_update_at)]
    if main is not None:
        is_shared = len({one.shipment.customer_id for one in known}) > 1
        facts += _reference_facts(case, known, is_shared)
        facts += _party_facts(main, is_shared)
        facts += _time_facts(main, is_shared)
        facts += _freight_facts(known, is_shared)
        facts += _news_facts(main, is_shared)
    return tuple(facts)


def facts_digest(facts: Iterable[Fact]) -> str:
    """One digest for all of them, in their order."""
    return hashlib.sha256("".join(fact.digest for fact in facts).encode()).hexdigest()


def fact_label(key: str) -> str:
    """The key for people: "eta_new" is "ETA new"."""
    words = key.replace("_", " ")
    short = {"po": "PO", "bol": "BOL", "pro": "PRO", "awb": "AWB", "cmr": "CMR", "eta new": "New ETA"}
    return short.get(words, words[:1].upper() + words[1:])


def _case_facts(case: Case) -> Iterator[Fact]:
    yield Fact("case", case.number, "reference", "case", CUSTOMER)
    yield Fact("case_type", _code(case.type, type_label(case.type)), "code", "detection", CUSTOMER)
    if case.reason_accepted_by_id is not None and case.reason != UNKNOWN_REASON:
        # What we did wrong ourselves is said in the house first.
        audience = INTERNAL if reason(case.reason).party == Party.US else CUSTOMER
        who = "accepted by a person"
        yield Fact("cause", _code(case.reason, reason_label(case.reason)), "code", who, audience, ACCEPTED)
        party = Party(case.responsible_party)
        yield Fact("responsible_party", _code(party, party.label), "code", who, INTERNAL, ACCEPTED)
    if case.act_by is not None and case.explanation.get("action") in ASK_THE_CUSTOMER:
        zone, place = case.explanation.get("zone") or "UTC", case.explanation.get("place", "")
        yield Fact("decide_by", _moment(case.act_by, zone, place), "datetime", "lead times", CUSTOMER)
    if case.priced_at is not None:
        yield Fact("at_risk", _money(major(case.at_risk), case.currency), "money", "contracts", INTERNAL)
        yield Fact("avoidable", _money(major(case.avoidable), case.currency), "money", "contracts", INTERNAL)
    if case.state == CaseState.RESOLVED and case.resolved_at is not None:
        yield Fact("recovered_at", _moment(case.resolved_at, "UTC", ""), "datetime", "case", CUSTOMER)


def _promised(case: Case, main: Known | None, at: datetime | None) -> Iterator[Fact]:
    """When the customer hears next. Once the case was priced after that time there is none: nobody can be told of it."""
    given = case.next_update_at
    if at is None and given is not None and (case.priced_at is None or case.priced_at < given):
        at = given
    if at is not None:
        zone, place = _clock_of(main) if main and main.stop else (case.organisation.time_zone, "")
        yield Fact("next_update", _moment(at, zone, place), "datetime", "promised update", CUSTOMER)


def _reference_facts(case: Case, known: list[Known], is_shared: bool) -> Iterator[Fact]:
    """The numbers of the first shipment, those of several customers for us only."""
    audience = INTERNAL if is_shared else CUSTOMER
    main = known[0].shipment
    yield Fact("shipment", main.number, "reference", "shipment", audience)
    found: dict[str, str] = {}
    for row in Reference.objects.filter(shipment=main).order_by("id"):
        found.setdefault(row.type, row.value)
    if RefType.ORDER not in found or RefType.PO not in found:
        orders = CaseOrder.objects.filter(case=case).order_by("order_id").values_list("order_id", "order__number")
        first = next(iter(orders), None)
        if first is not None:
            found.setdefault(RefType.ORDER, first[1])
            po = Reference.objects.filter(order=first[0], type=RefType.PO).order_by("id").first()
            if po is not None:
                found.setdefault(RefType.PO, po.value)
    for kind in TOLD_REFERENCES:
        if kind in found:
            yield Fact(str(kind), found[kind], "reference", "references", audience)
    if len(known) > 1:
        yield Fact("shipments", _count(len(known), "shipments"), "count", "case", INTERNAL)


def _party_facts(main: Known, is_shared: bool) -> Iterator[Fact]:
    audience = INTERNAL if is_shared else CUSTOMER
    if main.shipment.customer is not None:
        yield Fact("customer", main.shipment.customer.name, "party", "shipment", audience)
    consignee = (
        PartyRole.objects.filter(shipment=main.shipment, role=PartyRoleKind.CONSIGNEE).select_related("account").first()
    )
    if consignee is not None:
        yield Fact("consignee", consignee.account.name, "party", "shipment", audience)
    if main.carrier is not None:
        yield Fact("carrier", main.carrier.name, "party", "shipment", INTERNAL)
    accounts = [account.pk for account in (main.carrier, main.shipment.customer) if account is not None]
    names = Contact.objects.filter(account__in=accounts).order_by("account_id", "escalation_step", "id")
    for number, contact in enumerate(names[:6], start=1):
        yield Fact(f"contact_{number}", f"{contact.name} ({contact.get_role_display()})", "party", "contacts", INTERNAL)
    if main.stop is not None and main.stop.place:
        yield Fact("destination", main.stop.place, "place", "plan", audience)


def _time_facts(main: Known, is_shared: bool) -> Iterator[Fact]:
    stop, delivery = main.stop, main.state.delivery
    audience = INTERNAL if is_shared else CUSTOMER
    zone, place = _clock_of(main)
    if stop is not None and delivery is not None:
        if delivery.promised is not None:
            yield Fact("promised", _moment(delivery.promised, zone, place), "datetime", "plan", audience)
        estimates = Milestone.objects.filter(stop=stop, kind=MilestoneKind.ESTIMATED).order_by("code")
        estimate = next(iter(estimates), None)
        if estimate is not None and delivery.reached_at is None:
            yield Fact("eta_new", _moment(estimate.value, zone, place), "datetime", _by(estimate), audience)
            if delivery.promised is not None and estimate.value > delivery.promised:
                hours = Decimal((estimate.value - delivery.promised).total_seconds()) / 3600
                yield Fact("delay_hours", _count(round(hours, 1), "hours"), "count", _by(estimate), INTERNAL)
        for key, at in (("arrived_at", delivery.arrived), ("delivered_at", delivery.delivered)):
            if at is not None:
                yield Fact(key, _moment(at, zone, place), "datetime", "milestones", audience)
        appointment = Appointment.objects.filter(stop=stop).first()
        if appointment is not None and appointment.starts_at is not None:
            yield Fact("appointment", _moment(appointment.starts_at, zone, place), "datetime", "appointment", audience)
    departures = Milestone.objects.filter(
        stop__shipment=main.shipment,
        kind=MilestoneKind.ACTUAL,
        code__in=(MilestoneCode.PICKUP, MilestoneCode.DEPARTURE),
    ).select_related("stop")
    keys = {MilestoneCode.PICKUP: "picked_up_at", MilestoneCode.DEPARTURE: "departed_at"}
    told: set[str] = set()
    for row in departures.order_by("code", "-value"):
        key = keys[MilestoneCode(row.code)]
        if row.stop is not None and key not in told:
            told.add(key)
            yield Fact(key, _moment(row.value, row.stop.zone, row.stop.city), "datetime", _by(row), audience)
    if main.state.last_heard_at is not None:
        yield Fact("last_seen", _moment(main.state.last_heard_at, zone, place), "datetime", "events", audience)
    if main.state.last_free_at is not None:
        yield Fact("last_free_day", _moment(main.state.last_free_at, zone, place), "datetime", "equipment", audience)


def _freight_facts(known: list[Known], is_shared: bool) -> Iterator[Fact]:
    audience = INTERNAL if is_shared else CUSTOMER
    shipment = known[0].shipment
    units = list(HandlingUnit.objects.filter(shipment=shipment).order_by("sequence"))
    counts = [unit.count_shipped or unit.count_ordered or 0 for unit in units]
    if sum(counts):
        yield Fact("quantity", _count(sum(counts), units[0].kind), "count", "handling units", audience)
    if shipment.value is not None:
        yield Fact("value", _money(shipment.value, shipment.currency), "money", "shipment", INTERNAL)
    outside, worst = time_outside(known[0].state.readings, known[0].state.band)
    if worst is not None:
        unit = shipment.temperature_unit
        yield Fact("temperature", _temperature(worst, unit), "temperature", "temperature readings", audience)
        minutes = int(outside.total_seconds() // 60)
        yield Fact("minutes_outside", _count(minutes, "minutes"), "count", "temperature readings", audience)
    for key, limit in (("temperature_low", shipment.temperature_min), ("temperature_high", shipment.temperature_max)):
        if limit is not None:
            yield Fact(key, _temperature(float(limit), shipment.temperature_unit), "temperature", "shipment", audience)


def _news_facts(main: Known, is_shared: bool) -> Iterator[Fact]:
    audience = INTERNAL if is_shared else CUSTOMER
    zone, place = _clock_of(main)
    last: dict[str, Event] = {}
    subjects = EventSubject.objects.filter(
        shipment=main.shipment, event__type__in=NEWS, event__retracted_by=None
    ).select_related("event__partner")
    for subject in subjects.order_by("event__occurred_at", "event_id"):
        last[subject.event.type] = subject.event
    attempted = last.get(EventType.SHIPMENT_DELIVERY_ATTEMPTED) or last.get(EventType.SHIPMENT_REFUSED)
    if attempted is not None:
        yield Fact("attempt_at", _moment(attempted.occurred_at, zone, place), "datetime", _from(attempted), audience)
    damaged = last.get(EventType.SHIPMENT_DAMAGED)
    if damaged is not None and damaged.data.get("pieces"):
        count = _count(int(damaged.data["pieces"]), "pieces")
        yield Fact("damaged_quantity", count, "count", _from(damaged), audience)
    counted = last.get(EventType.SHIPMENT_COUNTED)
    if counted is not None and counted.data.get("expected") is not None:
        missing = int(counted.data["expected"]) - int(counted.data["counted"])
        if missing > 0:
            yield Fact("missing_quantity", _count(missing, "pieces"), "count", _from(counted), audience)
    released = last.get(EventType.SHIPMENT_RELEASED)
    if released is not None:
        yield Fact("released_at", _moment(released.occurred_at, zone, place), "datetime", _from(released), audience)


def _clock_of(main: Known) -> tuple[str, str]:
    """On whose clock the times of a shipment are told, and where that is."""
    return (main.stop.zone, main.stop.city or main.stop.name) if main.stop else ("UTC", "")


def _moment(at: datetime, zone: str, place: str) -> dict[str, str]:
    return {"at": at.isoformat(), "zone": zone, "place": place}


def _money(amount: Decimal, currency: str) -> dict[str, str]:
    return {"amount": f"{amount:.2f}", "currency": currency}


def _count(number: int | Decimal, unit: str) -> dict[str, str]:
    return {"count": str(number), "unit": unit}


def _temperature(degrees: float, unit: str) -> dict[str, str]:
    return {"degrees": f"{degrees:g}", "unit": unit or "C"}


def _code(code: str, label: str) -> dict[str, str]:
    return {"code": str(code), "label": str(label)}


def _by(milestone: Milestone) -> str:
    return milestone.source or "milestones"


def _from(event: Event) -> str:
    return event.partner.name if event.partner else "events"
