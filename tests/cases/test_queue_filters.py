"""What each filter finds, whichever way through the table it takes: held to the same filter said in Python."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from controltower.audit import SYSTEM
from controltower.tenancy.models import Member, Role, User
from controltower.tenancy.viewer import Viewer
from exceptions.cases import selectors
from exceptions.cases.models import Case
from exceptions.cases.selectors import paths, searching, stepping
from exceptions.cases.selectors.grammar import parse
from exceptions.cases.selectors.queue import case_ids
from exceptions.parties.models import Account, AccountKind, Channel, Partner, SignatureScheme
from exceptions.parties.services import account_create
from exceptions.shipments.models import PartyRole, Reference, Shipment
from exceptions.sla.book import book_now
from exceptions.sla.defaults import exchange_rate
from exceptions.sla.models import CurrencyRate
from exceptions.sla.selectors.rates import rates_on
from tests.cases.conftest import HOUR
from tests.cases.test_queue import plain_case

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
Fits = Callable[[Any, Case], bool]


class Backlog:
    """Two hundred cases of a house with a tree of customers, and what tests name of it."""

    def __init__(self, viewer: Viewer, now: datetime) -> None:
        self.viewer, self.now, self.me = viewer, now, viewer.member.pk
        self.acme = self._account("ACME", "Acme Foods")
        self.west = self._account("ACME-W", "Western division", self.acme)
        self.zorn = self._account("ZORN", "Żeglarska Zorn")
        self.orbit = self._account("ORBIT", "Orbit Haulage", kind=AccountKind.CARRIER)
        dana = User.objects.create(email="dana@example.com", name="Dana Reyes")
        self.dana = Member.objects.create(user=dana, role=Role.COORDINATOR).pk
        self.fleet = Partner.objects.create(
            account=self.orbit, slug="fleet", name="FleetTrace GPS", channel=Channel.WEBHOOK, adapter="canonical_json",
            signature=SignatureScheme.HMAC,
        )  # fmt: skip
        self.freight = [self._shipment(number) for number in range(4)]
        rng = random.Random(4)
        for number in range(200):
            self._case(rng, number)

    def _account(
        self, code: str, name: str, parent: Account | None = None, kind: str = AccountKind.CUSTOMER
    ) -> Account:
        return account_create(code=code, name=name, kind=AccountKind(kind), parent=parent, actor=SYSTEM, now=self.now)

    def _shipment(self, number: int) -> Shipment:
        shipment = Shipment.objects.create(number=f"SH-{number}", created_at=self.now)
        key = f"PRO77{number}"
        Reference.objects.create(type="pro", value=key, value_key=key, exclusive=True, shipment=shipment)
        if number == 3:
            PartyRole.objects.create(shipment=shipment, account=self.orbit, role="contracted_carrier")
        return shipment

    def _case(self, rng: random.Random, number: int) -> None:
        shipment = rng.choice(self.freight)
        case = plain_case(
            number,
            self.now - HOUR * rng.randrange(100),
            shipment=shipment,
            rank=rng.choice([None, rng.uniform(-50, 0)]),
            at_risk=rng.randrange(5) * 1000,
            avoidable=rng.randrange(300_000),
            act_by=rng.choice([None, self.now + HOUR * rng.randrange(-2, 50)]),
            owner_id=rng.choice([None, self.me, self.dana]),
            account=rng.choice([None, self.acme, self.west, self.zorn]),
            partner=rng.choice([None, self.fleet]),
            lane=rng.choice(["Dallas > Chicago", "Dallas > New York", "Reno > Chicago", ""]),
            explanation=rng.choice([{}, {"unavoidable": True}, {"unavoidable": False}]),
            search_text=f"LOAD{number}",
        )
        changes = {"severity": rng.choice(["S1", "S2", "S4"]), "type": rng.choice(["delivery_late", "customs_hold"])}
        changes |= {"state": rng.choice(["new", "open", "waiting"]), "currency": rng.choice(["USD", "EUR"])}
        Case.objects.filter(pk=case.pk).update(**changes)
        case.case_shipments.create(shipment=shipment)


@pytest.fixture
def backlog(acting: Any, coordinator: Viewer, now: datetime) -> Backlog:
    return Backlog(coordinator, now)


def worth(case: Case, currency: str) -> Decimal:
    """What a case can still save, in a currency, at the shipped rates."""
    rate = exchange_rate(case.currency, currency)
    assert rate is not None
    return case.avoidable * rate


FILTERS: dict[str, Fits] = {
    "owner:me": lambda b, c: c.owner_id == b.me,
    "owner:dana,me": lambda b, c: c.owner_id in (b.me, b.dana),
    "owner:none": lambda b, c: c.owner_id is None,
    "owner:none,dana@": lambda b, c: c.owner_id in (None, b.dana),
    "-owner:me": lambda b, c: c.owner_id != b.me,
    "-owner:none,dana": lambda b, c: c.owner_id == b.me,
    "owner:nobody": lambda b, c: False,
    "customer:acme": lambda b, c: c.account_id in (b.acme.pk, b.west.pk),
    "customer:acme-w": lambda b, c: c.account_id == b.west.pk,
    "customer:zegl,west": lambda b, c: c.account_id in (b.zorn.pk, b.west.pk),
    "customer:acme -customer:west": lambda b, c: c.account_id == b.acme.pk,
    "-customer:acme": lambda b, c: c.account_id not in (b.acme.pk, b.west.pk),
    "customer:acme owner:me,dana": lambda b, c: (
        c.account_id in (b.acme.pk, b.west.pk) and c.owner_id in (b.me, b.dana)
    ),
    "customer:acme owner:me severity:S1": lambda b, c: (
        c.account_id in (b.acme.pk, b.west.pk) and c.owner_id == b.me and c.severity == "S1"
    ),
    "customer:acme severity:S1 sort:due": lambda b, c: c.account_id in (b.acme.pk, b.west.pk) and c.severity == "S1",
    "type:delivery_late": lambda b, c: c.type == "delivery_late",
    "-type:delivery_late severity:S1,S4": lambda b, c: c.type != "delivery_late" and c.severity in ("S1", "S4"),
    "state:taken,new": lambda b, c: c.state in ("open", "new"),
    "-state:waiting": lambda b, c: c.state != "waiting",
    "partner:fleettrace": lambda b, c: c.partner_id == b.fleet.pk,
    "-partner:fleet": lambda b, c: c.partner_id is None,
    "partner:nothing": lambda b, c: False,
    "lane:dallas": lambda b, c: c.lane.startswith("Dallas"),
    "lane:>chicago": lambda b, c: c.lane.endswith("Chicago"),
    'lane:"dallas>new york",reno': lambda b, c: c.lane in ("Dallas > New York", "Reno > Chicago"),
    "-lane:dallas>chi": lambda b, c: c.lane != "Dallas > Chicago",
    "due:<2h": lambda b, c: c.act_by is not None and b.now <= c.act_by < b.now + 2 * HOUR,
    "due:overdue": lambda b, c: c.act_by is not None and c.act_by < b.now,
    "due:>1d type:customs_hold": lambda b, c: (
        c.act_by is not None and c.act_by >= b.now + DAY and c.type == "customs_hold"
    ),
    "opened:<6h": lambda b, c: c.opened_at >= b.now - 6 * HOUR,
    "opened:1d..2d sort:oldest": lambda b, c: b.now - 2 * DAY <= c.opened_at < b.now - DAY,
    "due:>3h": lambda b, c: c.act_by is not None and c.act_by >= b.now + 3 * HOUR,
    "due:3h..40h owner:none": lambda b, c: (
        c.owner_id is None and c.act_by is not None and b.now + 3 * HOUR <= c.act_by < b.now + 40 * HOUR
    ),
    "exposure:>1000": lambda b, c: worth(c, "USD") > 100_000,
    "exposure:<800 severity:S4": lambda b, c: worth(c, "USD") < 80_000 and c.severity == "S4",
    "exposure:500..1000eur": lambda b, c: 50_000 <= worth(c, "EUR") <= 100_000,
    "exposure:<=2000gbp due:>3h": lambda b, c: (
        worth(c, "GBP") <= 200_000 and c.act_by is not None and c.act_by >= b.now + 3 * HOUR
    ),
    "is:unavoidable": lambda b, c: c.explanation.get("unavoidable") is True,
    "-is:unavoidable owner:me": lambda b, c: c.explanation.get("unavoidable") is not True and c.owner_id == b.me,
    "is:pinned": lambda b, c: False,
    "-is:pinned": lambda b, c: True,
    "pro77": lambda b, c: True,
    "pro 772": lambda b, c: c.subject_shipment_id == b.freight[2].pk,
    '"PRO77"': lambda b, c: False,
    '"pro772"': lambda b, c: c.subject_shipment_id == b.freight[2].pk,
    "77": lambda b, c: True,
    "772": lambda b, c: c.subject_shipment_id == b.freight[2].pk,
    '"772"': lambda b, c: c.subject_shipment_id == b.freight[2].pk,
    '"77"': lambda b, c: c.number == "EX-77",
    "load 19": lambda b, c: c.search_text.startswith("LOAD19"),
    '"load19"': lambda b, c: c.search_text == "LOAD19",
    "ex-42": lambda b, c: c.number == "EX-42",
    "acme fo": lambda b, c: c.account_id in (b.acme.pk, b.west.pk),
    '"acme"': lambda b, c: c.account_id in (b.acme.pk, b.west.pk),
    '"acme fo"': lambda b, c: False,
    "orbit haul": lambda b, c: c.subject_shipment_id == b.freight[3].pk,
    "żegl owner:me": lambda b, c: c.account_id == b.zorn.pk and c.owner_id == b.me,
    "!!!": lambda b, c: False,
}  # fmt: skip


@pytest.mark.parametrize("way", ["as it comes", "in steps", "gathered", "walked"])
def test_filters_find_what_they_say(backlog: Backlog, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In steps: a walk gives up at once. Gathered: a step does too. Walked: every text counts as one that fits many."""
    if way in ("in steps", "gathered"):
        monkeypatch.setattr(paths, "WALK", 1)
        monkeypatch.setattr(stepping, "WIDE", HOUR)
    if way == "gathered":
        monkeypatch.setattr(stepping, "LOOKED", 1)
        monkeypatch.setattr(stepping, "LOOKED_AT_ENDS", 1)
    if way == "walked":
        monkeypatch.setattr(searching, "FEW", 1)
    cases = list(Case.objects.all())
    for query, fits in FILTERS.items():
        page = selectors.queue_page(backlog.viewer, query, now=backlog.now, size=1000)
        expected = {case.number for case in cases if fits(backlog, case)}
        assert not page.problems and {row.number for row in page.rows} == expected, query
        assert len(page.rows) == len(expected) == page.total.value, query


