"""Contracts come in from YAML whole or not at all, and go out as they came."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from controltower.audit import SYSTEM
from controltower.errors import Conflict, Forbidden, Invalid
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation
from controltower.tenancy.viewer import Viewer
from exceptions.parties.models import Account
from exceptions.sla.models import ClaimRegime, Contract, ContractVersion, CurrencyRate, Term, VersionState
from exceptions.sla.selectors.drafts import contract_draft
from exceptions.sla.services.importing import contract_import
from exceptions.sla.yaml_form import contract_from_yaml, contract_to_yaml

pytestmark = pytest.mark.django_db

TEXT = """contract: FRT-2026
name: Fruterra
account: FRUTERRA
currency: EUR
effective_from: 2026-01-01
terms:
- name: Late
  kind: delivery_window
  applies_to:
    account: LYON
    tier: 1
  allowed_minutes: 30
  price:
    kind: flat
    amount: 450
    currency: EUR
- name: Suit
  kind: claim
  subkind: suit
  regime: cmr/suit
  price:
    kind: percent
    percent: 100
"""


@pytest.fixture
def fruterra(acting: Organisation, supervisor: Viewer, now: datetime) -> Account:
    account = Account.objects.create(code="FRUTERRA", name="Fruterra", kind="customer")
    Account.objects.filter(pk=account.pk).update(path=f"/{account.pk}/")
    below = Account.objects.create(code="LYON", name="Lyon", kind="customer", parent=account)
    Account.objects.filter(pk=below.pk).update(path=f"/{account.pk}/{below.pk}/")
    ClaimRegime.objects.create(
        code="cmr", step="suit", name="CMR", months=12, consequence="-", source="-",
        confirmed_by_id=supervisor.member.pk, confirmed_at=now,
    )  # fmt: skip
    return account


def test_a_contract_becomes_a_draft_and_is_exported_as_it_came(
    fruterra: Account, supervisor: Viewer, now: datetime
) -> None:
    version = contract_import(TEXT, actor=supervisor.actor, now=now)
    assert (version.state, version.number, version.contract.account) == (VersionState.DRAFT, 1, fruterra)
    term = Term.objects.get(version=version, kind="delivery_window")
    assert term.account is not None and (term.account.code, term.tier, term.price["amount"]) == ("LYON", 1, "450")
    exported = contract_to_yaml(contract_draft(version))
    assert contract_from_yaml(exported).draft == contract_from_yaml(TEXT).draft


def test_a_second_draft_waits_for_the_first(fruterra: Account, supervisor: Viewer, now: datetime) -> None:
    version = contract_import(TEXT, actor=supervisor.actor, now=now)
    with pytest.raises(Conflict):
        contract_import(TEXT, actor=supervisor.actor, now=now)
    ContractVersion.objects.filter(pk=version.pk).update(state=VersionState.ACTIVE)
    next_year = contract_import(TEXT.replace("2026-01-01", "2027-01-01"), actor=supervisor.actor, now=now)
    assert (next_year.number, Contract.objects.count()) == (2, 1)


def problems(text: str, actor: Viewer, now: datetime) -> list[tuple[int, str]]:
    with pytest.raises(Invalid) as refused:
        contract_import(text, actor=actor.actor, now=now)
    assert Contract.objects.count() == Term.objects.count() == 0, "something was half-saved"
    return [(one["line"], one["sentence"]) for one in refused.value.details["problems"]]


def test_every_mistake_is_named_with_its_line_and_nothing_is_saved(
    fruterra: Account, supervisor: Viewer, now: datetime
) -> None:
    text = (
        TEXT.replace("LYON", "PARIS")
        .replace("cmr/suit", "carmack/suit")
        .replace("currency: EUR\ne", "currency: XTS\ne")
    )
    assert [line for line, _ in problems(text, supervisor, now)] == [4, 10, 20]


def test_a_currency_has_a_rate_once_somebody_entered_one(fruterra: Account, supervisor: Viewer, now: datetime) -> None:
    text = TEXT.replace("EUR", "HUF")
    assert {sentence for _, sentence in problems(text, supervisor, now)} == {
        "no rate is known for HUF: enter one first"
    }
    CurrencyRate.objects.create(
        currency="HUF", rate=Decimal("0.0027"), valid_from=date(2026, 1, 1), source="ECB, entered by hand"
    )
    assert contract_import(text, actor=supervisor.actor, now=now).contract.currency == "HUF"


def test_another_version_is_between_the_same_two(fruterra: Account, supervisor: Viewer, now: datetime) -> None:
    version = contract_import(TEXT, actor=supervisor.actor, now=now)
    ContractVersion.objects.filter(pk=version.pk).update(state=VersionState.ACTIVE)
    other = TEXT.replace("account: FRUTERRA", "account: LYON").replace("2026-01-01", "2027-01-01")
    with pytest.raises(Invalid) as refused:
        contract_import(other, actor=supervisor.actor, now=now)
    assert refused.value.details["problems"][0]["line"] == 3


def test_a_version_that_begins_later_stands_in_the_way(fruterra: Account, supervisor: Viewer, now: datetime) -> None:
    later = contract_import(TEXT.replace("2026-01-01", "2026-06-01"), actor=supervisor.actor, now=now)
    ContractVersion.objects.filter(pk=later.pk).update(state=VersionState.ACTIVE)
    with pytest.raises(Invalid) as refused:
        contract_import(TEXT, actor=supervisor.actor, now=now)
    assert "version 1 holds from 1 June 2026 without an end" in refused.value.details["problems"][0]["sentence"]


def test_the_house_has_one_contract(acting: Organisation, supervisor: Viewer, now: datetime) -> None:
    text = TEXT.partition("- name: Suit")[0].replace("    account: LYON\n", "").replace("account: FRUTERRA\n", "")
    contract_import(text, actor=supervisor.actor, now=now)
    with pytest.raises(Invalid, match="are in FRT-2026 already"):
        contract_import(text.replace("FRT-2026", "OTHER"), actor=supervisor.actor, now=now)
    assert Contract.objects.count() == 1


def test_no_program_brings_contracts_in(fruterra: Account, now: datetime) -> None:
    with pytest.raises(Forbidden):
        contract_import(TEXT, actor=SYSTEM, now=now)


def test_the_stranger_cannot_name_our_accounts(organisation: Organisation, stranger: Viewer, now: datetime) -> None:
    with acting_for(organisation):
        Account.objects.create(code="FRUTERRA", name="Fruterra", kind="customer")
    with acting_for(stranger.organisation):
        assert (3, "there is no account FRUTERRA") in problems(TEXT, stranger, now)


def test_the_database_itself_refuses_two_versions_of_one_day(
    fruterra: Account, supervisor: Viewer, now: datetime
) -> None:
    version = contract_import(TEXT, actor=supervisor.actor, now=now)
    fields = {"contract": version.contract, "state": VersionState.ACTIVE}
    ContractVersion.objects.create(**fields, number=2, effective_from=date(2026, 1, 1), effective_to=date(2027, 1, 1))
    ContractVersion.objects.create(**fields, number=3, effective_from=date(2027, 1, 1))
    with pytest.raises(IntegrityError, match="contract_version_one_active_at_a_time"), transaction.atomic():
        ContractVersion.objects.create(**fields, number=4, effective_from=date(2026, 12, 31))
