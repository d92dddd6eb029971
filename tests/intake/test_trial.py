"""A sample is read as a delivery would be, item by item, and nothing is stored."""

import json
from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from controltower.errors import Forbidden
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation
from controltower.tenancy.viewer import Viewer
from exceptions.intake.adapters import ADAPTERS, Adapter, Envelope, Part, Unreadable
from exceptions.intake.models import Message
from exceptions.intake.presets import PRESETS, sample_body
from exceptions.intake.selectors import trial_of
from exceptions.intake.trial import Trial, trial_run
from exceptions.parties.models import Partner
from exceptions.shipments.canonical import CanonicalEvent, EventType, Ref
from exceptions.shipments.models import Event, Reference, Shipment
from tests.intake.cast import LATELY, cloudevent, tracker_body

JSON = {"content-type": "application/json"}


def lines(read: object = None) -> Adapter:
    """A format of one event a line; an empty line is refused in the taking apart, one that says no in the reading."""

    def split(body: bytes, headers: object, mapping: object) -> list[Part | Unreadable]:
        return [
            Part(line, f"line {at}", Envelope()) if line else Unreadable("the line is empty", f"line {at}")
            for at, line in enumerate(body.split(b"\n"), start=1)
        ]

    def one(body: bytes, headers: object, mapping: object) -> list[CanonicalEvent] | Unreadable:
        if body == b"no":
            return Unreadable("it says no", "word 1")
        data = {"minutes": 5} if body != b"odd" else {"nonsense": 1}
        return [CanonicalEvent(EventType.SHIPMENT_DELAYED, LATELY, (Ref("pro", "1"),), data=data)]

    return Adapter("lines", "Lines", frozenset({"text/plain"}), one, lambda body, headers: Envelope(), split)


def test_each_item_says_something_or_why_not_and_where() -> None:
    read = trial_run(lines(), b"a\n\nno\nodd", headers={}, mapping={})
    assert isinstance(read, Trial)
    assert [item.where for item in read.items] == ["line 1", "line 2", "line 3", "line 4"]
    assert [str(item.refused or "") for item in read.items] == [
        "",
        "the line is empty (at line 2)",
        "it says no (at word 1)",
        "",
    ]
    assert read.items[0].said[0].facts == [("minutes", "5")]
    assert "nonsense" in read.items[3].said[0].refused
    assert (len(read.said), read.refused, read.cut) == (2, 3, False)


def test_a_long_sample_is_read_in_part_and_says_so() -> None:
    read = trial_run(lines(), b"\n".join([b"a"] * 201), headers={}, mapping={})
    assert isinstance(read, Trial) and len(read.items) == 200 and read.cut


@pytest.mark.parametrize("preset", PRESETS.values(), ids=list(PRESETS))
def test_the_sample_of_every_kind_of_connection_says_something(preset: object, now: datetime) -> None:
    body = sample_body(preset, now)  # type: ignore[arg-type]
    headers = {"content-type": preset.content_type}  # type: ignore[attr-defined]
    read = trial_run(ADAPTERS[preset.adapter], body, headers=headers, mapping=dict(preset.mapping))  # type: ignore[attr-defined]
    assert isinstance(read, Trial), read
    assert read.said and not read.refused
    assert preset.content_type in ADAPTERS[preset.adapter].content_types  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_a_sample_names_the_shipment_that_it_would_speak_of_and_stores_nothing(
    cloudevents: Partner, supervisor: Viewer, organisation: Organisation
) -> None:
    with acting_for(organisation):
        shipment = Shipment.objects.create(number="SH-7", created_at=LATELY)
        Reference.objects.create(type="pro", value="447-1120", value_key="4471120", exclusive=True, shipment=shipment)
        batch = (
            b"["
            + cloudevent()
            + b","
            + cloudevent(id="e-2", data={"references": [{"type": "pro", "value": "9"}]})
            + b"]"
        )
        with CaptureQueriesContext(connection) as queries:
            told = trial_of(supervisor, cloudevents, body=batch, headers=JSON)
        assert len(queries) == 1
        events = [event for item in told.items for event in item.events]
        assert [[subject.name for subject in event.subjects] for event in events] == [["SH-7"], []]
        assert Message.objects.count() == Event.objects.count() == 0


@pytest.mark.django_db
def test_a_mapping_can_be_tried_before_it_is_kept(
    cloudevents: Partner, supervisor: Viewer, organisation: Organisation
) -> None:
    body = cloudevent(type="com.acme.late")
    with acting_for(organisation):
        before = trial_of(supervisor, cloudevents, body=body, headers=JSON)
        after = trial_of(
            supervisor, cloudevents, body=body, headers=JSON, mapping={"types": {"com.acme.late": "shipment.delayed"}}
        )
        cloudevents.refresh_from_db()
    assert before.refused_items == 1 and after.events == 1
    assert cloudevents.mapping == {}


@pytest.mark.django_db
def test_who_sees_some_accounts_only_tries_nothing(
    easypost: Partner, supervisor: Viewer, organisation: Organisation
) -> None:
    supervisor.member.restricted = True
    with acting_for(organisation), pytest.raises(Forbidden):
        trial_of(supervisor, easypost, body=tracker_body(), headers=JSON)


@pytest.mark.django_db
def test_what_the_door_would_not_let_in_is_said_for_the_whole(
    easypost: Partner, supervisor: Viewer, organisation: Organisation
) -> None:
    with acting_for(organisation):
        told = trial_of(supervisor, easypost, body=b'{"a": 1, "a": 2}', headers=JSON)
    assert told.refused is not None and not told.items
    assert json.loads(tracker_body())
