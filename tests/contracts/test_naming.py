"""Naming one account or place out of more than any list holds, on every form that asks for one."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from guardian.shortcuts import assign_perm

from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation, Role
from controltower.tenancy.viewer import Viewer
from exceptions.cases.models import DetectionSetting, Suppression
from exceptions.parties.choosing import NEAR, SUGGESTED, choice_of
from exceptions.parties.models import Account, AccountKind, Location, LocationKind, Partner
from exceptions.parties.text import search_form
from exceptions.sla.models import Calendar, Contract, LeadTime
from tests.cases.conftest import make_account
from tests.conftest import make_viewer
from tests.contracts.test_calendar_pages import typed

pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]
MANY = 560
SUGGESTIONS = "/parties/suggested/"
CONTRACT = {"side": "payable", "code": "NEW", "name": "New", "currency": "USD", "effective_from": "2026-11-01"}
LEAD = {"minutes": "4 h", "cost": "450", "chance": "80", "calendar": "", "revision": "", "party": ""}
PARTNER = {"preset": "cloudevents", "name": "Feed", "sandbox": "on"}


def crowd(kind: AccountKind, name: str, code: str) -> list[Account]:
    made = Account.objects.bulk_create(
        Account(code=f"{code}-{number:03}", name=f"{name} {number}", search_name=search_form(f"{name} {number}"), kind=kind)
        for number in range(MANY)
    )  # fmt: skip
    for row in made:
        row.path = f"/{row.pk}/"
    Account.objects.bulk_update(made, ["path"])
    return made


@pytest.fixture
def customers(organisation: Organisation) -> list[Account]:
    with acting_for(organisation):
        return crowd(AccountKind.CUSTOMER, "Łódzka Hut", "HUT")


@pytest.fixture
def carriers(organisation: Organisation) -> list[Account]:
    with acting_for(organisation):
        return crowd(AccountKind.CARRIER, "Orbit Haul", "ORB")


def announced() -> dict[str, str]:
    now = timezone.now()
    return {"note": "Strike", "starts_at": _at(now.replace(year=now.year - 1)), "ends_at": _at(now.replace(year=2090))}


def _at(instant: datetime) -> str:
    return f"{instant.replace(day=1):%Y-%m-%dT%H:%M}"


def stored(what: str) -> Any:
    match what:
        case "contract":
            return Contract.objects.get().account
        case "calendar":
            return Calendar.objects.get().account
        case "lead time":
            return LeadTime.objects.get().account
        case "correction":
            return DetectionSetting.objects.get().account
        case "suppression":
            return Suppression.objects.get().carrier
        case _:
            return Partner.objects.get().account


FORMS: dict[str, tuple[str, str, Callable[[], dict[str, str]], bool]] = {
    "contract": ("/settings/contracts/new/", "account", lambda: CONTRACT, False),
    "calendar": ("/settings/calendars/new/", "account", typed, False),
    "lead time": (
        "/settings/lead-times/correct/?action=rebook&case_type=delivery_late&mode=", "account", lambda: LEAD, True
    ),
    "correction": ("/settings/detection/delivery_late/save/", "account", lambda: {"enabled": "no"}, False),
    "suppression": ("/settings/suppressions/add/", "carrier", announced, True),
    "partner": ("/settings/partners/new/", "account", lambda: PARTNER, False),
}  # fmt: skip


@pytest.mark.parametrize(
    ("what", "said"), [*((what, "suggestion") for what in FORMS), ("contract", "code"), ("contract", "name")]
)
def test_the_last_of_more_than_five_hundred_is_named_on_every_form(
    client_for: SignIn, administrator: Viewer, supervisor: Viewer, organisation: Organisation,
    customers: list[Account], carriers: list[Account], what: str, said: str,
) -> None:  # fmt: skip
    url, field, values, is_carrier = FORMS[what]
    last = (carriers if is_carrier else customers)[-1]
    text = {"code": last.code.lower(), "name": last.name.upper(), "suggestion": f"{last.name} ({last.code})"}[said]
    client = client_for(supervisor if what in ("contract", "calendar", "lead time", "suppression") else administrator)
    for wrong in ("no-such-name", str(last.pk), "Hut (HUT-001)"):
        refused = client.post(url, {**values(), field: wrong})
        assert refused.status_code == 422 and f"“{wrong}”" in refused.context["form"].errors[field][0]
    assert client.post(url, {**values(), field: text}).status_code in (201, 302)
    with acting_for(organisation):
        assert stored(what) == last


def test_a_page_of_choices_is_no_longer_for_more_accounts(
    client_for: SignIn, supervisor: Viewer, customers: list[Account]
) -> None:
    for url in ("/settings/contracts/new/", "/settings/contracts/try/", "/settings/calendars/new/"):
        assert "Hut 7" not in client_for(supervisor).get(url).content.decode(), url


def test_typed_facts_are_tried_for_any_account_and_the_address_keeps_who_it_was(
    client_for: SignIn, coordinator: Viewer, customers: list[Account], carriers: list[Account]
) -> None:
    url, (customer, carrier) = "/settings/contracts/try/", (customers[-1], carriers[-1])
    asked = {"account": customer.code, "theirs": f"{carrier.name} ({carrier.code})", "case_type": "delivery_late"}
    form = client_for(coordinator).get(url, asked).context["form"]
    assert (form.cleaned_data["account"], form.cleaned_data["theirs"]) == (customer, carrier)
    refused = client_for(coordinator).get(url, asked | {"theirs": customer.code})
    assert refused.status_code == 422, "a customer is not who owes us"
    assert f"There is no carrier or other party “{customer.code}” here" in refused.content.decode()


def test_a_name_that_several_have_is_asked_back_and_each_can_still_be_named(
    client_for: SignIn, supervisor: Viewer, organisation: Organisation
) -> None:
    with acting_for(organisation):
        for code in ("NORTH", "NORTH-2", "SOUTH"):
            make_account(code, AccountKind.CUSTOMER)
        Account.objects.filter(code="NORTH-2").update(name="North", search_name="north")
        Account.objects.filter(code="SOUTH").update(name="North-2", search_name="north-2")
    client, url = client_for(supervisor), "/settings/contracts/new/"
    refused = client.post(url, {**CONTRACT, "account": "north"})
    told = "More than one account is called “north”: North (NORTH); North (NORTH-2)."
    assert told in refused.context["form"].errors["account"]
    assert '<option value="North (NORTH-2)">' in refused.content.decode(), "without scripts they are offered too"
    # The code of one is the name of another: neither is guessed.
    assert client.post(url, {**CONTRACT, "account": "NORTH-2"}).status_code == 422
    assert client.post(url, {**CONTRACT, "account": "north (north-2)"}).status_code == 302
    with acting_for(organisation):
        assert Contract.objects.get().account == Account.objects.get(code="NORTH-2")


def test_what_is_not_there_is_answered_with_what_is_like_it_else_with_the_first_ones(
    client_for: SignIn, supervisor: Viewer, organisation: Organisation
) -> None:
    with acting_for(organisation):
        for code in ("ZEBRA FISH", "BIG FISH", "FISHER", "ALPHA"):
            make_account(code, AccountKind.CUSTOMER)
    post = client_for(supervisor).post
    (told,) = post("/settings/contracts/new/", {**CONTRACT, "account": "fish"}).context["form"].errors["account"]
    assert told.endswith("Like it: Fisher (FISHER); Big Fish (BIG FISH); Zebra Fish (ZEBRA FISH).")
    (told,) = post("/settings/contracts/new/", {**CONTRACT, "account": "zerba fsih"}).context["form"].errors["account"]
    assert told.endswith("Like it: Zebra Fish (ZEBRA FISH)."), "two letters have changed places, twice"
    (told,) = post("/settings/contracts/new/", {**CONTRACT, "account": "qq"}).context["form"].errors["account"]
    assert told.endswith(
        "“qq” here. The first are: Alpha (ALPHA); Big Fish (BIG FISH); Fisher (FISHER); Zebra Fish (ZEBRA FISH)."
    )


def test_a_contract_needs_somebody_or_says_that_it_is_the_houses(
    client_for: SignIn, supervisor: Viewer, organisation: Organisation, customers: list[Account]
) -> None:
    post, url = client_for(supervisor).post, "/settings/contracts/new/"
    assert "Name the other party." in post(url, CONTRACT).content.decode()
    both = post(url, {**CONTRACT, "account": "HUT-001", "is_house": "on"})
    assert both.status_code == 422 and "Leave this empty" in both.content.decode()
    assert post(url, {**CONTRACT, "is_house": "on"}).status_code == 302
    with acting_for(organisation):
        assert Contract.objects.get().account is None


def test_who_sees_some_accounts_names_and_is_suggested_these_only(
    client_for: SignIn, organisation: Organisation, customers: list[Account]
) -> None:
    sue = make_viewer(organisation, Role.SUPERVISOR, "Sue", restricted=True)
    assign_perm("parties.view_account", sue.user, customers[3])
    client = client_for(sue)
    assert client.get(SUGGESTIONS).content.decode().count("<option") == 1
    assert client.get(SUGGESTIONS, {"below": customers[3].pk}).status_code == 200
    assert client.get(SUGGESTIONS, {"below": customers[4].pk}).status_code == 404, "as if there were none"
    for text in (customers[4].code, customers[4].name, "hut"):
        refused = client.post("/settings/contracts/new/", {**CONTRACT, "account": text})
        (told,) = refused.context["form"].errors["account"]
        assert refused.status_code == 422 and "HUT-003" in told and "HUT-004" not in told.replace(text, "")
    assert client.post("/settings/contracts/new/", {**CONTRACT, "account": "hut-003"}).status_code == 302


def test_suggestions_are_few_the_best_first_and_of_nobody_else(
    client_for: SignIn, coordinator: Viewer, stranger: Viewer, organisation: Organisation, customers: list[Account],
    carriers: list[Account],
) -> None:  # fmt: skip
    get = client_for(coordinator).get
    first = get(SUGGESTIONS, {"of": "account"})
    assert first.content.decode().count("<option") == SUGGESTED
    like = get(SUGGESTIONS, {"of": "account", "in": "theirs", "theirs": "lodzka hut 55"}).context["suggested"]
    assert like[0] == "Łódzka Hut 55 (HUT-055)" and len(like) == 11, "that of 55, and of 550 to 559"
    assert get(SUGGESTIONS, {"in": "a", "a": "orb-55"}).context["suggested"][-1] == "Orbit Haul 559 (ORB-559)"
    assert get(SUGGESTIONS, {"of": "customer", "in": "a", "a": "orbit"}).context["suggested"] == []
    assert get(SUGGESTIONS, {"of": "other", "in": "a", "a": "hut"}).context["suggested"] == []
    assert client_for(stranger).get(SUGGESTIONS).content.decode().count("<option") == 0
    for odd in ({"of": "x"}, {"below": "x"}, {"below": "9" * 30}, {"below": "4²"}, {"below": "999999"}):
        assert get(SUGGESTIONS, odd).status_code == 404, odd
    assert client_for(stranger).get(SUGGESTIONS, {"below": customers[0].pk}).status_code == 404


def test_of_a_group_only_what_is_below_it_is_suggested(
    client_for: SignIn, coordinator: Viewer, organisation: Organisation
) -> None:
    with acting_for(organisation):
        group, beside = (make_account(code, AccountKind.CUSTOMER) for code in ("GROUP", "BESIDE"))
        branch = make_account("BRANCH", AccountKind.CONSIGNEE)
        Account.objects.filter(pk=branch.pk).update(parent=group, path=f"{group.path}{branch.pk}/")
        assert choice_of(coordinator, below=group).like("", NEAR) == ["Branch (BRANCH)"]
        assert choice_of(coordinator, below=beside).like("", NEAR) == []
    assert client_for(coordinator).get(SUGGESTIONS, {"below": group.pk}).context["suggested"] == ["Branch (BRANCH)"]


def test_the_hours_of_any_place_are_written_down_by_its_code_or_by_its_name_and_town(
    client_for: SignIn, supervisor: Viewer, organisation: Organisation
) -> None:
    with acting_for(organisation):
        Location.objects.bulk_create(
            Location(code=f"DOCK-{number:03}" if number else "", name="Dock", search_name="dock", kind=LocationKind.DOCK,
                     city=f"Town {number}", zone="UTC") for number in range(MANY)
        )  # fmt: skip
        here, nameless = Location.objects.get(code="DOCK-559"), Location.objects.get(code="")
    client, url = client_for(supervisor), "/settings/calendars/new/"
    refused = client.post(url, typed(place="dock"))
    assert "More than one place is called “dock”" in refused.context["form"].errors["place"][0]
    both = client.post(url, typed(place="dock-559", account="x"))
    assert both.status_code == 422
    for text, place in (("dock-559", here), ("Dock, Town 0", nameless)):
        assert client.post(url, typed(place=text)).status_code == 302
        with acting_for(organisation):
            assert Calendar.objects.latest("pk").location == place


def test_hours_are_of_an_account_or_of_a_place(
    client_for: SignIn, supervisor: Viewer, organisation: Organisation, carriers: list[Account]
) -> None:
    with acting_for(organisation):
        Location.objects.create(code="DOCK", name="Dock", search_name="dock", kind=LocationKind.DOCK, zone="UTC")
    refused = client_for(supervisor).post("/settings/calendars/new/", typed(place="dock", account="orb-001"))
    assert refused.status_code == 422 and "of an account or of a place" in refused.content.decode()
