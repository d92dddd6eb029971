"""Check constraints that several packages need, so that each model says only what it means."""

from django.db.models import CheckConstraint, F, Func, IntegerField, Q
from django.db.models.enums import TextChoices
from django.db.models.lookups import Exact, LessThanOrEqual


def one_of(field: str, choices: type[TextChoices], *, name: str) -> CheckConstraint:
    return CheckConstraint(condition=Q(**{f"{field}__in": sorted(choices.values)}), name=name)


def exactly_one(*fields: str, name: str) -> CheckConstraint:
    return CheckConstraint(condition=Exact(_filled(fields), 1), name=name)


def at_most_one(*fields: str, name: str) -> CheckConstraint:
    return CheckConstraint(condition=LessThanOrEqual(_filled(fields), 1), name=name)


def not_negative(*fields: str, name: str) -> CheckConstraint:
    """Holds for NULL too: an amount nobody knows is not negative."""
    condition = Q()
    for field in fields:
        condition &= Q(**{f"{field}__gte": 0}) | Q(**{f"{field}__isnull": True})
    return CheckConstraint(condition=condition, name=name)


def in_order(earlier: str, later: str, *, name: str) -> CheckConstraint:
    """`earlier` is not after `later`, where both are known."""
    open_ended = Q(**{f"{earlier}__isnull": True}) | Q(**{f"{later}__isnull": True})
    return CheckConstraint(condition=open_ended | Q(**{f"{earlier}__lte": F(later)}), name=name)


def _filled(fields: tuple[str, ...]) -> Func:
    return Func(*(F(field) for field in fields), function="num_nonnulls", output_field=IntegerField())
