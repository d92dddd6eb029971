"""One cause behind many cases: proposed by a rule, confirmed or dismissed by a person, and all of it taken back at will.

A disruption groups. It decides nothing about a case and moves no money.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models import QuerySet

from controltower.audit import SYSTEM, Actor, record
from controltower.errors import Conflict, Invalid, NotFound
from controltower.tenancy.context import current_organisation_id
from controltower.web import live
from exceptions.cases.disrupting import Proposal, Shared, Sighting, Thing, is_news, propose
from exceptions.cases.models import OPEN_STATES, Case, CaseShipment, Disruption, DisruptionState, Occurrence
from exceptions.cases.services.recording import case_change, case_locked, person
from exceptions.cases.taxonomy import Subject, case_type
from exceptions.parties.text import search_form
from exceptions.shipments.models import Leg, LoadShipment

LOOKED_BACK = timedelta(hours=48)
MOST_CASES = 2000
# What goes wrong on paper has no place, and no storm behind it.
ON_PAPER = (Subject.CHARGE, Subject.DOCUMENT, Subject.ORDER, Subject.ORDER_LINE)


def disruptions_propose(*, now: datetime) -> list[Disruption]:
    """Look at the open cases of the last two days and bring the proposals in line. Returns those that are new."""
    wanted = {proposal.key: proposal for proposal in propose(_sightings(now))}
    standing = {row.key: row for row in _locked(Disruption.objects.filter(state=DisruptionState.PROPOSED))}
    confirmed = {row.key: row for row in _locked(Disruption.objects.filter(state=DisruptionState.CONFIRMED))}
    made = []
    for key, proposal in wanted.items():
        held = standing.get(key) or confirmed.get(key)
        if held is not None:
            _bring_in_line(held, proposal)
        elif not _is_dismissed(proposal):
            made.append(_proposed(proposal, now))
    for key, row in standing.items():
        if key not in wanted and not Case.objects.filter(pk__in=row.proposed, state__in=OPEN_STATES).exists():
            row.delete()  # nobody looked at it while there was something to see
    return made


def disruption_confirm(
    disruption: Disruption, *, cases: Iterable[int], name: str, actor: Actor, now: datetime
) -> Disruption:
    """It is so: these of its cases (by id) have this one cause. Conflict when somebody decided meanwhile."""
    member = person(actor)
    row = _standing(disruption, DisruptionState.PROPOSED)
    name = name.strip()
    chosen = sorted(set(cases) & set(row.proposed))
    if not name:
        raise Invalid("Give it a name that colleagues understand.", code="name_needed", details={"name": "is empty"})
    if len(chosen) < 2:
        raise Invalid("Choose two cases or more: one is no disruption.", code="cases_needed")
    row.state, row.name, row.confirmed_by, row.decided_at = DisruptionState.CONFIRMED, name[:200], member, now
    row.save()
    _join(row, chosen, actor, now)
    _audit("disruption.confirmed", row, actor, now, cases=chosen)
    return row


def disruption_add(disruption: Disruption, *, cases: Iterable[int], actor: Actor, now: datetime) -> Disruption:
    """More open cases (by id) belong to a confirmed one."""
    person(actor)
    row = _standing(disruption, DisruptionState.CONFIRMED)
    added = _join(row, sorted(set(cases)), actor, now)
    _audit("disruption.grew", row, actor, now, cases=added)
    return row


def disruption_remove(disruption: Disruption, *, cases: Iterable[int], actor: Actor, now: datetime) -> Disruption:
    """These cases (by id) have another cause after all."""
    person(actor)
    row = _standing(disruption, DisruptionState.CONFIRMED)
    gone = _leave(row, Case.objects.filter(disruption=row, pk__in=set(cases)), actor, now)
    _audit("disruption.shrank", row, actor, now, cases=gone)
    return row


def disruption_dismiss(disruption: Disruption, *, actor: Actor, now: datetime) -> Disruption:
    """It is chance. Not proposed again for these cases."""
    member = person(actor)
    row = _standing(disruption, DisruptionState.PROPOSED)
    row.state, row.dismissed_by, row.decided_at = DisruptionState.DISMISSED, member, now
    row.save()
    _audit("disruption.dismissed", row, actor, now, cases=row.proposed)
    return row


def disruption_end(disruption: Disruption, *, actor: Actor, now: datetime) -> Disruption:
    """The cause is gone; its cases stay what they are, and stay together on its page."""
    person(actor)
    row = _standing(disruption, DisruptionState.CONFIRMED)
    row.state, row.ends_at = DisruptionState.OVER, max(now, row.starts_at)
    row.save()
    _audit("disruption.ended", row, actor, now)
    return row


def disruption_reconsider(disruption: Disruption, *, actor: Actor, now: datetime) -> Disruption:
    """Take the last decision back: what is over goes on, what was confirmed or dismissed is a proposal again."""
    person(actor)
    row = _standing(disruption, DisruptionState.CONFIRMED, DisruptionState.DISMISSED, DisruptionState.OVER)
    if row.state == DisruptionState.OVER:
        row.state, row.ends_at = DisruptionState.CONFIRMED, None
        row.save()
    else:
        twin = Disruption.objects.filter(state=DisruptionState.PROPOSED, key=row.key).exclude(key="").first()
        if twin is not None:
            raise Conflict("It has been proposed again meanwhile. Decide on that one.", code="disruption_proposed")
        gone = _leave(row, Case.objects.filter(disruption=row), actor, now)
        row.proposed = sorted({*row.proposed, *gone})
        row.state, row.confirmed_by, row.dismissed_by, row.decided_at = DisruptionState.PROPOSED, None, None, None
        row.save()
    _audit("disruption.reconsidered", row, actor, now)
    return row


def _sightings(now: datetime) -> list[Sighting]:
    """Open cases as the proposing function sees them, in a fixed number of queries."""
    types = Case.objects.filter(state__in=OPEN_STATES, opened_at__gt=now - LOOKED_BACK, disruption=None)
    cases = [case for case in types.order_by("-opened_at", "-pk")[:MOST_CASES] if _is_physical(case)]
    shipments: dict[int, set[int]] = defaultdict(set)
    for case_id, shipment_id in CaseShipment.objects.filter(case__in=cases).values_list("case_id", "shipment_id"):
        shipments[case_id].add(shipment_id)
    riding = _riding({pk for some in shipments.values() for pk in some})
    seen_at: dict[int, set[Thing]] = defaultdict(set)
    seen = Occurrence.objects.filter(case__in=cases, event__place__isnull=False)
    for case_id, place in seen.values_list("case_id", "event__place"):
        told = place or {}
        seen_at[case_id] |= _place(str(told.get("city") or told.get("name") or ""))
    return [
        Sighting(
            case.pk,
            case.opened_at,
            frozenset(shipments[case.pk]),
            frozenset(
                (set() if case.subject_load_id else _place(case.place.partition(",")[0]))
                | seen_at[case.pk]
                | {thing for pk in shipments[case.pk] for thing in riding[pk]}
            ),
        )
        for case in cases
    ]


def _riding(shipments: set[int]) -> dict[int, set[Thing]]:
    """Carriers and vehicles of shipments."""
    found: dict[int, set[Thing]] = defaultdict(set)
    for leg in Leg.objects.filter(shipment__in=shipments, carrier__isnull=False).select_related("carrier"):
        if leg.carrier is not None:
            found[leg.shipment_id].add(Thing(Shared.CARRIER, str(leg.carrier.pk), leg.carrier.name, leg.carrier.pk))
    for ride in LoadShipment.objects.filter(shipment__in=shipments).select_related("load__carrier"):
        load = ride.load
        if load.vehicle:
            label = f"{load.vehicle} {load.voyage}".strip()
            found[ride.shipment_id].add(Thing(Shared.VEHICLE, search_form(label)[:100], label))
        if load.carrier is not None:
            found[ride.shipment_id].add(Thing(Shared.CARRIER, str(load.carrier.pk), load.carrier.name, load.carrier.pk))
    return found


def _place(city: str) -> set[Thing]:
    key = search_form(city)[:100]
    return {Thing(Shared.PLACE, key, city.strip().title())} if key else set()


def _is_physical(case: Case) -> bool:
    return case_type(case.type).subject not in ON_PAPER


def _proposed(proposal: Proposal, now: datetime) -> Disruption:
    thing = proposal.thing
    row = Disruption.objects.create(
        name=proposal.name[:200],
        key=proposal.key,
        proposed=sorted(proposal.cases),
        place=thing.label[:100] if thing.shared == Shared.PLACE else "",
        carrier_id=thing.id if thing.shared == Shared.CARRIER else None,
        vehicle=thing.label[:100] if thing.shared == Shared.VEHICLE else "",
        starts_at=proposal.starts_at,
    )
    _audit("disruption.proposed", row, SYSTEM, now, cases=row.proposed)
    live.changed(current_organisation_id())
    return row


def _bring_in_line(row: Disruption, proposal: Proposal) -> None:
    """A proposal follows its cases; a confirmed one only gathers more that may belong to it."""
    cases = sorted({*row.proposed, *proposal.cases})
    if cases != row.proposed:
        row.proposed = cases
        row.save(update_fields=["proposed"])
        live.changed(current_organisation_id())


def _is_dismissed(proposal: Proposal) -> bool:
    dismissed = Disruption.objects.filter(state=DisruptionState.DISMISSED, key=proposal.key)
    before = {case for row in dismissed for case in row.proposed}
    return bool(before) and not is_news(proposal.cases, before, proposal.thing.shared)


def _join(row: Disruption, cases: Sequence[int], actor: Actor, now: datetime) -> list[int]:
    joined = []
    for pk in cases:
        case = case_locked(pk)
        if case.is_open and case.disruption_id != row.pk:
            text = f"Part of {row.name}, says {actor.name}"
            case_change(case, {"disruption": row}, verb="case.disrupted", actor=actor, now=now, text=text)
            joined.append(pk)
    return joined


def _leave(row: Disruption, cases: QuerySet[Case], actor: Actor, now: datetime) -> list[int]:
    left = []
    for pk in cases.order_by("pk").values_list("pk", flat=True):
        text = f"Not part of {row.name}, says {actor.name}"
        case_change(case_locked(pk), {"disruption": None}, verb="case.undisrupted", actor=actor, now=now, text=text)
        left.append(pk)
    return left


def _locked(rows: QuerySet[Disruption]) -> QuerySet[Disruption]:
    return rows.select_for_update(no_key=True).order_by("pk")


def _standing(disruption: Disruption, *states: DisruptionState) -> Disruption:
    row = _locked(Disruption.objects.filter(pk=disruption.pk)).first()
    if row is None:
        raise NotFound("This disruption does not exist any more: its cases are over.")
    if row.state not in states:
        decided = row.confirmed_by or row.dismissed_by
        who = decided.name if decided else "Somebody"
        raise Conflict(f"{who} has decided already: {row.get_state_display().lower()}.", code="disruption_decided")
    return row


def _audit(verb: str, row: Disruption, actor: Actor, now: datetime, *, cases: Iterable[int] = ()) -> None:
    after = {"state": row.state, "key": row.key, "cases": list(cases)}
    record(verb=verb, subject=f"disruption:{row.pk}", actor=actor, after=after, now=now)
