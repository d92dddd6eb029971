"""Many messages in one transaction: one that is bad, whatever the way, takes none along."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from billiard.exceptions import SoftTimeLimitExceeded
from django.db import OperationalError
from django.utils import timezone
from psycopg.errors import DeadlockDetected

from controltower.audit import SYSTEM
from controltower.audit.models import AuditEntry
from controltower.db import rows
from controltower.jobs.along import take_along
from controltower.jobs.models import Job, JobState
from controltower.jobs.runner import claim_next, run
from controltower.tenancy.context import acting_for
from exceptions.cases.services import detection_run
from exceptions.intake.models import Message, MessageState, SignalHour
from exceptions.intake.services import Accepted, message_accept, message_replay, messages_process
from exceptions.intake.services.storing import chunks_enqueue
from exceptions.parties.models import Partner
from exceptions.shipments.models import Event
from tests.intake.cast import cloudevent

pytestmark = pytest.mark.django_db(transaction=True)
DETECTION = "exceptions.intake.services.processing.detection_run"


def about(number: int, **changes: Any) -> bytes:
    data = {"references": [{"type": "pro", "value": f"PRO-{number}"}], "minutes": 90}
    return cloudevent(id=f"e-{number}", data=data, **changes)


def accept(partner: Partner, bodies: Iterable[bytes], now: datetime) -> list[int]:
    kind = "application/cloudevents+json"
    with acting_for(partner.organisation_id):
        return [
            message_accept(partner, body=body, headers={}, content_type=kind, now=now).message_id for body in bodies
        ]


def states(partner: Partner, ids: Sequence[int]) -> list[str]:
    with acting_for(partner.organisation_id):
        found = dict(Message.objects.filter(pk__in=ids).values_list("pk", "state"))
    return [found[pk] for pk in ids]


def poisoned(number: int) -> Any:
    """Detection that cannot bear one shipment's event."""

    def detect(*, events: Sequence[Event], **given: Any) -> Any:
        if any(event.sender_event_id == f"e-{number}" for event in events):
            raise ZeroDivisionError("nobody thought of this")
        return detection_run(events=events, **given)

    return detect


def test_small_messages_that_wait_are_understood_in_one_transaction(cloudevents: Partner, now: datetime) -> None:
    ids = accept(cloudevents, [about(number) for number in range(12)], now)
    assert run(claim_next("intake")) is JobState.DONE
    assert set(states(cloudevents, ids)) == {MessageState.PROCESSED}
    with acting_for(cloudevents.organisation_id):
        assert set(Job.objects.filter(kind="intake.process").values_list("state", flat=True)) == {"done"}
        (entry,) = AuditEntry.objects.filter(verb="message.understood")
        assert len(json.loads(entry.after)["messages"]) == 12
        assert SignalHour.objects.get().messages == 12
    assert claim_next("intake") is None


def test_small_chunks_are_taken_along_as_far_as_there_is_room(cloudevents: Partner) -> None:
    with acting_for(cloudevents.organisation_id):
        for first in (0, 90, 180, 270):
            chunks_enqueue([(first + at, 1000) for at in range(90)])
        taken = take_along("intake.process", queue="intake", like={"small": True}, room=200)
        assert [payload["messages"][0] for payload in taken] == [0, 90]
        chunks_enqueue([(pk, 1000) for pk in range(150)])
        assert Job.objects.order_by("-id").first().payload == {"messages": list(range(150))}, "a large one stays alone"


def test_a_message_whose_data_is_refused_is_buried_alone_and_says_why(cloudevents: Partner, now: datetime) -> None:
    good, bad = (
        about(1),
        cloudevent(id="e-2", type="shipment.booked", data=json.loads(about(2))["data"] | {"minutes": 1}),
    )
    order = {"customer": "NOBODY", "references": [{"type": "order", "value": "SO-1"}], "lines": []}
    ids = accept(cloudevents, [good, bad, cloudevent(id="e-3", type="order.created", data=order), about(4)], now)
    assert run(claim_next("intake")) is JobState.DONE
    assert states(cloudevents, ids) == ["processed", "dead", "dead", "processed"]
    with acting_for(cloudevents.organisation_id):
        reasons = list(Message.objects.filter(state="dead").order_by("id").values_list("reason", flat=True))
        buried = [json.loads(entry.after)["reason"] for entry in AuditEntry.objects.filter(verb="message.buried")]
    assert "minutes" in reasons[0] and "NOBODY" in reasons[1]
    assert sorted(buried) == sorted(reasons)


