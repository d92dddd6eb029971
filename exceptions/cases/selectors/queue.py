"""The queue as a viewer may see it: keyset pages by the stored order, bounded counts.

The order is one list in two runs, each of them a range of one index: pinned cases and those with a rank, then those that
nobody can save any more, by the amount at risk.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count as CountOf
from django.db.models import F, IntegerField, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from controltower.errors import BadRequest
from controltower.tenancy.models import Member, Role
from controltower.tenancy.permissions import Verb
from controltower.tenancy.viewer import Viewer, require
from exceptions.cases.models import OPEN_STATES, Case, CaseShipment, NextCheck, Occurrence, Suppression
from exceptions.cases.selectors.grammar import Choice, Filters, Parsed, Scope, parse
from exceptions.cases.selectors.grammar.keys import STATES
from exceptions.cases.selectors.rows import Count, QueryProblem, QueuePage, QueueRow
from exceptions.cases.taxonomy import type_label
from exceptions.parties.models import Account, Partner
from exceptions.parties.selectors import account_scope, accounts_named
from exceptions.parties.text import search_form
from exceptions.shipments.canonical import normalised
from exceptions.shipments.models import Reference

SIZE = 50
COUNTED = 999
RUNS = ("ranked", "rest")
PHASES = {"at_risk": "At risk", "breached": "Breached"}
# A partner that sent nothing for this long makes an empty queue suspicious.
SILENT_AFTER = timedelta(hours=6)


@dataclass(frozen=True)
class Cursor:
    """The last row of a page: its run, what it is ordered by there (rank, amount or time), and its id."""

    run: str
    value: float | None
    id: int
    is_pinned: bool


def cases_visible(viewer: Viewer) -> QuerySet[Case]:
    """All cases of the accounts this viewer may see. What belongs to no account is for unrestricted members only."""
    require(viewer, Verb.VIEW)
    scope = account_scope(viewer)
    return Case.objects.all() if scope is None else Case.objects.filter(account__in=scope)


def queue_page(viewer: Viewer, query: str = "", *, after: str = "", now: datetime, size: int = SIZE) -> QueuePage:
    """One page of the queue. `query` is in the grammar, `after` the cursor of the page before. BadRequest for a cursor
    that is not ours. A query with a problem finds nothing: whoever acts on a list must not get more than they meant."""
    require(viewer, Verb.VIEW)
    parsed = parse(query)
    if parsed.problems:
        return _refused(viewer, parsed)
    filters = parsed.filters
    cases = _filtered(viewer, filters, now)
    if filters.scope == Scope.RESOLVED:
        found, cursor = _recent(cases, after, size)
    else:
        found, cursor = _ordered(cases, after, size)
    rows = queue_rows(viewer, found)
    return QueuePage(
        rows=rows,
        after=cursor,
        total=Count(len(rows)) if not after and not cursor else bounded(cases),
        query=parsed.query,
        problems=[],
        has_filters=filters.narrows,
        next_due_at=None if rows or filters.narrows else _next_wake(viewer),
        is_restricted=account_scope(viewer) is not None,
    )


def _refused(viewer: Viewer, parsed: Parsed) -> QueuePage:
    restricted = account_scope(viewer) is not None
    return QueuePage([], "", Count(0), parsed.typed, _told(parsed), True, None, restricted)


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
    """How many cases each preset holds, by its key; one query, each part of it bounded."""
    return queue_head(viewer, now=now)[0]


def queue_head(viewer: Viewer, *, now: datetime) -> tuple[dict[str, Count], list[str]]:
    """The counts, and the suppressions in force in their own words, the first to end first; in the same query."""
    awake = Q(state__in=OPEN_STATES, snoozed_until=None)
    parts = {
        "all": awake,
        "mine": awake & Q(owner=viewer.member),
        "unowned": awake & Q(owner=None),
        "due": awake & Q(act_by__lte=now + timedelta(hours=2), act_by__gt=now),
        "snoozed": Q(state__in=OPEN_STATES, snoozed_until__isnull=False),
    }
    visible = cases_visible(viewer)
    running = Suppression.objects.filter(starts_at__lte=now, ends_at__gt=now, settled_at=None).order_by("ends_at", "pk")
    asked: list[Any] = [ArraySubquery(running.values("note")[:5])]
    sees_nothing = account_scope(viewer) == frozenset()
    if not sees_nothing:
        asked += [bounded_count(visible.filter(part)) for part in parts.values()]
    notes, *values = Member.objects.filter(pk=viewer.member.pk).values_list(*asked).get()
    if sees_nothing:
        return {key: Count(0) for key in parts}, notes
    found = zip(parts, values, strict=True)
    return {key: Count(min(value, COUNTED), value > COUNTED) for key, value in found}, notes


def queue_rows(viewer: Viewer, cases: Sequence[Case]) -> list[QueueRow]:
    """Rows of cases that were read with `with_row_parts`."""
    return [_row(viewer, case) for case in cases]


def with_row_parts(cases: QuerySet[Case]) -> QuerySet[Case]:
    """What a row shows beside the case's own columns, in the same query."""
    affected = (
        CaseShipment.objects.filter(case=OuterRef("pk")).order_by().values("case").annotate(n=CountOf("pk")).values("n")
    )
    check = NextCheck.objects.filter(case=OuterRef("pk"), done_at=None).values("due_at")[:1]
    return cases.select_related("account", "owner__user", "pinned_by__user").annotate(
        affected_count=Coalesce(Subquery(affected), 0), next_check_at=Subquery(check)
    )


