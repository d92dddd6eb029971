"""Contracts and members limited to some accounts: they read nothing of others, and write nothing that holds for all."""

from datetime import date

import pytest
from guardian.shortcuts import assign_perm

from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation, Role
from controltower.tenancy.viewer import Viewer
from exceptions.parties.models import Account, AccountKind
from exceptions.sla.models import Contract, ContractVersion, Side, Term, TermKind
from tests.cases.conftest import make_account, make_term
from tests.conftest import make_viewer
from tests.contracts.test_contract_pages import FLAT, LIST, SignIn, account, at, draft, head, held, window

__all__ = ["account", "draft", "held"]
pytestmark = pytest.mark.django_db


def test_who_sees_some_accounts_does_not_read_which_contract_of_others_is_being_priced(
    client_for: SignIn, supervisor: Viewer, coordinator: Viewer, organisation: Organisation, draft: ContractVersion
) -> None:
    sue = make_viewer(organisation, Role.COORDINATOR, "Sue", restricted=True)
    client_for(supervisor).post(at(draft, "activate/"), {"revision": draft.revision})
    for url in (LIST, f"{LIST}repricing/", "/settings/house/"):
        assert "v2 was activated" in client_for(coordinator).get(url).content.decode(), url
        seen = client_for(sue).get(url).content.decode()
        assert "v2 was activated" not in seen and "Open cases are being priced" not in seen, url


def test_who_sees_some_accounts_writes_nothing_that_others_owe_for_everybodys_freight(
    client_for: SignIn, supervisor: Viewer, organisation: Organisation, account: Account
) -> None:
    sue = make_viewer(organisation, Role.SUPERVISOR, "Sue", restricted=True)
    with acting_for(organisation):
        carrier = make_account("ORBIT", AccountKind.CARRIER)
        assign_perm("parties.view_account", sue.user, carrier)
        holds = make_term(carrier, TermKind.DELIVERY_WINDOW, FLAT, side=Side.RECOVERABLE).version
        term = Term.objects.create(
            version=ContractVersion.objects.create(contract=holds.contract, number=2, effective_from=date(2026, 11, 1)),
            kind=TermKind.DELIVERY_WINDOW, name="Late", price=FLAT,
        )  # fmt: skip
    draft, contract, client = term.version, holds.contract, client_for(sue)
    page = client.get(at(draft)).content.decode()
    assert "Late" in page and "Activate version" not in page and at(draft, "terms/new/") not in page
    revision = {"revision": draft.revision}
    asked = {"side": "recoverable", "account": carrier.code, "code": "OR", "name": "Orbit", "currency": "USD",
             "effective_from": "2026-11-01"}  # fmt: skip
    text = (
        "contract: OR\nname: Orbit\nside: recoverable\naccount: ORBIT\ncurrency: USD\neffective_from: 2026-11-01\n"
        + ("terms:\n  - {name: Late, kind: delivery_window, price: {kind: flat, amount: 9, currency: USD}}\n")
    )
    for url, posted, status in (
        (f"{LIST}{contract.pk}/change/", head(contract, name="Mine"), 403),
        (f"{LIST}{contract.pk}/draft/", {}, 403),
        (at(draft, "change/"), {"effective_from": "2026-11-02", **revision}, 403),
        (at(draft, "terms/new/"), window(), 403),
        (at(draft, f"terms/{term.pk}/"), window(), 403),
        (at(draft, f"terms/{term.pk}/remove/"), {"revision": term.revision}, 403),
        (at(draft, "activate/"), revision, 403),
        (at(draft, "discard/"), revision, 403),
        (at(holds, "withdraw/"), {"revision": holds.revision}, 403),
        (f"{LIST}new/", asked, 422),
        (f"{LIST}import/", {"text": text, "save": "1"}, 403),
    ):
        assert client.post(url, posted).status_code == status, url
    assert "Activate version" in client_for(supervisor).get(at(draft)).content.decode(), "who sees all customers does"
    with acting_for(organisation):
        assert not Contract.objects.filter(code="OR").exists()