def test_where_our_own_code_fails_the_poisoned_one_is_found_by_halves(cloudevents: Partner, now: datetime) -> None:
    ids = accept(cloudevents, [about(number) for number in range(11)], now)
    with patch(DETECTION, poisoned(7)):
        assert run(claim_next("intake")) is JobState.DONE
    assert states(cloudevents, ids) == ["dead" if number == 7 else "processed" for number in range(11)]
    with acting_for(cloudevents.organisation_id):
        assert Event.objects.count() == 10
        assert "ZeroDivisionError" in Message.objects.get(pk=ids[7]).reason


def test_an_adapter_that_raises_buries_that_message(cloudevents: Partner, now: datetime) -> None:
    ids = accept(cloudevents, [about(1), about(2)], now)
    with patch("exceptions.intake.services.processing.adapter_for", side_effect=[KeyError("gone"), KeyError("gone")]):
        assert run(claim_next("intake")) is JobState.DONE
    assert states(cloudevents, ids) == ["dead", "dead"]


def test_what_passes_by_itself_is_tried_again_and_buries_nothing(cloudevents: Partner, now: datetime) -> None:
    ids = accept(cloudevents, [about(1), about(2)], now)
    deadlock = OperationalError("deadlock detected")
    deadlock.__cause__ = DeadlockDetected()
    with patch(DETECTION, side_effect=deadlock):
        assert run(claim_next("intake")) is JobState.WAITING
    assert states(cloudevents, ids) == ["received", "received"]
    with acting_for(cloudevents.organisation_id):
        assert Event.objects.count() == 0
        assert Job.objects.filter(state="waiting").count() == 2, "the one that was taken along waits as before"
        Job.objects.update(run_after=now)
        messages_process(ids, now=now)
    assert states(cloudevents, ids) == ["processed", "processed"]


@pytest.mark.parametrize("where", [DETECTION, "exceptions.intake.services.processing.adapter_for"])
def test_the_end_of_a_jobs_time_buries_nothing(cloudevents: Partner, now: datetime, where: str) -> None:
    ids = accept(cloudevents, [about(1), about(2)], now)
    with patch(where, side_effect=SoftTimeLimitExceeded()) as reached:
        assert run(claim_next("intake")) is JobState.WAITING
    assert reached.call_count == 1
    assert states(cloudevents, ids) == ["received", "received"]


def worker_dies(job: Any) -> None:
    """What the sweeper finds when a worker is gone, and its lease over."""
    with acting_for(job.organisation_id):
        Job.objects.filter(pk=job.job_id).update(lease_until=timezone.now() - timedelta(seconds=1))
    rows("SELECT jobs_take_back()")


def test_a_chunk_whose_worker_died_comes_back_in_smaller_ones(cloudevents: Partner, now: datetime) -> None:
    ids = accept(cloudevents, [about(number) for number in range(40)], now)
    with acting_for(cloudevents.organisation_id):
        Job.objects.all().delete()
        job = Job.objects.create(kind="intake.process", queue="intake", payload={"messages": ids})
    worker_dies(claim_next("intake"))
    assert run(claim_next("intake")) is JobState.DONE
    with acting_for(cloudevents.organisation_id):
        chunks = list(Job.objects.exclude(pk=job.pk).order_by("id").values_list("payload", flat=True))
    assert [pk for chunk in chunks for pk in chunk["messages"]] == ids
    assert max(len(chunk["messages"]) for chunk in chunks) == 3
    assert set(states(cloudevents, ids)) == {"received"}


def test_a_message_that_ends_its_worker_twice_is_buried_unread(cloudevents: Partner, now: datetime) -> None:
    (pk,) = accept(cloudevents, [about(1)], now)
    for _ in range(2):
        worker_dies(claim_next("intake"))
    with patch("exceptions.intake.services.processing._read", side_effect=AssertionError("it was read")):
        assert run(claim_next("intake")) is JobState.DONE
    assert states(cloudevents, [pk]) == ["dead"]
    with acting_for(cloudevents.organisation_id):
        assert "twice" in Message.objects.get().reason


def test_a_job_that_died_once_takes_nobody_along(cloudevents: Partner, now: datetime) -> None:
    first, second = accept(cloudevents, [about(1), about(2)], now)
    worker_dies(claim_next("intake"))
    with acting_for(cloudevents.organisation_id):
        Job.objects.filter(attempts=1).update(run_after=now)
    assert run(claim_next("intake")) is JobState.DONE
    assert states(cloudevents, [first, second]) == ["processed", "received"]


# The same id with other content


def test_a_corrected_resend_of_a_dead_letter_is_stored_and_understood(
    cloudevents: Partner, run_jobs: Any, now: datetime
) -> None:
    (wrong,) = accept(cloudevents, [about(1, time="then")], now)
    run_jobs()
    (right,) = accept(cloudevents, [about(1)], now)
    run_jobs()
    assert right != wrong
    assert states(cloudevents, [wrong, right]) == ["dead", "processed"]