def bounded(cases: QuerySet[Any]) -> Count:
    """Exact up to 999; never counts further."""
    value = cases.order_by()[: COUNTED + 1].count()
    return Count(min(value, COUNTED), value > COUNTED)


def colleagues(viewer: Viewer) -> list[tuple[int, str]]:
    """(id, name) of the people a case can be given to."""
    require(viewer, Verb.VIEW)
    members = Member.objects.filter(is_active=True, role__in=(Role.COORDINATOR, Role.SUPERVISOR)).select_related("user")
    return sorted(((member.pk, member.name) for member in members), key=lambda pair: pair[1])


def silent_partners(viewer: Viewer, *, now: datetime) -> list[Partner]:
    """Connections that once spoke and have said nothing for long."""
    require(viewer, Verb.VIEW)
    since = now - SILENT_AFTER
    return list(Partner.objects.filter(active=True, last_signal_at__lt=since).order_by("last_signal_at", "pk")[:20])


def _filtered(viewer: Viewer, filters: Filters, now: datetime) -> QuerySet[Case]:
    cases = cases_visible(viewer)
    if filters.scope == Scope.RESOLVED:
        cases = cases.exclude(state__in=OPEN_STATES).filter(closed_at__isnull=False)
    else:
        cases = cases.filter(state__in=OPEN_STATES, snoozed_until__isnull=filters.scope == Scope.OPEN)
    if filters.pinned is not None:
        cases = cases.filter(pinned=filters.pinned)
    if filters.unavoidable is not None:
        unavoidable = Q(explanation__unavoidable=True)
        cases = cases.filter(unavoidable) if filters.unavoidable else cases.exclude(unavoidable)
    states = Choice(*(tuple(STATES[word][0] for word in words) for words in astuple(filters.state)))
    cases = _chosen(cases, states, lambda value: Q(state=value))
    cases = _chosen(cases, filters.owner, lambda value: _owner(viewer, value))
    cases = _chosen(cases, filters.type, lambda value: Q(type=value))
    cases = _chosen(cases, filters.severity, lambda value: Q(severity=value))
    cases = _chosen(cases, filters.customer, lambda value: Q(account__in=accounts_named(value)))
    cases = _chosen(cases, filters.partner, _partner)
    cases = _chosen(cases, filters.lane, _lane)
    zone = viewer.organisation.time_zone
    if filters.due is not None:
        cases = _between(cases, "act_by", *filters.due.ahead(now, zone))
    if filters.opened is not None:
        cases = _between(cases, "opened_at", *filters.opened.ago(now, zone))
    if filters.exposure is not None:
        lowest, highest = filters.exposure.minor()
        cases = cases if lowest is None else cases.filter(avoidable__gte=lowest)
        cases = cases if highest is None else cases.filter(avoidable__lte=highest)
        cases = cases.filter(currency=filters.exposure.currency) if filters.exposure.currency else cases
    for text, exact in (*((each, True) for each in filters.exact), (filters.text, False)):
        cases = cases.filter(text_filter(text, exact=exact)) if text else cases
    return cases


