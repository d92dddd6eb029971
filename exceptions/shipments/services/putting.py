from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Model


def rows_put(model: type[Model], key: Sequence[str], rows: Mapping[tuple[Any, ...], Mapping[str, Any]]) -> None:
    """Insert rows or overwrite those that hold the same key, in one statement.

    key: the fields that are unique together within an organisation. rows: the other fields, by the values of the key.
    """
    if not rows:
        return
    model._default_manager.bulk_create(
        (model(**dict(zip(key, values, strict=True)), **row) for values, row in rows.items()),
        update_conflicts=True,
        unique_fields=["organisation", *key],
        update_fields=list(next(iter(rows.values()))),
    )
