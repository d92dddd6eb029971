"""The rows of a case's page, built from what its few queries read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q

from controltower.tenancy.permissions import Verb
from controltower.tenancy.viewer import Viewer
from exceptions.cases.facts import Fact
from exceptions.cases.models import (
    Case,
    CaseState,
    EntryKind,
    InteractionOutcome,
    StakeState,
)
from exceptions.cases.selectors.counting import COUNTED
from exceptions.cases.selectors.rows import (
    AffectedRow,
    CheckRow,
    ContactRow,
    StakeRow,
    StripStop,
    TimelineRow,
    UpdateRow,
)
from exceptions.cases.services.headline import QUOTED_FIRST
from exceptions.cases.services.promises.of_case import GIVEN
from exceptions.parties.models import Contact
from exceptions.shipments.canonical import RefType
from exceptions.shipments.models import (
    AppointmentState,
    MilestoneCode,
    MilestoneKind,
    PartyRoleKind,
    Stop,
)
from exceptions.sla.calendars import calendar_from_data
from exceptions.sla.explaining import clock, money

CONTACTS_SHOWN = 12
KINDS = {
    EntryKind.OPENED: "signal",
    EntryKind.SIGNAL: "signal",
    EntryKind.STATE: "person",
    EntryKind.CLASSIFIED: "proposal",
    EntryKind.PRICED: "money",
    EntryKind.NOTE: "note",
    EntryKind.INTERACTION: "interaction",
    EntryKind.NOTICE: "interaction",
    EntryKind.PROPOSAL: "proposal",
    EntryKind.DOCUMENT: "signal",
    EntryKind.ESCALATION: "check",
}


@dataclass(frozen=True)
class StopTimes:
    """A stop with the times that hold there, by (kind, code)."""

    row: Stop
    times: dict[tuple[str, str], datetime]
    appointment: str

    def best(self, kind: str) -> datetime | None:
        codes = (MilestoneCode.ARRIVAL, MilestoneCode.DELIVERY, MilestoneCode.PICKUP, MilestoneCode.DEPARTURE)
        return next((self.times[kind, code] for code in codes if (kind, code) in self.times), None)


def strip_of(case: Case, stops: list[StopTimes], now: datetime) -> list[StripStop]:
    """The route of the load, where the case is about one and it has stops, else of the first shipment."""
    of_load = [stop for stop in stops if stop.row.load_id is not None]
    first = next((stop.row.shipment_id for stop in stops if stop.row.shipment_id is not None), None)
    shown = of_load or [stop for stop in stops if stop.row.shipment_id == first]
    has_current = False
    strip = []
    for stop in reversed(shown):
        actual = stop.best(MilestoneKind.ACTUAL)
        ends = stop.row.window_end
        state = "done" if actual else "ahead"
        if actual and not has_current:
            here = stop is not shown[-1] and (MilestoneKind.ACTUAL, MilestoneCode.DEPARTURE) not in stop.times
            has_current, state = True, "current" if here else "done"
        expected = stop.best(MilestoneKind.ESTIMATED)
        if not actual and ends is not None and (ends < now or (expected is not None and expected > ends)):
            state = "late"
        strip.append(
            StripStop(
                place=stop.row.place,
                kind_label=stop.row.get_kind_display(),
                zone=stop.row.zone,
                state=state,
                window_start=stop.row.window_start,
                window_end=ends,
                planned=stop.best(MilestoneKind.PLANNED),
                estimated=expected,
                actual=actual,
                appointment=stop.appointment,
                is_subject=stop.row.pk == case.subject_stop_id,
            )
        )
    return strip[::-1]


def affected_row(row: dict[str, Any], stops: list[StopTimes], stakes: list[dict[str, Any]]) -> AffectedRow:
    own = [stop for stop in stops if stop.row.shipment_id == row["shipment"]]
    stop = own[-1] if own else next((stop for stop in reversed(stops) if stop.row.load_id is not None), None)
    priced = [stake for stake in stakes if stake["shipment"] == row["shipment"]]
    still_open = [stake for stake in priced if stake["state"] == StakeState.OPEN]
    return AffectedRow(
        number=row["number"],
        customer=row["customer"] or "",
        references=_quoted(row["references"]),
        destination=stop.row.place if stop else "",
        zone=stop.row.zone if stop else "UTC",
        promised=stop.row.window_end if stop else None,
        estimated=stop.best(MilestoneKind.ESTIMATED) if stop else None,
        at_risk=Decimal(round(sum(stake["payable"] * stake["p_idle"] for stake in still_open))) / 100,
        currency=priced[0]["currency"] if priced else "",
        matters=bool(priced),
    )


def stake_row(stake: dict[str, Any]) -> StakeRow:
    current = stake["options"][stake["current"]] if stake["current"] is not None else None
    source = f"{stake['term']} · {stake['contract']}, version {stake['version']}"
    return StakeRow(
        sentence=stake["label"],
        promise=source if stake["term"] is not None else f"{stake['promise']}, house rate",
        state=StakeState(stake["state"]).label.lower(),
        books_at=instant(stake["books_at"]),
        zone=stake["zone"] or "",
        place=stake["city"] or stake["stop"] or "",
        payable=Decimal(stake["payable"]) / 100,
        recoverable=Decimal(stake["recoverable"]) / 100,
        saves=Decimal(stake["saves"]) / 100,
        currency=stake["currency"],
        action=current["label"] if current else "",
        act_by=instant(stake["act_by"]) if stake["act_by"] else None,
        shipment=stake["shipment_number"] or "",
    )


def timeline_row(entry: dict[str, Any]) -> TimelineRow:
    title, _, rest = entry["text"].partition(": ") if entry["kind"] != EntryKind.NOTE else ("Note", "", entry["text"])
    is_person = entry["actor"] == "member"
    return TimelineRow(
        at=instant(entry["at"]),
        kind="rule" if entry["kind"] == EntryKind.STATE and not is_person else KINDS[EntryKind(entry["kind"])],
        title=title,
        text=rest,
        who=entry["who"],
        is_by_person=is_person,
        source=entry["source"] or "",
    )


def check_row(parts: dict[str, Any] | None, now: datetime) -> CheckRow | None:
    if not parts:
        return None
    due = instant(parts["due_at"])
    return CheckRow(parts["id"], due, parts["expects"], parts["who"] or "", due <= now)


def update_row(case: Any, stops: list[StopTimes], now: datetime) -> UpdateRow | None:
    """When the customer of an open case hears next, on the clock of the last stop of its first shipment.

    Of a case that was read with `update_parts`: the newest period that was priced, kept or not.
    """
    given, parts = case.next_update_at, case.update_parts
    if parts and parts["term"] is None and given is None:
        parts = None  # what a person had promised, and is settled
    if not case.is_open or (given is None and not parts):
        return None
    due = instant(parts["due_at"]) if parts else given
    first = next((stop.row.shipment_id for stop in stops if stop.row.shipment_id is not None), None)
    last = next((stop.row for stop in reversed(stops) if stop.row.shipment_id == first and first is not None), None)
    return UpdateRow(
        due_at=due,
        is_missed=due <= now,
        is_promised=due == given or bool(parts and parts["promise"].startswith(GIVEN.text)),
        then_at=given if given is not None and given > due else None,
        zone=last.zone if last else "",
        place=(last.city or last.name) if last else "",
    )


def contact_rows(case: Any, affected: list[dict[str, Any]], stops: list[StopTimes], now: datetime) -> list[ContactRow]:
    """Whom to call: the carrier's dispatch first, then the receiver, then the customer; each by escalation step."""
    order: dict[int, int] = {}
    for row in affected:
        for part in row["carriers"]:
            order.setdefault(part["account"], 1 if part["role"] == PartyRoleKind.CONSIGNEE else 0)
        if row["customer_id"] is not None:
            order.setdefault(row["customer_id"], 2)
    for stop in stops:
        if stop.row.location is not None and stop.row.location.account_id is not None:
            order.setdefault(stop.row.location.account_id, 1)
    reached: dict[int, dict[str, Any]] = {}
    for part in reversed(case.interactions_parts):
        reached[part["contact"]] = part
    loads = [stop.row.load_id for stop in stops if stop.row.load_id is not None]
    carried = Q(account__loads__load_shipments__shipment__in=[row["shipment"] for row in affected])
    found = (
        Contact.objects.filter(Q(account__in=order) | carried | Q(account__loads__in=loads))
        .select_related("account")
        .distinct()
    )
    rows = sorted(found, key=lambda contact: (order.get(contact.account_id, 0), contact.escalation_step, contact.pk))
    return [_contact_row(contact, reached.get(contact.pk), now) for contact in rows[:CONTACTS_SHOWN]]


