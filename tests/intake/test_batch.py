"""A batch of events by API key: every item judged by itself, nothing lost, nothing twice."""

import json
import threading
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from controltower.jobs.models import Job, JobState
from controltower.jobs.registry import sweeps
from controltower.jobs.runner import claim_next, run
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation
from exceptions.intake import api
from exceptions.intake.limits import limiter
from exceptions.intake.models import KeyedRequest, Message, MessageState
from exceptions.parties.models import Partner, SignatureScheme
from exceptions.shipments.models import Event
from tests.intake.cast import LATELY, client_with_key, cloudevent, event

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "ct_" + "b" * 43


@pytest.fixture
def client(organisation: Organisation) -> Client:
    return client_with_key(organisation, SECRET)


def post(client: Client, events: Any, *, kind: str = "application/json", query: str = "", **headers: str) -> Any:
    body = events if isinstance(events, bytes) else json.dumps(events).encode()
    return client.post(f"/api/v1/events{query}", body, content_type=kind, headers=headers)


def test_a_batch_is_answered_item_by_item_and_becomes_events(client: Client, tms: Partner, run_jobs: Any) -> None:
    answer = post(client, [event(1), event(2)])
    assert answer.status_code == 202
    said = answer.json()
    assert (said["accepted"], said["duplicates"], said["refused"]) == (2, 0, 0)
    assert [(one["index"], one["status"]) for one in said["results"]] == [(0, "accepted"), (1, "accepted")]
    with acting_for(tms.organisation_id):
        jobs = Job.objects.filter(kind="intake.process").values_list("payload", flat=True)
        understood = [pk for payload in jobs for pk in payload["messages"]]
        assert sorted(understood) == [one["message"] for one in said["results"]]
    run_jobs()
    with acting_for(tms.organisation_id):
        assert set(Message.objects.values_list("state", flat=True)) == {MessageState.PROCESSED}
        assert sorted(Event.objects.values_list("sender_event_id", flat=True)) == ["e-1", "e-2"]


def test_what_is_said_of_one_shipment_meets_in_one_chunk_whatever_lies_between(
    client: Client, tms: Partner, now: datetime
) -> None:
    told = [
        event(10 * step + shipment, references=[{"type": "pro", "value": f"PRO-{shipment}"}])
        for step in range(6)
        for shipment in range(8)
    ]
    for some in (told[:24], told[24:]):
        assert post(client, some).status_code == 202
    claim = claim_next("intake")
    assert claim is not None and run(claim) is JobState.DONE
    with acting_for(tms.organisation_id):
        waits: dict[str, set[bool]] = defaultdict(set)
        for raw, state in Message.objects.values_list("raw", "state"):
            waits[json.loads(bytes(raw))["references"][0]["value"]].add(state == MessageState.RECEIVED)
        waiting = Job.objects.filter(kind="intake.process", state="waiting").count()
    assert all(len(found) == 1 for found in waits.values()), "also with what a second batch says"
    assert {True, False} == set().union(*waits.values()) and waiting


def test_one_bad_item_keeps_none_of_a_thousand_out_and_is_kept_with_reason_and_place(
    client: Client, tms: Partner, run_jobs: Any
) -> None:
    events = [event(number) for number in range(1000)]
    events[417] = event(417, occurred_at="yesterday")
    answer = post(client, events).json()
    assert (answer["accepted"], answer["refused"]) == (999, 1)
    bad = answer["results"][417]
    assert (bad["status"], bad["where"]) == ("refused", "/occurred_at")
    assert "date and time" in bad["reason"]
    with acting_for(tms.organisation_id):
        letter = Message.objects.get(pk=bad["message"])
        assert (letter.state, letter.where, letter.reason) == ("dead", "/occurred_at", bad["reason"])
        assert json.loads(bytes(letter.raw)) == events[417]
        sizes = [len(job.payload["messages"]) for job in Job.objects.order_by("id")]
        assert sum(sizes) == 999 and max(sizes) == 200


