"""`field__in=[...]` of numbers goes to the database as one parameter.

What is done in sets asks for hundreds of rows by their ids. A placeholder for each of them costs more than the rows: the
statement is taken apart anew for every length of the list, here and on the server.
"""

from typing import Any, Final

from django.core.exceptions import EmptyResultSet
from django.db.models import ForeignKey, IntegerField
from django.db.models.fields.related_lookups import RelatedIn
from django.db.models.lookups import In

BEYOND: Final = 2**63


def _are_ids(values: Any) -> bool:
    return isinstance(values, (list, tuple, set, frozenset)) and all(type(value) is int for value in values)


def _of_numbers(lookup: In, compiler: Any, connection: Any) -> tuple[str, Any] | None:
    """Statement and parameters; None for what Django has to say itself: subqueries, expressions, pairs of columns."""
    if not lookup.rhs_is_direct_value() or not isinstance(lookup.rhs, (list, tuple, set, frozenset)):
        return None
    wanted = [value for value in dict.fromkeys(lookup.rhs) if value is not None]
    if not wanted:
        raise EmptyResultSet
    if not all(type(value) is int and abs(value) < BEYOND for value in wanted):
        return None
    column, params = lookup.process_lhs(compiler, connection)
    # Of the type that ids have: numbers of another one are compared one by one instead of by a hash.
    return f"{column} = ANY(%s::bigint[])", (*params, wanted)


@IntegerField.register_lookup
class NumbersIn(In):
    def get_prep_lookup(self) -> Any:
        return list(self.rhs) if _are_ids(self.rhs) else super().get_prep_lookup()

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return _of_numbers(self, compiler, connection) or super().as_sql(compiler, connection)


@ForeignKey.register_lookup
class RelatedNumbersIn(RelatedIn):
    def get_prep_lookup(self) -> Any:
        return list(self.rhs) if _are_ids(self.rhs) else super().get_prep_lookup()

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return _of_numbers(self, compiler, connection) or super().as_sql(compiler, connection)
