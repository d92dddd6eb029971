"""Many rows in one statement, from columns of values: what recording a chunk of messages writes with."""

import json
from collections.abc import Collection, Sequence
from functools import cache
from typing import Any, TypeAlias

from django.db import connection
from django.db.models import Field, JSONField, Model

from controltower.tenancy.context import current_organisation_id

AnyField: TypeAlias = "Field[Any, Any]"


def rows_insert(model: type[Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[int]:
    """Insert rows and return their ids, in order. `columns` are attribute names (`stop_id`); what is not among them takes
    the default of its field. Values are of the column's type; JSON ones as Python values."""
    if not rows:
        return []
    fields = _fields(model)
    wanted = [fields[name] for name in columns]
    rest = [field for name, field in fields.items() if name not in columns and name not in ("id", "organisation_id")]
    fixed = {field.column: _plain(field, field.get_default()) for field in rest}
    names = ", ".join(f'"{name}"' for name in (*(field.column for field in wanted), *fixed))
    given = ", ".join(f'v."{field.column}"' + _cast(field) for field in wanted)
    defaults = "".join(f", %s::{_type(field)}{_cast(field)}" for field in rest)
    sql = (
        f'INSERT INTO "{model._meta.db_table}" (organisation_id, {names}) '
        f"SELECT %s, {given}{defaults} FROM unnest({_arrays(wanted)}) WITH ORDINALITY AS v({_named(wanted)}, n) "
        "ORDER BY v.n RETURNING id"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [current_organisation_id(), *fixed.values(), *_columns(wanted, rows)])
        return [row[0] for row in cursor.fetchall()]


def rows_update(model: type[Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Set `columns` of rows by id, which is the first value of each of `rows`."""
    if not rows:
        return
    fields = _fields(model)
    wanted = [fields[name] for name in ("id", *columns)]
    sets = ", ".join(f'"{field.column}" = v."{field.column}"{_cast(field)}' for field in wanted[1:])
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{model._meta.db_table}" AS t SET {sets} '
            f'FROM unnest({_arrays(wanted)}) AS v({_named(wanted)}) WHERE t.id = v."id"',
            _columns(wanted, rows),
        )


def rows_delete(model: type[Model], ids: Collection[int]) -> None:
    """Delete rows that nothing else points at."""
    if ids:
        with connection.cursor() as cursor:
            cursor.execute(f'DELETE FROM "{model._meta.db_table}" WHERE id = ANY(%s)', [list(ids)])


@cache
def _fields(model: type[Model]) -> dict[str, Any]:
    return {field.attname: field for field in model._meta.concrete_fields}


@cache
def _type(field: AnyField) -> str:
    """The column's type in an array. Text stays text: a cast to varchar(n) would cut silently what is too long."""
    kind = str(field.rel_db_type(connection) if field.is_relation else field.db_type(connection))
    return "text" if kind.startswith("varchar") or kind == "jsonb" else kind.split(" GENERATED")[0]


def _cast(field: AnyField) -> str:
    return "::jsonb" if isinstance(field, JSONField) else ""


def _arrays(fields: Sequence[AnyField]) -> str:
    return ", ".join(f"%s::{_type(field)}[]" for field in fields)


def _named(fields: Sequence[AnyField]) -> str:
    return ", ".join(f'"{field.column}"' for field in fields)


def _columns(fields: Sequence[AnyField], rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    columns = [list(column) for column in zip(*rows, strict=True)]
    return [
        [_plain(field, value) for value in column] if isinstance(field, JSONField) else column
        for field, column in zip(fields, columns, strict=True)
    ]


def _plain(field: AnyField, value: Any) -> Any:
    if isinstance(field, JSONField) and value is not None:
        return json.dumps(value, ensure_ascii=False)
    return value
