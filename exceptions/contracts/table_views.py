"""Lead times of actions, currency rates, and what the house says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from controltower.errors import Conflict, DomainError, Invalid, NotFound
from controltower.tenancy.guards import requires
from controltower.tenancy.http import MemberRequest
from controltower.tenancy.permissions import Verb
from controltower.web.numbers import number_in
from controltower.web.render import page
from controltower.web.toast import toast
from exceptions.cases.taxonomy import type_label
from exceptions.contracts.common import by, may_change_house, must_see_all, put, read_again, refuse, revision_posted
from exceptions.contracts.contract_views import today_of
from exceptions.contracts.table_forms import LeadTimeForm, RateForm
from exceptions.parties.choosing import choice_of
from exceptions.parties.models import Account
from exceptions.shipments.models import Mode
from exceptions.sla.book import book_now
from exceptions.sla.explaining import wording
from exceptions.sla.kinds import ActingParty
from exceptions.sla.models import LeadTime
from exceptions.sla.selectors import tables as selectors
from exceptions.sla.selectors.calendars import calendars_list
from exceptions.sla.services import lead_times as lead_time_services
from exceptions.sla.services import rates as rate_services


@dataclass(frozen=True)
class ActionGroup:
    """The actions for one type of case."""

    label: str
    rows: list[tuple[selectors.ActionRow, str, str, str]]


@require_safe
@requires(Verb.VIEW)
def lead_times(request: MemberRequest) -> HttpResponse:
    groups: dict[str, list[tuple[selectors.ActionRow, str, str, str]]] = {}
    for row in selectors.lead_times_table(request.viewer):
        label = type_label(row.case_type) if row.case_type else "Every type of case"
        groups.setdefault(label, []).append((row, wording(row.action).imperative, _mode(row.mode), _acts(row)))
    context = {"groups": groups.items(), "may_change": may_change_house(request.viewer)}
    return page(request, "contracts/lead_times.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Verb.AGREE)
def lead_time(request: MemberRequest) -> HttpResponse:
    """Correct one row, named in the address by action, type of case and mode."""
    viewer = request.viewer
    must_see_all(viewer)
    scope: dict[str, Any] = {name: request.GET.get(name, "") for name in ("action", "case_type", "mode")}
    account = number_in(request.GET.get("account", ""))
    table = selectors.lead_times_table(viewer)
    row = next((row for row in table if {name: getattr(row, name) for name in scope} == scope), None)
    if row is None:
        raise NotFound("There is no such action in the table.")
    found = row.own if account is None else next((one for one in row.of_parties if one.account_id == account), None)
    choice = choice_of(viewer, "other")
    form = LeadTimeForm(
        request.POST if request.method == "POST" else None,
        acts=_acts(row).lower(),
        choice=choice,
        calendars=calendars_list(viewer),
        initial=_initial(row, found),
    )
    party: Account | None = None
    if account is not None:
        party = choice.rows.filter(pk=account).first()
        if party is None:
            raise NotFound("There is no such party.")
        del form.fields["account"]
    problem: DomainError | None = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        chosen = data.get("account")
        if chosen is not None and any(one.account_id == chosen.pk for one in row.of_parties):
            toast(request, f"{chosen.name} has a correction of its own. Here it is.")
            return redirect(f"{request.path}?{urlencode({**scope, 'account': chosen.pk})}")
        try:
            with transaction.atomic():
                lead_time_services.lead_time_save(
                    **scope,
                    account=party or chosen,
                    party=data["party"],
                    minutes=data["minutes"],
                    cost=data["cost"],
                    currency=viewer.organisation.currency,
                    p_act=float(1 - data["chance"] / 100),
                    calendar=data["calendar"],
                    revision=0 if chosen else data["revision"] or 0,
                    **by(request),
                )
        except Conflict as conflict:
            problem = conflict
            latest = selectors.lead_time_find(viewer, **scope, account=account)
            read_again(form, revision=latest.revision if latest else 0)
        except Invalid as invalid:
            refuse(form, invalid)
        else:
            toast(request, "Saved. The open cases are being priced anew.")
            return redirect("contracts:lead_times")
    context = {
        "row": row,
        "found": found,
        "shipped_acts": _acts(row).lower(),
        "form": form,
        "problem": problem,
        "action": wording(row.action).imperative,
        "case_type": type_label(row.case_type) if row.case_type else "every type of case",
        "mode": _mode(row.mode),
    }
    status = problem.status if problem else 422 if form.is_bound else 200
    return page(request, "contracts/lead_time.html", context, status=status)


@require_POST
@requires(Verb.AGREE)
def lead_time_reset(request: MemberRequest, pk: int) -> HttpResponse:
    must_see_all(request.viewer)
    row = selectors.lead_time_get(request.viewer, pk)
    with transaction.atomic():
        lead_time_services.lead_time_reset(row, revision=revision_posted(request), **by(request))
    toast(request, "Reset. The open cases are being priced anew.")
    return redirect("contracts:lead_times")


@require_safe
@requires(Verb.VIEW)
def rates(request: MemberRequest) -> HttpResponse:
    return _rates_page(request)


@require_POST
@requires(Verb.AGREE)
def rate_add(request: MemberRequest) -> HttpResponse:
    must_see_all(request.viewer)
    form = RateForm(request.POST)
    if form.is_valid():
        house = request.viewer.organisation
        made = put(form, lambda: rate_services.rate_save(**form.cleaned_data, house=house, **by(request)))
        if made is not None:
            toast(request, f"From {made.valid_from:%-d %B %Y} on {made.currency} is worth that.")
            return redirect("contracts:rates")
    return _rates_page(request, form=form, status=422)


@require_POST
@requires(Verb.AGREE)
def rate_remove(request: MemberRequest, pk: int) -> HttpResponse:
    must_see_all(request.viewer)
    row = selectors.rate_get(request.viewer, pk)
    try:
        with transaction.atomic():
            rate_services.rate_remove(row, house=request.viewer.organisation, **by(request))
    except Conflict as problem:
        return _rates_page(request, problem=problem, status=problem.status)
    toast(request, "Removed.")
    return redirect("contracts:rates")


def _rates_page(
    request: MemberRequest, *, form: RateForm | None = None, problem: DomainError | None = None, status: int = 200
) -> HttpResponse:
    viewer, book = request.viewer, book_now()
    may_change = may_change_house(viewer)
    context = {
        "rows": selectors.rates_table(viewer, book, now=timezone.now()),
        "house": book.currency,
        "may_change": may_change,
        "form": (form or RateForm(initial={"valid_from": today_of(viewer).isoformat()})) if may_change else None,
        "problem": problem,
    }
    return page(request, "contracts/rates.html", context, status=status)


def _initial(row: selectors.ActionRow, found: LeadTime | None) -> dict[str, Any]:
    if found is not None:
        return {
            "party": found.party,
            "minutes": found.minutes,
            "cost": found.cost,
            "chance": _percent(1 - Decimal(str(found.p_act))),
            "calendar": found.calendar_id or "",
            "revision": found.revision,
        }
    base = row.own or row.shipped
    if isinstance(base, LeadTime):
        chance = _percent(1 - Decimal(str(base.p_act)))
        return {"party": base.party, "minutes": base.minutes, "cost": base.cost, "chance": chance}
    if base is None:
        return {}
    minutes = int(base.lead.total_seconds() // 60) if base.lead is not None else None
    return {"minutes": minutes, "cost": base.cost, "chance": _percent(1 - base.p_act)}


def _acts(row: selectors.ActionRow) -> str:
    """Who does it as shipped; an action of the organisation's own is the carrier's."""
    return str(ActingParty((row.shipped.party if row.shipped else "carrier") or "us").label)


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f}"


def _mode(mode: str) -> str:
    return str(Mode(mode).label) if mode in Mode.values else mode
