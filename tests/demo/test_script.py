"""The stories as data: every signal is one that the product understands, whenever the demo starts."""

from datetime import UTC, datetime, timedelta

import pytest

from exceptions.demo.agreements import AGREEMENTS
from exceptions.demo.cast import MAPPINGS
from exceptions.demo.companies import CARRIERS, CONSIGNEES, CUSTOMERS, LOCATIONS, LTL_CONSIGNEES, SHIPPERS
from exceptions.demo.script import MAILBOX, PARCEL, Day
from exceptions.demo.stories import stories
from exceptions.intake.adapters import Unreadable, adapter_for
from exceptions.shipments.canonical import EventType
from exceptions.sla.pricing import price_from_data

STARTS = [
    datetime(2026, 11, 20, 3, 17, tzinfo=UTC),
    datetime(2026, 3, 8, 9, 59, tzinfo=UTC),  # an hour is skipped in Chicago that morning
    datetime(2026, 11, 1, 6, 30, tzinfo=UTC),  # and comes twice here
    datetime(2026, 12, 31, 23, 45, tzinfo=UTC),
]


@pytest.mark.parametrize("start", STARTS)
def test_every_signal_is_understood_whenever_the_demo_starts(start: datetime) -> None:
    day = Day.starting(start)
    ids = set()
    for story in stories(day):
        for signal in story.signals:
            adapter = adapter_for("easypost" if signal.partner == PARCEL else "cloudevents")
            read = adapter.read(signal.body(day), {"content-type": "application/json"}, {})
            assert not isinstance(read, Unreadable), f"{signal.id}: {read}"
            assert read, signal.id
            ids.add(signal.id)
    assert len(ids) == sum(len(story.signals) for story in stories(day)), "ids are told apart"


def test_files_and_mails_are_read_except_the_one_that_is_broken() -> None:
    day = Day.starting(STARTS[0])
    refused = []
    for sent in (sent for story in stories(day) for sent in story.deliveries):
        adapter = adapter_for("mail" if sent.partner == MAILBOX else "x12")
        if isinstance(
            adapter.read(sent.body(day), {"content-type": sent.content_type}, MAPPINGS.get(sent.partner, {})),
            Unreadable,
        ):
            refused.append(sent.id)  # type: ignore[attr-defined]
    assert refused == ["x12-4110"]


def test_the_past_has_some_four_hundred_signals_and_the_first_minutes_bring_news() -> None:
    day = Day.starting(STARTS[0])
    signals = [signal for story in stories(day) for signal in story.signals]
    assert 350 <= sum(signal.at <= day.now for signal in signals) <= 540
    assert sum(day.now < signal.at <= day.ahead(0, 10) for signal in signals) >= 8


def test_plans_name_only_companies_and_places_that_are_there() -> None:
    companies = {company.code for company in CUSTOMERS + CARRIERS + SHIPPERS + CONSIGNEES}
    companies |= {code for code, _, _ in LTL_CONSIGNEES}
    places = {spot.code for spot in LOCATIONS}
    day = Day.starting(STARTS[0])
    for signal in (signal for story in stories(day) for signal in story.signals):
        if signal.type == EventType.SHIPMENT_BOOKED:
            assert {party["account"] for party in signal.data["parties"]} <= companies
            assert {stop["location"] for stop in signal.data["stops"]} <= places


def test_every_agreement_has_prices_that_can_be_read() -> None:
    for agreement in AGREEMENTS:
        for promise in agreement.promises:
            assert price_from_data(promise.price)


def test_the_dray_slot_is_ahead_and_on_the_hour_at_its_place() -> None:
    for hours in range(0, 48, 5):
        day = Day.starting(STARTS[0] + timedelta(hours=hours))
        slot = day.next_at("America/Los_Angeles", 12, at_least=timedelta(minutes=70))
        assert day.now + timedelta(minutes=70) <= slot <= day.now + timedelta(hours=26)
        assert slot.minute == 0
