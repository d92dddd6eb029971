"""From a stored message to events, or to a dead letter that can be replayed."""

import json
import threading
import time
from datetime import datetime
from typing import Any
from unittest.mock import patch

import pytest
from django.db import DatabaseError, connection

from controltower.audit import SYSTEM
from controltower.errors import NotFound
from controltower.jobs.models import Job, JobState
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation
from exceptions.cases.models import Case
from exceptions.intake.models import Message, MessageEvent, MessageState
from exceptions.intake.services import (
    message_accept,
    message_process,
    message_replay,
    messages_process,
    partner_set_sandbox,
)
from exceptions.parties.models import Partner
from exceptions.shipments.models import Event, Shipment
from tests.intake.cast import cloudevent, tracker_body

pytestmark = pytest.mark.django_db(transaction=True)


def accept(partner: Partner, body: bytes, now: datetime) -> Message:
    with acting_for(partner.organisation_id):
        accepted = message_accept(partner, body=body, headers={}, content_type="application/json", now=now)
        return Message.objects.get(pk=accepted.message_id)


def fresh(message: Message) -> Message:
    with acting_for(message.organisation_id):
        return Message.objects.get(pk=message.pk)


def test_a_message_becomes_events_of_a_shipment(easypost: Partner, run_jobs: Any, now: datetime) -> None:
    message = accept(easypost, tracker_body(), now)
    run_jobs()
    message = fresh(message)
    assert (message.state, message.events_read, message.attempts) == (MessageState.PROCESSED, 1, 1)
    with acting_for(easypost.organisation_id):
        (event,) = Event.objects.filter(message_id=message.pk)
        assert event.type == "shipment.delayed"
        assert event.data["reason"] == "weather"
        assert MessageEvent.objects.filter(message=message, event=event).exists()
        assert Shipment.objects.count() == 1
        assert Partner.objects.get(pk=easypost.pk).last_signal_at == now


def test_an_id_that_nobody_signed_does_not_make_a_repeat_new(easypost: Partner, now: datetime) -> None:
    with acting_for(easypost.organisation_id):
        answers = [
            message_accept(
                easypost, body=tracker_body(), headers={"webhook-id": each}, content_type="application/json", now=now
            )
            for each in ("one", "two")
        ]
    assert [answer.duplicate for answer in answers] == [False, True]


def test_a_repeated_history_adds_only_what_is_new(easypost: Partner, run_jobs: Any, now: datetime) -> None:
    accept(easypost, tracker_body(event_id="evt_1"), now)
    again = accept(easypost, tracker_body(event_id="evt_2"), now)
    run_jobs()
    assert fresh(again).state == MessageState.DUPLICATE
    with acting_for(easypost.organisation_id):
        assert Event.objects.count() == 1


def test_a_second_run_of_the_job_changes_nothing(easypost: Partner, run_jobs: Any, now: datetime) -> None:
    message = accept(easypost, tracker_body(), now)
    run_jobs()
    with acting_for(easypost.organisation_id):
        assert message_process(message.pk, now=now) == MessageState.PROCESSED
        assert Message.objects.get(pk=message.pk).attempts == 1


def test_what_is_not_understood_waits_with_reason_and_place(cloudevents: Partner, run_jobs: Any, now: datetime) -> None:
    message = accept(cloudevents, cloudevent(type="com.acme.unheard"), now)
    run_jobs()
    message = fresh(message)
    assert message.state == MessageState.DEAD
    assert "com.acme.unheard" in message.reason and message.where == "/type"
    with acting_for(cloudevents.organisation_id):
        assert Event.objects.count() == 0
        assert Job.objects.get(kind="intake.process").state == JobState.DONE


def test_a_dead_letter_is_understood_after_the_mapping_was_corrected(
    cloudevents: Partner, run_jobs: Any, now: datetime
) -> None:
    message = accept(cloudevents, cloudevent(type="com.acme.late"), now)
    run_jobs()
    with acting_for(cloudevents.organisation_id):
        Partner.objects.update(mapping={"types": {"com.acme.late": "shipment.delayed"}})
        assert message_replay([message.pk], actor=SYSTEM, now=now) == 1
    run_jobs()
    message = fresh(message)
    assert (message.state, message.where, message.attempts) == (MessageState.PROCESSED, "", 2)


def test_what_speaks_of_nothing_known_yet_is_kept_and_says_that_it_waits(
    cloudevents: Partner, run_jobs: Any, now: datetime
) -> None:
    message = accept(cloudevents, cloudevent(), now)
    run_jobs()
    message = fresh(message)
    assert (message.state, message.events_read) == (MessageState.PROCESSED, 1)
    assert "447-1120" in message.reason and "waits" in message.reason


def test_a_replay_takes_only_dead_letters(
    easypost: Partner, cloudevents: Partner, run_jobs: Any, now: datetime
) -> None:
    alive, dead = accept(easypost, tracker_body(), now), accept(cloudevents, cloudevent(time="then"), now)
    run_jobs()
    with acting_for(easypost.organisation_id):
        with pytest.raises(NotFound):
            message_replay([alive.pk], actor=SYSTEM, now=now)
        assert message_replay([alive.pk, dead.pk], actor=SYSTEM, now=now) == 1
        with pytest.raises(NotFound):
            message_replay([dead.pk], actor=SYSTEM, now=now)
    run_jobs()
    assert fresh(alive).attempts == 1
    assert fresh(dead).state == MessageState.DEAD


def test_a_stranger_cannot_replay_it(cloudevents: Partner, stranger: Any, run_jobs: Any, now: datetime) -> None:
    dead = accept(cloudevents, cloudevent(time="then"), now)
    run_jobs()
    with acting_for(stranger.organisation), pytest.raises(NotFound):
        message_replay([dead.pk], actor=stranger.actor, now=now)


