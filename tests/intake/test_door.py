"""The front door over HTTP: who is let in, what is stored, and what the sender is told."""

import json
import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings as settings_of_django
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from controltower.audit import SYSTEM
from controltower.jobs import outbox
from controltower.jobs.models import Job
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation
from exceptions.intake import limits
from exceptions.intake.adapters import Envelope
from exceptions.intake.models import Message, MessageState
from exceptions.intake.services import partner_rotate_secret
from exceptions.intake.services.storing import dedupe_key
from exceptions.intake.signatures import easypost_signature, standard_signature
from exceptions.intake.strict_json import MAX_BYTES, canonical_bytes
from exceptions.parties.models import Partner
from tests.intake.cast import EASYPOST_SECRET, STANDARD_SECRET, cloudevent, tracker_body

pytestmark = pytest.mark.django_db(transaction=True)


def post(
    partner: Partner, body: bytes, *, path: str = "", content_type: str = "application/json", **headers: str
) -> Any:
    return Client().post(f"/in/{partner.slug}/{path}", body, content_type=content_type, headers=dict(headers.items()))


def post_tracker(partner: Partner, body: bytes, *, secret: str = EASYPOST_SECRET) -> Any:
    return post(partner, body, **{"X-Hmac-Signature": easypost_signature(secret, body)})


