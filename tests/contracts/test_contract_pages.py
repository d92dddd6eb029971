"""The screens of contracts: a draft is written, checked, activated, and the open cases follow."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from guardian.shortcuts import assign_perm

from controltower.audit import reading
from controltower.errors import Invalid
from controltower.jobs.models import Job
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation, Role
from controltower.tenancy.viewer import Viewer
from exceptions.cases.models import Repricing
from exceptions.contracts.kinds import KINDS
from exceptions.parties.models import Account, AccountKind
from exceptions.sla.kinds import SUBKINDS
from exceptions.sla.models import Contract, ContractVersion, Term, TermKind, VersionState
from exceptions.sla.services.contracts import contract_change
from tests.cases.conftest import make_account, make_term
from tests.conftest import make_viewer
from tests.contracts.test_calendar_pages import statements

pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]
LIST = "/settings/contracts/"
FLAT = {"kind": "flat", "amount": "8000", "currency": "USD"}


@pytest.fixture
def account(organisation: Organisation) -> Account:
    with acting_for(organisation):
        return make_account("NORTHGATE", AccountKind.CUSTOMER)


@pytest.fixture
def held(organisation: Organisation, account: Account) -> ContractVersion:
    """A contract in force with one term."""
    with acting_for(organisation):
        return make_term(account, TermKind.DELIVERY_WINDOW, FLAT).version


@pytest.fixture
def draft(client_for: SignIn, supervisor: Viewer, organisation: Organisation, held: ContractVersion) -> ContractVersion:
    client_for(supervisor).post(f"{LIST}{held.contract_id}/draft/")
    with acting_for(organisation):
        return ContractVersion.objects.get(state=VersionState.DRAFT)


def at(version: ContractVersion, rest: str = "") -> str:
    return f"{LIST}{version.contract_id}/{version.number}/{rest}"


def window(**more: str) -> dict[str, str]:
    return {"kind": "delivery_window", "price_form": "flat", "name": "On the dock", "allowed_minutes": "30 min",
            "amount": "350", "currency": "USD", "revision": "", **more}  # fmt: skip


def test_the_form_of_a_term_begins_with_its_usual_price() -> None:
    usual = {str(entry.kind): entry.prices[0] for entry in KINDS}
    assert (usual["free_time"], usual["service_credit"], usual["claim"]) == ("per_unit", "credits", "percent")
    assert usual["delivery_window"] == "flat"
    assert all(entry.usual in entry.prices for entry in KINDS), "what is usual is allowed"


def test_the_empty_list_says_what_a_contract_does(client_for: SignIn, supervisor: Viewer, coordinator: Viewer) -> None:
    text = client_for(supervisor).get(LIST).content.decode()
    assert "no SLA" in text and "Write the first one" in text
    assert "New contract" not in client_for(coordinator).get(LIST).content.decode()


def test_a_contract_begins_as_a_draft_and_promises_nothing(
    client_for: SignIn, supervisor: Viewer, organisation: Organisation, account: Account
) -> None:
    asked = {"side": "payable", "account": account.code, "code": "NG-2026", "name": "Northgate 2026", "currency": "USD",
             "effective_from": "2026-11-01"}  # fmt: skip
    text = client_for(supervisor).post(f"{LIST}new/", asked, follow=True).content.decode()
    assert "It promises nothing yet" in text and "Draft" in text
    again = client_for(supervisor).post(f"{LIST}new/", {**asked, "name": "Kept"})
    assert again.status_code == 422 and "another contract" in again.content.decode()
    assert 'value="Kept"' in again.content.decode()
    with acting_for(organisation):
        version = ContractVersion.objects.get()
        assert (version.state, version.changed_by_id) == (VersionState.DRAFT, supervisor.member.pk)
    refused = client_for(supervisor).post(at(version, "activate/"), {"revision": version.revision})
    assert refused.status_code == 422 and "add a term first" in refused.content.decode()


def head(contract: Contract, **more: str) -> dict[str, str]:
    return {"name": contract.name, "currency": contract.currency, "was_name": contract.name,
            "was_currency": contract.currency, **more}  # fmt: skip


def test_a_contract_of_which_nothing_has_held_gets_another_name_and_currency(
    client_for: SignIn, supervisor: Viewer, coordinator: Viewer, organisation: Organisation, account: Account
) -> None:
    with acting_for(organisation):
        contract = Contract.objects.create(side="payable", account=account, code="NG", name="Nortgate", currency="USD")
    client, url = client_for(supervisor), f"{LIST}{contract.pk}/change/"
    assert client.post(url, head(contract, name="Northgate", currency="EUR")).status_code == 302
    with acting_for(organisation):
        contract.refresh_from_db()
        entries = [entry for entry in reading.entries(organisation.pk) if entry.verb == "contract.changed"]
    assert (contract.name, contract.currency) == ("Northgate", "EUR")
    assert len(entries) == 1 and '"Nortgate"' in entries[0].before and '"Northgate"' in entries[0].after
    late = client.post(url, {**head(contract, name="Mine"), "was_name": "Nortgate", "was_currency": "USD"})
    assert late.status_code == 409 and 'value="Mine"' in late.content.decode()
    assert "It is Northgate, in EUR, by now" in late.content.decode()
    assert client_for(coordinator).post(url, head(contract, name="No")).status_code == 403


def test_the_currency_stays_once_something_held(
    client_for: SignIn, supervisor: Viewer, organisation: Organisation, held: ContractVersion
) -> None:
    client, url = client_for(supervisor), f"{LIST}{held.contract_id}/change/"
    text = client.get(url).content.decode()
    assert "Its currency stays USD" in text and 'name="currency"' not in text
    asked = head(held.contract, name="Northgate as of late", currency="EUR")
    assert client.post(url, asked).status_code == 302
    with acting_for(organisation):
        contract = Contract.objects.get()
        with pytest.raises(Invalid, match="A version of it held in USD"):
            contract_change(
                contract,
                name="x",
                currency="EUR",
                before=(contract.name, "USD"),
                actor=supervisor.actor,
                now=timezone.now(),
            )
    assert (contract.name, contract.currency) == ("Northgate as of late", "USD")


def test_a_new_version_takes_the_terms_along_and_replaces_the_old_one_when_it_is_activated(
    client_for: SignIn, supervisor: Viewer, organisation: Organisation, held: ContractVersion, draft: ContractVersion
) -> None:
    client = client_for(supervisor)
    with acting_for(organisation):
        term = draft.terms.get()
        assert (term.price, term.version_id) == (FLAT, draft.pk)
        Job.objects.all().delete()
    answer = client.post(at(draft, f"terms/{term.pk}/"), window(revision=str(term.revision)))
    assert answer.status_code == 302
    page = client.get(at(draft)).content.decode()
    assert "350\N{NO-BREAK SPACE}USD once" in page and "On the dock" in page and "30 min" in page
    with acting_for(organisation):
        draft.refresh_from_db()
        assert held.terms.get().price == FLAT, "what holds is not rewritten"
        assert not Job.objects.filter(kind="cases.reprice").exists(), "a draft moves no money"
    text = client.post(at(draft, "activate/"), {"revision": draft.revision}, follow=True).content.decode()
    assert "The open cases are being priced anew" in text and "In force" in text and "Activated" in text
    with acting_for(organisation):
        draft.refresh_from_db()
        held.refresh_from_db()
        assert (draft.state, draft.activated_by_id) == (VersionState.ACTIVE, supervisor.member.pk)
        assert held.effective_to == draft.effective_from
        assert Job.objects.filter(kind="cases.reprice").exists()


def test_what_was_changed_meanwhile_is_not_activated_unread(
    client_for: SignIn, supervisor: Viewer, administrator: Viewer, organisation: Organisation, draft: ContractVersion
) -> None:
    read = draft.revision
    client_for(administrator).post(at(draft, "terms/new/"), window(mode="road"))
    late = client_for(supervisor).post(at(draft, "activate/"), {"revision": read})
    assert late.status_code == 409 and "Ada changed this" in late.content.decode()
    with acting_for(organisation):
        draft.refresh_from_db()
        assert draft.state == VersionState.DRAFT


def test_a_term_somebody_else_changed_keeps_the_text_of_who_was_slower(
    client_for: SignIn, supervisor: Viewer, administrator: Viewer, organisation: Organisation, draft: ContractVersion
) -> None:
    with acting_for(organisation):
        term = draft.terms.get()
    url = at(draft, f"terms/{term.pk}/")
    client_for(administrator).post(url, window(revision="1", name="Ada's"))
    late = client_for(supervisor).post(url, window(revision="1", name="Sam's"))
    text = late.content.decode()
    assert late.status_code == 409 and "Sam&#x27;s" in text and 'name="revision" value="2"' in text
    assert client_for(supervisor).post(url, window(revision="2", name="Sam's")).status_code == 302


def test_a_version_that_begins_later_is_in_the_way(
    client_for: SignIn, supervisor: Viewer, organisation: Organisation, held: ContractVersion, draft: ContractVersion
) -> None:
    with acting_for(organisation):
        ContractVersion.objects.filter(pk=held.pk).update(effective_to=date(2030, 1, 1))
        later = ContractVersion.objects.create(
            contract=held.contract, number=9, state=VersionState.ACTIVE, effective_from=date(2030, 1, 1)
        )
    refused = client_for(supervisor).post(at(draft, "activate/"), {"revision": draft.revision})
    assert refused.status_code == 409 and "Version 9 holds from 1 January 2030" in refused.content.decode()
    with acting_for(organisation):
        held.refresh_from_db()
        assert held.effective_to == later.effective_from, "nothing is half done"


def test_what_holds_is_not_written_on_and_can_be_withdrawn(
    client_for: SignIn, supervisor: Viewer, organisation: Organisation, held: ContractVersion
) -> None:
    client = client_for(supervisor)
    with acting_for(organisation):
        term = held.terms.get()
    assert client.get(at(held, "terms/new/")).status_code == 404
    refused = client.post(at(held, f"terms/{term.pk}/"), window(revision="1"))
    assert refused.status_code == 409 and "not a draft any more" in refused.content.decode()
    text = client.post(at(held, "withdraw/"), {"revision": held.revision}, follow=True).content.decode()
    assert "is withdrawn" in text
    with acting_for(organisation):
        held.refresh_from_db()
        assert held.state == VersionState.WITHDRAWN
    assert "Nothing holds" in client.get(LIST).content.decode()


def test_there_is_one_draft_at_a_time_and_it_can_be_thrown_away(
    client_for: SignIn, supervisor: Viewer, organisation: Organisation, draft: ContractVersion
) -> None:
    client = client_for(supervisor)
    again = client.post(f"{LIST}{draft.contract_id}/draft/")
    assert again.status_code == 409 and "is a draft already" in again.content.decode()
    client.post(at(draft, "discard/"), {"revision": draft.revision})
    with acting_for(organisation):
        assert not ContractVersion.objects.filter(state=VersionState.DRAFT).exists()


def test_a_draft_that_ends_before_it_begins_is_refused_with_what_was_typed(
    client_for: SignIn, supervisor: Viewer, draft: ContractVersion
) -> None:
    asked = {"effective_from": "2026-12-01", "effective_to": "2026-11-01", "note": "Typo", "revision": draft.revision}
    refused = client_for(supervisor).post(at(draft, "change/"), asked)
    assert refused.status_code == 422 and "would end before it begins" in refused.content.decode()
    assert 'value="Typo"' in refused.content.decode()


@pytest.mark.parametrize("kind", [entry.kind for entry in KINDS if entry.kind != TermKind.HOUSE_RATE])
def test_every_kind_has_a_form_of_its_own_that_can_be_saved(
    client_for: SignIn, supervisor: Viewer, organisation: Organisation, draft: ContractVersion, kind: TermKind
) -> None:
    """What the form asks for is what the term keeps, and it comes back into the form as it was typed."""
    client = client_for(supervisor)
    form = client.get(at(draft, f"terms/new/?kind={kind}")).context["form"]
    answers = {"allowed_minutes": "2 h", "notice_minutes": "1 d", "allowed_days": "5", "threshold": "98", "tier": "1",
               "amount": "450", "percent": "3", "cap": "9000", "tiers": "4 x 215\n430", "steps": "98: 1000",
               "currency": "USD", "service": "express", "lane": "US-TX>US-IL", "goods_class": "produce", "name": "As agreed"}  # fmt: skip
    asked = {}
    for name, field in form.fields.items():
        choices = [key for key, _ in getattr(field, "choices", [("on", "")])]
        asked[name] = answers.get(name, choices[-1])
    if "allowed_days" in asked and "allowed_minutes" in asked:
        asked["allowed_minutes"] = ""
        asked["counting"] = "working_days"
    if kind in SUBKINDS:
        asked["case_type"] = ""  # which types fit depends on which of the kind it is
    asked["revision"] = ""
    answer = client.post(at(draft, "terms/new/"), {"kind": kind, "price_form": form.price_form, **asked})
    assert answer.status_code == 302, answer.context["form"].errors
    with acting_for(organisation):
        term = Term.objects.get(name="As agreed")
    shown = client.get(at(draft, f"terms/{term.pk}/")).context["form"]
    back = {name: shown[name].value() for name in asked if name not in ("revision", "first_day_counts")}
    differ = {name: (asked[name], value) for name, value in back.items() if str(value or "") != str(asked[name])}
    assert differ == {} and "As agreed" in client.get(at(draft)).content.decode()


def children(account: Account, count: int) -> list[Account]:
    made = Account.objects.bulk_create(
        Account(code=f"NG-{number:03}", name=f"Branch {number}", search_name=f"branch {number:03}", parent=account,
                kind=AccountKind.CONSIGNEE) for number in range(count)
    )  # fmt: skip
    for child in made:
        child.path = f"{account.path}{child.pk}/"
    Account.objects.bulk_update(made, ["path"])
    return made


@pytest.mark.parametrize("count", [3, 230])
def test_a_term_for_one_of_however_many_accounts_stays_for_that_one(
    client_for: SignIn,
    supervisor: Viewer,
    organisation: Organisation,
    account: Account,
    draft: ContractVersion,
    count: int,
) -> None:
    """It is named as it is suggested; saving it again widens it to nobody."""
    with acting_for(organisation):
        last = children(account, count)[-1]
        other = make_account("HALVORSEN", AccountKind.CUSTOMER)
        row = Term.objects.create(
            version=draft, kind="temperature", name="Cold", account=last, allowed_minutes=30, price=FLAT
        )
    client, url = client_for(supervisor), at(draft, f"terms/{row.pk}/")
    shown = client.get(url).context["form"]["account"].value()
    typed = f"{last.name} ({last.code})"
    assert shown == typed and typed in client.get(url).content.decode()
    asked = window(kind="temperature", revision="1", account=typed)
    assert client.post(url, asked).status_code == 302
    for wrong in (str(last.pk), other.code, "NG-00", "x"):
        refused = client.post(url, asked | {"account": wrong, "revision": "2"})
        assert refused.status_code == 422, "nobody else, and not silently everybody"
    near = client.post(url, asked | {"account": "ng-00", "revision": "2"}).content.decode()
    assert "There is no account “ng-00” here. Like it: Branch 0 (NG-000); Branch 1 (NG-001)" in near
    with acting_for(organisation):
        row.refresh_from_db()
        assert row.account_id == last.pk
    assert client.post(url, asked | {"account": "", "revision": "2"}).status_code == 302
    with acting_for(organisation):
        row.refresh_from_db()
        assert row.account_id is None, "who empties it means everybody"


def test_a_rate_of_the_house_for_one_account_is_not_widened_by_saving_it(
    client_for: SignIn, supervisor: Viewer, organisation: Organisation, account: Account
) -> None:
    with acting_for(organisation):
        house = make_term(None, TermKind.HOUSE_RATE, FLAT).version.contract
        version = ContractVersion.objects.create(contract=house, number=2, effective_from=date(2026, 11, 1))
        row = Term.objects.create(version=version, kind="house_rate", name="Open", account=account, price=FLAT)
    client, url = client_for(supervisor), at(version, f"terms/{row.pk}/")
    assert client.get(url).context["form"]["account"].value() == f"{account.name} ({account.code})"
    asked = window(kind="house_rate", revision="1", account=account.code)
    assert client.post(url, asked).status_code == 302
    with acting_for(organisation):
        row.refresh_from_db()
        assert (row.account_id, row.name) == (account.pk, "On the dock")


def test_a_second_term_for_the_same_is_refused_as_one_that_never_counts(
    client_for: SignIn, supervisor: Viewer, draft: ContractVersion
) -> None:
    client = client_for(supervisor)
    again = client.post(at(draft, "terms/new/"), window())
    assert again.status_code == 422 and "only one of them can count" in again.content.decode()
    assert client.post(at(draft, "terms/new/"), window(mode="road")).status_code == 302


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"allowed_minutes": "soon"}, "is not a length of time"),
        ({"amount": "-5"}, "greater than or equal to 0"),
        ({"currency": "dollars"}, "three"),
        ({"name": ""}, "This field is required"),
        ({"price_form": "per_unit", "unit": "hour", "tiers": "430\n4 x 215"}, "nothing can follow it"),
        ({"price_form": "per_unit", "unit": "hour", "tiers": "4 x many"}, "has no amount"),
        ({"price_form": "per_unit", "unit": "hour", "tiers": "² x 215"}, "is not a tier"),
        ({"price_form": "per_unit", "unit": "hour", "tiers": f"{'9' * 4400} x 215"}, "is not a tier"),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_place(
    client_for: SignIn,
    supervisor: Viewer,
    organisation: Organisation,
    draft: ContractVersion,
    change: dict,
    sentence: str,
) -> None:
    answer = client_for(supervisor).post(at(draft, "terms/new/"), window(**change))
    assert answer.status_code == 422 and sentence in answer.content.decode()
    with acting_for(organisation):
        assert draft.terms.count() == 1


def test_choosing_another_form_of_price_keeps_what_was_typed(
    client_for: SignIn, supervisor: Viewer, draft: ContractVersion
) -> None:
    text = client_for(supervisor).post(at(draft, "terms/new/"), window(**{"as": "percent"})).content.decode()
    assert "Percent of the value" in text and 'value="On the dock"' in text and 'value="30 min"' in text
    assert 'name="amount"' not in text


def test_whom_a_contract_holds_for_is_said_along_the_tree(
    client_for: SignIn, coordinator: Viewer, organisation: Organisation, account: Account, held: ContractVersion
) -> None:
    with acting_for(organisation):
        child = make_account("NORTHGATE-EAST", AccountKind.CONSIGNEE)
        child.parent, child.path = account, f"{account.path}{child.pk}/"
        child.save()
        own = make_term(child, TermKind.DELIVERY_WINDOW, FLAT).version.contract
        house = make_term(None, TermKind.HOUSE_RATE, FLAT).version.contract
    parent_page = client_for(coordinator).get(f"{LIST}{held.contract_id}/").content.decode()
    assert "Northgate-East" in parent_page and "its own contract comes first" in parent_page
    child_page = client_for(coordinator).get(f"{LIST}{own.pk}/").content.decode()
    assert f'href="/settings/contracts/{held.contract_id}/"' in child_page
    assert f'href="/settings/contracts/{house.pk}/"' in child_page
    assert "names the case type, then the service, then the lane" in child_page


def test_strangers_and_who_sees_other_accounts_find_nothing(
    client_for: SignIn, stranger: Viewer, organisation: Organisation, account: Account, draft: ContractVersion
) -> None:
    sue = make_viewer(organisation, Role.SUPERVISOR, "Sue", restricted=True)
    with acting_for(organisation):
        hidden = draft.contract.name
        other = make_account("HALVORSEN", AccountKind.CUSTOMER)
        theirs = make_term(other, TermKind.DELIVERY_WINDOW, FLAT).version.contract
        assign_perm("parties.view_account", sue.user, other)
    listed = client_for(sue).get(LIST).content.decode()
    assert theirs.name in listed and hidden not in listed
    for viewer in (sue, stranger):
        client = client_for(viewer)
        assert client.get(at(draft)).status_code == 404
        assert client.post(at(draft, "activate/"), {"revision": draft.revision}).status_code == 404
        assert client.post(at(draft, "terms/new/"), window()).status_code == 404
    with acting_for(organisation):
        assert not Contract.objects.filter(account=other).exclude(pk=theirs.pk).exists()


def test_every_change_is_on_record(
    client_for: SignIn, supervisor: Viewer, organisation: Organisation, draft: ContractVersion
) -> None:
    client_for(supervisor).post(at(draft, "terms/new/"), window(mode="road"))
    with acting_for(organisation):
        draft.refresh_from_db()
    client_for(supervisor).post(at(draft, "activate/"), {"revision": draft.revision})
    with acting_for(organisation):
        verbs = [entry.verb for entry in reading.entries(organisation.pk)]
    assert [verb for verb in verbs if verb.startswith("contract.")] == [
        "contract.drafted",
        "contract.term_added",
        "contract.activated",
    ]


def test_a_page_takes_few_queries_however_many_there_are(
    client_for: SignIn, supervisor: Viewer, organisation: Organisation, draft: ContractVersion
) -> None:
    client = client_for(supervisor)
    pages = (LIST, at(draft), at(draft, "terms/new/?kind=claim"), at(draft, "terms/new/?kind=free_time"))
    before = {url: len(statements(client, url)) for url in pages}
    with acting_for(organisation):
        for number in range(5):
            make_term(make_account(f"C{number}", AccountKind.CUSTOMER), TermKind.DELIVERY_WINDOW, FLAT)
            Term.objects.create(version=draft, kind="claim", subkind="notice", name=f"T{number}", price=FLAT)
    after = {url: len(statements(client, url)) for url in pages}
    assert after == before and max(after.values()) <= 12


def test_the_day_from_which_a_new_version_holds_is_today_where_the_house_is(
    organisation: Organisation, draft: ContractVersion
) -> None:
    assert abs(draft.effective_from - timezone.now().date()) <= timedelta(days=1)


def test_pricing_anew_shows_how_far_it_is_and_can_be_stopped(
    client_for: SignIn, supervisor: Viewer, coordinator: Viewer, organisation: Organisation, draft: ContractVersion
) -> None:
    client = client_for(supervisor)
    text = client.post(at(draft, "activate/"), {"revision": draft.revision}, follow=True).content.decode()
    assert "0 of 0" in text and "v2 was activated" in text and "Stop it" in text
    assert "Stop it" not in client_for(coordinator).get(LIST).content.decode()
    with acting_for(organisation):
        running = Repricing.objects.get()
        assert running.account_id == draft.contract.account_id, "only who the contract is about"
    fragment = client.get(f"{LIST}repricing/").content.decode()
    assert "every 3s" in fragment and "<h1" not in fragment
    client.post(f"/settings/repricing/{running.pk}/cancel/")
    stopped = client.get(LIST).content.decode()
    assert "was stopped at 0 of 0" in stopped and "every 3s" not in stopped
