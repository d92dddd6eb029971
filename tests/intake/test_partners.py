"""Connecting a partner: secrets are sealed, shown once and rotated with an overlap."""

from datetime import datetime, timedelta

import pytest

from controltower.audit import SYSTEM
from controltower.errors import Conflict, Invalid
from controltower.tenancy.models import Organisation
from exceptions.intake.adapters import Unreadable
from exceptions.intake.presets import PRESETS, sample_body
from exceptions.intake.services import (
    partner_activate,
    partner_create,
    partner_deactivate,
    partner_rotate_secret,
    partner_set_sandbox,
    partner_try,
)
from exceptions.intake.services.partners import Connected, secrets_of
from exceptions.intake.signatures import SCHEMES, Scheme
from exceptions.parties.models import Account, Partner
from exceptions.parties.models.partners import SignatureScheme
from exceptions.shipments.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def connected(acting: Organisation, carrier: Account, now: datetime) -> Connected:
    return create(carrier, now)


def create(account: Account, now: datetime, preset: str = "cloudevents", secret: str = "") -> Connected:
    return partner_create(
        preset=preset,
        name="Swift parcel tracking",
        account=account,
        default_customer=None,
        secret=secret,
        actor=SYSTEM,
        now=now,
    )


def test_the_secret_is_sealed_and_can_be_opened_for_checking(connected: Connected, now: datetime) -> None:
    assert connected.secret.startswith("whsec_")
    assert connected.secret not in str(connected.partner.secrets)
    assert secrets_of(connected.partner, now) == [connected.secret]


def test_a_new_partner_starts_in_the_sandbox_under_a_name_nobody_guesses(
    connected: Connected, carrier: Account, now: datetime
) -> None:
    assert connected.partner.sandbox and connected.partner.active
    assert connected.partner.slug.startswith("swift-parcel-tracking-")
    assert create(carrier, now).partner.slug != connected.partner.slug


def test_after_a_rotation_both_secrets_are_valid_for_a_day(connected: Connected, now: datetime) -> None:
    rotated = partner_rotate_secret(connected.partner, actor=SYSTEM, now=now)
    assert secrets_of(rotated.partner, now) == [rotated.secret, connected.secret]
    almost, after = now + timedelta(hours=23, minutes=59), now + timedelta(days=1, seconds=1)
    assert secrets_of(rotated.partner, almost) == [rotated.secret, connected.secret]
    assert secrets_of(rotated.partner, after) == [rotated.secret]


def test_rotating_twice_keeps_two_and_never_prolongs_the_old_one(connected: Connected, now: datetime) -> None:
    second = partner_rotate_secret(connected.partner, actor=SYSTEM, now=now)
    later = now + timedelta(hours=2)
    third = partner_rotate_secret(second.partner, actor=SYSTEM, now=later)
    assert secrets_of(third.partner, later) == [third.secret, second.secret]
    assert secrets_of(third.partner, later + timedelta(days=1, seconds=1)) == [third.secret]


def test_a_partner_may_bring_a_secret_of_its_own_if_it_can_be_used(
    acting: Organisation, carrier: Account, now: datetime
) -> None:
    assert create(carrier, now, "easypost", "x" * 16).secret == "x" * 16
    for preset, secret in (("easypost", "short"), ("cloudevents", "whsec_not base64 at all!")):
        with pytest.raises(Invalid) as caught:
            create(carrier, now, preset, secret)
        assert "secret" in caught.value.details


def test_an_unknown_kind_and_an_empty_name_are_refused(acting: Organisation, carrier: Account, now: datetime) -> None:
    with pytest.raises(Invalid):
        create(carrier, now, "carrier-pigeon")
    with pytest.raises(Invalid):
        partner_create(preset="easypost", name=" ", account=carrier, default_customer=None, actor=SYSTEM, now=now)


def test_without_a_customer_nothing_can_be_started(
    acting: Organisation, carrier: Account, customer: Account, now: datetime
) -> None:
    alone = create(carrier, now, "easypost").partner
    assert not alone.creates_shipments
    with_customer = partner_create(
        preset="easypost", name="x", account=carrier, default_customer=customer, actor=SYSTEM, now=now
    )
    assert with_customer.partner.creates_shipments


def test_switches_refuse_to_be_pressed_twice(connected: Connected, now: datetime) -> None:
    live = partner_set_sandbox(connected.partner, sandbox=False, actor=SYSTEM, now=now)
    assert not live.sandbox
    off = partner_deactivate(live, actor=SYSTEM, now=now)
    assert not off.active
    for again in (
        lambda: partner_set_sandbox(live, sandbox=False, actor=SYSTEM, now=now),
        lambda: partner_deactivate(off, actor=SYSTEM, now=now),
    ):
        with pytest.raises(Conflict):
            again()
    assert partner_activate(off, actor=SYSTEM, now=now).active


@pytest.mark.parametrize("preset", sorted(PRESETS))
def test_trying_the_sample_of_every_kind_shows_events_and_stores_nothing(
    acting: Organisation, carrier: Account, now: datetime, preset: str
) -> None:
    partner = create(carrier, now, preset).partner
    body = sample_body(partner.adapter, now).encode()
    events = partner_try(partner, body=body, content_type="application/json")
    assert isinstance(events, list) and events[0].data["reason"] == "weather"
    assert isinstance(partner_try(partner, body=b"{", content_type="application/json"), Unreadable)
    assert Event.objects.count() == 0


def test_every_preset_names_an_adapter_and_a_scheme_that_exist(acting: Organisation) -> None:
    from exceptions.intake.adapters import ADAPTERS

    for preset in PRESETS.values():
        assert preset.adapter in ADAPTERS and preset.signature in SCHEMES
    assert {scheme.value for scheme in Scheme} <= set(SignatureScheme.values)
    assert Partner._meta.get_field("signature").choices is not None
