"""Migration operations that close tenant tables: row-level security and composite foreign keys.

They stand last in the migration that creates the tables:

    operations = [..., SecureTenantTables("Case", "Stake", owner_reads=("Case",))]
"""

from collections.abc import Iterable
from typing import Any

from django.db.migrations.operations.base import Operation

from controltower.tenancy.base import TenantForeignKey

CURRENT = "nullif(current_setting('app.organisation', true), '')::bigint"


def secure_table_sql(table: str, *, owner_reads: bool = False) -> list[str]:
    """Statements that make `table` show and take only rows of the organisation acted for.

    `owner_reads` lets SECURITY DEFINER functions, which run as the owner, scan across organisations: FORCE binds the
    owner to the policies too.
    """
    statements = [
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_tenant_key" UNIQUE (organisation_id, id)',
        f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
        f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY',
        f'CREATE POLICY tenant ON "{table}" USING (organisation_id = {CURRENT})',
    ]
    if owner_reads:
        statements.append(f'CREATE POLICY owner_reads ON "{table}" FOR SELECT TO CURRENT_USER USING (true)')
    return statements


def reference_sql(table: str, column: str, target: str) -> str:
    name = f"{table}_{column}_tenant_fk"[:63]
    return (
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" FOREIGN KEY (organisation_id, "{column}") '
        f'REFERENCES "{target}" (organisation_id, id) DEFERRABLE INITIALLY DEFERRED'
    )


class SecureTenantTables(Operation):
    """Close the named models' tables. Later `TenantForeignKey`s are closed with `SecureTenantReferences`."""

    reduces_to_sql = True
    reversible = True

    def __init__(self, *models: str, owner_reads: Iterable[str] = ()) -> None:
        self.models = models
        self.owner_reads = tuple(owner_reads)
        unknown = set(self.owner_reads) - set(models)
        if unknown:
            raise ValueError(f"owner_reads names models that are not secured here: {sorted(unknown)}")

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__name__, list(self.models), {"owner_reads": self.owner_reads}

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The model state knows nothing of policies."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        found = [to_state.apps.get_model(app_label, name) for name in self.models]
        for name, model in zip(self.models, found, strict=True):
            for statement in secure_table_sql(model._meta.db_table, owner_reads=name in self.owner_reads):
                schema_editor.execute(statement)
        for model in found:
            for field in model._meta.local_fields:
                if isinstance(field, TenantForeignKey):
                    target = field.related_model._meta.db_table
                    schema_editor.execute(reference_sql(model._meta.db_table, field.column, target))

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """The tables go with the CreateModel operations of the same migration."""

    def describe(self) -> str:
        return f"Close {', '.join(self.models)} to other organisations"


class SecureTenantReferences(Operation):
    """Close `TenantForeignKey`s that were added to a table which is already secured."""

    reduces_to_sql = True
    reversible = True

    def __init__(self, model: str, *fields: str) -> None:
        self.model, self.fields = model, fields

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__name__, [self.model, *self.fields], {}

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The model state knows nothing of composite keys."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = to_state.apps.get_model(app_label, self.model)
        for name in self.fields:
            field = model._meta.get_field(name)
            schema_editor.execute(reference_sql(model._meta.db_table, field.column, field.related_model._meta.db_table))

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """The constraint goes with the column."""

    def describe(self) -> str:
        return f"Keep {self.model}.{', '.join(self.fields)} inside one organisation"
