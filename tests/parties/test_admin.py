from collections.abc import Callable

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from controltower.tenancy.models import Organisation
from controltower.tenancy.viewer import Viewer
from exceptions.parties.adminkit import ReadOnlyAdmin
from exceptions.parties.models import Account

Browser = Callable[[Viewer], Client]
OURS = sorted(
    f"{model._meta.app_label}_{model._meta.model_name}"
    for model, shown in admin.site._registry.items()
    if isinstance(shown, ReadOnlyAdmin)
)


def staff(viewer: Viewer) -> Viewer:
    assert viewer.user is not None
    viewer.user.is_staff = True
    viewer.user.save()
    return viewer


def test_the_objects_of_the_trade_are_there() -> None:
    assert {"parties_account", "shipments_shipment", "sla_term", "cases_case", "notices_claim"} <= set(OURS)


@pytest.mark.parametrize("name", OURS)
def test_an_administrator_looks_at_every_table(
    name: str, acting: Organisation, administrator: Viewer, client_for: Browser
) -> None:
    browser = client_for(staff(administrator))
    assert browser.get(reverse(f"admin:{name}_changelist"), {"q": "x"}).status_code == 200


def test_an_account_is_added_by_the_service(acting: Organisation, administrator: Viewer, client_for: Browser) -> None:
    form = {"code": "ACME", "name": "Acme Łódź", "kind": "customer", "tier": "1", "scac": "", "preferences": "{}"}
    answer = client_for(staff(administrator)).post(reverse("admin:parties_account_add"), form)
    assert answer.status_code == 302, answer.content.decode()
    account = Account.objects.get(code="ACME")
    assert (account.path, account.search_name) == (f"/{account.pk}/", "acme lodz")


def test_what_exists_cannot_be_edited_there(acting: Organisation, administrator: Viewer, client_for: Browser) -> None:
    account = Account.objects.create(code="ACME", name="Acme", kind="customer")
    browser = client_for(staff(administrator))
    browser.post(reverse("admin:parties_account_change", args=[account.pk]), {"name": "Other"})
    assert browser.post(reverse("admin:parties_account_delete", args=[account.pk]), {"post": "yes"}).status_code == 403
    account.refresh_from_db()
    assert account.name == "Acme"


def test_a_supervisor_is_turned_away(acting: Organisation, supervisor: Viewer, client_for: Browser) -> None:
    assert client_for(staff(supervisor)).get(reverse("admin:parties_account_changelist")).status_code == 403
