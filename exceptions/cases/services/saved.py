"""Saved views of the queue: kept, renamed, put in order, shared and removed, each on the trail.

A personal view is its owner's alone. A shared one is for everybody; its owner and supervisors keep it, and it stays when
its owner leaves. Removing is taken back with `view_restore`.
"""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max, Q, QuerySet

from controltower.audit import Actor, record
from controltower.errors import Conflict, Forbidden, Invalid, NotFound
from controltower.tenancy.models import Member
from exceptions.cases.models import SavedView
from exceptions.cases.selectors.grammar import LONGEST, parse
from exceptions.cases.services.recording import Changes, audited, person

# More than this nobody finds anything in: it is time to remove one.
MOST = 50


def view_save(*, name: str, query: str, is_shared: bool, actor: Actor, now: datetime) -> SavedView:
    """Keep a filter under a name, behind the others. What this member keeps like that already is that view: the second
    of a double click."""
    member = person(actor)
    name, query = _name(name), _query(query)
    others = _siblings(member, is_shared)
    same = others.filter(owner=member, name=name, query=query)
    if kept := same.first():
        return kept
    _name_free(others, name, is_shared)
    if others.count() >= MOST:
        raise Invalid(f"There are {MOST} views already. Remove one that nobody needs.", code="views_full")
    columns = {"name": name, "query": query, "owner": member, "is_shared": is_shared, "created_at": now}
    try:
        with transaction.atomic():
            view = SavedView.objects.create(position=_behind(others), **columns)
    except IntegrityError:  # saved at this very moment
        if kept := same.first():
            return kept
        raise _taken(name, is_shared) from None
    after = audited(view, ("name", "query", "owner", "is_shared", "position"))
    record(verb="view.saved", subject=f"view:{view.pk}", actor=actor, after=after, now=now)
    return view


def view_change(
    view: SavedView, *, name: str, query: str, actor: Actor, now: datetime, version: int | None = None
) -> SavedView:
    """Another name, another filter, or both."""
    view, _ = _kept_by(view, actor, version)
    name, query = _name(name), _query(query)
    _name_free(_siblings(view.owner, view.is_shared).exclude(pk=view.pk), name, view.is_shared)
    return _change(view, {"name": name, "query": query}, verb="view.changed", actor=actor, now=now)


def view_move(view: SavedView, *, by: int, actor: Actor, now: datetime, version: int | None = None) -> SavedView:
    """Up (`by` -1) or down (+1) among its like. At the end it stays where it is."""
    # All of a list in one order, before the one that is moved: two moves at once would else wait for each other.
    listed = _siblings(view.owner, view.is_shared).select_for_update(no_key=True)
    list(listed.order_by("pk").values_list("pk", flat=True))
    view, _ = _kept_by(view, actor, version)
    others = list(_siblings(view.owner, view.is_shared).order_by("position", "pk"))
    at = next(index for index, other in enumerate(others) if other.pk == view.pk)
    to = max(0, min(len(others) - 1, at + by))
    others.insert(to, others.pop(at))
    for position, other in enumerate(others):
        if other.position != position and other.pk != view.pk:
            SavedView.objects.filter(pk=other.pk).update(position=position)
    return _change(view, {"position": to}, verb="view.moved", actor=actor, now=now)


def view_share(view: SavedView, *, actor: Actor, now: datetime, version: int | None = None) -> SavedView:
    """For everybody from now on, behind the other shared ones."""
    view, _ = _kept_by(view, actor, version)
    return _shared(view, view.owner, True, "view.shared", actor, now)


def view_unshare(view: SavedView, *, actor: Actor, now: datetime, version: int | None = None) -> SavedView:
    """Its owner's alone again. Where the owner has left, it becomes the view of who takes it back."""
    view, member = _kept_by(view, actor, version)
    return _shared(view, view.owner if view.owner.is_active else member, False, "view.unshared", actor, now)


