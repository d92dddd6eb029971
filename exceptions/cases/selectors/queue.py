"""The queue as a viewer may see it: keyset pages in both directions, bounded counts.

What a filter means is in `conditions`, the orders and their cursors in `orders`, the way to the rows in `paths`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import IntegerField, Min, QuerySet, Subquery
from django.db.models.expressions import Combinable
from django.db.models.functions import JSONObject

from controltower.db import rows
from controltower.errors import Invalid
from controltower.tenancy.models import Member, Role
from controltower.tenancy.permissions import Verb
from controltower.tenancy.viewer import Viewer, require
from exceptions.cases.models import OPEN_STATES, Case
from exceptions.cases.selectors.conditions import Asked, asked
from exceptions.cases.selectors.counting import COUNTED, count_column, counted
from exceptions.cases.selectors.grammar import Choice, Filters, Parsed, Scope, parse
from exceptions.cases.selectors.listing import listed_rows
from exceptions.cases.selectors.naming import names_of
from exceptions.cases.selectors.orders import Cursor, Order, cursor_read, order_of
from exceptions.cases.selectors.paths import count_up_to, ids_behind, page_keys
from exceptions.cases.selectors.rows import Count, QueryProblem, QueuePage
from exceptions.parties.models import Partner
from exceptions.parties.selectors import account_scope

SIZE = 50
# More saved views than this are not counted: each takes its share of a page.
VIEWS = 10
PRESETS = {
    "all": Filters(),
    "mine": Filters(owner=Choice(("me",))),
    "unowned": Filters(owner=Choice(("none",))),
    "due": parse("due:<2h").filters,
    "snoozed": Filters(scope=Scope.SNOOZED),
}
_NOTES = (
    "ARRAY(SELECT s.note FROM cases_suppression AS s WHERE s.starts_at <= %s AND s.ends_at > %s AND s.settled_at IS NULL "
    "ORDER BY s.ends_at, s.id LIMIT 5)"
)
# The people a case can be given to, as `colleague_parts` has them.
_PEOPLE = (
    "(SELECT coalesce(json_agg(json_build_object('id', member.id, 'name', person.name, 'email', person.email)), '[]') "
    "FROM tenancy_member AS member JOIN tenancy_user AS person ON person.id = member.user_id "
    "WHERE member.is_active AND member.role IN ('coordinator', 'supervisor'))"
)
# A partner that sent nothing for this long makes an empty queue suspicious.
SILENT_AFTER = timedelta(hours=6)


def cases_visible(viewer: Viewer) -> QuerySet[Case]:
    """All cases of the accounts this viewer may see. What belongs to no account is for unrestricted members only."""
    require(viewer, Verb.VIEW)
    scope = account_scope(viewer)
    return Case.objects.all() if scope is None else Case.objects.filter(account__in=scope)


def queue_page(
    viewer: Viewer, query: str = "", *, after: str = "", now: datetime, size: int = SIZE, total: Count | None = None
) -> QueuePage:
    """One page of the queue. `query` is in the grammar, `after` one of the two cursors of another page of it. total: how
    many the list holds, where that was counted already.

    BadRequest for a cursor that is not ours. A query with a problem finds nothing: whoever acts on a list must not get
    more than they meant.
    """
    require(viewer, Verb.VIEW)
    parsed = parse(query)
    if parsed.problems:
        return _refused(viewer, parsed)
    filters = parsed.filters
    order = order_of(filters)
    wanted = asked(viewer, filters, now)
    if wanted.unmet:
        return _refused(viewer, parsed.unmet(wanted.unmet))
    ids, before, behind = _page(wanted, order, cursor_read(after, order) if after else None, size)
    rows = listed_rows(viewer, ids)
    return QueuePage(
        rows=rows,
        before=before,
        after=behind,
        total=Count(len(rows)) if not before and not behind else total or _total(wanted),
        query=parsed.query,
        problems=[],
        has_filters=filters.narrows,
        next_due_at=None if rows or filters.narrows else _next_wake(viewer),
        is_restricted=account_scope(viewer) is not None,
    )


def filter_read(viewer: Viewer, query: str, *, now: datetime) -> Filters:
    """A filter for a whole list. Invalid when it is not understood: a list must not hold more than was asked for."""
    require(viewer, Verb.VIEW)
    parsed = parse(query)
    if not parsed.problems:
        parsed = parsed.unmet(asked(viewer, parsed.filters, now).unmet)
    if parsed.problems:
        raise Invalid(parsed.problems[0].sentence, code="bad_filter")
    return parsed.filters


def case_ids(viewer: Viewer, filters: Filters, *, behind: int, limit: int, now: datetime) -> list[int]:
    """Ids of the cases that fit, in the order of the ids, behind one of them (0 for the first): for whole lists, batch by
    batch, such as files."""
    require(viewer, Verb.VIEW)
    return ids_behind(asked(viewer, filters, now), behind, limit)


def _page(wanted: Asked, order: Order, cursor: Cursor | None, size: int) -> tuple[list[int], str, str]:
    """The ids of a page's cases, and the cursors of the pages before and behind it, "" where there is none."""
    keys = page_keys(wanted, order, cursor, size + 1)
    if cursor is not None and cursor.back and len(keys) <= size:
        # The top of the list: a whole page of it, however much of one is left in front of the cursor.
        cursor, keys = None, page_keys(wanted, order, None, size + 1)
    is_back = cursor is not None and cursor.back
    is_more = len(keys) > size
    keys = (keys[1:] if is_back else keys[:-1]) if is_more else keys
    before = after = ""
    if cursor is not None and (is_more or not is_back):
        # Where the rows of this page are gone by now, the way back begins where it would have begun.
        before = str(Cursor(order.name, keys[0] if keys else cursor.values, back=True))
    if keys and (is_back or is_more):
        after = str(Cursor(order.name, keys[-1]))
    return [key[-1] for key in keys], before, after