def _chosen(cases: QuerySet[Case], choice: Choice, condition: Callable[[str], Q]) -> QuerySet[Case]:
    for values, kept in ((choice.wanted, True), (choice.unwanted, False)):
        if values:
            any_of = reduce(or_, map(condition, values))
            cases = cases.filter(any_of) if kept else cases.exclude(any_of)
    return cases


def _between(cases: QuerySet[Case], column: str, first: datetime | None, until: datetime | None) -> QuerySet[Case]:
    cases = cases if first is None else cases.filter(**{f"{column}__gte": first})
    return cases if until is None else cases.filter(**{f"{column}__lt": until})


def _owner(viewer: Viewer, owner: str) -> Q:
    if owner == "me":
        return Q(owner=viewer.member)
    if owner == "none":
        return Q(owner=None)
    members = Member.objects.filter(Q(user__name__istartswith=owner) | Q(user__email__istartswith=owner))
    return Q(owner__in=members.values("pk"))


def _partner(name: str) -> Q:
    told = Occurrence.objects.filter(Q(event__partner__name__istartswith=name) | Q(event__partner__slug=name.lower()))
    return Q(pk__in=told.values("case"))


def _lane(text: str) -> Q:
    """`dallas>chicago` by the beginning of both ends, `dallas` or `>chicago` by one of them."""
    origin, _, destination = (part.strip() for part in text.partition(">"))
    ends = Q(lane__iregex=rf"> *{re.escape(destination)}") if destination else Q()
    return Q(lane__istartswith=origin) & ends


def text_filter(text: str, *, exact: bool = False) -> Q:
    """Cases by their number, by what the trade calls them, by any reference of their shipments, or by their customer."""
    key, name = normalised(text), search_form(text)
    found = begins if not exact else lambda column, value: Q(**{column: value})
    named = Q(account__in=Account.objects.filter(found("search_name", name)).values("pk")) if name else Q(pk__in=[])
    if not key:
        return named
    shipments = Reference.objects.filter(found("value_key", key), shipment__isnull=False).values("shipment")
    touched = CaseShipment.objects.filter(shipment__in=shipments).values("case")
    numbered = Q(number=f"EX-{key.removeprefix('EX')}") if key.removeprefix("EX").isdigit() else Q(pk__in=[])
    return numbered | found("search_text", key) | Q(pk__in=touched) | named


def begins(column: str, prefix: str) -> Q:
    """Begins with, as a range: under row-level security LIKE would not use the index (both columns collate as C)."""
    return Q(**{f"{column}__gte": prefix, f"{column}__lt": f"{prefix}\U0010ffff"})


def _ordered(cases: QuerySet[Case], after: str, size: int) -> tuple[list[Case], str]:
    """The next `size` cases in the queue's order, and the cursor behind them."""
    cursor = _read_cursor(after)
    found: list[Case] = []
    for name in RUNS[RUNS.index(cursor.run) if cursor else 0 :]:
        part = _run(cases, name)
        if cursor is not None and name == cursor.run:
            part = _behind(part, cursor)
        found += with_row_parts(part)[: size + 1 - len(found)]
        if len(found) > size:
            return found[:size], _cursor(found[size - 1])
    return found, ""


def _run(cases: QuerySet[Case], name: str) -> QuerySet[Case]:
    if name == "ranked":
        ranked = cases.filter(Q(pinned=True) | Q(rank__isnull=False))
        return ranked.order_by(F("pinned").desc(), F("rank").desc(nulls_last=True), F("id").desc())
    return cases.filter(pinned=False, rank=None).order_by(F("at_risk").desc(), F("id").desc())


def _behind(cases: QuerySet[Case], cursor: Cursor) -> QuerySet[Case]:
    """Rows that come after the cursor in its run. The plain bounds are what lets the index start there."""
    if cursor.run == "rest":
        amount = int(cursor.value or 0)
        return cases.filter(at_risk__lte=amount).exclude(Q(at_risk=amount, id__gte=cursor.id))
    if not cursor.is_pinned:
        return cases.filter(pinned=False, rank__lte=cursor.value).exclude(Q(rank=cursor.value, id__gte=cursor.id))
    # Pinned cases are few: whatever they are ordered by, what is not pinned comes behind.
    same = Q(rank=cursor.value, id__lt=cursor.id)
    lower = same if cursor.value is None else Q(rank__lt=cursor.value) | Q(rank=None) | same
    return cases.filter(Q(pinned=False) | lower)


