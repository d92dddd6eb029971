"""`in` with numbers asks with one parameter, and says what Django's own would say."""

import pytest
from django.db.models import F, QuerySet

from controltower.tenancy.models import Member, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def users() -> list[User]:
    return [User.objects.create(email=f"{name}@example.com", name=name) for name in "abc"]


def names(found: QuerySet[User]) -> str:
    return "".join(found.order_by("name").values_list("name", flat=True))


def test_the_list_is_one_parameter(users: list[User]) -> None:
    asked = User.objects.filter(pk__in=[user.pk for user in users[:2]])
    sql, params = asked.query.sql_with_params()
    assert params == ([user.pk for user in users[:2]],)
    assert "ANY(%s::bigint[])" in sql
    assert names(asked) == "ab"


def test_doubles_texts_and_nothing_mean_what_they_did(users: list[User]) -> None:
    a, b, _ = (user.pk for user in users)
    assert names(User.objects.filter(pk__in=[a, a, None, str(b)])) == "ab"
    assert names(User.objects.filter(pk__in={a}).exclude(pk__in=[b])) == "a"
    assert names(User.objects.filter(pk__in=[])) == ""
    assert names(User.objects.exclude(pk__in=[])) == "abc"
    assert names(User.objects.filter(pk__in=[None])) == ""


def test_rows_subqueries_and_expressions_may_stand_in_the_list(users: list[User]) -> None:
    assert not Member.objects.filter(user__in=users).exists()
    assert names(User.objects.filter(pk__in=User.objects.filter(name="c"))) == "c"
    assert names(User.objects.filter(pk__in=[F("pk")])) == "abc"
    assert names(User.objects.filter(pk__in=[2**70])) == ""
