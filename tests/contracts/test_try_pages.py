"""Try it: what holds, why, by when and for how much, for a case, for typed facts, and as if a draft held."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation
from controltower.tenancy.viewer import Viewer
from exceptions.cases.models import Case
from exceptions.cases.services import case_price
from exceptions.cases.services.pausing import pause_accept, pause_end, pause_note
from exceptions.parties.models import Account, AccountKind
from exceptions.sla.models import Calendar, ClaimRegime, ContractVersion, Counting, Side, Term, TermKind, VersionState
from tests.cases.conftest import HOUR, book, eta, make_account, make_term
from tests.contracts.test_calendar_pages import statements

pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]
URL = "/settings/contracts/try/"
HOURLY = {"kind": "per_unit", "unit": "hour", "rate": "400", "cap": "1000", "currency": "USD"}


@pytest.fixture
def account(organisation: Organisation) -> Account:
    with acting_for(organisation):
        return make_account("NORTHGATE", AccountKind.CUSTOMER)


@pytest.fixture
def held(organisation: Organisation, account: Account) -> ContractVersion:
    with acting_for(organisation):
        return make_term(account, TermKind.DELIVERY_WINDOW, HOURLY, allowed_minutes=30).version


@pytest.fixture
def case(organisation: Organisation, account: Account, held: ContractVersion) -> Case:
    """A delivery of NORTHGATE that will be five hours late."""
    now = timezone.now()
    with acting_for(organisation):
        book("482913001", now - 2 * HOUR, now + 9 * HOUR, customer=account)
        (opened,) = eta("482913001", now - HOUR, now + 14 * HOUR)
        case_price(opened, now=now)
        return Case.objects.get()


def facts(account: Account, **more: str) -> dict[str, str]:
    """A delivery late from two o'clock of tomorrow on: whatever day the test runs, nothing is lost yet."""
    since = f"{timezone.now().date() + timedelta(days=1)}T14:00"
    return {"account": account.code, "case_type": "delivery_late", "since": since, **more}


def test_facts_show_the_term_its_deadline_and_what_it_costs_over_time(
    client_for: SignIn, coordinator: Viewer, account: Account, held: ContractVersion
) -> None:
    text = client_for(coordinator).get(URL, facts(account)).content.decode()
    assert held.contract.name in text and "is the most specific term that applies" in text
    tomorrow = timezone.now().date() + timedelta(days=1)
    assert f"{tomorrow.day} {tomorrow:%b} 14:30" in text, "half an hour after the window"
    # 400 an hour up to 1,000: two whole hours and half of the third.
    assert text.count("400\N{NO-BREAK SPACE}USD") >= 3 and "200\N{NO-BREAK SPACE}USD" in text
    assert "1,000\N{NO-BREAK SPACE}USD" in text
    assert "still avoidable: give notice" not in text, "a notice saves a claim and no delivery"
    assert "In the queue it would stand first." in text


def test_why_other_terms_do_not_count_is_said(
    client_for: SignIn, coordinator: Viewer, organisation: Organisation, account: Account, held: ContractVersion
) -> None:
    with acting_for(organisation):
        express = make_term(account, TermKind.DELIVERY_WINDOW, HOURLY, service="express")
    text = client_for(coordinator).get(URL, facts(account)).content.decode()
    assert f"{express.name} does not apply: service is not known, not express" in text
    text = client_for(coordinator).get(URL, facts(account, service="express")).content.decode()
    assert f"{express.name} is the most specific term" in text and "names the service" in text


def test_nothing_promised_is_no_sla_and_says_why(client_for: SignIn, coordinator: Viewer, account: Account) -> None:
    text = client_for(coordinator).get(URL, facts(account)).content.decode()
    assert "No SLA" in text and "nothing is promised" in text


