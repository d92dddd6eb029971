"""Lead times, rates and the house's settings: what is shipped stays, what is corrected counts, and nothing is lost."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from guardian.shortcuts import assign_perm

from controltower.audit import reading
from controltower.jobs.models import Job
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation, Role
from controltower.tenancy.viewer import Viewer
from exceptions.parties.models import Account, AccountKind
from exceptions.sla.book import book_now
from exceptions.sla.models import ClaimRegime, Contract, CurrencyRate, LeadTime, TermKind
from tests.cases.conftest import make_account, make_term
from tests.conftest import make_viewer
from tests.contracts.test_calendar_pages import statements

pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]
TABLE = "/settings/lead-times/"
REBOOK = f"{TABLE}correct/?action=rebook&case_type=delivery_late&mode="
RATES = "/settings/rates/"
HOUSE = "/settings/house/"


@pytest.fixture
def carrier(organisation: Organisation) -> Account:
    with acting_for(organisation):
        return make_account("ORBIT", AccountKind.CARRIER)


def lead(**more: str) -> dict[str, str]:
    return {"minutes": "4 h", "cost": "450", "chance": "80", "account": "", "calendar": "", "revision": "", **more}


def known(organisation: Organisation, carrier: Account | None) -> tuple[timedelta | None, Decimal, Decimal]:
    """What pricing counts with for rebooking a late delivery."""
    with acting_for(organisation):
        rows = book_now().lead_times("delivery_late", "road", carrier.pk if carrier else None)
        found = next(row for row in rows if row.action == "rebook")
        return found.lead, found.cost, found.p_act


def test_the_shipped_table_is_shown_with_what_we_corrected_beside_it(
    client_for: SignIn, coordinator: Viewer, organisation: Organisation, carrier: Account
) -> None:
    with acting_for(organisation):
        LeadTime.objects.create(
            action="rebook",
            case_type="delivery_late",
            account=carrier,
            minutes=780,
            cost=900,
            currency="USD",
            p_act=0.5,
        )
    text = client_for(coordinator).get(TABLE).content.decode()
    assert "Rebook" in text and "2 h 30 min" in text and "works 90 %" in text, "as shipped"
    assert "Orbit" in text and "13 h" in text and "works 50 %" in text
    assert "Correct<span" not in text, "a coordinator reads"


def test_a_correction_counts_and_a_reset_brings_the_shipped_row_back(
    client_for: SignIn, supervisor: Viewer, organisation: Organisation, carrier: Account
) -> None:
    client, shipped = client_for(supervisor), known(organisation, carrier)
    assert 'value="2 h 30 min"' in client.get(REBOOK).content.decode(), "it starts with what is shipped"
    assert client.post(REBOOK, lead()).status_code == 302
    assert known(organisation, carrier) == (timedelta(hours=4), Decimal(450), Decimal("0.2"))
    assert client.post(REBOOK + f"&account={carrier.pk}", lead(minutes="1 h")).status_code == 302
    assert known(organisation, carrier)[0] == timedelta(hours=1) and known(organisation, None)[0] == timedelta(hours=4)
    with acting_for(organisation):
        assert Job.objects.filter(kind="cases.reprice").exists()
        rows = list(LeadTime.objects.all())
    for row in rows:
        client.post(f"{TABLE}{row.pk}/reset/", {"revision": row.revision})
    assert known(organisation, carrier) == shipped
    with acting_for(organisation):
        verbs = [entry.verb for entry in reading.entries(organisation.pk) if entry.verb.startswith("lead_time")]
    assert verbs == ["lead_time.set", "lead_time.set", "lead_time.reset", "lead_time.reset"]


def test_a_party_that_has_a_correction_of_its_own_is_led_to_it(
    client_for: SignIn, supervisor: Viewer, organisation: Organisation, carrier: Account
) -> None:
    client = client_for(supervisor)
    assert client.post(REBOOK, lead(account=carrier.code, minutes="1 h")).status_code == 302
    again = client.post(REBOOK, lead(account=carrier.code, minutes="2 h"))
    assert again.status_code == 302 and f"account={carrier.pk}" in again["Location"]
    form = client.get(again["Location"]).content.decode()
    assert 'value="1 h"' in form and "has a correction of its own" in form
    assert client.post(again["Location"], lead(minutes="2 h", revision="1")).status_code == 302
    assert known(organisation, carrier)[0] == timedelta(hours=2)


def test_who_acts_can_be_corrected_and_stands_in_the_table(
    client_for: SignIn, supervisor: Viewer, organisation: Organisation
) -> None:
    client = client_for(supervisor)
    assert "By default: the carrier" in client.get(REBOOK).content.decode()
    assert client.post(REBOOK, lead(party="us")).status_code == 302
    assert "we act" in client.get(TABLE).content.decode()
    assert '<option value="us" selected>' in client.get(REBOOK).content.decode()
    with acting_for(organisation):
        found = {row.action: row for row in book_now().lead_times("delivery_late", "road", None)}
    assert found["rebook"].party == "us", "so that our own hours count"
    client.post(REBOOK, lead(party="", revision="1"))
    with acting_for(organisation):
        found = {row.action: row for row in book_now().lead_times("delivery_late", "road", None)}
    assert found["rebook"].party == "carrier"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"party": "the moon"}, "Select a valid choice"),
        ({"minutes": "soon"}, "is not a length of time"),
        ({"minutes": ""}, "This field is required"),
        ({"chance": "120"}, "less than or equal to 100"),
        ({"cost": "-1"}, "greater than or equal to 0"),
    ],
)
def test_what_cannot_be_is_refused_and_stays_typed(
    client_for: SignIn, supervisor: Viewer, organisation: Organisation, change: dict[str, str], sentence: str
) -> None:
    answer = client_for(supervisor).post(REBOOK, lead(**change))
    assert answer.status_code == 422 and sentence in answer.content.decode()
    with acting_for(organisation):
        assert not LeadTime.objects.exists()


def test_who_is_slower_reads_who_was_faster(
    client_for: SignIn, supervisor: Viewer, administrator: Viewer, organisation: Organisation
) -> None:
    client_for(administrator).post(REBOOK, lead(cost="500"))
    late = client_for(supervisor).post(REBOOK, lead(cost="600"))
    text = late.content.decode()
    assert late.status_code == 409 and "Ada changed this" in text and 'value="600"' in text
    assert client_for(supervisor).post(REBOOK, lead(cost="600", revision="1")).status_code == 302
    with acting_for(organisation):
        assert LeadTime.objects.get().cost == 600


def test_a_row_that_no_table_has_is_not_found(client_for: SignIn, supervisor: Viewer) -> None:
    assert client_for(supervisor).get(f"{TABLE}correct/?action=fly").status_code == 404


def rate(**more: str) -> dict[str, str]:
    return {"currency": "SEK", "rate": "0.095", "valid_from": "2026-11-01", "source": "ECB", **more}


def test_a_rate_is_set_listed_and_removed_when_nothing_needs_it(
    client_for: SignIn, supervisor: Viewer, organisation: Organisation
) -> None:
    client = client_for(supervisor)
    text = client.post(f"{RATES}add/", rate(), follow=True).content.decode()
    assert "SEK" in text and "ECB" in text and "0.0950" in text
    with acting_for(organisation):
        row = CurrencyRate.objects.get()
        contract = Contract.objects.create(side="payable", account=None, code="SWE", name="Sweden", currency="SEK")
    refused = client.post(f"{RATES}{row.pk}/remove/")
    assert refused.status_code == 409 and "SWE is in SEK" in refused.content.decode()
    client.post(f"{RATES}add/", rate(valid_from="2026-12-01", rate="0.1"))
    assert client.post(f"{RATES}{row.pk}/remove/").status_code == 302, "another rate is left"
    with acting_for(organisation):
        contract.delete()
        left = CurrencyRate.objects.get()
    assert left.valid_from == date(2026, 12, 1)
    assert client.post(f"{RATES}{left.pk}/remove/").status_code == 302


def test_a_currency_that_is_shipped_is_counted_as_shipped_when_our_rate_is_removed(
    client_for: SignIn, supervisor: Viewer, organisation: Organisation
) -> None:
    with acting_for(organisation):
        Contract.objects.create(side="payable", account=None, code="EURO", name="Europe", currency="EUR")
        shipped = book_now().rate("EUR", date(2026, 11, 20))
    client = client_for(supervisor)
    client.post(f"{RATES}add/", rate(currency="EUR", rate="3"))
    with acting_for(organisation):
        row = CurrencyRate.objects.get()
    assert client.post(f"{RATES}{row.pk}/remove/").status_code == 302
    with acting_for(organisation):
        assert book_now().rate("EUR", date(2026, 11, 20)) == shipped


def test_a_rate_of_our_own_currency_or_of_nothing_is_refused(client_for: SignIn, supervisor: Viewer) -> None:
    client = client_for(supervisor)
    own = client.post(f"{RATES}add/", rate(currency="USD"))
    assert own.status_code == 422 and "own currency" in own.content.decode()
    nothing = client.post(f"{RATES}add/", rate(rate="0"))
    assert nothing.status_code == 422 and "greater than nothing" in nothing.content.decode()
    assert client.post(f"{RATES}add/", rate(currency="euro")).status_code == 422


def test_the_half_life_says_what_it_does_before_it_is_changed(
    client_for: SignIn, supervisor: Viewer, organisation: Organisation
) -> None:
    client = client_for(supervisor)
    text = client.get(HOUSE).content.decode()
    assert "prices all open cases anew" in text and "By default: 30\N{NO-BREAK SPACE}USD" in text
    assert client.post(f"{HOUSE}half-life/", {"half_life_hours": "8", "before": "4.0"}).status_code == 302
    organisation.refresh_from_db()
    assert organisation.half_life_hours == 8
    with acting_for(organisation):
        assert Job.objects.filter(kind="cases.reprice").exists()
    late = client.post(f"{HOUSE}half-life/", {"half_life_hours": "2", "before": "4.0"})
    assert late.status_code == 409 and "Somebody has set it to 8 h" in late.content.decode()
    assert 'value="2"' in late.content.decode()
    for wrong in ("0", "1000", "long"):
        assert client.post(f"{HOUSE}half-life/", {"half_life_hours": wrong, "before": "8"}).status_code == 422
    organisation.refresh_from_db()
    assert organisation.half_life_hours == 8


def test_the_house_rates_are_those_of_the_house_contract(
    client_for: SignIn, coordinator: Viewer, organisation: Organisation
) -> None:
    with acting_for(organisation):
        term = make_term(None, TermKind.HOUSE_RATE, {"kind": "flat", "amount": "99", "currency": "USD"}, severity="S1")
    text = client_for(coordinator).get(HOUSE).content.decode()
    assert term.name in text and "99\N{NO-BREAK SPACE}USD once" in text and "severity S1" in text
    assert "By default" not in text and "Save and price" not in text
    sue = make_viewer(organisation, Role.COORDINATOR, "Sue", restricted=True)
    some = client_for(sue).get(HOUSE).content.decode()
    assert term.name not in some and "By default" not in some, "what it does not show it does not call otherwise"


def test_who_sees_some_accounts_changes_nothing_that_holds_for_all(
    client_for: SignIn, organisation: Organisation, stranger: Viewer, carrier: Account
) -> None:
    sue = make_viewer(organisation, Role.SUPERVISOR, "Sue", restricted=True)
    client = client_for(sue)
    for path, asked in (
        (f"{RATES}add/", rate()),
        (REBOOK, lead()),
        (f"{HOUSE}half-life/", {"half_life_hours": "8", "before": "4"}),
    ):
        assert client.post(path, asked).status_code == 403, path
    with acting_for(organisation):
        row = LeadTime.objects.create(action="rebook", account=carrier, minutes=1, currency="USD", p_act=0)
        worth = CurrencyRate.objects.create(currency="SEK", rate=1, valid_from=date(2026, 1, 1), source="x")
    assert "Orbit" not in client.get(TABLE).content.decode()
    assert client_for(stranger).post(f"{TABLE}{row.pk}/reset/", {"revision": "1"}).status_code == 404
    assert client_for(stranger).post(f"{RATES}{worth.pk}/remove/").status_code == 404
    assert "SEK" not in client_for(stranger).get(RATES).content.decode()


def test_who_sees_some_accounts_reads_of_no_other_contract_what_its_money_is(
    client_for: SignIn, coordinator: Viewer, organisation: Organisation
) -> None:
    sue = make_viewer(organisation, Role.COORDINATOR, "Sue", restricted=True)
    with acting_for(organisation):
        own, hidden = make_account("HALVORSEN", AccountKind.CUSTOMER), make_account("NORTHGATE", AccountKind.CUSTOMER)
        assign_perm("parties.view_account", sue.user, own)
        make_term(own, TermKind.DELIVERY_WINDOW, {"kind": "flat", "amount": "9", "currency": "EUR"})
        make_term(hidden, TermKind.DELIVERY_WINDOW, {"kind": "flat", "amount": "9", "currency": "XOF"})
    everything = client_for(coordinator).get(RATES).content.decode()
    assert "HALVORSEN-0" in everything and "NORTHGATE-1" in everything and "XOF" in everything
    some = client_for(sue).get(RATES).content.decode()
    assert "HALVORSEN-0" in some
    assert "NORTHGATE" not in some and "XOF" not in some, "nor which currency nobody else would need"


def test_the_pages_take_few_queries(
    client_for: SignIn, supervisor: Viewer, organisation: Organisation, carrier: Account
) -> None:
    with acting_for(organisation):
        make_term(None, TermKind.HOUSE_RATE, {"kind": "flat", "amount": "99", "currency": "USD"})
        for number in range(5):
            LeadTime.objects.create(action=f"a{number}", account=carrier, minutes=1, currency="USD", p_act=0)
    for path in (TABLE, REBOOK, RATES, HOUSE):
        assert len(statements(client_for(supervisor), path)) <= 12, path


def test_a_claim_deadline_counts_only_when_a_named_person_has_checked_it(
    client_for: SignIn, supervisor: Viewer, coordinator: Viewer, organisation: Organisation
) -> None:
    deadlines = "/settings/claim-deadlines/"
    client, check = client_for(supervisor), f"{deadlines}check/?key=cmr/notice/freight_damaged"
    assert "Not checked" in client_for(coordinator).get(deadlines).content.decode()
    asked = {
        "days": "7",
        "months": "",
        "counting": "not_sundays",
        "consequence": "Burden of proof",
        "source": "Art. 30",
    }
    start = client.get(check).context["form"]
    assert start["days"].value() == 7 and start["source"].value() == "", "what it was checked against a person writes"
    both = client.post(check, {**asked, "months": "2"})
    assert both.status_code == 422 and "Give days, or months" in both.content.decode()
    text = client.post(check, asked, follow=True).content.decode()
    assert "7 days without Sundays and public holidays" in text and "Art. 30" in text and "Sam" in text
    with acting_for(organisation):
        row = ClaimRegime.objects.get()
        assert row.confirmed_by_id == supervisor.member.pk
        term = make_term(None, TermKind.CLAIM, {"kind": "percent", "percent": "5"}, subkind="notice", regime=row)
    refused = client.post(f"{deadlines}{row.pk}/withdraw/")
    assert refused.status_code == 409 and "stands on it" in refused.content.decode()
    with acting_for(organisation):
        term.delete()
    client.post(f"{deadlines}{row.pk}/withdraw/")
    with acting_for(organisation):
        assert not ClaimRegime.objects.exists()
    assert client.get(f"{deadlines}check/?key=nothing").status_code == 404
    assert client_for(coordinator).post(check, asked).status_code == 403
