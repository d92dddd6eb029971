"""Cases that open together: as many statements as one needs, priced in the transaction that found them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from controltower.audit import SYSTEM
from controltower.jobs.models import Job
from exceptions.cases.models import Case, CaseShipment
from exceptions.cases.services import correlation, detection_run
from exceptions.shipments.canonical import CanonicalEvent, EventType, Ref, SourceRank
from exceptions.shipments.services import Incoming, events_record
from tests.cases.conftest import HOUR, book, eta

pytestmark = pytest.mark.django_db


def late_together(numbers: list[str], now: datetime) -> int:
    """Freight whose ETA slips, all told in one chunk. Returns how many statements detection asked."""
    for number in numbers:
        book(number, now, now + 6 * HOUR)
    data = {"estimated": (now + 9 * HOUR).isoformat(), "milestone": "delivery"}
    told = [
        CanonicalEvent(EventType.SHIPMENT_ETA_CHANGED, now + HOUR, (Ref("pro", number),), data=data)
        for number in numbers
    ]
    recorded = events_record([Incoming(event, None, None, SourceRank.EDI, SYSTEM) for event in told], now=now + HOUR)
    with CaptureQueriesContext(connection) as asked:
        opened = detection_run(events=[one.event for one in recorded], now=now + HOUR, histories=recorded[0].histories)
    assert len(opened) == len(numbers)
    return len(asked)


def test_ten_cases_open_and_are_priced_with_as_many_statements_as_one(acting: Any, now: datetime) -> None:
    late_together(["warm"], now)
    alone = late_together(["a"], now)
    assert late_together([f"b{n}" for n in range(10)], now) <= alone
    cases = list(Case.objects.order_by("pk"))
    assert len({case.number for case in cases}) == 12
    for case in cases:
        (affected,) = CaseShipment.objects.filter(case=case)
        assert case.reference == f"PRO {affected.shipment.references.get(type='pro').value}"
        assert case.timeline.order_by("id")[0].text.startswith("Delivery at risk or late: ETA 3 h")
        assert case.occurrences.count() == 1
        assert case.priced_at is not None and case.explanation["phrase"]


def test_a_case_that_cannot_be_priced_opens_all_the_same_and_is_left_to_a_job(
    acting: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(ids: Any, *, now: datetime) -> None:
        Case.objects.update(summary="half done")
        raise ZeroDivisionError

    monkeypatch.setattr(correlation, "cases_price", fail)
    book("1", now, now + 6 * HOUR)
    (case,) = eta("1", now + HOUR, now + 9 * HOUR)
    assert Case.objects.get().summary != "half done", "what it had written is taken back"
    assert [job.payload for job in Job.objects.filter(kind="cases.price")] == [{"case": case.pk}]
