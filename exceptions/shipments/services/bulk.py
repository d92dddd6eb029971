"""Many rows in one statement: what recording a chunk of messages writes with."""

import json
from collections.abc import Collection, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, TypeAlias

from django.db import connection
from django.db.models import Field, JSONField, Model

from controltower.tenancy.context import current_organisation_id

AnyField: TypeAlias = "Field[Any, Any]"


def rows_insert(
    model: type[Model], columns: Sequence[str], rows: Sequence[Sequence[Any]], *, unless_there: bool = False
) -> list[int]:
    """Insert rows and return their ids, in order. `columns` are attribute names (`stop_id`); what is not among them takes
    the default of its field. Values are of the column's type; JSON ones as Python values. `unless_there`: rows that a unique
    index refuses are left out, and so are their ids."""
    if not rows:
        return []
    fields = _fields(model)
    wanted = [fields[name] for name in columns]
    rest = [field for name, field in fields.items() if name not in columns and name not in ("id", "organisation_id")]
    fixed = {field.column: _plain(field, field.get_default()) for field in rest}
    names = ", ".join(f'"{name}"' for name in (*(field.column for field in wanted), *fixed))
    given = ", ".join(_value(field, place) for place, field in enumerate(wanted))
    defaults = "".join(f", %s::{_type(field)}" for field in rest)
    sql = (
        f'INSERT INTO "{model._meta.db_table}" (organisation_id, {names}) SELECT %s, {given}{defaults} '
        "FROM jsonb_array_elements(%s::jsonb) WITH ORDINALITY AS v(row, n) "
        f"ORDER BY v.n {'ON CONFLICT DO NOTHING ' if unless_there else ''}RETURNING id"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [current_organisation_id(), *fixed.values(), _json(rows)])
        return [row[0] for row in cursor.fetchall()]


def rows_update(model: type[Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Set `columns` of rows by id, which is the first value of each of `rows`."""
    if not rows:
        return
    fields = _fields(model)
    wanted = [fields[name] for name in columns]
    sets = ", ".join(f'"{field.column}" = {_value(field, place)}' for place, field in enumerate(wanted, start=1))
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{model._meta.db_table}" AS t SET {sets} '
            "FROM jsonb_array_elements(%s::jsonb) AS v(row) WHERE t.id = (v.row->>0)::bigint",
            [_json(rows)],
        )


def rows_delete(model: type[Model], ids: Collection[int]) -> None:
    """Delete rows that nothing else points at."""
    if ids:
        with connection.cursor() as cursor:
            cursor.execute(f'DELETE FROM "{model._meta.db_table}" WHERE id = ANY(%s)', [list(ids)])


@cache
def _fields(model: type[Model]) -> dict[str, Any]:
    return {field.attname: field for field in model._meta.concrete_fields if not field.generated}


@cache
def _type(field: AnyField) -> str:
    """The column's type to cast to. Text stays text: a cast to varchar(n) would cut silently what is too long."""
    kind = str(field.rel_db_type(connection) if field.is_relation else field.db_type(connection))
    return "text" if kind.startswith("varchar") else kind.split(" GENERATED")[0]


def _value(field: AnyField, place: int) -> str:
    """A column of a row that is an array of JSON. Of a JSON column null means that there is nothing."""
    if isinstance(field, JSONField):
        return f"nullif(v.row->{place}, 'null')"
    return f"(v.row->>{place})::{_type(field)}"


def _json(rows: Sequence[Sequence[Any]]) -> str:
    """All values in one text. As arrays of the columns' types they cost the driver, which writes each by itself, five
    times as much."""
    return json.dumps(rows, ensure_ascii=False, default=_text)


def _text(value: Any) -> str:
    """What JSON has no word for, as the database reads it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"no column holds a {type(value).__name__}")


def _plain(field: AnyField, value: Any) -> Any:
    if isinstance(field, JSONField) and value is not None:
        return json.dumps(value, ensure_ascii=False)
    return value