def _contact_row(contact: Contact, tried: dict[str, Any] | None, now: datetime) -> ContactRow:
    calendar = calendar_from_data(contact.hours, zone=contact.zone)
    today = now.astimezone(ZoneInfo(contact.zone)).date()
    spans = calendar.spans_on(today)
    city = contact.zone.rpartition("/")[2].replace("_", " ")
    hours = " ".join(f"{clock(a, now, contact.zone)}-{b.astimezone(ZoneInfo(contact.zone)):%H:%M}" for a, b in spans)
    shown = f"{hours} {city}" if hours else "closed today"
    if any(end - start >= 24 * 60 for start, end in calendar.intervals_on(today)):
        shown = "around the clock"
    outcome = InteractionOutcome(tried["outcome"]).label.lower() if tried else ""
    return ContactRow(
        id=contact.pk,
        name=contact.name,
        account=contact.account.name,
        role=_role(contact),
        phone=contact.phone,
        email=contact.email,
        hours_today=shown if contact.hours else "",
        is_open_now=calendar.is_open(now),
        language=contact.locale,
        last_contact=f"{outcome} {clock(instant(tried['at']), now, contact.zone)}" if tried else "",
    )


def _role(contact: Contact) -> str:
    """ "Carrier dispatch"; not "Customer customer service"."""
    kind, role = contact.account.get_kind_display(), contact.get_role_display().lower()
    return role.capitalize() if role.startswith(kind.lower()) else f"{kind} {role}"