def _recent(cases: QuerySet[Case], after: str, size: int) -> tuple[list[Case], str]:
    """Ended cases, the latest first."""
    cases = cases.order_by(F("closed_at").desc(), F("id").desc())
    cursor = _read_cursor(after)
    if cursor is not None and cursor.value is not None:
        at = _instant(cursor.value)
        cases = cases.filter(Q(closed_at__lt=at) | Q(closed_at=at, id__lt=cursor.id))
    found = list(with_row_parts(cases)[: size + 1])
    if len(found) <= size:
        return found, ""
    last = found[size - 1]
    assert last.closed_at is not None, "only ended cases are asked for"
    return found[:size], _encoded(Cursor("rest", last.closed_at.timestamp(), last.pk, False))


def _instant(epoch: float) -> datetime:
    try:
        return datetime.fromtimestamp(epoch, tz=UTC)
    except (ValueError, OverflowError, OSError):
        raise _bad_cursor() from None


def _cursor(case: Case) -> str:
    if case.rank is None and not case.pinned:
        return _encoded(Cursor("rest", case.at_risk, case.pk, False))
    return _encoded(Cursor("ranked", case.rank, case.pk, case.pinned))


def _encoded(cursor: Cursor) -> str:
    parts = [cursor.run, cursor.value, cursor.id, cursor.is_pinned]
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def _read_cursor(after: str) -> Cursor | None:
    if not after:
        return None
    try:
        run, value, last, is_pinned = json.loads(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)))
        is_sound = (
            run in RUNS
            and isinstance(last, int)
            and _in_reach(last)
            and (_in_reach(value) or (value is None and is_pinned))
        )
    except (binascii.Error, ValueError, TypeError, RecursionError):
        is_sound = False
    if not is_sound:
        raise _bad_cursor()
    return Cursor(run, value, last, bool(is_pinned))


def _bad_cursor() -> BadRequest:
    return BadRequest("This page of the queue cannot be found. Start from the top.", code="bad_cursor")


def _in_reach(value: object) -> bool:
    """Whether it is a number that a column can be compared with; JSON also brings infinities and what is none."""
    return isinstance(value, int | float) and abs(value) < 2**63


class CountRows(Subquery):
    """count(*) over a subquery, as a scalar."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS bounded)"
    output_field = IntegerField()


def bounded_count(cases: QuerySet[Case]) -> CountRows:
    """The number of cases as a column, never counting further than one beyond what is shown."""
    return CountRows(cases.order_by().values("pk")[: COUNTED + 1])


def _next_wake(viewer: Viewer) -> datetime | None:
    asleep = cases_visible(viewer).filter(state__in=OPEN_STATES, snoozed_until__isnull=False)
    found: datetime | None = asleep.aggregate(first=Min("snoozed_until"))["first"]
    return found


def _row(viewer: Viewer, case: Any) -> QueueRow:
    told = case.explanation
    is_unavoidable = bool(told.get("unavoidable"))
    return QueueRow(
        id=case.pk,
        number=case.number,
        version=case.version,
        type=case.type,
        type_label=type_label(case.type),
        phase=case.phase,
        phase_label=PHASES.get(case.phase, ""),
        severity=case.severity,
        state=case.state,
        state_label=case.get_state_display(),
        customer=case.account.name if case.account else "",
        subject=case.place,
        references=case.reference,
        lane=case.lane,
        affected_count=case.affected_count,
        phrase=(told.get("phrase") if case.is_open else case.resolution) or case.summary,
        act_by=None if is_unavoidable else case.act_by,
        act_by_zone=told.get("zone", ""),
        act_by_place=told.get("place", ""),
        at_risk=_major(case.at_risk),
        avoidable=_major(case.avoidable),
        lost=_major(case.lost),
        currency=case.currency,
        is_unavoidable=is_unavoidable,
        is_pinned=case.pinned,
        pinned_by=case.pinned_by.name if case.pinned_by else "",
        pinned_at=case.pinned_at,
        owner=case.owner.name if case.owner else "",
        is_mine=case.owner_id == viewer.member.pk,
        snoozed_until=case.snoozed_until,
        snoozed_for=case.get_snoozed_for_display(),
        next_check_at=case.next_check_at,
        opened_at=case.opened_at,
        changed_at=case.priced_at or case.opened_at,
    )


def _major(amount: int) -> Decimal:
    return Decimal(amount) / 100