def test_business_time_shows_the_holiday_it_skips(
    client_for: SignIn, coordinator: Viewer, organisation: Organisation, account: Account
) -> None:
    week = {day: [["08:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    with acting_for(organisation):
        Calendar.objects.create(name="Ours", zone="America/Chicago", intervals=week, holiday_country="US")
        make_term(
            account,
            TermKind.FIRST_RESPONSE,
            {"kind": "flat", "amount": "30", "currency": "USD"},
            allowed_minutes=10 * 60,
            counting=Counting.BUSINESS,
        )
    text = client_for(coordinator).get(URL, facts(account, since="2026-11-25T09:00")).content.decode()
    assert "Thanksgiving Day" in text and "27 Nov 10:00" in text


def test_a_value_that_is_missing_is_said_and_one_that_is_typed_counts(
    client_for: SignIn, coordinator: Viewer, organisation: Organisation, account: Account
) -> None:
    with acting_for(organisation):
        make_term(account, TermKind.DELIVERY_WINDOW, {"kind": "percent", "percent": "3"})
    client = client_for(coordinator)
    assert "Not priced: the order" in client.get(URL, facts(account)).content.decode()
    assert "1,500\N{NO-BREAK SPACE}USD" in client.get(URL, facts(account, value="50000")).content.decode()


@pytest.mark.parametrize("says", ["term", "regime"])
def test_a_claim_that_runs_from_a_disallowance_has_no_deadline_while_none_is_known(
    client_for: SignIn, supervisor: Viewer, organisation: Organisation, account: Account, says: str
) -> None:
    with acting_for(organisation):
        regime = ClaimRegime.objects.create(
            code="carmack", step="suit", name="Carmack", months=24, starts="disallowance", consequence="Barred",
            source="The text", confirmed_by=supervisor.member, confirmed_at=timezone.now(),
        )  # fmt: skip
        own = {"starts": "disallowance", "allowed_days": 700, "counting": "calendar_days"}
        make_term(account, TermKind.CLAIM, {"kind": "flat", "amount": "900", "currency": "USD"}, subkind="suit",
                  **(own if says == "term" else {"regime": regime}))  # fmt: skip
    answer = client_for(supervisor).get(URL, facts(account, case_type="freight_damaged"))
    (suit,) = (one for one, _ in answer.context["tried"] if one.label == "Suit")
    assert suit.reckoning is None and suit.prices == []
    assert "its time runs from the disallowance of the claim, and none is known" in answer.content.decode()


def test_a_miss_of_a_periods_rate_is_not_priced_as_if_it_stood_alone(
    client_for: SignIn, coordinator: Viewer, organisation: Organisation, account: Account
) -> None:
    with acting_for(organisation):
        make_term(account, TermKind.OTIF, {"kind": "flat", "amount": "900", "currency": "USD"}, period="month",
                  threshold="98")  # fmt: skip
    answer = client_for(coordinator).get(URL, facts(account))
    assert "what a miss adds depends on the others of its month" in answer.content.decode()
    assert "900" not in answer.context["phrase"]


def test_of_typed_facts_what_the_carrier_owes_us_is_shown_and_taken_off_nothing(
    client_for: SignIn, supervisor: Viewer, organisation: Organisation, account: Account, held: ContractVersion
) -> None:
    theirs, counted = {"side": Side.RECOVERABLE, "subkind": ""}, {"allowed_days": 7, "counting": "calendar_days"}
    with acting_for(organisation):
        carrier = make_account("ORBIT", AccountKind.CARRIER)
        make_term(carrier, TermKind.DELIVERY_WINDOW, {"kind": "flat", "amount": "77", "currency": "USD"}, **theirs)
        nine = {"kind": "flat", "amount": "9000", "currency": "USD"}
        claim = make_term(carrier, TermKind.CLAIM, nine, **{**theirs, **counted, "subkind": "notice"})
        draft = ContractVersion.objects.create(
            contract=claim.version.contract, number=2, effective_from=timezone.now().date()
        )
        Term.objects.create(version=draft, kind="claim", subkind="notice", name="Sooner", price=nine, **counted)
    client, asked = client_for(supervisor), facts(account, theirs=carrier.code)
    answer, ours = client.get(URL, asked), client.get(URL, facts(account))
    owed = [one for one, _ in answer.context["tried"] if one.side == Side.RECOVERABLE]
    assert [(one.label, one.prices[0].amount) for one in owed] == [("Delivery window", 77), ("Notice of claim", 9000)]
    assert answer.content.decode().count("Owed to us") == 2 and "Owed to us" not in ours.content.decode()
    assert answer.context["phrase"] != ours.context["phrase"], "a claim that can be lost counts, as in a case"
    tried = client.get(URL, asked | {"version": f"{draft.contract_id}/2"}).context["tried"]
    assert "Sooner" in [one.bound.row.name for one, _ in tried if one.bound]


@pytest.mark.parametrize("named", ["number", "482913001"])
def test_a_case_is_found_by_its_number_or_a_reference_and_stands_as_it_is_priced(
    client_for: SignIn, coordinator: Viewer, case: Case, named: str
) -> None:
    text = client_for(coordinator).get(URL, {"case": case.number if named == "number" else named}).content.decode()
    assert f"{case.number}</a> as things stand" in text and "<dd>First</dd>" in text
    assert case.explanation["sentences"][0] in text


def excused(case: Case, supervisor: Viewer, now: datetime, *, told: datetime | None) -> None:
    """The road was shut from an hour ago to half an hour ago, and a supervisor accepted that."""
    pause = pause_note(
        case, reason="weather", evidence="Highway patrol closed I-40", started_at=now - HOUR, notified_at=told,
        actor=supervisor.actor, now=now,
    )  # fmt: skip
    pause_end(pause_accept(pause, actor=supervisor.actor, now=now), ended_at=now, actor=supervisor.actor, now=now)


def test_a_case_shows_each_deadline_step_by_step_with_what_stopped_its_clock(
    client_for: SignIn, supervisor: Viewer, organisation: Organisation, case: Case
) -> None:
    now = timezone.now()
    with acting_for(organisation):
        excused(case, supervisor, now, told=None)
    answer = client_for(supervisor).get(URL, {"case": case.number})
    text, deadlines = answer.content.decode(), answer.context["one"].deadlines
    window = next(one for one in deadlines if one.promise.kind == TermKind.DELIVERY_WINDOW)
    assert window.promise.due_at == window.promise.felt_due_at + HOUR
    assert window.reckoning.due_at == window.promise.due_at
    assert "End of the promised window" in text and ", then 30 min." in text
    assert "Stood still</span> Weather" in text and "the customer's own watch" in text.replace("&#x27;", "'")
    first = next(one for one in deadlines if one.promise.kind == TermKind.FIRST_RESPONSE)
    assert "Opening of the case" in text and first.promise.stood == (), "a cause excuses no late answer"


def test_an_excuse_that_was_not_told_in_time_is_said_to_stop_nothing(
    client_for: SignIn, supervisor: Viewer, organisation: Organisation, case: Case, held: ContractVersion
) -> None:
    with acting_for(organisation):
        held.terms.update(notice_minutes=10)
        excused(case, supervisor, now := timezone.now(), told=now)
    answer = client_for(supervisor).get(URL, {"case": case.number})
    assert "does not stop it: the other side was not told in time" in answer.content.decode()
    assert "Beginning of the cause: Weather" in answer.content.decode()
    (window,) = (one.promise for one in answer.context["one"].deadlines if one.promise.untold)
    assert window.due_at == window.felt_due_at


def test_a_draft_is_tried_before_it_holds_and_nothing_is_written(
    client_for: SignIn, supervisor: Viewer, organisation: Organisation, case: Case, held: ContractVersion
) -> None:
    with acting_for(organisation):
        draft = ContractVersion.objects.create(
            contract=held.contract, number=2, effective_from=datetime.now(UTC).date() + timedelta(days=30)
        )
        term = held.terms.get()
        term.pk, term.version, term.price = None, draft, {**HOURLY, "rate": "5000", "cap": "20000"}
        term.save()
    asked = {"version": f"{held.contract_id}/2", "case": case.number}
    text = client_for(supervisor).get(URL, asked).content.decode()
    assert "as if draft 2 held" in text and "20,000 USD if" in text and "Today:" in text
    assert f"{held.contract.name}, version 2</a>" in text, "its deadlines are the draft's"
    assert 'First <span class="muted">as today</span>' in text
    assert "1 of the 1" in text and "+19,000\N{NO-BREAK SPACE}USD" in text
    with acting_for(organisation):
        same = Case.objects.get()
        assert (same.rank, same.at_risk, same.version) == (case.rank, case.at_risk, case.version)
        assert ContractVersion.objects.get(number=2).state == VersionState.DRAFT
    again = client_for(supervisor).get(URL, {"case": case.number}).content.decode()
    assert "20,000" not in again, "what was tried is not kept"


def test_what_cannot_be_found_or_read_is_said_in_place(
    client_for: SignIn, coordinator: Viewer, stranger: Viewer, case: Case
) -> None:
    missing = client_for(coordinator).get(URL, {"case": "EX-999999"})
    assert missing.status_code == 200 and "There is no case EX-999999" in missing.content.decode()
    assert "No open case has" in client_for(coordinator).get(URL, {"case": "nothing-like-it"}).content.decode()
    theirs = client_for(stranger).get(URL, {"case": case.number}).content.decode()
    assert "There is no case" in theirs and "as things stand" not in theirs
    wrong = client_for(coordinator).get(URL, {"value": "-5", "version": "9/9"})
    assert wrong.status_code == 422


def test_a_time_beyond_every_calendar_is_refused_in_its_place(
    client_for: SignIn, coordinator: Viewer, account: Account
) -> None:
    far = client_for(coordinator).get(URL, facts(account, since="9999-12-31T23:00"))
    assert far.status_code == 422 and "between 2000 and 2100" in far.content.decode()


def test_what_others_would_owe_us_is_tried_on_the_cases_of_every_customer(
    client_for: SignIn, supervisor: Viewer, organisation: Organisation, case: Case
) -> None:
    with acting_for(organisation):
        carrier = make_account("ORBIT", AccountKind.CARRIER)
        owed = make_term(carrier, TermKind.DELIVERY_WINDOW, HOURLY, side=Side.RECOVERABLE).version.contract
        ContractVersion.objects.create(contract=owed, number=2, effective_from=timezone.now().date())
    answer = client_for(supervisor).get(URL, {"version": f"{owed.pk}/2"})
    assert answer.context["replay"].looked_at == 1


def test_a_draft_is_tried_on_the_most_urgent_cases_and_on_those_of_several_customers(
    client_for: SignIn, supervisor: Viewer, organisation: Organisation, case: Case, held: ContractVersion, account: Account,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("exceptions.contracts.try_views.REPLAYED", 0)
    now = timezone.now()
    with acting_for(organisation):
        ContractVersion.objects.create(contract=held.contract, number=2, effective_from=now.date())
        book("482913002", now - 2 * HOUR, now + 9 * HOUR, customer=account)
        eta("482913002", now - HOUR, now + 12 * HOUR)
        Case.objects.exclude(pk=case.pk).update(rank=None)
        Case.objects.filter(pk=case.pk).update(account=None)
    found = client_for(supervisor).get(URL, {"version": f"{held.contract_id}/2"}).context["replay"]
    assert [change.number for change in found.first] == [case.number]


def test_trying_takes_few_queries(
    client_for: SignIn, supervisor: Viewer, account: Account, case: Case, held: ContractVersion
) -> None:
    client = client_for(supervisor)
    for asked in ("", f"?account={account.code}&case_type=delivery_late"):
        assert len(statements(client, f"{URL}{asked}")) <= 12, asked
    # A case is read as pricing reads it: in so many statements, however much freight it is about.
    assert len(statements(client, f"{URL}?case={case.number}")) <= 30


def test_a_replay_takes_as_many_queries_for_many_cases_as_for_one(
    client_for: SignIn,
    supervisor: Viewer,
    organisation: Organisation,
    account: Account,
    case: Case,
    held: ContractVersion,
) -> None:
    client, now = client_for(supervisor), timezone.now()
    with acting_for(organisation):
        ContractVersion.objects.create(contract=held.contract, number=2, effective_from=now.date())
    url = f"{URL}?version={held.contract_id}/2"
    one = len(statements(client, url))
    with acting_for(organisation):
        for number in range(3):
            book(f"48291310{number}", now - 2 * HOUR, now + 9 * HOUR, customer=account)
            eta(f"48291310{number}", now - HOUR, now + 12 * HOUR)
    assert "4 of the 4" in client.get(url).content.decode(), "without the term none of them is promised anything"
    assert len(statements(client, url)) == one
