"""The pages of partners and dead letters, for those who may and those who may not."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation
from controltower.tenancy.viewer import Viewer
from exceptions.intake.models import Message, MessageState
from exceptions.intake.services import message_accept
from exceptions.intake.services.partners import secrets_of
from exceptions.parties.models import Account, Partner
from exceptions.shipments.models import Event
from tests.intake.cast import cloudevent, tracker_body

pytestmark = pytest.mark.django_db(transaction=True)
ClientFor = Callable[[Viewer], Client]


@pytest.fixture
def dead(cloudevents: Partner, run_jobs: Any, now: datetime) -> Message:
    with acting_for(cloudevents.organisation_id):
        body = cloudevent(type="<script>alert(1)</script>")
        accepted = message_accept(cloudevents, body=body, headers={}, content_type="application/json", now=now)
    run_jobs()
    with acting_for(cloudevents.organisation_id):
        return Message.objects.get(pk=accepted.message_id, state=MessageState.DEAD)


def connect(client: Client, account: Account, **changes: Any) -> Any:
    form = {"preset": "cloudevents", "name": "Acme TMS", "account": account.pk, "sandbox": "on", **changes}
    return client.post(reverse("intake:partner_create"), form)


def test_connecting_shows_address_and_secret_once(
    client_for: ClientFor, administrator: Viewer, carrier: Account, organisation: Organisation, now: datetime
) -> None:
    client = client_for(administrator)
    page = connect(client, carrier)
    assert page.status_code == 201
    assert "no-store" in page["Cache-Control"]
    with acting_for(organisation):
        partner = Partner.objects.get()
        (secret,) = secrets_of(partner, now)
    assert secret in page.content.decode()
    assert f"/in/{partner.slug}/" in page.content.decode()
    later = client.get(reverse("intake:partner", args=[partner.slug])).content.decode()
    assert secret not in later
    assert "Sandbox" in later and f"/in/{partner.slug}/" in later


def test_a_form_with_gaps_comes_back_with_what_was_typed(
    client_for: ClientFor, administrator: Viewer, carrier: Account
) -> None:
    client = client_for(administrator)
    page = connect(client, carrier, name="", secret="short")
    assert page.status_code == 422
    page = connect(client, carrier, secret="short")
    assert page.status_code == 422
    assert "at least 16 characters" in page.content.decode() and "Acme TMS" in page.content.decode()


def test_rotate_go_live_and_switch_off(
    client_for: ClientFor, administrator: Viewer, carrier: Account, organisation: Organisation, now: datetime
) -> None:
    client = client_for(administrator)
    connect(client, carrier)
    with acting_for(organisation):
        slug = Partner.objects.get().slug
    rotated = client.post(reverse("intake:partner_rotate", args=[slug]))
    assert "valid for one day" in rotated.content.decode()
    client.post(reverse("intake:partner_sandbox", args=[slug]), {"sandbox": "off"})
    client.post(reverse("intake:partner_active", args=[slug]), {"active": "off"})
    with acting_for(organisation):
        partner = Partner.objects.get()
        assert (partner.sandbox, partner.active, len(partner.secrets)) == (False, False, 2)
    assert client.post(reverse("intake:partner_active", args=[slug]), {"active": "off"}).status_code == 409


def test_a_pasted_message_is_read_and_nothing_is_stored(
    client_for: ClientFor, administrator: Viewer, easypost: Partner
) -> None:
    client = client_for(administrator)
    address = reverse("intake:partner_try", args=[easypost.slug])
    page = client.post(address, {"body": tracker_body().decode()}).content.decode()
    assert "shipment.delayed" in page and "Nothing was stored" in page and "9400 1000" in page
    fragment = client.post(address, {"body": '{"object": 1}'}, headers={"HX-Request": "true"}).content.decode()
    assert "/object" in fragment and "<html" not in fragment
    with acting_for(easypost.organisation_id):
        assert Message.objects.count() == Event.objects.count() == 0


def test_dead_letters_show_reason_place_and_the_raw_text_as_text(
    client_for: ClientFor, supervisor: Viewer, dead: Message
) -> None:
    client = client_for(supervisor)
    page = client.get(reverse("intake:dead_letters")).content.decode()
    assert "/type" in page and "&lt;script&gt;" in page and "<script>alert" not in page
    raw = client.get(reverse("intake:message", args=[dead.pk])).content.decode()
    assert "&lt;script&gt;alert(1)" in raw and "<script>alert" not in raw
    assert dead.sha256 in raw


@pytest.mark.parametrize("form", [{"message": "{pk}"}, {"all": "1"}, {"all": "1", "partner": "{slug}"}])
def test_dead_letters_are_replayed_one_or_many(
    client_for: ClientFor, supervisor: Viewer, dead: Message, cloudevents: Partner, form: dict[str, str]
) -> None:
    filled = {name: value.format(pk=dead.pk, slug=cloudevents.slug) for name, value in form.items()}
    response = client_for(supervisor).post(reverse("intake:replay"), filled)
    assert response.status_code == 302
    with acting_for(cloudevents.organisation_id):
        assert Message.objects.get(pk=dead.pk).state == MessageState.RECEIVED


def test_choosing_nothing_or_nonsense_is_a_clear_400(client_for: ClientFor, supervisor: Viewer, dead: Message) -> None:
    client = client_for(supervisor)
    for form in ({}, {"message": "x"}, {"message": "9" * 40}):
        assert client.post(reverse("intake:replay"), form).status_code == 400


def test_partners_are_for_administrators_and_dead_letters_for_operators(
    client_for: ClientFor, coordinator: Viewer, supervisor: Viewer, auditor: Viewer, easypost: Partner, dead: Message
) -> None:
    for viewer, partners, letters in ((coordinator, 403, 403), (supervisor, 403, 200), (auditor, 403, 403)):
        client = client_for(viewer)
        assert client.get(reverse("intake:partners")).status_code == partners
        assert client.get(reverse("intake:partner", args=[easypost.slug])).status_code == partners
        assert client.post(reverse("intake:partner_rotate", args=[easypost.slug])).status_code == partners
        assert client.get(reverse("intake:dead_letters")).status_code == letters
        assert client.get(reverse("intake:message", args=[dead.pk])).status_code == letters


def test_who_sees_some_accounts_only_reads_no_messages(
    client_for: ClientFor, supervisor: Viewer, dead: Message, organisation: Organisation
) -> None:
    supervisor.member.restricted = True
    with acting_for(organisation):
        supervisor.member.save()
    client = client_for(supervisor)
    assert client.get(reverse("intake:dead_letters")).status_code == 403
    assert client.get(reverse("intake:message", args=[dead.pk])).status_code == 403


def test_a_stranger_finds_nothing(client_for: ClientFor, stranger: Viewer, dead: Message, cloudevents: Partner) -> None:
    client = client_for(stranger)
    assert client.get(reverse("intake:message", args=[dead.pk])).status_code == 404
    assert client.get(reverse("intake:dead_letters"), {"partner": cloudevents.slug}).status_code == 404
    assert cloudevents.name not in client.get(reverse("intake:dead_letters")).content.decode()
    assert client.post(reverse("intake:replay"), {"message": dead.pk}).status_code == 404


def test_a_stranger_who_administers_another_organisation_finds_no_partner(
    client_for: ClientFor, other_organisation: Organisation, easypost: Partner
) -> None:
    from tests.conftest import make_viewer

    client = client_for(make_viewer(other_organisation, "administrator", "Nadia"))
    assert client.get(reverse("intake:partner", args=[easypost.slug])).status_code == 404
    assert client.post(reverse("intake:partner_rotate", args=[easypost.slug])).status_code == 404
    assert easypost.name not in client.get(reverse("intake:partners")).content.decode()


def test_the_list_says_how_each_partner_is_doing(
    client_for: ClientFor, administrator: Viewer, dead: Message, cloudevents: Partner
) -> None:
    page = client_for(administrator).get(reverse("intake:partners")).content.decode()
    assert cloudevents.name in page and "Live" in page
    assert '<span class="badge badge--danger">1</span>' in page