def post_event(
    partner: Partner, body: bytes, *, message_id: str = "msg_1", at: datetime | None = None, **more: Any
) -> Any:
    at = at or timezone.now()
    signature = standard_signature(STANDARD_SECRET, message_id=message_id, timestamp=at, body=body)
    headers = {"webhook-id": message_id, "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signature}
    return post(partner, body, content_type=more.pop("content_type", "application/cloudevents+json"), **headers, **more)


def stored(organisation: Organisation) -> list[Message]:
    with acting_for(organisation):
        return list(Message.objects.order_by("id"))


def waiting_jobs(organisation: Organisation) -> int:
    with acting_for(organisation):
        return Job.objects.filter(kind="intake.process", state="waiting").count()


def test_a_signed_message_is_stored_byte_for_byte_with_its_job(easypost: Partner, organisation: Organisation) -> None:
    body = tracker_body()
    response = post_tracker(easypost, body)
    assert response.status_code == 202
    (message,) = stored(organisation)
    assert response.json() == {"message": message.pk, "duplicate": False}
    assert bytes(message.raw) == body
    assert (message.state, message.dedupe_key) == (MessageState.RECEIVED, "event:evt_1")
    assert waiting_jobs(organisation) == 1


def test_the_same_message_again_is_answered_200_and_adds_nothing(easypost: Partner, organisation: Organisation) -> None:
    first = post_tracker(easypost, tracker_body())
    again = post_tracker(easypost, tracker_body())
    assert (again.status_code, again.json()) == (200, {"message": first.json()["message"], "duplicate": True})
    assert len(stored(organisation)) == waiting_jobs(organisation) == 1


def test_a_wrong_signature_is_401_and_stores_nothing(easypost: Partner, organisation: Organisation) -> None:
    for response in (post_tracker(easypost, tracker_body(), secret="guess"), post(easypost, tracker_body())):
        assert response.status_code == 401
        assert response["Content-Type"] == "application/problem+json"
        assert response.json()["title"] == "bad_signature"
    assert stored(organisation) == []


def test_a_standard_webhook_is_let_in_and_a_stale_one_is_not(cloudevents: Partner, organisation: Organisation) -> None:
    body = cloudevent()
    assert post_event(cloudevents, body, at=timezone.now() - timedelta(seconds=400)).status_code == 401
    assert post_event(cloudevents, body).status_code == 202
    (message,) = stored(organisation)
    assert message.dedupe_key == "webhook:msg_1"
    assert set(message.headers) == {"webhook-id", "webhook-timestamp"}


def test_binary_mode_keeps_the_headers_that_carry_the_event(cloudevents: Partner, organisation: Organisation) -> None:
    envelope = json.loads(cloudevent())
    data = json.dumps(envelope.pop("data")).encode()
    ce = {f"ce-{name}": str(value) for name, value in envelope.items()}
    assert post_event(cloudevents, data, content_type="application/json", **ce).status_code == 202
    (message,) = stored(organisation)
    assert message.headers["ce-type"] == "shipment.delayed"


@pytest.mark.parametrize(
    "body, where",
    [(b"{", "line 1"), (b"\xff", "byte 0"), (b'{"a":NaN}', ""), (b'{"a":1,"a":2}', "key a"), (b" ", "line 1")],
)
def test_a_broken_envelope_is_400_with_the_place(
    easypost: Partner, organisation: Organisation, body: bytes, where: str
) -> None:
    response = post_tracker(easypost, body)
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert where in response.json()["where"]
    assert stored(organisation) == []


def test_what_is_json_but_not_understood_is_accepted(easypost: Partner) -> None:
    assert post_tracker(easypost, b"[1,2,3]").status_code == 202


def test_an_oversized_body_is_413_before_it_is_read(easypost: Partner) -> None:
    with patch("django.http.HttpRequest.body", property(lambda self: pytest.fail("the body was read"))):
        assert post_tracker(easypost, b" " * (MAX_BYTES + 1)).status_code == 413


def test_a_body_without_a_length_is_411(easypost: Partner) -> None:
    response = Client().generic("POST", f"/in/{easypost.slug}/", b"{}", CONTENT_LENGTH="")
    assert response.status_code == 411


def test_another_content_type_is_415(easypost: Partner, cloudevents: Partner) -> None:
    assert post(easypost, b"<a/>", content_type="text/xml").status_code == 415
    assert post(cloudevents, b"a=1", content_type="application/x-www-form-urlencoded").status_code == 415


def test_an_unknown_or_inactive_partner_or_another_channel_is_404(
    easypost: Partner, organisation: Organisation
) -> None:
    assert Client().post("/in/nobody/", b"{}", content_type="application/json").status_code == 404
    assert post(easypost, tracker_body(), path="edi/").status_code == 404
    assert post_tracker(easypost, tracker_body()).status_code == 202
    with acting_for(organisation):
        Partner.objects.update(active=False)
    assert post_tracker(easypost, tracker_body()).status_code == 404


def test_get_is_405_and_the_slash_is_optional(easypost: Partner) -> None:
    assert Client().get(f"/in/{easypost.slug}/").status_code == 405
    body = tracker_body()
    headers = {"X-Hmac-Signature": easypost_signature(EASYPOST_SECRET, body)}
    for path in (easypost.slug, f"{easypost.slug}/webhook", f"{easypost.slug}/webhook/"):
        response = Client().post(f"/in/{path}", body, content_type="application/json", headers=headers)
        assert response.status_code in (202, 200)


def test_two_partners_may_use_the_same_event_id(
    easypost: Partner, cloudevents: Partner, organisation: Organisation
) -> None:
    assert post_event(cloudevents, cloudevent(), message_id="evt_1").status_code == 202
    assert post_tracker(easypost, tracker_body()).status_code == 202
    assert len(stored(organisation)) == 2


def test_what_nobody_signed_takes_nothing_from_the_partners_minute(
    easypost: Partner, organisation: Organisation
) -> None:
    with acting_for(organisation):
        Partner.objects.update(rate_limit_per_minute=2)
    assert {post(easypost, b"{}", content_type="text/html").status_code for _ in range(3)} == {415}
    assert {post(easypost, b"{}", path="mail/").status_code for _ in range(3)} == {404}
    assert post_tracker(easypost, tracker_body()).status_code == 202


@pytest.mark.usefixtures("one_minute")
def test_too_many_in_a_minute_are_429_with_retry_after(easypost: Partner, organisation: Organisation) -> None:
    with acting_for(organisation):
        Partner.objects.update(rate_limit_per_minute=2)
    answers = [post_tracker(easypost, tracker_body(event_id=f"evt_{number}")) for number in range(3)]
    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert 1 <= int(answers[2]["Retry-After"]) <= 60
    assert len(stored(organisation)) == 2


def test_forged_requests_do_not_use_up_the_partners_minute(easypost: Partner, organisation: Organisation) -> None:
    with acting_for(organisation):
        Partner.objects.update(rate_limit_per_minute=1)
    for _ in range(3):
        assert post_tracker(easypost, tracker_body(), secret="guess").status_code == 401
    assert post_tracker(easypost, tracker_body()).status_code == 202


def test_without_redis_everything_is_still_accepted(easypost: Partner, organisation: Organisation) -> None:
    with acting_for(organisation):
        Partner.objects.update(rate_limit_per_minute=1)
    nowhere = limits.Limiter("redis://127.0.0.1:1/0")
    with patch("exceptions.intake.door.limiter", lambda: nowhere):
        answers = [post_tracker(easypost, tracker_body(event_id=f"evt_{number}")) for number in range(3)]
    assert [answer.status_code for answer in answers] == [202, 202, 202]


def test_a_broker_that_does_not_answer_is_waited_for_once(
    easypost: Partner, organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "_quiet_until", 0.0)
    monkeypatch.setattr(outbox, "_rung", {})  # another test may have rung a moment ago,
    monkeypatch.setattr(outbox, "_due", set())  # or be about to
    with patch.object(outbox, "ring", return_value=False) as ring:
        answers = [post_tracker(easypost, tracker_body(event_id=f"evt_{number}")) for number in range(3)]
    assert [answer.status_code for answer in answers] == [202, 202, 202]
    assert ring.call_count == 1
    assert waiting_jobs(organisation) == 3


def test_two_identical_requests_at_once_give_one_202_and_one_200(
    live_server: Any, easypost: Partner, organisation: Organisation
) -> None:
    """Real connections to a real server; six at once, so that the race is met and not only possible."""
    import http.client

    body = tracker_body()
    barrier = threading.Barrier(6)
    codes: list[int] = []

    def send() -> None:
        link = http.client.HTTPConnection(live_server.thread.host, live_server.thread.port, timeout=120)
        barrier.wait()
        headers = {"Content-Type": "application/json", "X-Hmac-Signature": easypost_signature(EASYPOST_SECRET, body)}
        link.request("POST", f"/in/{easypost.slug}/", body, headers)
        codes.append(link.getresponse().status)
        link.close()

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [200] * 5 + [202]
    assert len(stored(organisation)) == waiting_jobs(organisation) == 1


def spoken(easypost: Partner, body: bytes) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert post_tracker(easypost, body).status_code == 202
    return [query["sql"] for query in captured if not query["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT"))]


