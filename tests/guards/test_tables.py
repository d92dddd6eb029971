"""Every table is closed by row-level security, or stands here with the reason why it is not."""

import pytest
from django.apps import apps

from controltower.db import rows
from controltower.tenancy.base import TenantForeignKey, TenantModel

OPEN = {
    "django_migrations": "Django's own record of what ran",
    "django_content_type": "names of models",
    "django_session": "opaque keys; read before the organisation is known",
    "django_admin_log": "written by Django's admin, shown to administrators of the installation",
    "auth_group": "unused names",
    "auth_group_permissions": "unused names",
    "auth_permission": "names of permissions",
    "account_emailaddress": "allauth: belongs to a person, not to an organisation",
    "account_emailconfirmation": "allauth: belongs to a person, not to an organisation",
    "mfa_authenticator": "allauth: belongs to a person, not to an organisation",
    "guardian_groupobjectpermission": "guardian: ids of accounts, no content",
    "guardian_userobjectpermission": "guardian: ids of accounts, no content",
    "tenancy_organisation": "what the policies compare with",
    "tenancy_user": "a person; memberships are closed",
    "tenancy_user_groups": "unused",
    "tenancy_user_user_permissions": "unused",
    "jobs_heartbeat": "process names and times, nobody's data",
}

pytestmark = pytest.mark.django_db


def test_every_table_is_closed_or_listed_with_a_reason() -> None:
    found = rows(
        """SELECT relname::text, relrowsecurity AND relforcerowsecurity
                  AND EXISTS (SELECT 1 FROM pg_policy WHERE polrelid = pg_class.oid)
             FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"""
    )
    unprotected = {name for name, closed in found if not closed}
    assert unprotected == set(OPEN)


def test_every_model_of_an_organisation_has_its_policy_and_its_composite_key() -> None:
    closed = {
        table for (table,) in rows("SELECT DISTINCT tablename::text FROM pg_policies WHERE policyname = 'tenant'")
    }
    keyed = {
        name for (name,) in rows("SELECT conrelid::regclass::text FROM pg_constraint WHERE conname LIKE '%_tenant_key'")
    }
    models = [model for model in apps.get_models() if issubclass(model, TenantModel)]
    assert len(models) > 30, "the guard must see the models it guards"
    for model in models:
        assert model._meta.db_table in closed, f"{model.__name__} has no policy: add it to SecureTenantTables"
        assert model._meta.db_table in keyed


def test_every_foreign_key_between_tenant_tables_is_composite() -> None:
    constraints = {
        (table, column)
        for table, column in rows(
            """SELECT c.conrelid::regclass::text, a.attname::text FROM pg_constraint c
                 JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[2]
                WHERE c.contype = 'f' AND cardinality(c.conkey) = 2 AND c.condeferrable"""
        )
    }
    for model in apps.get_models():
        for field in model._meta.local_fields:
            target = field.related_model
            if not (isinstance(target, type) and issubclass(model, TenantModel) and issubclass(target, TenantModel)):
                continue
            where = f"{model.__name__}.{field.name}"
            assert isinstance(field, TenantForeignKey), f"{where} must be a TenantForeignKey"
            assert (model._meta.db_table, field.column) in constraints, f"{where} has no composite constraint"


def test_the_runtime_role_owns_nothing_and_cannot_make_anything() -> None:
    assert (
        rows("SELECT relname FROM pg_class WHERE relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)")
        == []
    )
    assert rows("SELECT has_schema_privilege(current_user, 'public', 'CREATE')") == [(False,)]


def test_functions_that_cross_organisations_are_few_and_named() -> None:
    """A new SECURITY DEFINER function is a hole in the wall: it is added here after somebody looked at what it returns."""
    found = {
        name
        for (name,) in rows(
            "SELECT proname::text FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace"
        )
    }
    assert found == DEFINERS


DEFINERS = {
    "audit_append",
    "cases_due_checks",
    "cases_due_escalations",
    "cases_due_expectations",
    "cases_due_stakes",
    "cases_due_suppressions",
    "cases_due_wakes",
    "gateway_organisations_with_expired_raw",
    "jobs_claim",
    "jobs_due_queues",
    "jobs_purge",
    "jobs_take_back",
    "mailboxes_due",
    "numbers_next",
    "ops_jobs_by_kind",
    "partner_by_slug",
    "tenancy_key",
    "tenancy_memberships",
}
