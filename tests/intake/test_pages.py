"""The pages of partners and dead letters, for those who may and those who may not."""

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation
from controltower.tenancy.viewer import Viewer
from exceptions.intake.models import Message, MessageState
from exceptions.intake.services import bulk_replay, message_accept
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
    form = {"preset": "cloudevents", "name": "Acme TMS", "account": account.code, "sandbox": "on", **changes}
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


def test_supervisors_see_what_administrators_change_and_others_see_nothing(
    client_for: ClientFor, coordinator: Viewer, supervisor: Viewer, auditor: Viewer, easypost: Partner, dead: Message
) -> None:
    for viewer, sees in ((coordinator, 403), (supervisor, 200), (auditor, 403)):
        client = client_for(viewer)
        for address in (
            reverse("intake:partners"),
            reverse("intake:partner", args=[easypost.slug]),
            reverse("intake:mapping", args=[easypost.slug]),
            reverse("intake:unmapped"),
            reverse("intake:dead_letters"),
            reverse("intake:message", args=[dead.pk]),
        ):
            assert client.get(address).status_code == sees, address
        for name in ("partner_rotate", "partner_revoke", "partner_change", "mapping_save", "partner_active"):
            assert client.post(reverse(f"intake:{name}", args=[easypost.slug])).status_code == 403
    page = client_for(supervisor).get(reverse("intake:partner", args=[easypost.slug])).content.decode()
    assert "Make a new secret" not in page and "Go live" not in page and "Switch off" not in page


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


def test_dead_letters_are_found_by_partner_reason_and_day(
    client_for: ClientFor, supervisor: Viewer, dead: Message, cloudevents: Partner, easypost: Partner, now: datetime
) -> None:
    client, address = client_for(supervisor), reverse("intake:dead_letters")
    here = {"partner": cloudevents.slug, "reason": dead.reason, "day": now.date().isoformat()}
    for wanted in ({}, here, *({name: value} for name, value in here.items())):
        assert f"Choose message {dead.pk}" in client.get(address, wanted).content.decode()
    for wanted in ({"partner": easypost.slug}, {"reason": "another"}, {"day": "2026-11-02"}):
        assert "Nothing matches" in client.get(address, wanted).content.decode()
    assert client.get(address, {"day": "yesterday"}).status_code == 400


def test_all_that_match_are_replayed_the_rest_in_the_background(
    client_for: ClientFor,
    supervisor: Viewer,
    dead: Message,
    cloudevents: Partner,
    run_jobs: Any,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bulk_replay, "CHUNK", 2)
    with acting_for(cloudevents.organisation_id):
        for at in range(4):
            body = cloudevent(id=f"e-{at}", type="com.acme.late")
            message_accept(cloudevents, body=body, headers={}, content_type="application/json", now=now)
    run_jobs()
    with acting_for(cloudevents.organisation_id):
        assert Message.objects.filter(state=MessageState.DEAD).count() == 5
        Partner.objects.update(mapping={"types": {"com.acme.late": "shipment.delayed"}})
        (reason,) = Message.objects.exclude(pk=dead.pk).values_list("reason", flat=True).distinct()
    page = client_for(supervisor).post(reverse("intake:replay"), {"all": "1", "reason": reason}, follow=True)
    assert "2 messages back in line. The other 2 follow in the background." in page.content.decode()
    run_jobs()
    with acting_for(cloudevents.organisation_id):
        assert [message.pk for message in Message.objects.filter(state=MessageState.DEAD)] == [dead.pk]


