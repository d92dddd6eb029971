from datetime import datetime

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, transaction
from guardian.shortcuts import assign_perm

from controltower.audit import SYSTEM
from controltower.errors import Conflict, Invalid, NotFound
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation, Role
from controltower.tenancy.viewer import Viewer
from exceptions.parties import selectors, services
from exceptions.parties.models import Account, AccountKind, Contact, ContactRole, LocationKind, Partner
from exceptions.parties.text import search_form
from tests.conftest import make_viewer


def account(code: str, now: datetime, parent: Account | None = None) -> Account:
    return services.account_create(
        code=code, name=code.title(), kind=AccountKind.CUSTOMER, parent=parent, actor=SYSTEM, now=now
    )


@pytest.fixture
def tree(acting: Organisation, now: datetime) -> dict[str, Account]:
    """acme > acme-west > acme-phoenix, and beside them a namesake by prefix."""
    acme = account("acme", now)
    west = account("acme-west", now, acme)
    return {"acme": acme, "west": west, "phoenix": account("acme-phoenix", now, west), "other": account("other", now)}


@pytest.fixture
def restricted(organisation: Organisation) -> Viewer:
    return make_viewer(organisation, Role.COORDINATOR, "Rita", restricted=True)


def test_a_member_without_restriction_sees_every_account(tree: dict[str, Account], coordinator: Viewer) -> None:
    assert selectors.account_scope(coordinator) is None
    assert selectors.account_list(coordinator).count() == 4


def test_a_grant_reaches_everything_below_the_account_and_nothing_beside_it(
    tree: dict[str, Account], restricted: Viewer
) -> None:
    assign_perm("parties.view_account", restricted.user, tree["west"])
    assert selectors.account_scope(restricted) == {tree["west"].pk, tree["phoenix"].pk}
    assert selectors.account_get(restricted, "acme-phoenix") == tree["phoenix"]
    for hidden in ("acme", "other"):
        with pytest.raises(NotFound):
            selectors.account_get(restricted, hidden)


def test_a_restricted_member_without_a_grant_sees_nothing_nor_what_belongs_to_nobody(
    tree: dict[str, Account], restricted: Viewer
) -> None:
    assert selectors.account_scope(restricted) == frozenset()
    assert not selectors.account_is_visible(restricted, None)


def test_grants_and_what_is_below_them_are_read_once_a_request_by_one_query(
    tree: dict[str, Account], restricted: Viewer, django_assert_num_queries: object
) -> None:
    assign_perm("parties.view_account", restricted.user, tree["acme"])
    ContentType.objects.get_for_model(Account)
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert len(selectors.account_scope(restricted) or ()) == 3
        selectors.account_scope(restricted)


def test_the_stranger_sees_no_account_of_ours(organisation: Organisation, stranger: Viewer, now: datetime) -> None:
    with acting_for(organisation):
        account("acme", now)
    with acting_for(stranger.organisation):
        assert not selectors.account_list(stranger).exists()
        with pytest.raises(NotFound):
            selectors.account_get(stranger, "acme")


def test_an_account_moves_with_everything_below_it(tree: dict[str, Account], restricted: Viewer, now: datetime) -> None:
    services.account_move(tree["west"], parent=tree["other"], actor=SYSTEM, now=now)
    assign_perm("parties.view_account", restricted.user, tree["other"])
    assert selectors.account_scope(restricted) == {tree["other"].pk, tree["west"].pk, tree["phoenix"].pk}
    phoenix = Account.objects.get(code="acme-phoenix")
    assert selectors.account_ancestry(phoenix) == [phoenix.pk, tree["west"].pk, tree["other"].pk]


def test_an_account_cannot_hang_under_itself(tree: dict[str, Account], now: datetime) -> None:
    with pytest.raises(Invalid, match="cannot hang under itself"):
        services.account_move(tree["acme"], parent=tree["phoenix"], actor=SYSTEM, now=now)


def test_a_code_is_taken_once(tree: dict[str, Account], now: datetime) -> None:
    with pytest.raises(Conflict, match="belongs to another account"):
        account("acme", now)


def test_a_zone_that_does_not_exist_is_refused(acting: Organisation, now: datetime) -> None:
    with pytest.raises(Invalid, match="not a time zone"):
        services.location_create(name="Dock", kind=LocationKind.DOCK, zone="MST7", actor=SYSTEM, now=now)


def test_the_ladder_of_contacts_goes_by_step_and_the_primary_first(tree: dict[str, Account], now: datetime) -> None:
    def contact(name: str, step: int, is_primary: bool = False) -> Contact:
        return services.contact_create(
            account=tree["acme"],
            name=name,
            role=ContactRole.DISPATCH if is_primary else ContactRole.MANAGEMENT,
            escalation_step=step,
            is_primary=is_primary,
            actor=SYSTEM,
            now=now,
        )

    boss, desk, helper = contact("Boss", 3), contact("Desk", 1, is_primary=True), contact("Helper", 1)
    assert selectors.contacts_of([tree["acme"].pk]) == [desk, helper, boss]
    assert selectors.contacts_of([tree["acme"].pk], [ContactRole.DISPATCH]) == [desk]
    with pytest.raises(IntegrityError), transaction.atomic():
        contact("Second desk", 1, is_primary=True)


def test_an_account_cannot_be_its_own_parent(tree: dict[str, Account]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.filter(pk=tree["acme"].pk).update(parent=tree["acme"])


def test_a_partner_is_found_by_its_slug_before_the_organisation_is_known(
    organisation: Organisation, now: datetime
) -> None:
    with acting_for(organisation):
        partner = Partner.objects.create(
            account=account("orbit", now), slug="orbit", name="Orbit", adapter="easypost", signature="easypost"
        )
    assert selectors.partner_by_slug("orbit") == (organisation.pk, partner.pk)
    assert selectors.partner_by_slug("nobody") is None


def test_names_are_searched_without_accents_case_and_doubled_spaces() -> None:
    assert search_form("Żeglarska  Łódź GmbH") == search_form("zeglarska lodz gmbh")
