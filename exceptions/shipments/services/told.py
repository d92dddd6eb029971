"""Rows of histories, read for what they say."""

from exceptions.shipments.canonical import EventType, Place
from exceptions.shipments.histories import EventRow, History
from exceptions.shipments.services.batch import plan_key


def plan_in_force(history: History) -> EventRow | None:
    """The booking whose plan the tables hold."""
    digest = history.shipment.plan_key[-64:]
    return next((row for row in history.events if row.digest == digest and digest), None)


def bookings(history: History) -> list[EventRow]:
    """Every plan that was ever sent, in the order of their reports."""
    rows = [row for row in history.events if row.type == EventType.SHIPMENT_BOOKED]
    return sorted(rows, key=lambda row: plan_key(row.reported_at, row.digest))


def place_of(row: EventRow) -> Place | None:
    return Place(**row.place) if row.place else None
