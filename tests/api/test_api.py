"""The API for programs: keys with scopes, problem details, the same rows as on the screen."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from controltower.tenancy.access import digest_of
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import ApiKey, Member, Role
from exceptions.intake.models import Message
from tests.e2e.house import make_house

pytestmark = pytest.mark.django_db
SECRET = "ct_" + "k" * 43


def with_key(organisation, *scopes: str, **fields) -> Client:
    now = timezone.now()
    with acting_for(organisation):
        member = Member.objects.create(label="Warehouse system", role=Role.INTEGRATION)
        ApiKey.objects.create(
            member=member,
            name="wms",
            prefix=SECRET[:10],
            digest=digest_of(SECRET),
            scopes=scopes,
            created_at=now,
            **fields,
        )
    return Client(headers={"Authorization": f"Bearer {SECRET}"})


def event(number: int = 1) -> str:
    data = {"references": [{"type": "pro", "value": "PRO-1"}], "text": "Delayed by snow"}
    envelope = {"specversion": "1.0", "id": f"e{number}", "source": "/wms", "type": "shipment.delayed", "data": data}
    return json.dumps({**envelope, "time": "2026-11-03T15:00:00Z"})


def post(client: Client, slug: str, body: str):
    return client.post(f"/api/v1/partners/{slug}/messages/", body, content_type="application/cloudevents+json")


def test_a_key_with_the_scope_delivers_a_message_once(organisation):
    house = make_house(organisation)
    client = with_key(organisation, "INGEST")
    first, again = post(client, house.tms.slug, event()), post(client, house.tms.slug, event())
    assert (first.status_code, again.status_code) == (202, 200)
    assert first.json()["message"] == again.json()["message"]
    with acting_for(organisation):
        assert Message.objects.count() == 1


def test_a_key_can_do_no_more_than_its_scopes(organisation):
    house = make_house(organisation)
    client = with_key(organisation, "VIEW")
    refused = post(client, house.tms.slug, event())
    assert refused.status_code == 403
    assert refused["Content-Type"] == "application/problem+json"
    assert client.get("/api/v1/cases/").status_code == 200


@pytest.mark.parametrize("fields", [{"revoked_at": timezone.now()}, {"expires_at": timezone.now() - timedelta(days=1)}])
def test_a_key_that_is_revoked_or_expired_opens_nothing(organisation, fields):
    client = with_key(organisation, "VIEW", **fields)
    answer = client.get("/api/v1/cases/")
    assert answer.status_code == 401
    assert answer.json()["title"] == "unauthorised"


def test_a_key_of_one_organisation_finds_no_partner_of_another(organisation, other_organisation):
    house = make_house(organisation)
    assert post(with_key(other_organisation, "INGEST"), house.tms.slug, event()).status_code == 404


def test_a_body_that_cannot_be_read_says_where(organisation):
    house = make_house(organisation)
    answer = post(with_key(organisation, "INGEST"), house.tms.slug, '{"a": ')
    assert answer.status_code == 400
    assert answer.json()["title"] == "unreadable"
    with acting_for(organisation):
        assert Message.objects.count() == 0


def test_a_signed_in_person_needs_the_csrf_token_to_write(organisation, supervisor, client_for):
    client = client_for(supervisor, enforce_csrf_checks=True)
    answer = post(client, "nobody", event())
    assert answer.status_code == 403


def test_an_unknown_case_is_a_problem_and_not_a_page(organisation, supervisor, client_for):
    answer = client_for(supervisor).get("/api/v1/cases/EX-9999/")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"


def test_a_filter_that_is_wrong_is_a_problem_that_points_at_its_place(organisation, supervisor, client_for):
    answer = client_for(supervisor).get("/api/v1/cases/", {"q": "owner:me custmer:acme"})
    assert answer.status_code == 400 and answer.json()["title"] == "bad_filter"
    (problem,) = answer.json()["problems"]
    assert (problem["parameter"], problem["offset"], problem["length"]) == ("q", 9, 12)
    assert problem["suggestion"] == "owner:me customer:acme"


def test_the_schema_describes_every_endpoint():
    answer = Client().get("/api/v1/schema/", headers={"Accept": "application/json"})
    assert answer.status_code == 200
    paths = json.loads(answer.content)["paths"]
    assert set(paths) == {
        "/api/v1/cases/",
        "/api/v1/cases/{number}/",
        "/api/v1/events",
        "/api/v1/partners/{slug}/messages/",
        "/api/v1/partners/{slug}/messages/{message_id}/",
        "/api/v1/partners/{slug}/messages/{message_id}/acknowledgement/",
    }
    assert set(paths["/api/v1/events"]["post"]["responses"]) >= {"202", "413", "415", "422", "429"}