PAGED = (
    "", "owner:me,dana", "customer:acme,zorn", "customer:acme severity:S1", "pro77", "due:>3h", "exposure:<2000",
    "exposure:>300eur owner:none", "customer:acme due:>3h",
)  # fmt: skip


@pytest.mark.parametrize("query", PAGED)
@pytest.mark.parametrize("looked", [1, 20, 2000])
def test_filters_keep_the_order_and_the_pages(
    backlog: Backlog, query: str, looked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever gives up after how many rows: a walk, or a step of the act-by or the amount, of which some have more."""
    monkeypatch.setattr(paths, "WALK", looked)
    monkeypatch.setattr(stepping, "LOOKED", looked)
    monkeypatch.setattr(stepping, "LOOKED_AT_ENDS", looked)
    whole = selectors.queue_page(backlog.viewer, query, now=backlog.now, size=1000).rows

    def place(row: Any) -> tuple[Any, ...]:
        case = Case.objects.get(pk=row.id)
        return (case.rank is None, -(case.rank or 0), -case.at_risk, -case.pk)

    assert [row.number for row in whole] == [row.number for row in sorted(whole, key=place)]
    paged, after = [], ""
    while True:
        page = selectors.queue_page(backlog.viewer, query, after=after, now=backlog.now, size=11)
        paged += page.rows
        if not (after := page.after):
            break
    assert [row.number for row in paged] == [row.number for row in whole]


@pytest.mark.parametrize("query", ["due:>3h", "exposure:<2000", "exposure:>500eur severity:S1"])
def test_what_stands_far_down_is_found_without_gathering_it(
    backlog: Backlog, query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = selectors.queue_page(backlog.viewer, query, now=backlog.now, size=5)
    whole = selectors.queue_page(backlog.viewer, query, now=backlog.now, size=1000)
    monkeypatch.setattr(paths, "WALK", 1)
    monkeypatch.setattr(paths, "_gathered", None)

    page = selectors.queue_page(backlog.viewer, query, now=backlog.now, size=5)

    assert page.rows == found.rows == whole.rows[:5]
    assert page.total.value == len(whole.rows) > 5
    further = selectors.queue_page(backlog.viewer, query, after=page.after, now=backlog.now, size=5)
    assert selectors.queue_page(backlog.viewer, query, after=further.before, now=backlog.now, size=5).rows == page.rows


def test_amounts_are_compared_at_the_rate_of_the_day(backlog: Backlog) -> None:
    """At three dollars for the euro 400 euros are more than 1,000 dollars; what has no rate counts one for one."""
    Case.objects.update(avoidable=0)
    picked = dict(zip(("EX-1", "EX-2", "EX-3", "EX-4"), ("EUR", "USD", "XTS", "EUR"), strict=True))
    for number, currency in picked.items():
        Case.objects.filter(number=number).update(currency=currency, avoidable=40_000 if currency == "EUR" else 100_100)
    Case.objects.filter(number="EX-4").update(avoidable=33_333)
    today = backlog.now.date()
    for rate, day in (("3", today), ("9", today + DAY), ("1", today - DAY)):
        CurrencyRate.objects.create(currency="EUR", rate=rate, valid_from=day, source="bank")

    def found(query: str) -> set[str]:
        return {row.number for row in selectors.queue_page(backlog.viewer, query, now=backlog.now).rows}

    assert backlog.viewer.organisation.currency == "USD"
    assert found("exposure:>1000") == {"EX-1", "EX-2", "EX-3"}
    assert found("exposure:>=1000") == {"EX-1", "EX-2", "EX-3"}, "333.33 EUR are 999.99 USD"
    assert found("exposure:>=333.33eur") == {"EX-1", "EX-2", "EX-3", "EX-4"}
    assert found("exposure:400..401eur") == {"EX-1"}
    assert found("exposure:1k..1.1kxts") == {"EX-2", "EX-3"}
    book = book_now()
    known = {currency: book.rate(currency, today) for currency in ("EUR", "USD", "GBP", "JPY")}
    assert known == {currency: rates_on("USD", today)[currency] for currency in known}


@pytest.mark.parametrize("query", ["", "owner:me,dana severity:S1", "pro77", "acme", "owner:nobody"])
def test_whole_lists_come_in_batches_by_their_ids(backlog: Backlog, query: str) -> None:
    filters, found, behind = parse(query).filters, [], 0
    while ids := case_ids(backlog.viewer, filters, behind=behind, limit=17, now=backlog.now):
        found += ids
        behind = ids[-1]
    page = selectors.queue_page(backlog.viewer, query, now=backlog.now, size=1000)
    assert found == sorted(row.id for row in page.rows)


@pytest.mark.parametrize("query", ["", "customer:zorn", "owner:me", "pro77", "acme", "lane:dallas sort:due", "ex-42"])
@pytest.mark.parametrize("granted", ["acme", "west", "nothing"])
def test_a_member_limited_to_accounts_finds_in_any_way_only_what_is_theirs(
    backlog: Backlog, query: str, granted: str
) -> None:
    scope = {"acme": {backlog.acme.pk, backlog.west.pk}, "west": {backlog.west.pk}, "nothing": set()}[granted]
    viewer = Viewer(
        backlog.viewer.member, backlog.viewer.organisation, backlog.viewer.verbs, {"account_scope": frozenset(scope)}
    )
    everything = selectors.queue_page(backlog.viewer, query, now=backlog.now, size=1000)
    accounts = dict(Case.objects.values_list("number", "account"))
    viewer.member.restricted = True
    page = selectors.queue_page(viewer, query, now=backlog.now, size=1000)
    viewer.member.restricted = False
    expected = [row.number for row in everything.rows if accounts[row.number] in scope]
    assert [row.number for row in page.rows] == expected and page.total.value == len(expected)
    assert granted != "acme" or query not in ("", "owner:me", "pro77", "acme") or expected
