"""Every kind of term there is: written on the form it counts for cases, and neither form nor text loses any of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation
from controltower.tenancy.viewer import Viewer
from exceptions.cases.services.known_clocks import CaseClocks, ClockFacts, CutOff, Disputable, StopTimes
from exceptions.cases.services.promises import promises_of
from exceptions.cases.services.state import DeliveryState, Known
from exceptions.contracts.forms import TermForm, term_initial
from exceptions.contracts.kinds import BY_KIND
from exceptions.contracts.prices import FORMS
from exceptions.parties.choosing import Choice
from exceptions.parties.models import Account, AccountKind
from exceptions.shipments.models import Equipment
from exceptions.sla.book import book_now
from exceptions.sla.drafts import ContractDraft, TermDraft
from exceptions.sla.kinds import COUNTED_IN_DAYS, SUBKINDS, Subkind, TermKind
from exceptions.sla.models import Calendar, ClaimRegime, ContractVersion, Term, VersionState
from exceptions.sla.pricing import Credits, Disputed, Flat, PerUnit, ShareOfValue, Tally, price_from_data
from exceptions.sla.reads import FREE, READS
from exceptions.sla.selectors.calendars import calendars_list
from exceptions.sla.selectors.drafts import contract_draft
from exceptions.sla.services.contracts import version_problems
from exceptions.sla.services.importing import contract_import
from exceptions.sla.services.terms import COLUMNS
from exceptions.sla.yaml_form import contract_to_yaml
from tests.cases.conftest import make_account
from tests.cases.test_promises import BOX, DAY, HOUR, LILLE, LYON, NOW, case, freight, made

pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]
LIST = "/settings/contracts/"
EVERY = [(kind, subkind) for kind in TermKind for subkind in SUBKINDS.get(kind, (None,))]
ROAD = {"kind": "per_unit", "unit": "hour", "rate": "75.5", "cap": "900", "currency": "USD"}
TIERS = [{"units": 4, "rate": "120"}, {"units": 3, "rate": "215.25"}, {"rate": "430"}]
PRICED: dict[type, list[dict[str, Any]]] = {
    Flat: [{"kind": "flat", "amount": "450.5", "currency": "EUR"}],
    ShareOfValue: [{"kind": "percent", "percent": "3.1255"}, {"kind": "percent", "percent": "100", "cap": "9000"}],
    PerUnit: [
        ROAD,
        {"kind": "per_unit", "unit": "calendar_day", "tiers": TIERS, "currency": "USD"},
        {"kind": "per_unit", "unit": "day", "tiers": TIERS[:2], "currency": "USD", "cap": "5000"},
    ],
    Credits: [{"kind": "credits", "steps": [{"below": "98", "amount": "1000"}, {"below": "95.5", "amount": "4000"}],
               "currency": "EUR"}],
    Disputed: [{"kind": "disputed"}],
}  # fmt: skip


@pytest.fixture
def customer(organisation: Organisation) -> Account:
    """A customer with an account below it, a calendar of a name, and a claim deadline that a person confirmed."""
    with acting_for(organisation):
        top = make_account("NORTHGATE", AccountKind.CUSTOMER)
        below = make_account("NORTHGATE-EAST", AccountKind.CONSIGNEE)
        below.parent, below.path = top, f"{top.path}{below.pk}/"
        below.save()
        Calendar.objects.create(name="Dock", zone="Europe/Paris", intervals={"mon": [["08:00", "12:00"]]})
    return top


def sound_terms() -> Iterator[TermDraft]:
    """Terms of every kind with each way of counting, each price, each event that starts or keeps it, all unlike."""
    number = count(1)
    for kind, subkind in EVERY:
        reads = READS[kind]
        starts, measured = FREE.get(subkind, (reads.starts, reads.measured))
        for price in (one for form in reads.prices for one in PRICED[form]):
            for counting in reads.counting:
                at = next(number)
                in_days, is_odd = counting in COUNTED_IN_DAYS, at % 2 == 1
                every: dict[str, Any] = {
                    "allowed_days": at % 7 if in_days else None,
                    "allowed_minutes": None if in_days else 30 + at,
                    "first_day_counts": in_days and is_odd,
                    "counting": counting.value,
                    "calendar": "Dock" if is_odd else "",
                    "starts": ["", *map(str, starts)][at % (len(starts) + 1)],
                    "measured": ["", *map(str, measured)][at % (len(measured) + 1)],
                    "notice_minutes": 240 if is_odd else None,
                    "period": "month" if is_odd or kind == TermKind.SERVICE_CREDIT else "",
                    "threshold": Decimal("98.50") if is_odd or kind == TermKind.SERVICE_CREDIT else None,
                }
                yield TermDraft(
                    kind=kind.value,
                    subkind=subkind.value if subkind else "",
                    name=f"Term {at}",
                    account="NORTHGATE-EAST" if is_odd else "",
                    tier=at % 9 + 1,
                    severity=f"S{at % 4 + 1}",
                    **(
                        {}
                        if kind in OF_A_CASE
                        else {"goods_class": f"class {at}", "lane": "US-TX>US-IL", "mode": "road"}
                    ),
                    **{name: value for name, value in every.items() if name in reads.fields},
                    price=price,
                )


OF_A_CASE = (TermKind.FIRST_RESPONSE, TermKind.RESOLUTION, TermKind.NEXT_UPDATE, TermKind.HOUSE_RATE)


def sound(kind: TermDraft) -> bool:
    """Without what goes together with a kind and not with every one of its subkinds."""
    return (kind.price["kind"] != "disputed" or kind.subkind == Subkind.INVOICE_DISPUTE) and (
        kind.price["kind"] != "credits" or kind.threshold is not None
    )


def regime_terms(organisation: Organisation, supervisor: Viewer) -> list[TermDraft]:
    for step in SUBKINDS[TermKind.CLAIM]:
        ClaimRegime.objects.create(
            code="cmr", step=step, name="CMR", months=12, consequence="Barred", source="The text",
            confirmed_by=supervisor.member, confirmed_at=NOW,
        )  # fmt: skip
    return [
        TermDraft(
            kind="claim", subkind=step.value, name=f"By regime: {step}", regime=f"cmr/{step}", first_day_counts=True,
            price=PRICED[Flat][0],
        )
        for step in SUBKINDS[TermKind.CLAIM]
    ]  # fmt: skip


@pytest.fixture
def imported(
    organisation: Organisation, customer: Account, supervisor: Viewer
) -> tuple[ContractDraft, ContractVersion]:
    """A text of all of them, and the draft that was made of it."""
    with acting_for(organisation):
        terms = (*filter(sound, sound_terms()), *regime_terms(organisation, supervisor))
        draft = ContractDraft("EVERY", "Every kind", "USD", date(2026, 1, 1), "NORTHGATE", note="All", terms=terms)
        return draft, contract_import(contract_to_yaml(draft), actor=supervisor.actor, now=NOW)


def test_the_terms_tried_here_are_of_every_kind_with_every_price(organisation: Organisation) -> None:
    tried = list(filter(sound, sound_terms()))
    assert {(one.kind, one.subkind) for one in tried} == {(kind.value, sub.value if sub else "") for kind, sub in EVERY}
    for kind, reads in READS.items():
        forms = {type(price_from_data(one.price)) for one in tried if one.kind == kind}
        assert forms == set(reads.prices), kind
        assert {one.counting for one in tried if one.kind == kind} == set(reads.counting), kind
    assert {one.price["kind"] for one in tried} == set(FORMS)


def test_a_contract_of_every_kind_of_term_comes_back_from_its_text_as_it_was(
    organisation: Organisation, imported: tuple[ContractDraft, ContractVersion]
) -> None:
    draft, version = imported
    with acting_for(organisation):
        back = contract_draft(version)
        assert version_problems(version) == []
    for had, has in zip(draft.terms, back.terms, strict=True):
        assert has == had
    assert back == draft and contract_to_yaml(back) == contract_to_yaml(draft)


def typed(form: TermForm) -> QueryDict:
    """What a browser sends when somebody opens the form and saves it: of a list without what is set, its first entry."""
    data = QueryDict(mutable=True)
    for bound in form:
        value, choices = bound.value(), [str(key) for key, _ in getattr(bound.field, "choices", ())]
        if value is None or value is False:
            value = ""
        if choices and str(value) not in choices:
            value = choices[0]
        if value != "" or choices:
            data[bound.name] = "on" if value is True else str(value)
    return data


def said(values: dict[str, Any]) -> dict[str, Any]:
    return values | {"price": price_from_data(values["price"])}


def test_opening_a_term_and_saving_it_again_changes_nothing_of_it(
    organisation: Organisation, supervisor: Viewer, imported: tuple[ContractDraft, ContractVersion]
) -> None:
    _, version = imported
    with acting_for(organisation):
        rows = list(Term.objects.filter(version=version).select_related("version__contract", "account", "calendar"))
        below, calendars = Choice(Account.objects.filter(code="NORTHGATE-EAST")), calendars_list(supervisor)
        for row in rows:
            given: dict[str, Any] = {
                "kind": BY_KIND[row.kind], "price_form": row.price["kind"], "currency": "USD", "stored": row,
                "choice": below, "calendars": calendars, "regimes": list(ClaimRegime.objects.all()),
            }  # fmt: skip
            saved = TermForm(typed(TermForm(initial=term_initial(row), **given)), **given)
            assert saved.is_valid(), (row, saved.errors)
            blank, values = Term(version=version), saved.values()
            kept = {name: values.get(name, getattr(blank, name)) for name in COLUMNS}
            assert said(kept) == said({name: getattr(row, name) for name in COLUMNS}), row


FORM: dict[tuple[TermKind, Subkind | None], dict[str, str]] = {
    (TermKind.FIRST_RESPONSE, None): {"allowed_minutes": "30 min", "counting": "business"},
    (TermKind.RESOLUTION, None): {"allowed_minutes": "8 h", "counting": "business", "notice_minutes": "4 h"},
    (TermKind.NEXT_UPDATE, None): {"allowed_minutes": "4 h", "counting": "wall"},
    (TermKind.OTIF, None): {"period": "month", "threshold": "98"},
    (TermKind.SERVICE_CREDIT, None): {"period": "quarter", "threshold": "98", "steps": "98: 1000\n95: 4000"},
    (TermKind.FREE_TIME, Subkind.TRUCK_DETENTION): {"allowed_minutes": "2 h", "counting": "wall"},
    (TermKind.TEMPERATURE, None): {"allowed_minutes": "30 min"},
} | {
    (TermKind.FREE_TIME, which): {"allowed_days": "3", "counting": "working_days"}
    for which in SUBKINDS[TermKind.FREE_TIME]
    if which != Subkind.TRUCK_DETENTION
} | {
    (TermKind.CLAIM, step): {"allowed_days": "7", "counting": "not_sundays"} for step in SUBKINDS[TermKind.CLAIM]
} | {
    (TermKind.DOCUMENT, which): {"allowed_days": "30", "counting": "calendar_days"}
    for which in SUBKINDS[TermKind.DOCUMENT]
}  # fmt: skip


def facts_of(kind: TermKind, subkind: Subkind | None) -> tuple[str, Known, dict[str, str]]:
    """A case that puts this at stake: its type, its freight, and what else the case has to be."""
    late, done = DeliveryState(5, promised=NOW + 6 * HOUR), DeliveryState(5, promised=NOW - DAY, delivered=NOW - HOUR)
    pickup, unloading = StopTimes(LILLE, promised=NOW + HOUR), StopTimes(LYON, arrived=NOW - HOUR)
    gone = made(Equipment, pk=2, number="M", kind="container", gated_out_at=NOW - 4 * DAY)
    cuts = {
        Subkind.WAREHOUSE: "warehouse", Subkind.GATE: "gate", Subkind.VGM: "vgm", Subkind.SI: "si",
        Subkind.FLIGHT: "flight", Subkind.TENDER_RESPONSE: "tender",
    }  # fmt: skip
    match kind, subkind:
        case (TermKind.PICKUP_WINDOW, _):
            return "pickup_late", freight(clocks=ClockFacts(stops=(pickup,))), {"subject_key": "stop:4"}
        case (TermKind.OTIF | TermKind.SERVICE_CREDIT, _):
            tallies = {"month": Tally(50, 1), "quarter": Tally(50, 1)}
            return "delivery_late", freight(delivery=late, tallies=tallies), {}
        case (TermKind.FREE_TIME, Subkind.TRUCK_DETENTION):
            return "stop_dwell", freight(clocks=ClockFacts(stops=(unloading,))), {"subject_key": "stop:5"}
        case (TermKind.FREE_TIME, Subkind.DEMURRAGE | Subkind.STORAGE):
            return "free_time_expiring", freight(equipment=BOX), {}
        case (TermKind.FREE_TIME, _):
            return "empty_return_late", freight(equipment=gone), {}
        case (TermKind.CUT_OFF, which):
            assert which is not None
            case_type = "tender_rejected" if which == Subkind.TENDER_RESPONSE else "cutoff_at_risk"
            return case_type, freight(clocks=ClockFacts(cut_offs=(CutOff("1", cuts[which], NOW + HOUR),))), {}
        case (TermKind.DOCUMENT, Subkind.POD):
            return "pod_missing", freight(delivery=done), {}
        case (TermKind.DOCUMENT, _):
            charge = Disputable(8, "INV-8", Decimal(120), "EUR", NOW - DAY, None, False)
            return "invoice_discrepancy", freight(clocks=ClockFacts(charges=(charge,))), {"subject_key": "charge:8"}
        case (TermKind.CLAIM, _):
            return "freight_damaged", freight(delivery=done), {}
        case (TermKind.TEMPERATURE, _):
            return "temperature_excursion", freight(), {}
    return "delivery_late", freight(delivery=late), {}


def promised(customer: Account, kind: TermKind, subkind: Subkind | None) -> list[Any]:
    about, one, more = facts_of(kind, subkind)
    one.shipment.customer = customer
    found = promises_of(case(about, account=customer, **more), [one], book_now(), NOW, CaseClocks())
    return [each for each in found.found if each.term is not None and each.term.row.name == f"{kind} {subkind}"]


def test_a_term_of_every_kind_is_written_on_its_form_let_hold_and_priced(
    client_for: SignIn, supervisor: Viewer, organisation: Organisation, customer: Account
) -> None:
    client = client_for(supervisor)
    head = {"side": "payable", "account": customer.code, "code": "NG", "name": "Northgate", "currency": "EUR",
            "effective_from": "2026-01-01"}  # fmt: skip
    client.post(f"{LIST}new/", head)
    with acting_for(organisation):
        draft = ContractVersion.objects.get()
    at = f"{LIST}{draft.contract_id}/{draft.number}/"
    usual = {"amount": "450", "percent": "3", "tiers": "4 x 120\n240", "unit": "calendar_day", "currency": "EUR"}
    for kind, subkind in EVERY:
        form = client.get(f"{at}terms/new/?kind={kind}").context["form"]
        asked = dict.fromkeys(form.fields, "") | usual | FORM.get((kind, subkind), {})
        asked |= {
            "kind": str(kind),
            "subkind": subkind or "",
            "name": f"{kind} {subkind}",
            "price_form": form.price_form,
        }
        asked["counting"] = asked.get("counting") or "wall"
        answer = client.post(f"{at}terms/new/", asked)
        assert answer.status_code == 302, (kind, subkind, answer.context["form"].errors)
    with acting_for(organisation):
        draft.refresh_from_db()
        assert version_problems(draft) == []
        assert [one for one in EVERY if promised(customer, *one)] == [], "a draft counts for nothing"
    assert client.post(f"{at}activate/", {"revision": draft.revision}).status_code == 302
    with acting_for(organisation):
        draft.refresh_from_db()
        assert draft.state == VersionState.ACTIVE
        for kind, subkind in EVERY:
            (promise, *_) = promised(customer, kind, subkind)
            assert promise.stakes and all(stake.payable > 0 for stake in promise.stakes), (kind, subkind)
            assert promise.due_at > NOW - 30 * DAY


def test_a_claim_from_the_disallowance_has_no_deadline_until_the_claim_is_disallowed(
    organisation: Organisation, customer: Account
) -> None:
    """Nothing reports a disallowance yet: such a term is written down, and says that no deadline is known."""
    with acting_for(organisation):
        contract = ContractVersion.objects.create(
            contract=customer.contracts.create(side="payable", code="S", name="S", currency="EUR"), number=1,
            state=VersionState.ACTIVE, effective_from=date(2026, 1, 1),
        )  # fmt: skip
        row = Term.objects.create(
            version=contract, kind="claim", subkind="suit", name="claim suit", starts="disallowance", allowed_days=700,
            counting="calendar_days", price=PRICED[Flat][0],
        )  # fmt: skip
        about, one, _ = facts_of(TermKind.CLAIM, Subkind.SUIT)
        one.shipment.customer = customer
        told = promises_of(case(about, account=customer), [one], book_now(), NOW)
    assert not [each for each in told.found if each.term is not None and each.term.row == row]
    assert "S v1, claim suit is not priced: no deadline is known for SH-1" in told.assumed
