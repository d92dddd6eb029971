"""Connecting a partner: secrets are sealed, shown once and rotated with an overlap."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from controltower.audit import SYSTEM
from controltower.audit.reading import entries
from controltower.errors import Conflict, Invalid
from controltower.tenancy.models import Organisation
from exceptions.intake.presets import PRESETS
from exceptions.intake.services import (
    partner_activate,
    partner_change,
    partner_connect,
    partner_create,
    partner_deactivate,
    partner_revoke_secret,
    partner_rotate_secret,
    partner_set_sandbox,
)
from exceptions.intake.services.partners import Connected, secrets_of
from exceptions.intake.signatures import Scheme
from exceptions.parties.models import Account, Partner
from exceptions.parties.models.partners import SignatureScheme

GUIDES = Path(__file__).resolve().parents[2] / "docs" / "adapters"
pytestmark = pytest.mark.django_db


@pytest.fixture
def connected(acting: Organisation, carrier: Account, now: datetime) -> Connected:
    return create(carrier, now)


def create(account: Account, now: datetime, preset: str = "cloudevents", secret: str = "", way: str = "") -> Connected:
    return partner_create(
        preset=preset,
        name="Swift parcel tracking",
        account=account,
        default_customer=None,
        secret=secret,
        way=way,
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


def test_a_customer_is_kept_only_where_the_format_can_start_shipments(
    acting: Organisation, carrier: Account, customer: Account, now: datetime
) -> None:
    made = partner_create(
        preset="cloudevents", name="x", account=carrier, default_customer=customer, actor=SYSTEM, now=now
    ).partner
    assert (made.creates_shipments, made.default_customer) == (False, None)


def test_who_sends_with_an_api_key_has_no_secret_of_its_own(
    acting: Organisation, carrier: Account, now: datetime
) -> None:
    made = partner_create(
        preset="cloudevents",
        way="rest.transport",
        name="x",
        account=carrier,
        default_customer=None,
        actor=SYSTEM,
        now=now,
    )
    assert (made.secret, made.partner.secrets, made.partner.channel) == ("", [], "rest")
    with pytest.raises(Conflict):
        partner_rotate_secret(made.partner, actor=SYSTEM, now=now)
    with pytest.raises(Invalid):
        create(carrier, now, "easypost", way="rest.transport")


def test_a_secret_can_be_ended_at_once_but_not_the_last(connected: Connected, now: datetime) -> None:
    rotated = partner_rotate_secret(connected.partner, actor=SYSTEM, now=now)
    old = rotated.partner.secrets[1]["id"]
    left = partner_revoke_secret(rotated.partner, secret_id=old, actor=SYSTEM, now=now)
    assert secrets_of(left, now) == [rotated.secret]
    for secret_id in (old, left.secrets[0]["id"]):
        with pytest.raises(Conflict):
            partner_revoke_secret(left, secret_id=secret_id, actor=SYSTEM, now=now)


def test_what_a_partner_is_can_be_changed_and_its_address_stays(
    connected: Connected, customer: Account, now: datetime
) -> None:
    slug = connected.partner.slug
    changed = partner_change(
        connected.partner,
        name="Renamed",
        account=customer,
        default_customer=customer,
        rate_limit_per_minute=5,
        actor=SYSTEM,
        now=now,
    )
    changed.refresh_from_db()
    assert (changed.name, changed.account, changed.rate_limit_per_minute) == ("Renamed", customer, 5)
    assert (changed.slug, changed.default_customer) == (slug, None)
    assert [entry.verb for entry in entries(connected.partner.organisation_id)][-1] == "partner.changed"


def test_an_account_that_is_new_is_made_with_the_partner(acting: Organisation, carrier: Account, now: datetime) -> None:
    for code in ("SWIFT-2", "SWIFT-3"):
        made = partner_connect(
            account=None, new_account="Swift", preset="cloudevents", name="x", actor=SYSTEM, now=now
        ).partner
        assert (made.account.code, made.account.name, made.account.kind) == (code, "Swift", "carrier")


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


def test_every_preset_names_an_adapter_and_a_scheme_that_exist(acting: Organisation) -> None:
    from exceptions.intake.adapters import ADAPTERS

    for preset in PRESETS.values():
        assert preset.adapter in ADAPTERS and preset.ways
        assert (GUIDES / preset.guide).is_file()
        assert all(way.signature in set(Scheme) for way in preset.ways if way.has_secret)
    assert {scheme.value for scheme in Scheme} <= set(SignatureScheme.values)
    assert Partner._meta.get_field("signature").choices is not None
