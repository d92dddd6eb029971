"""How far pricing anew is, beside the contracts that began it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from controltower.tenancy.guards import requires
from controltower.tenancy.http import MemberRequest
from controltower.tenancy.permissions import Verb
from exceptions.contracts.common import repricing_parts


@require_safe
@requires(Verb.VIEW)
def repricing(request: MemberRequest) -> HttpResponse:
    """The fragment that a page with it asks for again while it runs."""
    return render(request, "contracts/_repricing.html", repricing_parts(request.viewer))
