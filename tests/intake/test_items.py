"""A delivery of many items is taken apart: each is a message of its own, and the sender can ask what became of it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any
from unittest.mock import patch

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from controltower.audit import SYSTEM
from controltower.audit.models import AuditEntry
from controltower.jobs.models import Job
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation
from exceptions.intake.adapters import ADAPTERS, Adapter, Envelope, Part, Unreadable
from exceptions.intake.models import Message, MessageState, SignalHour
from exceptions.intake.presets import PRESETS, starting_mapping
from exceptions.intake.services import accepting, message_replay
from exceptions.parties.models import Partner
from exceptions.shipments.models import Event
from tests.intake.cast import client_with_key, event

pytestmark = pytest.mark.django_db(transaction=True)
LINES = "application/x-ndjson"
OPEN = ADAPTERS["canonical"].open


@pytest.fixture
def client(organisation: Organisation) -> Client:
    return client_with_key(organisation, "ct_" + "i" * 43)


def lines(*events: Any) -> bytes:
    return b"".join(json.dumps(each).encode() + b"\n" for each in events)


def deliver(client: Client, body: bytes, *, kind: str = LINES) -> Any:
    return client.post("/api/v1/partners/tms/messages/", body, content_type=kind)


def asked(client: Client, message: int, query: str = "") -> dict[str, Any]:
    answer = client.get(f"/api/v1/partners/tms/messages/{message}/{query}")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def test_each_item_of_a_file_is_understood_or_buried_by_itself(client: Client, tms: Partner, run_jobs: Any) -> None:
    body = lines(event(1), event(2, type="no.such"), event(1), event(3)) + b"{broken\n"
    answer = deliver(client, body)
    assert answer.status_code == 202
    run_jobs()
    said = asked(client, answer.json()["message"])
    assert (said["state"], said["items"]) == ("split", 5)
    assert said["counts"] == {"processed": 2, "dead": 2, "repeated": 1}
    found = [(one["position"], one["state"], one["within"], one["where"]) for one in said["results"]]
    assert found == [
        (1, "processed", "line 1", ""),
        (2, "dead", "line 2", "/type"),
        (3, "duplicate", "", ""),
        (4, "processed", "line 4", ""),
        (5, "dead", "line 5", "line 1 column 2"),
    ]
    with acting_for(tms.organisation_id):
        whole = Message.objects.get(parent=None)
        assert bytes(whole.raw) == body
        assert bytes(Message.objects.get(position=5).raw) == b"{broken"
        assert SignalHour.objects.get().messages == 4
        assert Event.objects.count() == 2


def test_the_same_file_again_is_the_same_message(client: Client, tms: Partner, run_jobs: Any) -> None:
    first = deliver(client, lines(event(1), event(2)))
    run_jobs()
    again = deliver(client, lines(event(1), event(2)))
    assert (again.status_code, again.json()["message"]) == (200, first.json()["message"])


def test_the_same_file_again_has_only_its_dead_items_read_again(client: Client, tms: Partner, run_jobs: Any) -> None:
    body = lines(event(1), event(2, type="no.such"), event(3))
    first = deliver(client, body)
    run_jobs()
    again = deliver(client, body)
    assert (again.status_code, again.json()) == (202, {**first.json(), "duplicate": False})
    with acting_for(tms.organisation_id):
        states = dict(Message.objects.filter(parent__isnull=False).values_list("position", "state"))
        assert states == {1: "processed", 2: "received", 3: "processed"}
        (said,) = AuditEntry.objects.filter(verb="message.replayed")
        assert said.actor == f"partner:{tms.pk}"
    run_jobs()
    assert asked(client, first.json()["message"])["counts"] == {"processed": 2, "dead": 1}
    with acting_for(tms.organisation_id):
        assert Event.objects.count() == 2


def test_a_file_that_repeats_some_items_adds_the_others(client: Client, tms: Partner, run_jobs: Any) -> None:
    deliver(client, lines(event(1), event(2)))
    second = deliver(client, lines(event(2), event(3)))
    run_jobs()
    assert asked(client, second.json()["message"])["counts"] == {"processed": 1, "repeated": 1}
    with acting_for(tms.organisation_id):
        assert Event.objects.count() == 3


def test_a_big_file_is_taken_apart_by_a_job_of_its_own(client: Client, tms: Partner, run_jobs: Any) -> None:
    answer = deliver(client, lines(*(event(number, text="x" * 300) for number in range(450))))
    with acting_for(tms.organisation_id):
        assert list(Job.objects.values_list("kind", flat=True)) == ["intake.split"]
    run_jobs()
    said = asked(client, answer.json()["message"])
    assert said["counts"] == {"processed": 450}
    with acting_for(tms.organisation_id):
        sizes = [len(job.payload["messages"]) for job in Job.objects.filter(kind="intake.process")]
    assert sizes == [200, 200, 50]


def test_items_are_shown_page_by_page(client: Client, tms: Partner, run_jobs: Any) -> None:
    message = deliver(client, lines(*(event(number) for number in range(5)))).json()["message"]
    run_jobs()
    with patch("exceptions.intake.selectors.deliveries.ITEMS_SHOWN", 2):
        pages, after = [], 0
        while after is not None:
            page = asked(client, message, f"?after={after}")
            pages.append([one["position"] for one in page["results"]])
            after = page["next_after"]
    assert pages == [[1, 2], [3, 4], [5]]
    assert client.get(f"/api/v1/partners/tms/messages/{message}/?after=x").status_code == 400


def test_dead_items_are_locked_before_they_are_read_again(organisation: Organisation) -> None:
    """The same delivery may come twice at once: who comes second waits, and finds none of them dead any more."""
    with acting_for(organisation), CaptureQueriesContext(connection) as asked:
        assert accepting._dead_items(0, "0") == []
    assert [query["sql"] for query in asked if query["sql"].endswith("FOR NO KEY UPDATE")] != []


def test_one_item_alone_is_not_taken_apart(client: Client, tms: Partner, run_jobs: Any) -> None:
    message = deliver(client, lines(event(1))).json()["message"]
    run_jobs()
    said = asked(client, message)
    assert (said["state"], said["items"], said["events"]) == ("processed", 0, 1)
    with acting_for(tms.organisation_id):
        assert Message.objects.count() == 1


def test_a_stranger_and_another_partner_cannot_ask(
    client: Client, tms: Partner, cloudevents: Partner, other_organisation: Organisation
) -> None:
    message = deliver(client, lines(event(1))).json()["message"]
    address = f"messages/{message}/"
    assert client.get(f"/api/v1/partners/{cloudevents.slug}/{address}").status_code == 404
    stranger = client_with_key(other_organisation, "ct_" + "z" * 43)
    for more in ("", "acknowledgement/"):
        assert stranger.get(f"/api/v1/partners/tms/{address}{more}").status_code == 404
    assert (
        client_with_key(tms.organisation, "ct_" + "y" * 43, "VIEW").get(f"/api/v1/partners/tms/{address}").status_code
        == 403
    )


def test_where_an_item_came_from_cannot_be_rewritten(client: Client, tms: Partner, run_jobs: Any) -> None:
    deliver(client, lines(event(1), event(2)))
    run_jobs()
    for column, value in (("parent", None), ("position", 7), ("within", "x")):
        with pytest.raises(DatabaseError, match="immutable"), acting_for(tms.organisation_id):
            Message.objects.filter(position=1).update(**{column: value})


# What the format answers


@pytest.fixture
def answering(tms: Partner) -> Iterator[Adapter]:
    def acknowledge(body: bytes, headers: Any, mapping: Any, at: datetime) -> bytes:
        return f"got {len(body)} bytes at {at:%Y}".encode()

    adapter = replace(ADAPTERS["canonical"], acknowledge=acknowledge)
    with patch.dict(ADAPTERS, canonical=adapter):
        yield adapter


@pytest.mark.usefixtures("answering")
def test_what_the_format_answers_is_kept_and_can_be_fetched(client: Client, tms: Partner, run_jobs: Any) -> None:
    body = lines(event(1), event(2))
    message = deliver(client, body).json()["message"]
    address = f"/api/v1/partners/tms/messages/{message}/acknowledgement/"
    assert asked(client, message)["acknowledgement"] is None
    assert client.get(address).status_code == 404
    run_jobs()
    assert asked(client, message)["acknowledgement"] == address
    answer = client.get(address)
    assert answer.content == f"got {len(body)} bytes at {timezone.now():%Y}".encode()
    with acting_for(tms.organisation_id):
        assert Message.objects.filter(acknowledgement__isnull=False).count() == 1, "items are not answered one by one"


def test_an_acknowledgement_that_fails_loses_no_message(client: Client, tms: Partner, run_jobs: Any) -> None:
    def broken(*given: Any) -> bytes:
        raise IndexError("no segment")

    with patch.dict(ADAPTERS, canonical=replace(ADAPTERS["canonical"], acknowledge=broken)):
        message = deliver(client, lines(event(1))).json()["message"]
        run_jobs()
    assert asked(client, message)["state"] == "processed"


# Items without a body of their own


def by_semicolon(body: bytes, headers: Any, mapping: Any) -> list[Part | Unreadable] | Unreadable:
    """A format of events between semicolons, in which `?` is no item unless the mapping says what it means."""
    parts: list[Part | Unreadable] = []
    for number, piece in enumerate(body.split(b";"), start=1):
        meant = str(mapping.get("?", "?")).encode() if piece == b"?" else piece
        envelope = OPEN(meant, {})
        if isinstance(envelope, Unreadable):
            parts.append(Unreadable("this is no item", f"piece {number}"))
        else:
            parts.append(Part(meant, f"piece {number}", envelope))
    return parts


@pytest.fixture
def pieces(tms: Partner) -> Iterator[None]:
    adapter = replace(ADAPTERS["canonical"], split=by_semicolon, open=lambda body, headers: Envelope(content=body))
    with patch.dict(ADAPTERS, canonical=adapter):
        yield


@pytest.mark.usefixtures("pieces")
def test_an_item_that_cannot_be_cut_out_is_a_dead_letter_and_is_read_with_the_whole_again(
    client: Client, tms: Partner, run_jobs: Any, now: datetime
) -> None:
    one = json.dumps(event(1)).encode()
    message = deliver(client, one + b";?;" + json.dumps(event(3)).encode(), kind="application/json").json()["message"]
    run_jobs()
    said = asked(client, message)
    assert said["counts"] == {"processed": 2, "dead": 1}
    assert (said["results"][1]["within"], said["results"][1]["reason"]) == ("piece 2", "this is no item")
    with acting_for(tms.organisation_id):
        letter = Message.objects.get(state=MessageState.DEAD)
        (entry,) = AuditEntry.objects.filter(verb="message.buried")
        assert json.loads(entry.after)["reason"] == "this is no item"
        assert message_replay([letter.pk], actor=SYSTEM, now=now) == 1
    run_jobs()
    assert asked(client, message)["counts"] == {"processed": 2, "dead": 1}, "nothing was corrected"
    with acting_for(tms.organisation_id):
        Partner.objects.update(mapping={"?": json.dumps(event(2))})
        message_replay([letter.pk], actor=SYSTEM, now=now)
    run_jobs()
    with acting_for(tms.organisation_id):
        states = sorted(Message.objects.filter(parent=message).values_list("state", flat=True))
        assert states == ["duplicate", "processed", "processed", "processed"]
        assert Event.objects.count() == 3


def test_each_row_of_a_table_is_an_item_named_by_its_line(client: Client, tms: Partner, run_jobs: Any) -> None:
    with acting_for(tms.organisation_id):
        mapping = starting_mapping(PRESETS["tabular"])
        Partner.objects.update(adapter="tabular", mapping=mapping)
    at = timezone.now().isoformat()
    rows = f"PRO;Status;Remarks;When;Minutes late\nP-1;LATE;Snow;{at};90\nP-2;LATE;Snow;soon;90\nP-3;??;;{at};\n"
    answer = deliver(client, rows.encode(), kind="text/csv")
    assert answer.status_code == 202
    run_jobs()
    found = [(one["state"], one["within"], one["where"]) for one in asked(client, answer.json()["message"])["results"]]
    assert found == [("processed", "line 2", ""), ("dead", "line 3", "column When"), ("dead", "line 4", "")]
    with acting_for(tms.organisation_id):
        assert Event.objects.get().data["reason"] == "weather"
