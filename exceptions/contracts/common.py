"""What the pages of contracts, calendars and rates have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django import forms
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone

from controltower.audit import Actor
from controltower.errors import DomainError, Forbidden
from controltower.tenancy.http import MemberRequest
from controltower.tenancy.permissions import Verb
from controltower.tenancy.viewer import Viewer
from controltower.web.numbers import number_in
from exceptions.cases.selectors.repricing import repricing_shown
from exceptions.sla.calendars import FIRST_YEAR, LAST_YEAR
from exceptions.sla.models import Contract, ContractVersion, Side
from exceptions.sla.selectors.contracts import contract_get, version_get

Made = TypeVar("Made")


def may_change_house(viewer: Viewer) -> bool:
    """Whether the viewer may change what holds for everybody: calendars, lead times, rates, the house's own rates."""
    return viewer.can(Verb.AGREE) and not viewer.member.restricted


def may_change(viewer: Viewer, contract: Contract) -> bool:
    """Whether the viewer may write on a contract. What others owe us holds for every customer's freight."""
    return may_change_house(viewer) if contract.side == Side.RECOVERABLE else viewer.can(Verb.AGREE)


def contract_to_change(viewer: Viewer, pk: int) -> Contract:
    """A contract that the viewer is about to write on."""
    found = contract_get(viewer, pk)
    if found.side == Side.RECOVERABLE:
        must_see_all(viewer)
    return found


def version_to_change(viewer: Viewer, pk: int, number: int) -> ContractVersion:
    """A version that the viewer is about to write on, or to let hold."""
    contract_to_change(viewer, pk)
    return version_get(viewer, pk, number)


def must_see_all(viewer: Viewer) -> None:
    """Refuse who sees some accounts only: the change would hold for others' freight too."""
    if viewer.member.restricted:
        raise Forbidden(
            "This holds for customers that you do not see. Ask somebody who sees all of them.", code="sees_some"
        )


def repricing_parts(viewer: Viewer) -> dict[str, Any]:
    """What the strip about a running repricing needs."""
    return {
        "repricing": repricing_shown(viewer, now=timezone.now()),
        "may_cancel": may_change_house(viewer),
        "may_operate": viewer.can(Verb.OPERATE),
    }


def by(request: MemberRequest) -> dict[str, Any]:
    """`actor` and `now` for a service."""
    actor: Actor = request.viewer.actor
    now: datetime = timezone.now()
    return {"actor": actor, "now": now}


def put(form: forms.Form, act: Callable[[], Made]) -> Made | None:
    """Do it in a transaction of its own; None when it was refused, and the form then says why at the place."""
    try:
        with transaction.atomic():
            return act()
    except DomainError as problem:
        refuse(form, problem)
        return None


def refuse(form: forms.Form, problem: DomainError) -> None:
    """Put a refusal where it belongs: each sentence of its details at its field, else the message above the form."""
    placed = False
    for name, told in problem.details.items():
        sentence = str(told) if str(told)[:1].isupper() else problem.message
        if name in form.fields or (name in ("", "price") and sentence is not problem.message):
            form.add_error(name if name in form.fields else None, sentence)
            placed = True
    if not placed:
        form.add_error(None, problem.message)


def read_again(form: forms.Form, **read: object) -> None:
    """Keep the text that was refused because somebody was faster; who saves it again has read what is shown now.

    read: hidden fields that say what was read, as it is now.
    """
    assert isinstance(form.data, QueryDict)
    data = form.data.copy()
    for name, value in read.items():
        data[name] = str(value)
    form.data = data


def revision_posted(request: MemberRequest) -> int:
    """The revision that a button without a form of its own was shown with; 0 for nothing that can be one."""
    return number_in(request.POST.get("revision", "")) or 0


class SinceField(forms.DateTimeField):
    """An instant on some clock to count from, in years from which it can be."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"})

    def clean(self, value: Any) -> datetime | None:
        since: datetime | None = super().clean(value)
        if since is not None and not FIRST_YEAR <= since.year <= LAST_YEAR:
            raise forms.ValidationError(f"Choose a time between {FIRST_YEAR} and {LAST_YEAR}.")
        return since


def offer(form: forms.Form, name: str, choices: Sequence[tuple[str, Any]]) -> None:
    """What can be chosen in a field of this form; pairs, or groups of pairs under a title."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(choices)
