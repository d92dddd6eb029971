"""Contracts as YAML: looked at before anything is saved, every mistake with its line, and out again as they went in."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from guardian.shortcuts import assign_perm

from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation, Role
from controltower.tenancy.viewer import Viewer
from exceptions.contracts.difference import contract_difference
from exceptions.parties.models import Account, AccountKind
from exceptions.sla.models import Contract, ContractVersion, TermKind, VersionState
from exceptions.sla.selectors.drafts import contract_draft
from exceptions.sla.yaml_form import contract_from_yaml
from tests.cases.conftest import make_account, make_term
from tests.conftest import make_viewer

pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]
URL = "/settings/contracts/import/"
TEXT = """contract: NG-2027
name: Northgate 2027
side: payable
account: NORTHGATE
currency: USD
effective_from: 2027-01-01
terms:
  - name: Late at the dock
    kind: delivery_window
    allowed_minutes: 30
    price: {kind: per_unit, unit: hour, rate: 75, cap: 900, currency: USD}
  - name: Demurrage
    kind: free_time
    subkind: demurrage
    allowed_days: 5
    counting: working_days
    price: {kind: per_unit, unit: calendar_day, currency: USD, tiers: [{units: 4, rate: 120}, {rate: 240}]}
"""


@pytest.fixture
def account(organisation: Organisation) -> Account:
    with acting_for(organisation):
        return make_account("NORTHGATE", AccountKind.CUSTOMER)


def test_a_new_contract_is_shown_first_and_becomes_a_draft_when_a_person_says_so(
    client_for: SignIn, supervisor: Viewer, organisation: Organisation, account: Account
) -> None:
    client = client_for(supervisor)
    text = client.post(URL, {"text": TEXT}).content.decode()
    assert "A new contract" in text and "Late at the dock" in text and "Save it as a draft" in text
    with acting_for(organisation):
        assert not Contract.objects.exists()
    saved = client.post(URL, {"text": TEXT, "save": "1"}, follow=True).content.decode()
    assert "is a draft" in saved and "120\N{NO-BREAK SPACE}USD for each of the first 4 calendar days" in saved
    with acting_for(organisation):
        assert ContractVersion.objects.get().state == VersionState.DRAFT
    again = client.post(URL, {"text": TEXT}).content.decode()
    assert "is a draft of this contract already" in again and "Save it as a draft" not in again
    assert client.post(URL, {"text": TEXT, "save": "1"}).status_code == 409


def test_another_currency_than_the_contract_has_is_told_with_its_line_before_anything_is_saved(
    client_for: SignIn, supervisor: Viewer, organisation: Organisation, account: Account
) -> None:
    client = client_for(supervisor)
    client.post(URL, {"text": TEXT, "save": "1"})
    answer = client.post(URL, {"text": TEXT.replace("currency: USD\neff", "currency: EUR\neff")})
    assert answer.status_code == 422 and "Line 5" in answer.content.decode()
    assert "NG-2027 is USD, not EUR" in answer.content.decode()


def test_every_mistake_is_told_with_its_line_and_nothing_is_saved(
    client_for: SignIn, supervisor: Viewer, organisation: Organisation, account: Account
) -> None:
    wrong = TEXT.replace("rate: 75", "rate: -75").replace("account: NORTHGATE", "account: NOBODY")
    for more in ({}, {"save": "1"}):
        answer = client_for(supervisor).post(URL, {"text": wrong, **more})
        text = answer.content.decode()
        assert answer.status_code == 422 and "Line 4" in text and "Line 11" in text and "NOBODY" in text
        assert "rate: -75" in text, "the text stays"
    with acting_for(organisation):
        assert not Contract.objects.exists()


def test_a_file_is_read_like_what_is_typed(
    client_for: SignIn, supervisor: Viewer, organisation: Organisation, account: Account
) -> None:
    client = client_for(supervisor)
    file = SimpleUploadedFile("contract.yaml", TEXT.encode(), content_type="application/yaml")
    assert "Late at the dock" in client.post(URL, {"file": file}).content.decode()
    binary = client.post(URL, {"file": SimpleUploadedFile("contract.yaml", b"\xff\xfe\x00")})
    assert binary.status_code == 422 and "not text in UTF-8" in binary.content.decode()
    large = client.post(URL, {"file": SimpleUploadedFile("contract.yaml", b"#" * 300_000)})
    assert large.status_code == 422 and "larger than" in large.content.decode()
    assert client.post(URL, {"text": "  "}).status_code == 422


def test_another_version_is_compared_with_what_holds(
    client_for: SignIn, supervisor: Viewer, organisation: Organisation, account: Account
) -> None:
    client = client_for(supervisor)
    client.post(URL, {"text": TEXT, "save": "1"})
    with acting_for(organisation):
        version = ContractVersion.objects.get()
    client.post(f"/settings/contracts/{version.contract_id}/1/activate/", {"revision": version.revision})
    changed = TEXT.replace("rate: 75", "rate: 90").replace("2027-01-01", "2027-06-01")
    changed = changed[: changed.index("  - name: Demurrage")].replace("name: Northgate 2027", "name: Northgate, late")
    text = client.post(URL, {"text": changed}).content.decode()
    assert "Compared with version 1" in text and "Changed" in text and "Gone" in text
    assert "90\N{NO-BREAK SPACE}USD per started hour" in text
    client.post(URL, {"text": changed, "save": "1"})
    with acting_for(organisation):
        assert Contract.objects.get().name == "Northgate, late", "what the page said would change has changed"


def test_what_is_exported_reads_back_as_the_same(
    client_for: SignIn, coordinator: Viewer, stranger: Viewer, organisation: Organisation, account: Account
) -> None:
    with acting_for(organisation):
        price = {"kind": "percent", "percent": "3", "cap": "500"}
        version = make_term(account, TermKind.DELIVERY_WINDOW, price, lane="US-TX>US-IL").version
    url = f"/settings/contracts/{version.contract_id}/1/export/"
    answer = client_for(coordinator).get(url)
    assert "attachment" in answer["Content-Disposition"] and answer["Content-Type"].startswith("application/yaml")
    with acting_for(organisation):
        held = contract_draft(version)
    read = contract_from_yaml(answer.content.decode()).draft
    assert read == held
    assert contract_difference(held, read).terms == []
    assert client_for(stranger).get(url).status_code == 404


def test_who_sees_some_accounts_brings_in_contracts_of_those_only(
    client_for: SignIn, organisation: Organisation, account: Account
) -> None:
    sue = make_viewer(organisation, Role.SUPERVISOR, "Sue", restricted=True)
    assert client_for(sue).post(URL, {"text": TEXT, "save": "1"}).status_code == 403
    with acting_for(organisation):
        assert not Contract.objects.exists()


def test_a_code_is_no_way_to_look_at_a_contract_of_somebody_else(
    client_for: SignIn, supervisor: Viewer, organisation: Organisation, account: Account
) -> None:
    client_for(supervisor).post(URL, {"text": TEXT, "save": "1"})
    sue = make_viewer(organisation, Role.SUPERVISOR, "Sue", restricted=True)
    with acting_for(organisation):
        own = make_account("SUES", AccountKind.CUSTOMER)
        assign_perm("parties.view_account", sue.user, own)
    answer = client_for(sue).post(URL, {"text": TEXT.replace("account: NORTHGATE", "account: SUES")})
    assert answer.status_code == 403 and "rate: 75" not in answer.content.decode()
    assert "NORTHGATE" not in answer.content.decode()


def test_a_term_that_can_never_match_is_refused_where_it_is_typed(
    client_for: SignIn, supervisor: Viewer, organisation: Organisation, account: Account
) -> None:
    client = client_for(supervisor)
    client.post(URL, {"text": TEXT, "save": "1"})
    with acting_for(organisation):
        version = ContractVersion.objects.get()
    asked = {
        "kind": "delivery_window",
        "price_form": "flat",
        "name": "Nowhere",
        "lane": "from here to there",
        "amount": "10",
        "currency": "USD",
        "revision": "",
    }
    answer = client.post(f"/settings/contracts/{version.contract_id}/1/terms/new/", asked)
    assert answer.status_code == 422 and "it can never match" in answer.content.decode()
    assert answer.context["form"].errors["lane"]
    with acting_for(organisation):
        assert version.terms.count() == 2
