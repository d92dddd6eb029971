"""The house's own settings of the order: how fast urgency grows, and what a case is worth that no contract prices."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from controltower.errors import Conflict, DomainError
from controltower.tenancy import services
from controltower.tenancy.guards import requires
from controltower.tenancy.http import MemberRequest
from controltower.tenancy.models import Organisation
from controltower.tenancy.permissions import Verb
from controltower.web.render import page
from controltower.web.toast import toast
from exceptions.contracts.common import by, may_change_house, must_see_all, repricing_parts
from exceptions.contracts.contract_views import today_of
from exceptions.contracts.rows import contract_page
from exceptions.contracts.table_forms import HalfLifeForm
from exceptions.sla.defaults import FIRST_RESPONSE_RATE, FIRST_RESPONSE_WITHIN, OPEN_DAY_RATE
from exceptions.sla.selectors.contracts import contracts_visible


@require_safe
@requires(Verb.VIEW)
def house(request: MemberRequest) -> HttpResponse:
    return _house_page(request)


@require_POST
@requires(Verb.AGREE)
def half_life(request: MemberRequest) -> HttpResponse:
    """Refused when somebody changed it since the page was read: both would not know of the other."""
    must_see_all(request.viewer)
    form = HalfLifeForm(request.POST)
    if not form.is_valid():
        return _house_page(request, form=form, status=422)
    with transaction.atomic():
        locked = Organisation.objects.select_for_update(no_key=True).get(pk=request.viewer.organisation.pk)
        if locked.half_life_hours != form.cleaned_data["before"]:
            problem = Conflict(f"Somebody has set it to {locked.half_life_hours:g} h meanwhile. Look again, then save.")
            return _house_page(request, problem=problem, typed=request.POST["half_life_hours"])
        changes = {"half_life_hours": form.cleaned_data["half_life_hours"]}
        services.organisation_change(locked, changes, **by(request))
    toast(request, "Saved. The open cases are being priced anew.")
    return redirect("contracts:house")


def _house_page(
    request: MemberRequest,
    *,
    form: HalfLifeForm | None = None,
    problem: DomainError | None = None,
    typed: str = "",
    status: int = 200,
) -> HttpResponse:
    viewer = request.viewer
    current = Organisation.objects.values_list("half_life_hours", flat=True).get(pk=viewer.organisation.pk)
    contract = contracts_visible(viewer).filter(account=None).first()
    shown = contract_page(viewer, contract.pk, None, today=today_of(viewer)) if contract else None
    may_change = may_change_house(viewer)
    initial = {"half_life_hours": typed or f"{current:g}", "before": current}
    context = {
        "form": (form or HalfLifeForm(initial=initial)) if may_change else None,
        "current": current,
        "examples": [(hours, round(2 ** (hours / current), 1)) for hours in (1, 4, 8, 24)],
        "shown": shown,
        "contract": contract,
        "shipped": {
            "response": FIRST_RESPONSE_RATE,
            "within": FIRST_RESPONSE_WITHIN,
            "day": OPEN_DAY_RATE,
            "currency": viewer.organisation.currency,
        },
        **repricing_parts(viewer),
        "may_change": may_change,
        "problem": problem,
    }
    return page(request, "contracts/house.html", context, status=problem.status if problem else status)