def actions_of(viewer: Viewer, case: Any) -> frozenset[str]:
    """What this viewer may do to the case as it stands; it was read with the parts of a row."""
    if not viewer.can(Verb.WORK):
        return frozenset()
    if not case.is_open:
        return frozenset({"note"} if case.state == CaseState.MERGED else {"note", "reopen", "split_off"})
    found = {"snooze", "resolve", "not_an_exception", "note", "interaction", "next_check", "classify", "assign"}
    found |= {"merge", "split_off", "rejoin"} | ({"split"} if case.affected_count > 1 else set())
    if case.account_id is not None:
        found |= {"promise_update"}
    if case.next_update_at is not None:  # of several customers too, who came together after it was given
        found |= {"withdraw_update"}
    if case.snoozed_until is not None:
        found = found - {"snooze"} | {"unsnooze"}
    if case.owner_id is None:
        found.add("take")
    elif case.owner_id == viewer.member.pk:
        found.add("release")
    return frozenset(found | {"unpin" if case.pinned else "pin"})


def would_change(case: Any) -> str:
    """The stored what-if with the place it would give today."""
    what_if = case.explanation.get("would_change") or {}
    if not what_if or not case.is_open:
        return ""
    if what_if.get("rank") is None:
        return f"last if {what_if['if']}"
    return f"{place_words(case.changed_place)} if {what_if['if']}"


def place_words(above: int | None) -> str:
    """A place with so many cases above it: "first", "below 20th", "below 999+"; None is that of what cannot be saved."""
    if above is None:
        return "last, by the amount at risk"
    return f"below {_ordinal(above)}" if above else "first"


def _ordinal(place: int) -> str:
    if place > COUNTED:
        return f"{COUNTED}+"
    ending = {1: "st", 2: "nd", 3: "rd"}.get(place % 10 if place % 100 not in (11, 12, 13) else 0, "th")
    return f"{place}{ending}"


def _quoted(references: list[dict[str, str]]) -> str:
    found = {part["type"]: part["value"] for part in reversed(references)}
    best = [kind for kind in QUOTED_FIRST if kind in found][:2]
    return ", ".join(f"{RefType(kind).label} {found[kind]}" for kind in best)


def appointment_words(parts: dict[str, Any] | None) -> str:
    if not parts:
        return ""
    state = AppointmentState(parts["state"]).label.lower()
    return f"appointment {parts['number']} {state}".replace("  ", " ")


def fact_words(fact: Fact, now: datetime) -> str:
    value = fact.value
    match fact.type:
        case "datetime":
            at, zone = datetime.fromisoformat(value["at"]), value["zone"]
            return f"{clock(at, now, zone)} {value['place'] or zone}"
        case "money":
            return money(Decimal(value["amount"]), value["currency"])
        case "count":
            return f"{value['count']} {value['unit']}".strip()
        case "temperature":
            return f"{value['degrees']} °{value['unit']}"
        case "code":
            return str(value["label"])
    return str(value)


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