def test_an_item_is_kept_byte_for_byte(client: Client, tms: Partner) -> None:
    odd = b'{ "type":"shipment.delayed",\t"occurred_at":"2026-11-03T15:00:00Z","references":[{"type":"pro","value":"\\u00dc-1"}]}'
    assert post(client, b"\n[ " + odd + b" , " + json.dumps(event(2)).encode() + b" ]\n").json()["accepted"] == 2
    with acting_for(tms.organisation_id):
        assert bytes(Message.objects.order_by("id")[0].raw) == odd


@pytest.mark.parametrize(
    "item, where",
    [
        (event(1, type="shipment.vanished"), "/type"),
        (event(1, references=[]), "/references"),
        (event(1, references=[{"type": "pro"}]), "/references/0/value"),
        (event(1, data={"minutes": "many"}), "/data/minutes"),
        (event(1, place={"zone": "Mars/Base"}), "/place/zone"),
        (event(1, colour="blue"), "/colour"),
        ([], ""),
        (7, ""),
        (None, ""),
    ],
)
def test_a_refused_item_says_where(client: Client, tms: Partner, item: Any, where: str) -> None:
    answer = post(client, [item, event(9)]).json()
    assert [one["status"] for one in answer["results"]] == ["refused", "accepted"]
    assert answer["results"][0]["where"] == where
    assert answer["results"][0]["reason"]


def test_repeats_are_told_in_the_batch_and_across_batches(client: Client, tms: Partner, run_jobs: Any) -> None:
    first = post(client, [event(1), event(1)]).json()["results"]
    assert [one["status"] for one in first] == ["accepted", "duplicate"]
    again = post(client, [event(2), event(1)]).json()["results"]
    assert [one["status"] for one in again] == ["accepted", "duplicate"]
    assert again[1]["message"] == first[0]["message"] == first[1]["message"]
    run_jobs()
    with acting_for(tms.organisation_id):
        assert Event.objects.count() == 2


def test_of_two_items_with_one_id_that_differ_the_second_is_refused_and_told_of_the_first(
    client: Client, tms: Partner, run_jobs: Any
) -> None:
    items = [event(2), event(1), event(1, data={"minutes": 95}), event(1)]
    answer = post(client, items).json()["results"]
    assert [one["status"] for one in answer] == ["accepted", "accepted", "refused", "duplicate"]
    assert "/1" in answer[2]["reason"] and answer[3]["message"] == answer[1]["message"]
    run_jobs()
    with acting_for(tms.organisation_id):
        assert Event.objects.count() == 2
        assert Message.objects.get(pk=answer[2]["message"]).state == MessageState.DEAD


def test_a_corrected_item_is_accepted_under_the_id_of_the_refused_one(
    client: Client, tms: Partner, run_jobs: Any
) -> None:
    refused = post(client, [event(1, type="no.such")]).json()["results"][0]
    run_jobs()
    corrected = post(client, [event(1)]).json()["results"][0]
    assert corrected["status"] == "accepted" and corrected["message"] != refused["message"]
    run_jobs()
    with acting_for(tms.organisation_id):
        assert Message.objects.get(pk=corrected["message"]).state == MessageState.PROCESSED


def test_lines_stand_for_themselves(client: Client, tms: Partner) -> None:
    lines = json.dumps(event(1)).encode() + b"\r\n{broken\n\n" + json.dumps(event(3)).encode()
    answer = post(client, lines, kind="application/x-ndjson").json()
    assert [one["status"] for one in answer["results"]] == ["accepted", "refused", "accepted"]
    with acting_for(tms.organisation_id):
        assert bytes(Message.objects.get(state="dead").raw) == b"{broken"


def test_a_partner_of_cloudevents_takes_batches_of_them(
    client: Client, tms: Partner, cloudevents: Partner, run_jobs: Any
) -> None:
    times = [(LATELY + timedelta(minutes=number)).isoformat() for number in range(3)]
    batch = [json.loads(cloudevent(id=f"ce-{at}", time=at)) for at in times] + [{"specversion": "1.0"}]
    query = f"?partner={cloudevents.slug}"
    answer = post(client, batch, kind="application/cloudevents-batch+json", query=query).json()
    assert [one["status"] for one in answer["results"]] == ["accepted"] * 3 + ["refused"]
    run_jobs()
    with acting_for(tms.organisation_id):
        assert Event.objects.filter(partner=cloudevents).count() == 3