def test_the_mapping_is_tried_then_saved_and_the_dead_letter_comes_back(
    client_for: ClientFor, administrator: Viewer, dead: Message, cloudevents: Partner, run_jobs: Any
) -> None:
    client = client_for(administrator)
    page = client.get(reverse("intake:mapping", args=[cloudevents.slug]), {"message": dead.pk}).content.decode()
    version = page.split('name="version" value="')[1].split('"')[0]
    form = {
        "version": version,
        "message": dead.pk,
        "types.name": ["<script>alert(1)</script>", ""],
        "types.value": ["shipment.delayed", ""],
    }
    tried = client.post(reverse("intake:mapping_try", args=[cloudevents.slug]), form).content.decode()
    assert "1 event. Nothing was stored." in tried and "447-1120" in tried
    wrong = client.post(reverse("intake:mapping_save", args=[cloudevents.slug]), {**form, "rest": '{"zone": "CST"}'})
    assert wrong.status_code == 422 and "is no time zone" in wrong.content.decode()
    odd = {**form, "message": "NaN", "rest": '{"zone": "CST"}'}
    for name in ("mapping_save", "mapping_try"):
        assert client.post(reverse(f"intake:{name}", args=[cloudevents.slug]), odd).status_code in (200, 422)
    assert client.post(reverse("intake:mapping_save", args=[cloudevents.slug]), form).status_code == 302
    again = client.post(reverse("intake:mapping_save", args=[cloudevents.slug]), {**form, "rest": '{"a": 1}'})
    assert again.status_code == 409 and "&quot;a&quot;: 1" in again.content.decode()
    client.post(reverse("intake:replay"), {"message": dead.pk})
    run_jobs()
    with acting_for(cloudevents.organisation_id):
        assert Message.objects.get(pk=dead.pk).state == MessageState.PROCESSED


def test_only_messages_of_the_partner_are_samples_of_its_mapping(
    client_for: ClientFor, administrator: Viewer, dead: Message, easypost: Partner
) -> None:
    client, address = client_for(administrator), reverse("intake:mapping", args=[easypost.slug])
    for message in (dead.pk, "9" * 30, "x"):
        assert client.get(address, {"message": message}).status_code == 404


def test_a_file_is_tried_byte_for_byte(client_for: ClientFor, supervisor: Viewer, easypost: Partner) -> None:
    client, address = client_for(supervisor), reverse("intake:partner_try", args=[easypost.slug])
    page = client.post(address, {"sample": BytesIO(tracker_body())}).content.decode()
    assert "1 event. Nothing was stored." in page
    page = client.post(address, {"sample": BytesIO(b"\x00\xff" * 10)}).content.decode()
    assert "The door would not let it in" in page
    assert "Paste a message, or choose a file." in client.post(address, {}).content.decode()
    page = client.post(address, {"sample": BytesIO(bytes(1024 * 1024 + 1))}).content.decode()
    assert "larger than 1 MiB" in page


def test_a_delivery_shows_its_items_and_an_item_its_delivery(
    client_for: ClientFor, supervisor: Viewer, cloudevents: Partner, run_jobs: Any, now: datetime
) -> None:
    with acting_for(cloudevents.organisation_id):
        delivery = Message.objects.create(
            partner=cloudevents,
            channel="rest",
            raw=b"one\ntwo\n",
            sha256="0" * 64,
            dedupe_key="delivery",
            received_at=now,
            state="split",
            items=60,
            acknowledgement=b"997",
        )
        items = [
            Message.objects.create(
                partner=cloudevents,
                channel="rest",
                raw=b"two" if at < 60 else b"",
                sha256=f"{at:064}",
                dedupe_key=f"item {at}",
                received_at=now,
                state="dead" if at % 30 == 0 else "processed",
                reason="it says no",
                where="line 2",
                parent=delivery,
                position=at,
                within=f"line {at}",
            )
            for at in range(1, 61)
        ]
    client, address = client_for(supervisor), reverse("intake:message", args=[delivery.pk])
    page = client.get(address).content.decode()
    assert "Not understood 2" in page and "Processed 58" in page and "line 50" in page and "line 51" not in page
    assert "line 51" in client.get(address, {"after": "50"}).content.decode()
    dead = client.get(address, {"state": "dead"}).content.decode()
    assert "line 30" in dead and "line 60" in dead and "line 29" not in dead
    bodiless = client.get(reverse("intake:message", args=[items[-1].pk])).content.decode()
    assert f'of delivery <a class="link" href="{address}"' in bodiless and "<mark>two</mark>" in bodiless
    letters = client.get(reverse("intake:dead_letters")).content.decode()
    assert "line 60 of the delivery" in letters


