"""What a view demands of its caller, written on the view. A guard test fails for a view that carries none of these."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponseBase

from controltower.tenancy.http import MemberRequest
from controltower.tenancy.permissions import Verb
from controltower.tenancy.viewer import require

View = Callable[..., HttpResponseBase]


def requires(verb: Verb) -> Callable[[View], View]:
    """Only for members whose role has `verb`. The tenant middleware has set `request.viewer` before."""

    def mark(view: View) -> View:
        @wraps(view)
        def guarded(request: MemberRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            require(request.viewer, verb)
            return view(request, *args, **kwargs)

        guarded.access = "member"  # type: ignore[attr-defined]
        guarded.verb = verb  # type: ignore[attr-defined]
        return guarded

    return mark


def member(view: View) -> View:
    """For every signed-in member, whatever the role: preferences, switching organisations."""
    view.access = "member"  # type: ignore[attr-defined]
    view.verb = None  # type: ignore[attr-defined]
    return view


def public(view: View) -> View:
    """Without login; runs outside any organisation and opens `acting_for` itself where it must."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def no_db(view: View) -> View:
    """Without any database query: the poll, health. `request.viewer` does not exist there."""
    view.access = "no_db"  # type: ignore[attr-defined]
    return view
