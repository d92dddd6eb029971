"""One organisation never sees another's rows, even when a programmer forgets a filter."""

import threading

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from controltower.db import rows
from controltower.tenancy.context import NoTenant, WrongTenant, acting_for, current_organisation_id
from controltower.tenancy.models import ApiKey, Member, Role, User


def test_without_an_organisation_nothing_is_visible(coordinator):
    assert Member.objects.count() == 0


def test_a_forgotten_filter_still_shows_only_our_own_rows(coordinator, stranger):
    with acting_for(coordinator.organisation):
        assert list(Member.objects.all()) == [coordinator.member]


def test_raw_sql_as_the_runtime_role_sees_no_foreign_row(coordinator, stranger):
    with acting_for(coordinator.organisation):
        assert rows("SELECT id FROM tenancy_member") == [(coordinator.member.pk,)]
        assert rows("SELECT current_user::text, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user") == [
            (connection.settings_dict["USER"], False, False)
        ]


def test_a_row_cannot_be_written_into_another_organisation(coordinator, other_organisation):
    user = User.objects.create(email="new@example.org")
    refused = pytest.raises(DatabaseError, match="row-level security")
    with acting_for(coordinator.organisation), refused, transaction.atomic():
        Member.objects.create(user=user, role=Role.COORDINATOR, organisation=other_organisation)


def test_a_row_cannot_be_moved_to_another_organisation(coordinator, other_organisation):
    refused = pytest.raises(DatabaseError, match="row-level security")
    with acting_for(coordinator.organisation), refused, transaction.atomic():
        Member.objects.update(organisation=other_organisation)


def test_a_child_cannot_point_into_another_organisation(coordinator, stranger, now):
    with acting_for(coordinator.organisation):
        ApiKey.objects.create(member_id=stranger.member.pk, name="x", prefix="ct_x", digest="0" * 64, created_at=now)
        with pytest.raises(IntegrityError, match="tenant_fk"):
            rows("SET CONSTRAINTS ALL IMMEDIATE; SELECT 1")
        transaction.set_rollback(True)


def test_acting_for_nests_for_the_same_organisation_only(organisation, other_organisation):
    with acting_for(organisation):
        with acting_for(organisation):
            assert current_organisation_id() == organisation.pk
        with pytest.raises(WrongTenant), acting_for(other_organisation):
            pass
    with pytest.raises(NoTenant):
        current_organisation_id()


@pytest.mark.django_db(transaction=True)
def test_the_setting_does_not_leak_into_the_connections_next_user(coordinator):
    with acting_for(coordinator.organisation):
        assert Member.objects.count() == 1
    assert rows("SELECT coalesce(current_setting('app.organisation', true), '')") == [("",)]
    with pytest.raises(ZeroDivisionError), acting_for(coordinator.organisation):
        raise ZeroDivisionError
    assert rows("SELECT coalesce(current_setting('app.organisation', true), '')") == [("",)]


@pytest.mark.django_db(transaction=True)
def test_two_threads_act_for_two_organisations_at_once(coordinator, stranger):
    seen: dict[int, list[int]] = {}
    together = threading.Barrier(2, timeout=60)

    def look(viewer) -> None:
        with acting_for(viewer.organisation):
            together.wait()
            seen[viewer.organisation.pk] = list(Member.objects.values_list("pk", flat=True))
            together.wait()
        connection.close()

    threads = [threading.Thread(target=look, args=(viewer,)) for viewer in (coordinator, stranger)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert seen == {viewer.organisation.pk: [viewer.member.pk] for viewer in (coordinator, stranger)}