def _total(wanted: Asked) -> Count:
    value = count_up_to(wanted, COUNTED + 1)
    return Count(min(value, COUNTED), value > COUNTED)


def _refused(viewer: Viewer, parsed: Parsed) -> QueuePage:
    restricted = account_scope(viewer) is not None
    return QueuePage([], "", "", Count(0), parsed.typed, _told(parsed), True, None, restricted)


def _told(parsed: Parsed) -> list[QueryProblem]:
    """The problems of a filter with what stands around each."""
    text = parsed.typed
    return [
        QueryProblem(
            offset=each.offset,
            length=each.length,
            before=text[: each.offset],
            part=text[each.offset : each.offset + each.length],
            after=text[each.offset + each.length :],
            sentence=each.sentence,
            corrected=parsed.corrected(each) if each.suggestion else "",
        )
        for each in parsed.problems
    ]


def queue_counts(viewer: Viewer, *, now: datetime) -> dict[str, Count]:
    """How many cases each preset holds, by its key; without those that cannot be counted cheaply."""
    return queue_head(viewer, now=now)[0]


def queue_head(
    viewer: Viewer, *, now: datetime, views: Mapping[str, str] | None = None
) -> tuple[dict[str, Count], list[str]]:
    """The counts of the presets and of further views (filters by their keys), and the suppressions in force in their own
    words, the first to end first: one query, however many there are, and one for the names in them. It brings the
    colleagues along, for those who may give a case to one.

    A view that searches for a text or is not understood is not counted, and of the others the first `VIEWS`.
    """
    require(viewer, Verb.VIEW)
    further = {key: parse(query) for key, query in (views or {}).items()}
    countable = {key: each.filters for key, each in further.items() if not each.problems and not each.filters.is_text}
    filters = PRESETS | dict(list(countable.items())[:VIEWS])
    names = names_of(filters.values())
    wanted = {key: each for key, some in filters.items() if not (each := asked(viewer, some, now, names)).unmet}
    columns = [count_column(each) for each in wanted.values()]
    people = _PEOPLE if viewer.can(Verb.WORK) else "NULL"
    sql = f"SELECT {_NOTES}, {people}, {', '.join(sql for sql, _ in columns)}"
    ((notes, parts, *values),) = rows(sql, [now, now, *(value for _, params in columns for value in params)])
    if parts is not None:
        viewer.cache["colleagues"] = named(parts)
    return counted(dict(zip(wanted, values, strict=True))), notes


def colleagues(viewer: Viewer) -> list[tuple[int, str]]:
    """(id, name) of the people a case can be given to. Asked once in a request; a case brings them along."""
    require(viewer, Verb.VIEW)
    if "colleagues" not in viewer.cache:
        viewer.cache["colleagues"] = named(colleague_parts().values_list("parts", flat=True))
    found: list[tuple[int, str]] = viewer.cache["colleagues"]
    return found


def colleague_parts() -> QuerySet[Any]:
    """The people a case can be given to, each as one JSON value."""
    members = Member.objects.filter(is_active=True, role__in=(Role.COORDINATOR, Role.SUPERVISOR), user__isnull=False)
    return members.values(parts=JSONObject(id="pk", name="user__name", email="user__email"))


def named(parts: Iterable[Mapping[str, Any]]) -> list[tuple[int, str]]:
    """(id, name) of colleagues by name."""
    return sorted(((each["id"], each["name"] or each["email"]) for each in parts), key=lambda pair: pair[1])


def silent_partners(viewer: Viewer, *, now: datetime) -> list[Partner]:
    """Connections that once spoke and have said nothing for long."""
    require(viewer, Verb.VIEW)
    since = now - SILENT_AFTER
    return list(Partner.objects.filter(active=True, last_signal_at__lt=since).order_by("last_signal_at", "pk")[:20])


class CountRows(Subquery):
    """count(*) over a subquery, as a scalar."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS bounded)"
    output_field = IntegerField()


def bounded_count(cases: QuerySet[Case]) -> CountRows:
    """The number of cases as a column, never counting further than one beyond what is shown."""
    return CountRows(cases.order_by().values("pk")[: COUNTED + 1])


def count_above(others: QuerySet[Case], rank: Any, *, pinned: Any) -> Combinable:
    """How many of other cases stand above one of this rank, as a column, counted as `bounded_count` does: those as pinned
    as it that rank higher, and where it is not pinned all that are."""
    higher = others.filter(pinned=pinned, rank__gt=rank)
    return bounded_count(higher) + bounded_count(others.filter(pinned__gt=pinned))


def _next_wake(viewer: Viewer) -> datetime | None:
    asleep = cases_visible(viewer).filter(state__in=OPEN_STATES, snoozed_until__isnull=False)
    found: datetime | None = asleep.aggregate(first=Min("snoozed_until"))["first"]
    return found