def test_one_message_costs_few_queries_and_of_a_known_partner_one(easypost: Partner) -> None:
    first = spoken(easypost, tracker_body())
    # lookup by slug, set_config, the partner, the message, its job
    assert len(first) == 5, first
    again = spoken(easypost, tracker_body(event_id="evt_2"))
    assert len(again) == 1, again


def test_both_ways_in_store_the_same(easypost: Partner, organisation: Organisation) -> None:
    for event_id in ("evt_1", "evt_2"):
        assert post_tracker(easypost, tracker_body(event_id=event_id)).status_code == 202
    differing = {"id", "raw", "sha256", "dedupe_key", "received_at"}
    slow, quick = stored(organisation)
    for field in Message._meta.concrete_fields:
        if field.name not in differing:
            assert getattr(slow, field.attname) == getattr(quick, field.attname), field.name
    with acting_for(organisation):
        one, other = Job.objects.order_by("id")
    assert (one.payload, other.payload) == (
        {"messages": [slow.pk], "small": True},
        {"messages": [quick.pk], "small": True},
    )
    for field in Job._meta.concrete_fields:
        if field.name not in {"id", "payload", "run_after", "created_at", "request_id"}:
            assert getattr(one, field.attname) == getattr(other, field.attname), field.name


def test_what_changes_about_a_known_partner_holds_for_the_very_next_message(
    easypost: Partner, organisation: Organisation, now: datetime
) -> None:
    assert post_tracker(easypost, tracker_body(event_id="evt_1")).status_code == 202
    with acting_for(organisation):
        Partner.objects.update(sandbox=True)
    assert post_tracker(easypost, tracker_body(event_id="evt_2")).status_code == 202
    assert [message.sandbox for message in stored(organisation)] == [False, True]
    with acting_for(organisation):
        fresh = partner_rotate_secret(easypost, actor=SYSTEM, now=timezone.now()).secret
    assert post_tracker(easypost, tracker_body(event_id="evt_3"), secret=fresh).status_code == 202
    with acting_for(organisation):
        Partner.objects.update(secrets=[])
    assert post_tracker(easypost, tracker_body(event_id="evt_4"), secret=fresh).status_code == 401
    with acting_for(organisation):
        Partner.objects.update(active=False)
    assert post_tracker(easypost, tracker_body(event_id="evt_5"), secret=fresh).status_code == 404
    assert len(stored(organisation)) == 3


