"""Counts beside views are read along an index: the plans, as they are for tables too long to be read whole or sorted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.db import connection

from controltower.db import as_owner, rows
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation
from controltower.tenancy.viewer import Viewer
from exceptions.cases.selectors.conditions import asked
from exceptions.cases.selectors.counting import count_column
from exceptions.cases.selectors.grammar import parse
from tests.cases.test_counts import limited
from tests.cases.test_queue_filters import Backlog

pytestmark = pytest.mark.django_db(transaction=True)

INDEXES = {
    "": "case_queue",
    "is:pinned": "case_queue",
    "is:unavoidable": "case_queue_unavoidable",
    "severity:S1": "case_queue",
    "owner:me": "case_queue_owner",
    "owner:none": "case_queue_owner",
    "owner:me is:pinned severity:S1": "case_queue_owner",
    "customer:acme": "case_queue_account",
    "customer:acme severity:S1": "case_queue_account",
    "customer:acme due:<2h": "case_account_due",
    "customer:acme owner:none": "case_account_unowned",
    "due:<2h": "case_due",
    "due:<2h is:pinned": "case_due",
    "type:customs_hold due:<2h severity:S1": "case_type_due",
    "opened:<6h": "case_opened",
    "lane:dallas": "case_lane",
    "is:snoozed owner:me": "case_asleep",
    "is:resolved": "case_closed",
}


LONG = ("enable_seqscan", "enable_bitmapscan", "enable_sort", "enable_incremental_sort")


@pytest.fixture
def backlog(organisation: Organisation, coordinator: Viewer, now: datetime) -> Iterator[Backlog]:
    """On tables as they are after tidying: otherwise what other tests left behind weighs in the planner's choice."""
    with acting_for(organisation):
        made = Backlog(coordinator, now)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("VACUUM (FULL, ANALYZE) cases_case")
    with acting_for(organisation):
        for setting in LONG:
            rows(f"SELECT set_config('{setting}', 'off', true)")
        yield made


def plan_of(backlog: Backlog, viewer: Viewer, query: str) -> str:
    sql, params = count_column(asked(viewer, parse(query).filters, backlog.now))
    return "\n".join(line for (line,) in rows(f"EXPLAIN (COSTS OFF) SELECT {sql}", params))


def test_each_count_is_read_along_its_index_without_sorting(backlog: Backlog) -> None:
    for query, index in INDEXES.items():
        plan = plan_of(backlog, backlog.viewer, query)
        assert f"using {index} on cases_case" in plan, (query, plan)
        assert "Sort" not in plan and "Seq Scan on cases_case" not in plan and "Limit" in plan, (query, plan)


def test_a_limited_member_is_counted_by_the_index_of_customers(backlog: Backlog) -> None:
    viewer = limited(backlog, {backlog.acme.pk, backlog.west.pk})
    for query, index in (
        ("", "case_queue_account"),
        ("owner:none", "case_account_unowned"),
        ("due:<2h", "case_account_due"),
    ):
        plan = plan_of(backlog, viewer, query)
        assert f"Index Only Scan using {index} on cases_case" in plan, (query, plan)