def test_a_dead_letter_sent_again_unchanged_is_the_same_message(
    cloudevents: Partner, run_jobs: Any, now: datetime
) -> None:
    (first,) = accept(cloudevents, [about(1, time="then")], now)
    run_jobs()
    assert accept(cloudevents, [about(1, time="then")], now) == [first]


def test_a_dead_letter_sent_again_is_read_again_under_the_mapping_of_now(
    cloudevents: Partner, run_jobs: Any, now: datetime
) -> None:
    (pk,) = accept(cloudevents, [about(1)], now)
    with patch(DETECTION, side_effect=ZeroDivisionError("until it is mended")):
        run_jobs()
    assert states(cloudevents, [pk]) == ["dead"]
    kind = "application/cloudevents+json"
    with acting_for(cloudevents.organisation_id):
        again = message_accept(cloudevents, body=about(1), headers={}, content_type=kind, now=now)
        twice = message_accept(cloudevents, body=about(1), headers={}, content_type=kind, now=now)
    assert (again, twice) == (Accepted(pk, duplicate=False), Accepted(pk, duplicate=True))
    run_jobs()
    assert states(cloudevents, [pk]) == ["processed"]
    with acting_for(cloudevents.organisation_id):
        entry = AuditEntry.objects.get(verb="message.replayed")
        assert "partner" in entry.actor and json.loads(entry.after) == {"messages": [pk], "sent_again": True}


def test_a_dead_letter_that_was_corrected_since_stays_dead_when_it_comes_again(
    cloudevents: Partner, run_jobs: Any, now: datetime
) -> None:
    (wrong,) = accept(cloudevents, [about(1, time="then")], now)
    run_jobs()
    (right,) = accept(cloudevents, [about(1)], now)
    run_jobs()
    accept(cloudevents, [about(1, time="then")], now)
    assert states(cloudevents, [wrong, right]) == ["dead", "processed"]


def test_other_content_under_the_id_of_a_message_that_was_understood_is_a_repeat(
    cloudevents: Partner, run_jobs: Any, now: datetime
) -> None:
    (first,) = accept(cloudevents, [about(1)], now)
    run_jobs()
    assert accept(cloudevents, [about(1, type="shipment.delivered")], now) == [first]


def test_a_correction_that_comes_before_the_first_was_read_counts_only_where_that_is_not_understood(
    cloudevents: Partner, run_jobs: Any, now: datetime
) -> None:
    bad, good = accept(cloudevents, [about(1, time="then"), about(1)], now)
    first, other = accept(cloudevents, [about(2), about(2, type="shipment.rolled")], now)
    run_jobs()
    with acting_for(cloudevents.organisation_id):
        Job.objects.update(run_after=now)
    run_jobs()
    assert states(cloudevents, [bad, good, first, other]) == ["dead", "processed", "processed", "duplicate"]
    with acting_for(cloudevents.organisation_id):
        assert Event.objects.count() == 2


def test_a_replayed_dead_letter_that_was_corrected_since_counts_no_more(
    cloudevents: Partner, run_jobs: Any, now: datetime
) -> None:
    (wrong,) = accept(cloudevents, [about(1, type="com.acme.late")], now)
    run_jobs()
    (right,) = accept(cloudevents, [about(1, type="shipment.rolled")], now)
    run_jobs()
    with acting_for(cloudevents.organisation_id):
        Partner.objects.update(mapping={"types": {"com.acme.late": "shipment.delayed"}})
        message_replay([wrong], actor=SYSTEM, now=now)
    run_jobs()
    assert states(cloudevents, [wrong, right]) == ["duplicate", "processed"]
    with acting_for(cloudevents.organisation_id):
        assert Event.objects.get().type == "shipment.rolled"


def test_a_chunk_that_was_rolled_back_is_tried_again_as_it_is(cloudevents: Partner, now: datetime) -> None:
    """Making it smaller would cost more than the trouble did."""
    ids = accept(cloudevents, [about(number) for number in range(6)], now)
    with acting_for(cloudevents.organisation_id):
        Job.objects.all().delete()
        job = Job.objects.create(kind="intake.process", queue="intake", payload={"messages": ids})
    deadlock = OperationalError("deadlock detected")
    deadlock.__cause__ = DeadlockDetected()
    with patch(DETECTION, side_effect=deadlock):
        assert run(claim_next("intake")) is JobState.WAITING
    with acting_for(cloudevents.organisation_id):
        Job.objects.update(run_after=now)
    assert run(claim_next("intake")) is JobState.DONE
    assert set(states(cloudevents, ids)) == {"processed"}
    with acting_for(cloudevents.organisation_id):
        assert list(Job.objects.filter(kind="intake.process").values_list("pk", flat=True)) == [job.pk]