def test_a_secret_of_a_known_partner_ends_when_it_ends(easypost: Partner, organisation: Organisation) -> None:
    at = timezone.now()
    with acting_for(organisation):
        partner_rotate_secret(easypost, actor=SYSTEM, now=at)
    assert post_tracker(easypost, tracker_body(event_id="evt_1")).status_code == 202
    with patch("exceptions.intake.door.timezone.now", lambda: at + timedelta(days=2)):
        assert post_tracker(easypost, tracker_body(event_id="evt_2")).status_code == 401


@pytest.mark.usefixtures("one_minute")
def test_a_process_takes_its_share_of_a_minute_at_once(easypost: Partner) -> None:
    limiter, epoch = limits.Limiter(settings_of_django.REDIS_URL), timezone.now().timestamp()
    other = limits.Limiter(settings_of_django.REDIS_URL)
    numbers = [limiter.count("shared", epoch=epoch, limit=300) for _ in range(4)]
    assert numbers == [1, 2, 3, 4], "the second share begins where the first ends"
    with patch.object(limits.Limiter, "_change", side_effect=AssertionError("Redis was asked")):
        assert limiter.count("shared", epoch=epoch, limit=300) == 5
    assert other.count("shared", epoch=epoch, limit=300) == 7
    assert limiter.count("few", epoch=epoch, limit=20) == 1
    assert other.count("few", epoch=epoch, limit=20) == 2


def test_message_and_job_stand_or_fall_together(easypost: Partner, organisation: Organisation) -> None:
    with patch("exceptions.intake.services.storing.enqueue_all", side_effect=RuntimeError("no")):
        client = Client(raise_request_exception=False)
        body = tracker_body()
        headers = {"X-Hmac-Signature": easypost_signature(EASYPOST_SECRET, body)}
        response = client.post(f"/in/{easypost.slug}/", body, content_type="application/json", headers=headers)
    assert response.status_code == 500
    assert stored(organisation) == []
    assert post_tracker(easypost, tracker_body()).status_code == 202


@pytest.mark.parametrize(
    "delivery, sender, key",
    [
        ("msg_1", "evt_1", "webhook:msg_1"),
        ("", "evt_1", "event:evt_1"),
        ("", "x" * 300, "event#"),
        ("a\x00b", "", "webhook#"),
    ],
)
def test_the_key_prefers_the_signed_id_and_always_fits(delivery: str, sender: str, key: str) -> None:
    found = dedupe_key(delivery, Envelope(sender))
    assert found.startswith(key) and len(found) <= 200 and found.isprintable()


def test_without_any_id_equal_content_is_the_same_message() -> None:
    keys = [
        dedupe_key("", Envelope(content=canonical_bytes(content)))
        for content in ({"a": 1, "b": [2]}, {"b": [2], "a": 1}, {})
    ]
    assert keys[0] == keys[1] != keys[2]


def test_time_of_receipt_is_ours(easypost: Partner, organisation: Organisation) -> None:
    post_tracker(easypost, tracker_body())
    (message,) = stored(organisation)
    assert abs(message.received_at - datetime.now(UTC)) < timedelta(seconds=30)


ANYTHING = st.one_of(
    st.binary(max_size=60), st.sampled_from([b"{}", b"[]", b"1", b'{"id":1}', b'{"id":"\\u0000"}', cloudevent()])
)
ODD = st.text(st.characters(max_codepoint=255), max_size=30)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    body=ANYTHING,
    kind=st.sampled_from(
        ["application/json", "application/cloudevents+json", "application/json; charset=utf-8", "", "x"]
    ),
    message_id=st.one_of(ODD, st.just("msg_1")),
    headers=st.dictionaries(st.sampled_from(["ce-specversion", "ce-id", "ce-source", "ce-type", "ce-time"]), ODD),
    signed=st.booleans(),
)
def test_whatever_is_sent_the_answer_is_never_a_5xx(
    cloudevents: Partner, body: bytes, kind: str, message_id: str, headers: dict[str, str], signed: bool
) -> None:
    now = timezone.now()
    signature = "v1,AAAA"
    if signed and body.isascii():
        signature = standard_signature(STANDARD_SECRET, message_id=message_id, timestamp=now, body=body)
    sent = {**headers, "webhook-id": message_id, "webhook-timestamp": str(int(now.timestamp()))}
    response = post(cloudevents, body, content_type=kind, **sent, **{"webhook-signature": signature})
    assert response.status_code < 500
    assert response["Content-Type"] in ("application/json", "application/problem+json")