def test_which_partner_is_meant_must_be_clear(client: Client, tms: Partner, easypost: Partner) -> None:
    assert post(client, [event(1)], query="?partner=nobody").status_code == 404
    other = post(client, [event(1)], query=f"?partner={easypost.slug}")
    assert (other.status_code, other.json()["title"]) == (422, "other_format")
    with acting_for(tms.organisation_id):
        Partner.objects.create(
            account=tms.account, slug="wms", name="WMS", adapter="canonical", signature=SignatureScheme.TRANSPORT
        )
    unclear = post(client, [event(1)])
    assert (unclear.status_code, unclear.json()["title"]) == (422, "which_partner")
    assert post(client, [event(1)], query="?partner=tms").status_code == 202


@pytest.mark.parametrize(
    "body, kind, status",
    [
        (b"[", "application/json", 400),
        (b"[{} {}]", "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"\n", "application/x-ndjson", 400),
        (b"[" + b"[" * 5000, "application/json", 400),
        (b"[1" + b"0" * 9000 + b"]", "application/json", 400),
        (b"[" + b"{}," * 1000 + b"{}]", "application/json", 413),
        (b" " * (api.MAX_BATCH_BYTES + 1), "application/json", 413),
        (b"a,b", "text/csv", 415),
    ],
)
def test_what_is_no_batch_is_refused_as_a_whole(
    client: Client, tms: Partner, body: bytes, kind: str, status: int
) -> None:
    answer = post(client, body, kind=kind)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    with acting_for(tms.organisation_id):
        assert Message.objects.count() == 0


def test_a_key_without_the_scope_and_a_stranger_deliver_nothing(
    tms: Partner, organisation: Organisation, other_organisation: Organisation
) -> None:
    assert post(Client(), [event(1)]).status_code == 401
    assert post(client_with_key(organisation, "ct_" + "v" * 43, "VIEW"), [event(1)]).status_code == 403
    stranger = client_with_key(other_organisation, "ct_" + "s" * 43)
    assert post(stranger, [event(1)]).status_code == 422
    assert post(stranger, [event(1)], query="?partner=tms").status_code == 404


@pytest.mark.usefixtures("one_minute")
def test_a_full_minute_is_429_for_the_key_and_for_the_partner(client: Client, tms: Partner) -> None:
    with acting_for(tms.organisation_id):
        Partner.objects.update(rate_limit_per_minute=1)
    assert [post(client, [event(number)]).status_code for number in range(2)] == [202, 429]
    with acting_for(tms.organisation_id):
        Partner.objects.update(rate_limit_per_minute=0)
    with patch.object(api, "REQUESTS_PER_MINUTE", 3):
        answers = [post(client, [event(number)]) for number in range(2)]
    assert [answer.status_code for answer in answers] == [202, 429]
    assert 1 <= int(answers[1]["Retry-After"]) <= 60


# Idempotency-Key


def test_redis_is_asked_outside_of_every_transaction(client: Client, tms: Partner) -> None:
    count, asked = limiter().count, []

    def watched(who: int | str, **rest: Any) -> int:
        asked.append((who, connection.in_atomic_block))
        return count(who, **rest)

    with patch.object(limiter(), "count", watched):
        assert post(client, [event(1)]).status_code == 202
        message = client.post("/api/v1/partners/tms/messages/", event(2), content_type="application/json")
        assert message.status_code == 202
        assert client.get(f"/api/v1/partners/tms/messages/{message.json()['message']}/").status_code == 200
    assert {inside for _, inside in asked} == {False}
    assert [who for who, _ in asked if who == tms.pk] == [tms.pk, tms.pk]


def test_the_same_key_gets_the_same_answer_and_does_nothing(client: Client, tms: Partner) -> None:
    first, again = (post(client, [event(1), event(2)], **{"Idempotency-Key": "k-1"}) for _ in range(2))
    assert first.json() == again.json() and again.json()["accepted"] == 2
    assert again["Idempotency-Replayed"] == "true" and "Idempotency-Replayed" not in first
    with acting_for(tms.organisation_id):
        assert Message.objects.count() == 2


def test_the_same_key_for_another_request_is_422(client: Client, tms: Partner) -> None:
    assert post(client, [event(1)], **{"Idempotency-Key": "k-1"}).status_code == 202
    other = post(client, [event(2)], **{"Idempotency-Key": "k-1"})
    assert (other.status_code, other.json()["title"]) == (422, "key_reused")
    with acting_for(tms.organisation_id):
        assert Message.objects.count() == 1


def test_a_request_that_failed_leaves_its_key_free(client: Client, tms: Partner) -> None:
    assert post(client, b"[", **{"Idempotency-Key": "k-1"}).status_code == 400
    assert post(client, [event(1)], **{"Idempotency-Key": "k-1"}).status_code == 202


def test_keys_of_two_integrations_are_apart(client: Client, tms: Partner, organisation: Organisation) -> None:
    other = client_with_key(organisation, "ct_" + "o" * 43)
    assert post(client, [event(1)], **{"Idempotency-Key": "k"}).status_code == 202
    assert post(other, [event(2)], **{"Idempotency-Key": "k"}).json()["accepted"] == 1


def test_a_key_is_forgotten_after_a_day(client: Client, tms: Partner) -> None:
    assert post(client, [event(1)], **{"Idempotency-Key": "k"}).status_code == 202
    (forget,) = [sweep for sweep in sweeps() if sweep.name == "intake.requests"]
    assert forget.run(timezone.now()) == 0
    with acting_for(tms.organisation_id):
        KeyedRequest.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert post(client, [event(2)], **{"Idempotency-Key": "k"}).status_code == 202, "what has expired hinders nobody"
    assert forget.run(timezone.now() + timedelta(hours=25)) == 1


def test_one_key_twice_at_once_is_done_once(live_server: Any, client: Client, tms: Partner) -> None:
    import http.client

    body = json.dumps([event(number) for number in range(50)]).encode()
    headers = {"Authorization": f"Bearer {SECRET}", "Content-Type": "application/json", "Idempotency-Key": "k"}
    barrier, answers = threading.Barrier(4), []

    def send() -> None:
        link = http.client.HTTPConnection(live_server.thread.host, live_server.thread.port, timeout=120)
        barrier.wait()
        link.request("POST", "/api/v1/events", body, headers)
        response = link.getresponse()
        answers.append((response.status, response.read()))
        link.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    connection.close()
    assert {status for status, _ in answers} == {202}
    assert {json.dumps(json.loads(said), sort_keys=True) for _, said in answers} == {
        json.dumps(json.loads(answers[0][1]), sort_keys=True)
    }
    with acting_for(tms.organisation_id):
        assert Message.objects.count() == 50


def test_a_batch_and_its_jobs_stand_or_fall_together(client: Client, tms: Partner) -> None:
    client.raise_request_exception = False
    with patch("exceptions.intake.services.storing.enqueue_all", side_effect=RuntimeError("no")):
        assert post(client, [event(1)], **{"Idempotency-Key": "k"}).status_code == 500
    with acting_for(tms.organisation_id):
        assert Message.objects.count() == KeyedRequest.objects.count() == 0


def test_a_sandbox_keeps_what_comes_and_records_nothing(client: Client, tms: Partner, run_jobs: Any) -> None:
    with acting_for(tms.organisation_id):
        Partner.objects.update(sandbox=True)
    assert post(client, [event(1)]).json()["accepted"] == 1
    run_jobs()
    with acting_for(tms.organisation_id):
        assert (Message.objects.get().state, Event.objects.count()) == (MessageState.PROCESSED, 0)


def test_the_moment_of_receipt_is_ours(client: Client, tms: Partner) -> None:
    before: datetime = timezone.now()
    post(client, [event(1)])
    with acting_for(tms.organisation_id):
        assert before <= Message.objects.get().received_at <= timezone.now()
