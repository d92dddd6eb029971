"""Several reads of one page in one statement: what none of them waits for another need not ask one after the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.db.models.sql import Query
from django.db.models.sql.compiler import SQLCompiler
from psycopg.adapt import Transformer
from psycopg.pq import Format

Reader = Callable[..., list[list[Any]]]
"""Takes querysets, and answers the rows of each as it would give them by itself."""


def one_by_one(*asked: QuerySet[Any, Any]) -> list[list[Any]]:
    """Each by a statement of its own: for many rows, which cost less as the driver reads them."""
    return [list(queryset) for queryset in asked]


def together(*asked: QuerySet[Any, Any]) -> list[list[Any]]:
    """All by one statement, each planned as it would be alone. For the few rows of a page.

    Every column travels as the text that PostgreSQL writes for its type, and is read as the driver reads that type.
    """
    compilers = [_Answered(queryset.query.clone(), connection, None) for queryset in asked]
    arms, params = [], list[Any]()
    for number, compiler in enumerate(compilers):
        try:
            sql, values = compiler.as_sql()
        except EmptyResultSet:
            continue
        names = [f"c{column}" for column in range(len(compiler.select))]
        texts = ", ".join(f"part.{name}::text" for name in names)
        arms.append(
            f"SELECT {number}, row_number() OVER (), ARRAY[{texts}] FROM ({sql}) AS part({', '.join(names)})"  # noqa: S608
        )
        params += values
    if arms:
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(arms), params)
            for number, _, texts_of_row in sorted(cursor.fetchall(), key=_place):
                compilers[number].answers.append(texts_of_row)
            for compiler in compilers:
                compiler.read(cursor.connection)
    return [_filled(queryset, compiler) for queryset, compiler in zip(asked, compilers, strict=True)]


class _Answered(SQLCompiler):
    """A compiler that has its answer already."""

    answers: list[list[Any]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.answers = []

    def read(self, context: Any) -> None:
        """Turn texts into what the driver would have made of the columns."""
        if not self.answers:
            return
        transformer = Transformer(context)
        transformer.set_loader_types([_oid(column[0]) for column in self.select], Format.TEXT)
        encoded = ([None if text is None else text.encode() for text in row] for row in self.answers)
        self.answers = [list(transformer.load_sequence(row)) for row in encoded]

    def execute_sql(self, *args: Any, **kwargs: Any) -> Any:
        return [self.answers]


class _AnsweredQuery(Query):
    answered: _Answered

    def get_compiler(self, *args: Any, **kwargs: Any) -> _Answered:
        return self.answered


def _filled(queryset: QuerySet[Any, Any], compiler: _Answered) -> list[Any]:
    query: Any = compiler.query.chain(klass=_AnsweredQuery)
    query.answered = compiler
    filled = queryset.all()
    filled.query = query
    filled._iterable_class = queryset._iterable_class  # setting a query of plain values has put another there
    return list(filled)


def _oid(column: Any) -> int:
    """Of the type that a selected column has."""
    said = column.output_field.db_type(connection).partition("(")[0]
    known = connection.connection.adapters.types.get(said)
    assert known is not None, said
    return int(known.oid)


def _place(row: Any) -> tuple[int, int]:
    return row[0], row[1]