def view_remove(view: SavedView, *, actor: Actor, now: datetime, version: int | None = None) -> SavedView:
    """Out of every list; `view_restore` takes it back. One that is out stays so."""
    view, _ = _kept_by(view, actor, None, removed=True)
    if view.removed_at is not None:
        return view
    view, _ = _kept_by(view, actor, version)
    return _change(view, {"removed_at": now}, verb="view.removed", actor=actor, now=now)


def view_restore(view: SavedView, *, actor: Actor, now: datetime, version: int | None = None) -> SavedView:
    """Back where it was. Conflict when another one has its name by now."""
    view, _ = _kept_by(view, actor, version, removed=True)
    if view.removed_at is None:
        return view
    _name_free(_siblings(view.owner, view.is_shared), view.name, view.is_shared)
    return _change(view, {"removed_at": None}, verb="view.restored", actor=actor, now=now)


def _shared(view: SavedView, owner: Member, is_shared: bool, verb: str, actor: Actor, now: datetime) -> SavedView:
    if view.is_shared == is_shared:
        return view
    others = _siblings(owner, is_shared)
    _name_free(others, view.name, is_shared)
    changes = {"is_shared": is_shared, "owner": owner, "position": _behind(others)}
    return _change(view, changes, verb=verb, actor=actor, now=now)


def _kept_by(view: SavedView, actor: Actor, version: int | None, *, removed: bool = False) -> tuple[SavedView, Member]:
    """The view as it is now, locked, for somebody who may change it. What others keep for themselves does not exist."""
    member = person(actor)
    rows = SavedView.objects.select_for_update(no_key=True, of=("self",)).select_related("owner__user")
    found = rows.filter(Q(owner=member) | Q(is_shared=True), pk=view.pk).first()
    if found is None or (found.removed_at is not None and not removed):
        raise NotFound("This view is not there any more.")
    if not found.is_kept_by(member):
        raise Forbidden(f"{found.owner.name} keeps this view. Ask them or a supervisor.", code="view_kept_by_another")
    if version is not None and found.version != version:
        raise Conflict(f"The view {found.name} was changed meanwhile. Look at it and try again.", code="view_changed")
    return found, member


def _siblings(owner: Member, is_shared: bool) -> QuerySet[SavedView]:
    views = SavedView.objects.filter(is_shared=is_shared, removed_at=None)
    return views if is_shared else views.filter(owner=owner)


def _behind(others: QuerySet[SavedView]) -> int:
    last: int | None = others.aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > 60:
        raise Invalid("Give the view a name of at most 60 characters.", code="view_name", details={"name": "is needed"})
    return name


def _query(query: str) -> str:
    """The filter as it was understood. One that says nothing, or not all of what it says is understood, is refused."""
    parsed = parse(query)
    problem = next((each.sentence for each in parsed.problems), "")
    if not problem and not parsed.query:
        problem = "A view without a filter shows all open cases."
    if not problem and len(parsed.query) > LONGEST:
        problem = f"A filter has at most {LONGEST} characters."
    if problem:
        raise Invalid(problem, code="view_query", details={"query": problem})
    return parsed.query


def _name_free(others: QuerySet[SavedView], name: str, is_shared: bool) -> None:
    if others.filter(name__iexact=name).exists():
        raise _taken(name, is_shared)


def _taken(name: str, is_shared: bool) -> Conflict:
    whose = "There is a shared view" if is_shared else "You have a view"
    return Conflict(f"{whose} called {name} already. Choose another name.", code="view_name_taken")


def _change(view: SavedView, changes: Changes, *, verb: str, actor: Actor, now: datetime) -> SavedView:
    """Write a new version and its audit entry."""
    before = audited(view, changes)
    for name, value in changes.items():
        setattr(view, name, value)
    view.version += 1
    view.save(update_fields=[*changes, "version"])
    record(verb=verb, subject=f"view:{view.pk}", actor=actor, before=before, after=audited(view, changes), now=now)
    return view