def test_a_sandbox_message_is_read_but_records_nothing(easypost: Partner, run_jobs: Any, now: datetime) -> None:
    with acting_for(easypost.organisation_id):
        partner = partner_set_sandbox(easypost, sandbox=True, actor=SYSTEM, now=now)
    message = accept(partner, tracker_body(status="failure", detail="damaged"), now)
    run_jobs()
    message = fresh(message)
    assert (message.state, message.events_read, message.sandbox) == (MessageState.PROCESSED, 1, True)
    with acting_for(easypost.organisation_id):
        assert Event.objects.count() == Shipment.objects.count() == Case.objects.count() == 0


def test_what_was_rehearsed_in_the_sandbox_is_no_repeat_when_it_comes_in_earnest(
    easypost: Partner, cloudevents: Partner, run_jobs: Any, now: datetime
) -> None:
    other = {"references": [{"type": "pro", "value": "447-1121"}], "minutes": 90}
    once, several = tracker_body(), b"[" + cloudevent(id="a") + b"," + cloudevent(id="b", data=other) + b"]"
    for sandbox in (True, False):
        for partner, body in ((easypost, once), (cloudevents, several)):
            with acting_for(partner.organisation_id):
                partner = partner_set_sandbox(partner, sandbox=sandbox, actor=SYSTEM, now=now)
            message = accept(partner, body, now)
            run_jobs()
            assert (message.sandbox, fresh(message).state in ("processed", "split")) == (sandbox, True)
    with acting_for(easypost.organisation_id):
        assert not Message.objects.filter(state=MessageState.DUPLICATE).exists()
        assert Message.objects.filter(sandbox=False).count() == Message.objects.filter(sandbox=True).count() == 4
        assert Event.objects.count() == 3


def test_one_bad_item_of_a_batch_is_buried_alone(cloudevents: Partner, run_jobs: Any, now: datetime) -> None:
    good, bad = json.loads(cloudevent(id="good")), json.loads(cloudevent(id="bad", time="then"))
    message = accept(cloudevents, json.dumps([good, bad]).encode(), now)
    run_jobs()
    assert (fresh(message).state, fresh(message).items) == (MessageState.SPLIT, 2)
    with acting_for(cloudevents.organisation_id):
        one, two = Message.objects.filter(parent=message).order_by("position")
        assert (one.state, one.within) == (MessageState.PROCESSED, "/0")
        assert (two.state, two.within, two.where) == (MessageState.DEAD, "/1", "/time")
        assert json.loads(bytes(two.raw)) == bad
        assert Event.objects.get().sender_event_id == "good"


def test_understanding_leaves_an_entry_in_the_trail(easypost: Partner, run_jobs: Any, now: datetime) -> None:
    from controltower.audit.models import AuditEntry

    message = accept(easypost, tracker_body(), now)
    run_jobs()
    with acting_for(easypost.organisation_id):
        entry = AuditEntry.objects.get(verb="message.understood", subject=f"message:{message.pk}")
    (said,) = json.loads(entry.after)["messages"]
    assert said == {"message": message.pk, "state": "processed", "sha256": message.sha256, "events": 1}


def test_another_organisation_never_sees_a_message(
    easypost: Partner, other_organisation: Organisation, now: datetime
) -> None:
    accept(easypost, tracker_body(), now)
    with acting_for(other_organisation):
        assert Message.objects.count() == 0


@pytest.mark.parametrize("column, value", [("raw", b"{}"), ("dedupe_key", "x"), ("sandbox", True), ("sha256", "0")])
def test_what_came_in_cannot_be_rewritten(easypost: Partner, now: datetime, column: str, value: Any) -> None:
    message = accept(easypost, tracker_body(), now)
    with pytest.raises(DatabaseError, match="immutable"), acting_for(easypost.organisation_id):
        Message.objects.filter(pk=message.pk).update(**{column: value})
    with acting_for(easypost.organisation_id):
        assert Message.objects.filter(pk=message.pk).update(reason="a note") == 1


def test_two_batches_about_the_same_freight_in_opposite_order_do_not_block_each_other(
    cloudevents: Partner, now: datetime
) -> None:
    """Each records its first event and takes its time over it; the second one's identifier is the other's first."""

    def about(*numbers: str) -> bytes:
        events = []
        for at, number in enumerate(numbers):
            event = json.loads(cloudevent(id=f"{number}-{at}", time=f"2026-11-01T0{at}:00:00Z"))
            event["data"]["references"] = [{"type": "pro", "value": number}]
            events.append(event)
        return json.dumps(events).encode()

    messages = [accept(cloudevents, about(*order), now) for order in (("A-1", "B-2"), ("B-2", "A-1"))]
    with acting_for(cloudevents.organisation_id):
        assert [message_process(message.pk, now=now) for message in messages] == [MessageState.SPLIT] * 2
    outcomes: list[object] = []

    def work(message: Message) -> None:
        try:
            with acting_for(message.organisation_id):
                items = Message.objects.filter(parent=message)
                messages_process([item.pk for item in items], now=now)
                outcomes.extend(item.state for item in items.all())
        except DatabaseError as error:
            outcomes.append(error)
        finally:
            connection.close()

    def slow_detection(**_: object) -> None:
        time.sleep(0.4)

    with patch("exceptions.intake.services.processing.detection_run", slow_detection):
        threads = [threading.Thread(target=work, args=(message,)) for message in messages]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert outcomes == [MessageState.PROCESSED] * 4
