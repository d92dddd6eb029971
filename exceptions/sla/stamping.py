"""A migration operation: writes to a table that the Book reads change the organisation's stamp.

operations = [..., StampsBook("CurrencyRate")]
"""

from __future__ import annotations

from typing import Any

from django.db.migrations.operations.base import Operation

FUNCTION = """
CREATE SEQUENCE sla_book_stamps;
CREATE FUNCTION sla_stamp_book() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE acting bigint := nullif(current_setting('app.organisation', true), '')::bigint;
BEGIN
    -- Without an organisation no row of these tables can be seen, so none was written.
    IF acting IS NOT NULL THEN
        INSERT INTO sla_bookstamp (organisation_id, number) VALUES (acting, nextval('sla_book_stamps'))
        ON CONFLICT (organisation_id) DO UPDATE SET number = excluded.number;
    END IF;
    RETURN NULL;
END $$;
"""
UNDO = "DROP FUNCTION sla_stamp_book() CASCADE; DROP SEQUENCE sla_book_stamps"


class StampsBook(Operation):
    """Every statement that writes to the models' tables gives the organisation's Book a new stamp.

    `app` names the app of the models where it is not the migration's own.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, *models: str, app: str = "") -> None:
        self.models, self.app = models, app

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__name__, list(self.models), {"app": self.app}

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The model state knows nothing of triggers."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for name in self.models:
            table = to_state.apps.get_model(self.app or app_label, name)._meta.db_table
            schema_editor.execute(
                f'CREATE TRIGGER stamps_book AFTER INSERT OR UPDATE OR DELETE ON "{table}" '
                "FOR EACH STATEMENT EXECUTE FUNCTION sla_stamp_book()"
            )

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for name in self.models:
            table = from_state.apps.get_model(self.app or app_label, name)._meta.db_table
            schema_editor.execute(f'DROP TRIGGER IF EXISTS stamps_book ON "{table}"')

    def describe(self) -> str:
        return f"Let writes to {', '.join(self.models)} change the stamp of the Book"
