"""Open cases, their phases, severities and occurrences are a function of the set of events and of the time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from controltower.audit import SYSTEM
from exceptions.cases.models import OPEN_STATES, Case, Expectation
from exceptions.cases.services import detection_run, expectation_run, expectations_claim
from exceptions.shipments.canonical import CanonicalEvent, EventType, Ref, RefType, SourceRank
from exceptions.shipments.models import Reference
from exceptions.shipments.services import Incoming, events_record
from tests.cases.conftest import HOUR

pytestmark = pytest.mark.django_db
BEGIN = datetime.fromisoformat("2026-11-03T15:00:00+00:00")
LOOKED_AT = BEGIN + 20 * HOUR
ONE, TWO = Ref(RefType.PRO, "1"), Ref(RefType.PRO, "2")
LOAD, ORDER = Ref(RefType.LOAD, "L-88"), Ref(RefType.ORDER, "SO-1")


def _stop(sequence: int, kind: str, city: str, start: float, end: float) -> dict[str, Any]:
    times = {"window_start": _at(start), "window_end": _at(end)}
    return {"sequence": sequence, "kind": kind, "city": city, "country": "US", "zone": "UTC", **times}


def _at(hours: float) -> str:
    return (BEGIN + timedelta(hours=hours)).isoformat()


def _plan(hours: float, ref: Ref, due: float, load: str = "L-88") -> CanonicalEvent:
    stops = [_stop(1, "pickup", "Dallas", -4, 1), _stop(2, "delivery", "Chicago", due - 2, due)]
    legs = [{"sequence": 1, "mode": "road", "origin": 1, "destination": 2, "load": load}]
    data = {"stops": stops, "legs": legs, "units": [{"sequence": 1, "shipped": 22}]}
    return _said(EventType.SHIPMENT_BOOKED, hours, ref, **data)


def _said(type_: str, hours: float, *refs: Ref, **data: Any) -> CanonicalEvent:
    return CanonicalEvent(type_, BEGIN + timedelta(hours=hours), refs, data=data)


E = EventType
STORY = [
    _plan(0, ONE, 30),
    _plan(0, TWO, 9),
    _plan(0.5, ONE, 8),
    _said(E.SHIPMENT_PICKED_UP, 0.6, ONE, stop=1),
    _said(E.SHIPMENT_PICKED_UP, 0.7, TWO, stop=1),
    _said(E.LOAD_BROKEN_DOWN, 2, LOAD, description="Turbo failed"),
    _said(E.SHIPMENT_ETA_CHANGED, 3, ONE, stop=2, estimated=_at(7)),
    _said(E.SHIPMENT_ETA_CHANGED, 4, ONE, stop=2, estimated=_at(12)),
    _said(E.SHIPMENT_ETA_CHANGED, 5, TWO, stop=2, estimated=_at(10)),
    _said(E.SHIPMENT_DELIVERY_ATTEMPTED, 12, ONE, stop=2),
    _said(E.SHIPMENT_DELIVERY_ATTEMPTED, 14, ONE, stop=2),
    _said(E.SHIPMENT_DAMAGED, 14, ONE, unit=1, description="Wet"),
    _said(E.SHIPMENT_COUNTED, 14, ONE, unit=1, counted=21),
    _said(E.SHIPMENT_COUNTED, 15, ONE, unit=1, counted=22),
    _said(E.SHIPMENT_HELD, 6, TWO, kind="customs"),
    _said(E.SHIPMENT_RELEASED, 7, TWO),
    _said(E.SHIPMENT_HELD, 8, TWO, kind="exam"),
    _said(E.ORDER_CREATED, 0, ORDER, lines=[{"line": 1, "sku": "A", "quantity": "10"}]),
    _said(E.INVENTORY_SHORTFALL_DETECTED, 1, ORDER, line=1, quantity="6", short="4"),
    _said(E.LOAD_TENDERED, 0, LOAD, respond_by=_at(3)),
]


def _told(chunks: Sequence[Sequence[CanonicalEvent]]) -> list[tuple[Any, ...]]:
    """Record and judge chunk by chunk, let everything expire that is due by then, and look."""
    with transaction.atomic():
        for chunk in chunks:
            incoming = [
                Incoming(event=event, message_id=None, partner=None, source_rank=SourceRank.EDI, actor=SYSTEM)
                for event in chunk
            ]
            recorded = events_record(incoming, now=LOOKED_AT)
            heard = {row.pk: row for one in recorded for row in (*one.rebound, *([one.event] if one.created else []))}
            detection_run(events=list(heard.values()), now=LOOKED_AT)
        due = list(Expectation.objects.filter(cleared_at=None, expired_at=None, due_at__lte=LOOKED_AT))
        claimed = expectations_claim([row.pk for row in due], now=LOOKED_AT)
        expectation_run(expectations=list(Expectation.objects.filter(pk__in=claimed)), now=LOOKED_AT)
        picture = _picture()
        transaction.set_rollback(True)
    return picture


def _picture() -> list[tuple[Any, ...]]:
    """Open cases without the ids and numbers that depend on the order."""
    found = []
    for case in Case.objects.filter(state__in=OPEN_STATES):
        evidence = case.occurrences.filter(event__isnull=False).values_list("event__digest", "rule", "summary")
        touched = Reference.objects.filter(shipment__case_shipments__case=case, type=RefType.PRO)
        about = case.subject_key.partition(":")[0]
        found.append(
            (
                case.type,
                about,
                case.phase,
                case.severity,
                case.summary,
                sorted(evidence),
                sorted(touched.values_list("value", flat=True)),
            )
        )
    return sorted(found, key=str)


@pytest.fixture
def as_it_happened(acting: object) -> list[tuple[Any, ...]]:
    return _told([sorted(STORY, key=lambda event: event.occurred_at)])


def test_the_story_has_cases_of_many_kinds(as_it_happened: list[tuple[Any, ...]]) -> None:
    assert [(type_, about) for type_, about, *_ in as_it_happened] == [
        ("customs_hold", "shipment"),
        ("delivery_attempt_failed", "stop"),
        ("delivery_late", "load"),
        ("freight_damaged", "handling_unit"),
        ("inventory_shortfall", "order_line"),
        ("tender_rejected", "load"),
    ]


@settings(
    max_examples=10,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(again=st.lists(st.integers(0, len(STORY) - 1), max_size=6), size=st.integers(1, 9), data=st.data())
def test_shuffled_repeated_and_chunked_events_open_the_same_cases(
    as_it_happened: list[tuple[Any, ...]], again: list[int], size: int, data: st.DataObject
) -> None:
    order = data.draw(st.permutations([*range(len(STORY)), *again]))
    chunks = [[STORY[index] for index in order[begin : begin + size]] for begin in range(0, len(order), size)]
    assert _told(chunks) == as_it_happened


def test_one_by_one_and_backwards_opens_the_same_cases(as_it_happened: list[tuple[Any, ...]]) -> None:
    by_time = sorted(STORY, key=lambda event: event.occurred_at)
    assert _told([[event] for event in by_time]) == as_it_happened
    assert _told([[event] for event in reversed(by_time)]) == as_it_happened


def test_trouble_of_one_shipment_is_that_of_the_load_once_another_turns_out_to_ride_along(
    as_it_happened: list[tuple[Any, ...]],
) -> None:
    assert _told([[event for event in STORY if event is not STORY[1]], [STORY[1]]]) == as_it_happened
