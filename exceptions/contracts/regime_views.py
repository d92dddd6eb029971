"""Deadlines of claims: what is shipped as a suggestion, and what a named person has checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from controltower.errors import Conflict, NotFound
from controltower.tenancy.guards import requires
from controltower.tenancy.http import MemberRequest
from controltower.tenancy.permissions import Verb
from controltower.web.render import page
from controltower.web.toast import toast
from exceptions.cases.taxonomy import type_label
from exceptions.contracts.common import by, may_change_house, must_see_all, put
from exceptions.contracts.words import length_words
from exceptions.sla.clocks import Allowed
from exceptions.sla.kinds import COUNTED_IN_DAYS, Counting, Subkind
from exceptions.sla.models import ClaimRegime
from exceptions.sla.regimes import SHIPPED, RegimeDefault
from exceptions.sla.services import regimes as services


class RegimeForm(forms.Form):
    """What was checked. Days or months, never both."""

    days = forms.IntegerField(label="Days", required=False, min_value=1, max_value=3660)
    months = forms.IntegerField(label="Or months", required=False, min_value=1, max_value=120)
    counting = forms.ChoiceField(
        label="Days are counted as", choices=[(each.value, str(each.label)) for each in COUNTED_IN_DAYS]
    )
    consequence = forms.CharField(label="What happens when it passes", max_length=300)
    source = forms.CharField(
        label="Checked against",
        max_length=300,
        help_text="What you looked it up in: the text of the law, a carrier's tariff",
    )


@dataclass(frozen=True)
class RegimeRow:
    """A suggestion, and beside it what was confirmed."""

    key: str
    shipped: RegimeDefault
    step: str
    case_type: str
    length: str
    confirmed: ClaimRegime | None
    confirmed_length: str


@require_safe
@requires(Verb.VIEW)
def regimes(request: MemberRequest) -> HttpResponse:
    return _page(request)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Verb.AGREE)
def regime_confirm(request: MemberRequest) -> HttpResponse:
    """Named in the address, so that the way back and a reload find the same one."""
    must_see_all(request.viewer)
    shipped = services.shipped_regime(request.GET.get("key", ""))
    held = _confirmed().get(services.key_of(shipped))
    names = ("days", "months", "counting", "consequence")
    start: dict[str, Any] = {name: getattr(held or shipped, name) for name in names}
    # What a person checked it against they write themselves: ours is where the suggestion comes from.
    start["source"] = held.source if held else ""
    form = RegimeForm(request.POST if request.method == "POST" else None, initial=start)
    if request.method == "POST" and form.is_valid():
        made = put(form, lambda: services.regime_confirm(shipped, **form.cleaned_data, **by(request)))
        if made is not None:
            toast(request, "Confirmed. Terms of contracts can stand on it now.")
            return redirect("contracts:regimes")
    context = {"form": form, "row": _row(shipped, held)}
    return page(request, "contracts/regime.html", context, status=422 if form.is_bound else 200)


@require_POST
@requires(Verb.AGREE)
def regime_withdraw(request: MemberRequest, pk: int) -> HttpResponse:
    must_see_all(request.viewer)
    row = ClaimRegime.objects.filter(pk=pk).first()
    if row is None:
        raise NotFound("Nobody has confirmed this, or not any more.")
    try:
        with transaction.atomic():
            services.regime_withdraw(row, **by(request))
    except Conflict as problem:
        return _page(request, problem=problem)
    toast(request, "Taken back. It is a suggestion again.")
    return redirect("contracts:regimes")


def _page(request: MemberRequest, *, problem: Conflict | None = None) -> HttpResponse:
    confirmed = _confirmed()
    context = {
        "rows": [_row(shipped, confirmed.get(services.key_of(shipped))) for shipped in SHIPPED],
        "may_change": may_change_house(request.viewer),
        "problem": problem,
    }
    return page(request, "contracts/regimes.html", context, status=problem.status if problem else 200)


def _confirmed() -> dict[str, ClaimRegime]:
    return {services.key_of(row): row for row in ClaimRegime.objects.select_related("confirmed_by__user")}


def _row(shipped: RegimeDefault, confirmed: ClaimRegime | None) -> RegimeRow:
    return RegimeRow(
        services.key_of(shipped),
        shipped,
        str(Subkind(shipped.step).label),
        type_label(shipped.case_type) if shipped.case_type else "",
        _length(shipped),
        confirmed,
        _length(confirmed) if confirmed else "",
    )


def _length(row: RegimeDefault | ClaimRegime) -> str:
    return length_words(Allowed(days=row.days, months=row.months, counting=Counting(row.counting)))
