"""Suggestions for fields in which an account or a place is named."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from controltower.errors import NotFound
from controltower.tenancy.guards import requires
from controltower.tenancy.http import MemberRequest
from controltower.tenancy.permissions import Verb
from controltower.web.numbers import number_in
from exceptions.parties.choosing import SUGGESTED, WHO, choice_of
from exceptions.parties.selectors import account_list


@require_safe
@requires(Verb.VIEW)
def suggested(request: MemberRequest) -> HttpResponse:
    """Those that are like what is typed. of: who can be named; below: whose children; in: the field that is typed in."""
    asked = request.GET
    who, below = asked.get("of", "account"), asked.get("below", "")
    parent = None
    if below:
        parent = account_list(request.viewer).filter(pk=number_in(below) or 0).first()
        if parent is None:
            raise NotFound("There is no such account.")
    if who not in WHO:
        raise NotFound("Nobody is suggested here.")
    typed = asked.get(asked.get("in", ""), "")[:200]
    found = choice_of(request.viewer, who, below=parent).like(typed, SUGGESTED)
    return render(request, "parties/_suggested.html", {"suggested": found})
