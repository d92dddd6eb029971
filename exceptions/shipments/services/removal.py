from collections.abc import Iterable
from typing import TypeVar

from django.db.models import Model, ProtectedError, QuerySet

Row = TypeVar("Row", bound=Model)


def discard(rows: Iterable[Row]) -> list[Row]:
    """Delete what left the plan, and return what stays because a case above still speaks of it."""
    kept = []
    for row in rows:
        try:
            row.delete()
        except ProtectedError:
            kept.append(row)
    return kept


def discard_all(rows: QuerySet[Row]) -> list[Row]:
    """`discard` for many rows at once: only where one of them has to stay are they taken singly."""
    try:
        rows.delete()
    except ProtectedError:
        return discard(rows.all())
    return []
