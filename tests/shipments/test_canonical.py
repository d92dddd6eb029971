from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exceptions.shipments.canonical import (
    CanonicalEvent,
    EventType,
    Place,
    Ref,
    RefType,
    Source,
    SourceRank,
    digest,
    normalised,
)

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ARRIVED = CanonicalEvent(
    EventType.SHIPMENT_ARRIVED,
    NOON,
    (Ref(RefType.PRO, "771-204"), Ref(RefType.BOL, "B1")),
    Place(city="Phoenix"),
    {"stop": 2},
    "X1",
    "Arrived",
    "evt-1",
)
EDI = Source("orbit", "x12", SourceRank.EDI)


def test_the_same_words_under_a_new_id_are_a_repeat() -> None:
    assert digest(replace(ARRIVED, event_id="evt-2"), EDI) == digest(ARRIVED, EDI)


def test_how_identifiers_are_spelt_and_ordered_does_not_matter() -> None:
    spelt = replace(ARRIVED, references=(Ref(RefType.BOL, "b 1"), Ref(RefType.PRO, "771204")))
    assert digest(spelt, EDI) == digest(ARRIVED, EDI)


def test_an_instant_is_the_same_in_every_zone() -> None:
    there = replace(ARRIVED, occurred_at=NOON.astimezone(timezone(timedelta(hours=-7))))
    assert digest(there, EDI) == digest(ARRIVED, EDI)


@pytest.mark.parametrize(
    "other",
    [
        replace(ARRIVED, type=EventType.SHIPMENT_DEPARTED),
        replace(ARRIVED, occurred_at=NOON + timedelta(seconds=1)),
        replace(ARRIVED, reported_at=NOON),
        replace(ARRIVED, references=ARRIVED.references[:1]),
        replace(ARRIVED, place=Place(city="Tucson")),
        replace(ARRIVED, place=None),
        replace(ARRIVED, data={"stop": 3}),
        replace(ARRIVED, source_code="X3"),
        replace(ARRIVED, source_text="Arrived early"),
    ],
)
def test_whatever_else_is_said_makes_another_event(other: CanonicalEvent) -> None:
    assert digest(other, EDI) != digest(ARRIVED, EDI)


def test_another_source_makes_another_report() -> None:
    assert len({digest(ARRIVED), digest(ARRIVED, EDI), digest(ARRIVED, replace(EDI, rank=SourceRank.GATE))}) == 3
    assert digest(ARRIVED, replace(EDI, partner="gate")) != digest(ARRIVED, EDI)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a time with a zone"):
        CanonicalEvent(EventType.SHIPMENT_ARRIVED, NOON.replace(tzinfo=None))


def test_without_a_report_time_it_counts_as_reported_when_it_happened() -> None:
    assert ARRIVED.report_time == NOON
    assert replace(ARRIVED, reported_at=NOON + timedelta(hours=2)).report_time == NOON + timedelta(hours=2)


@given(st.text(max_size=30))
def test_an_identifier_in_normal_form_stays_as_it_is(value: str) -> None:
    assert normalised(normalised(value)) == normalised(value)


def test_sources_are_trusted_in_this_order() -> None:
    ranks = [SourceRank.TELEMATICS, SourceRank.GATE, SourceRank.SCAN, SourceRank.EDI, SourceRank.MAIL]
    assert sorted(ranks, reverse=True) == ranks