def test_unknown_codes_of_the_sandbox_are_listed_so_that_they_are_mapped_before_it_counts(
    client_for: ClientFor, administrator: Viewer, carrier: Account, run_jobs: Any, now: datetime
) -> None:
    client = client_for(administrator)
    connect(client, carrier)
    with acting_for(carrier.organisation_id):
        body = cloudevent(data={"references": [{"type": "pro", "value": "1"}], "reason": "x12.1651.Q9"})
        message_accept(Partner.objects.get(), body=body, headers={}, content_type="application/json", now=now)
    run_jobs()
    assert "x12.1651.Q9" in client.get(reverse("intake:unmapped")).content.decode()


def test_a_partner_is_changed_and_a_secret_ended(
    client_for: ClientFor, administrator: Viewer, easypost: Partner, customer: Account
) -> None:
    client = client_for(administrator)
    form = {"name": "Parcels", "account": customer.code, "default_customer": "", "rate_limit_per_minute": 7}
    assert client.post(reverse("intake:partner_change", args=[easypost.slug]), {**form, "name": ""}).status_code == 422
    client.post(reverse("intake:partner_change", args=[easypost.slug]), form)
    client.post(reverse("intake:partner_rotate", args=[easypost.slug]))
    with acting_for(easypost.organisation_id):
        easypost.refresh_from_db()
        old = easypost.secrets[1]["id"]
    page = client.get(reverse("intake:partner", args=[easypost.slug])).content.decode()
    assert "Ends in" in page and "In use" in page and "7 messages a minute" in page and "signals wait" not in page
    client.post(reverse("intake:partner_revoke", args=[easypost.slug]), {"secret": old})
    with acting_for(easypost.organisation_id):
        easypost.refresh_from_db()
    assert (easypost.name, easypost.creates_shipments, len(easypost.secrets)) == ("Parcels", False, 1)


def test_the_form_offers_only_what_the_format_can_use(
    client_for: ClientFor, administrator: Viewer, carrier: Account
) -> None:
    client, address = client_for(administrator), reverse("intake:partner_create")
    kinds = client.get(address).content.decode()
    assert "EasyPost tracker" in kinds and "CloudEvents 1.0" in kinds
    easypost = client.get(address, {"preset": "easypost"}).content.decode()
    cloud = client.get(address, {"preset": "cloudevents"}).content.decode()
    assert "default_customer" in easypost and "default_customer" not in cloud
    assert 'name="way"' in cloud and 'name="way"' not in easypost
    assert client.post(address, {"preset": "pigeon"}).status_code == 422


def test_a_new_account_is_made_with_the_partner(
    client_for: ClientFor, administrator: Viewer, organisation: Organisation
) -> None:
    client = client_for(administrator)
    form = {"preset": "easypost", "name": "Parcels", "sandbox": "on"}
    page = client.post(reverse("intake:partner_create"), form)
    assert page.status_code == 422 and "Name an account, or a new one below." in page.content.decode()
    form |= {"new_account": "Skylark Ltd.", "new_account_kind": "broker"}
    assert client.post(reverse("intake:partner_create"), form).status_code == 201
    with acting_for(organisation):
        account = Partner.objects.get().account
        assert (account.code, account.kind) == ("SKYLARK-LTD", "broker")


def test_no_page_asks_the_database_more_often_the_more_partners_there_are(
    client_for: ClientFor,
    administrator: Viewer,
    dead: Message,
    cloudevents: Partner,
    easypost: Partner,
    carrier: Account,
    customer: Account,
) -> None:
    client = client_for(administrator)
    for at in range(5):
        connect(client, carrier, name=f"Partner {at}")
    for address in (
        reverse("intake:partners"),
        reverse("intake:partner", args=[cloudevents.slug]),
        reverse("intake:mapping", args=[cloudevents.slug]),
        reverse("intake:unmapped"),
        reverse("intake:dead_letters"),
        reverse("intake:message", args=[dead.pk]),
    ):
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        counted = [query["sql"] for query in asked if not query["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN"))]
        counted = [sql for sql in counted if "set_config" not in sql]
        assert len(counted) <= 12, address + "\n".join(counted)


def test_the_list_says_how_each_partner_is_doing(
    client_for: ClientFor, administrator: Viewer, dead: Message, cloudevents: Partner
) -> None:
    page = client_for(administrator).get(reverse("intake:partners")).content.decode()
    assert cloudevents.name in page and "Live" in page
    assert '<span class="badge badge--danger">1</span>' in page
