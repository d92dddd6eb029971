"""What pricing costs: opening a case, ten thousand stakes that pass at one instant, a hundred thousand cases priced anew.

The data has the shape of a real backlog: contracts of thirty customers (flat, by the hour, a share of the value, an OTIF
chargeback), carriers with dispatch hours, one case in eight a trailer of three shipments, ETAs past and within windows.
It is written by plain statements; what is measured is the product's own code.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db import connection

from controltower.audit import SYSTEM
from controltower.db import as_owner
from controltower.memory import settle
from controltower.ops import processes
from controltower.ops.benchmarks import Bench, Figure
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Member, Organisation, Role, User
from controltower.tenancy.viewer import Viewer
from exceptions.cases.models import Case, Repricing, RepricingState
from exceptions.cases.selectors import queue_page
from exceptions.cases.services import cases_price, detection_run, repricing_start
from exceptions.parties.models import Account, AccountKind
from exceptions.shipments.canonical import CanonicalEvent, EventType, Ref, SourceRank
from exceptions.shipments.models import Event
from exceptions.shipments.services import event_record
from exceptions.sla.models import Calendar, Contract, ContractVersion, Side, Term, VersionState

# The workers know no other time than this.
NOW: Final = datetime.now(UTC).replace(microsecond=0)
SWEPT, REPRICED, OPENED = 10_000, 100_000, 200
# How many of the messages of a chunk open a case.
TOGETHER_OPENED: Final = 20
CHUNK: Final = 500
CUSTOMERS, CARRIERS = 30, 10
WORKERS: Final = 2
AMOUNTS: Final = frozenset({"amount", "rate", "percent"})
# The windows of the swept all end at one instant. Until then they are made and priced: the others' end in 4 to 76 hours.
BEFORE_SWEEP: Final = timedelta(seconds=120)
BEFORE_QUICK_SWEEP: Final = timedelta(seconds=20)

PRICES: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("delivery_window", {"kind": "flat", "amount": "450", "currency": "USD"}),
    ("delivery_window", {"kind": "per_unit", "unit": "hour", "rate": "75", "cap": "600", "currency": "USD"}),
    ("otif", {"kind": "percent", "percent": "3", "cap": "14400"}),
    ("appointment", {"kind": "flat", "amount": "1200", "currency": "EUR"}),
)

FREIGHT = (
    """
INSERT INTO shipments_shipment (organisation_id, number, customer_id, service, mode, incoterm, freight_terms, goods,
    goods_class, value, currency, temperature_unit, documents, status, lane, created_from, created_at, plan_key)
SELECT %(org)s, 'BP-' || n, (%(customers)s::bigint[])[1 + n %% cardinality(%(customers)s::bigint[])], '', 'road', '', '', '', '',
    10000 + n %% 90000, 'USD', '', '[]', 'in_transit', 'US-TX>US-IL', 'booking', %(now)s, ''
  FROM generate_series(%(first)s, %(last)s) AS n
""",
    """
INSERT INTO shipments_stop (organisation_id, shipment_id, sequence, kind, name, city, region, country, postcode,
    unlocode, zone, window_start, window_end, dropped)
SELECT organisation_id, id, part, CASE part WHEN 1 THEN 'pickup' ELSE 'delivery' END, 'Dock',
    CASE part WHEN 1 THEN 'Dallas' ELSE 'Chicago' END, CASE part WHEN 1 THEN 'TX' ELSE 'IL' END, 'US', '', '',
    'America/Chicago', due - interval '2 hours', due, false
  FROM (SELECT organisation_id, id, substr(number, 4)::bigint AS n,
               coalesce(%(together)s::timestamptz, %(now)s::timestamptz + make_interval(mins => 240 + (id * 7919 %% 4320)::int)) AS due
          FROM shipments_shipment
         WHERE organisation_id = %(org)s AND substr(number, 4)::bigint BETWEEN %(first)s AND %(last)s) AS ship,
       generate_series(1, 2) AS part
""",
    """
INSERT INTO shipments_leg (organisation_id, shipment_id, sequence, mode, carrier_id, service, origin_id,
    destination_id, cutoffs)
SELECT s.organisation_id, s.shipment_id, 1, 'road', (%(carriers)s::bigint[])[1 + s.shipment_id %% cardinality(%(carriers)s::bigint[])], '',
    s.id, d.id, '[]'
  FROM shipments_stop AS s JOIN shipments_stop AS d ON d.shipment_id = s.shipment_id AND d.sequence = 2
 WHERE s.organisation_id = %(org)s AND s.sequence = 1 AND NOT EXISTS (
       SELECT FROM shipments_leg AS leg WHERE leg.shipment_id = s.shipment_id)
""",
    """
INSERT INTO shipments_milestone (organisation_id, stop_id, kind, code, value, source_rank, source, reported_at)
SELECT s.organisation_id, s.id, 'estimated', 'arrival',
    s.window_end + make_interval(mins => greatest(s.id * 31 %% 600 - 200, CASE WHEN s.window_end = %(together)s THEN 10 ELSE -200 END)::int),
    20, 'bench', %(now)s
  FROM shipments_stop AS s
 WHERE s.organisation_id = %(org)s AND s.sequence = 2 AND NOT EXISTS (
       SELECT FROM shipments_milestone AS m WHERE m.stop_id = s.id)
""",
)
# One case in eight affects two more shipments: those of its neighbours.
CASES = (
    """
INSERT INTO cases_case (organisation_id, number, type, phase, reason, responsible_party, excusable, severity, state,
    subject_shipment_id, subject_key, fingerprint, account_id, summary, place, lane, reference, search_text, opened_at,
    resolution, snoozed_for, touched_by_human, version, pinned, currency, at_risk, avoidable, unavoidable, lost,
    recoverable, explanation, next_change_at)
SELECT organisation_id, 'P-' || id, 'delivery_late', 'at_risk', 'unknown', 'unknown', 'no', 'S2', 'new', id,
    'shipment:' || id, 'delivery_late:shipment:' || id, customer_id, 'ETA past the window', 'Chicago, IL', lane,
    'PRO ' || id, 'PRO' || id, %(now)s, '', '', false, 1, false, 'USD', 0, 0, 0, 0, 0, '{}', NULL
  FROM shipments_shipment
 WHERE organisation_id = %(org)s AND substr(number, 4)::bigint BETWEEN %(first)s AND %(last)s
""",
    """
INSERT INTO cases_caseshipment (organisation_id, case_id, shipment_id)
SELECT c.organisation_id, c.id, c.subject_shipment_id + more FROM cases_case AS c, generate_series(0, 2) AS more
 WHERE c.organisation_id = %(org)s AND (more = 0 OR c.subject_shipment_id %% 8 = 0)
   AND EXISTS (SELECT FROM shipments_shipment AS s WHERE s.id = c.subject_shipment_id + more
                  AND s.organisation_id = c.organisation_id)
ON CONFLICT DO NOTHING
""",
)


def pricing_figures(bench: Bench) -> dict[str, Figure]:
    """`open_case_ms_p50`, `sweep_10000_s` and `reprice_100000_s`, in an organisation of their own."""
    swept, repriced = (200, 1_000) if bench.quick else (SWEPT, REPRICED)
    settle()  # as workers and sweeper do
    organisation = Organisation.objects.create(name="Priced", slug="priced", time_zone="America/Chicago")
    parties = _house(organisation)
    bench.say(f"  pricing: {repriced:,} cases under {CUSTOMERS} contracts")
    _fill(organisation, parties, range(1, repriced + 1))
    took = _timed(lambda: _price_all(organisation))
    bench.say(f"  priced for the first time in {took:.1f} s")
    _tidy()
    with _working(bench):
        anew, ranked, pages = _reprice(organisation)
        bench.say(f"  priced anew in {anew:.1f} s, ranks in {ranked:.1f} s")
        instant = datetime.now(UTC) + (BEFORE_QUICK_SWEEP if bench.quick else BEFORE_SWEEP)
        _fill(organisation, parties, range(repriced + 1, repriced + swept + 1), instant)
        sweep = _sweep(organisation, instant, swept)
    bench.say(f"  swept in {sweep:.1f} s")
    together, alone = _open(organisation, 20 if bench.quick else OPENED)
    return {
        "open_case_ms_p50": Figure(
            together, f"ms a case, {TOGETHER_OPENED} to a transaction as the intake does", goal=15, at_least=False
        ),
        "open_case_alone_ms_p50": Figure(alone, "ms, each in a transaction of its own"),
        "reprice_100000_s": Figure((anew,), f"s for {repriced:,} cases", goal=120, at_least=False),
        "rank_100000_s": Figure((ranked,), f"s for the ranks of {repriced:,} cases under a new half-life"),
        "page_while_repricing_ms": Figure(pages, "ms for the first page of the queue meanwhile"),
        "sweep_10000_s": Figure((sweep,), f"s from one instant to {swept:,} booked losses", goal=20, at_least=False),
    }


def _house(organisation: Organisation) -> tuple[list[int], list[int]]:
    """Ids of its customers, each with a contract, and of its carriers, every other with hours."""
    week = {day: [["07:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    with acting_for(organisation):
        customers = [_account(f"C{number}", AccountKind.CUSTOMER) for number in range(CUSTOMERS)]
        carriers = [_account(f"K{number}", AccountKind.CARRIER) for number in range(CARRIERS)]
        for number, customer in enumerate(customers):
            kind, price = PRICES[number % len(PRICES)]
            contract = Contract.objects.create(
                side=Side.PAYABLE, account=customer, code=f"C{number}", name="Contract", currency="USD"
            )
            version = ContractVersion.objects.create(
                contract=contract, state=VersionState.ACTIVE, effective_from=date(2026, 1, 1)
            )
            Term.objects.create(version=version, kind=kind, name="On time", price=price)
        for carrier in carriers[::2]:
            Calendar.objects.create(name="Dispatch", account=carrier, zone="America/Chicago", intervals=week)
    return [one.pk for one in customers], [one.pk for one in carriers]


def _account(code: str, kind: str) -> Account:
    account = Account.objects.create(code=code, name=f"Account {code}", search_name=code, kind=kind)
    account.path = f"/{account.pk}/"
    account.save(update_fields=["path"])
    return account


def _fill(
    organisation: Organisation, parties: tuple[list[int], list[int]], numbers: range, together: datetime | None = None
) -> None:
    """Shipments of these numbers, and a case of each. together: when all their windows end."""
    values: dict[str, Any] = {
        "org": organisation.pk,
        "customers": parties[0],
        "carriers": parties[1],
        "now": NOW,
        "first": numbers[0],
        "last": numbers[-1],
        "together": together,
    }
    for statement in (*FREIGHT, *CASES):
        with acting_for(organisation), connection.cursor() as cursor:
            cursor.execute(statement, values)
        # Each reads what the one before it made: among a million rows of others it is found by its statistics.
        with as_owner(), connection.cursor() as cursor:
            cursor.execute(f"VACUUM ANALYZE {statement.split()[2]}")


def _price_all(organisation: Organisation, after: int = 0, now: datetime = NOW) -> None:
    """In chunks, as the product does; a statistic of the tables that came into being is taken on the way."""
    begin = after
    while True:
        with acting_for(organisation):
            ids = list(Case.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:CHUNK])
            if not ids:
                break
            cases_price(ids, now=now)
        if after == begin:
            with as_owner(), connection.cursor() as cursor:
                cursor.execute("ANALYZE cases_commitment, cases_stake")
        after = ids[-1]


def _tidy() -> None:
    """What the part before wrote is cleared away, so that the server does not do it beside what is measured next."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE cases_case, cases_commitment, cases_stake, cases_timelineentry, jobs_job")


@contextmanager
def _working(bench: Bench) -> Iterator[None]:
    """Workers and a sweeper, as the product runs them."""
    started = [
        bench.start("worker", processes.worker("pricing", ["default"], processes=WORKERS)),
        bench.start("sweeper", processes.manage("sweeper")),
    ]
    time.sleep(5.0)  # they load
    try:
        yield
    finally:
        for process in started:
            bench.kill(process)


def _reprice(organisation: Organisation) -> tuple[float, float, tuple[float, ...]]:
    """Every contract gets dearer by a tenth, then the half-life is halved: seconds until every case is priced anew, seconds
    until every rank is written anew, and what somebody who looks at the queue meanwhile waits."""
    user = User.objects.create(email="priced@example.com", name="Priced")
    with acting_for(organisation):
        viewer = Viewer.of(Member.objects.create(user=user, role=Role.COORDINATOR), organisation)
        for term in Term.objects.all():
            term.price = {**term.price, **{name: _dearer(term.price[name]) for name in AMOUNTS & set(term.price)}}
            term.save(update_fields=["price"])
    pages: list[float] = []
    anew = _until(organisation, viewer, pages, lambda one: one.state != RepricingState.RUNNING)
    with acting_for(organisation):
        Organisation.objects.filter(pk=organisation.pk).update(half_life_hours=2)
    ranked = _until(organisation, viewer, pages, lambda one: not one.ranks_first, ranks_first=True)
    return anew, ranked, tuple(pages)


def _until(
    organisation: Organisation,
    viewer: Viewer,
    pages: list[float],
    done: Callable[[Repricing], bool],
    *,
    ranks_first: bool = False,
) -> float:
    """Seconds from the start of a repricing until it is so far; who waits for it looks at the queue meanwhile."""
    with acting_for(organisation):
        repricing = repricing_start("Measured", actor=SYSTEM, now=NOW, ranks_first=ranks_first)
    begin = time.perf_counter()
    while not done(repricing):
        time.sleep(0.25)
        with acting_for(organisation):
            repricing.refresh_from_db()
            pages.append(_timed(lambda: queue_page(viewer, now=NOW)) * 1000)
    if repricing.failed:
        raise RuntimeError(f"{repricing.failed} cases could not be priced")
    return time.perf_counter() - begin


def _open(organisation: Organisation, number: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Cases that ETAs past their window open: found, opened, priced, ranked, recorded, with their jobs, to the commit.

    The signals are recorded before; that is another measurement. Milliseconds a case: in sets, and one by one.
    """
    return _opened(organisation, "T", number, TOGETHER_OPENED), _opened(organisation, "A", number, 1)


def _opened(organisation: Organisation, prefix: str, number: int, size: int) -> tuple[float, ...]:
    taken = []
    for begin in range(0, number, size):
        with acting_for(organisation):
            codes = list(
                Account.objects.filter(kind=AccountKind.CUSTOMER).order_by("pk").values_list("code", flat=True)
            )
            events = [_late(f"{prefix}{place}", codes[place % len(codes)]) for place in range(begin, begin + size)]

        started = time.perf_counter()
        with acting_for(organisation):
            opened = [case.pk for case in detection_run(events=events, now=NOW)]
        taken.append((time.perf_counter() - started) * 1000 / size)
        with acting_for(organisation):
            priced = Case.objects.filter(pk__in=opened, priced_at__isnull=False, rank__isnull=False).count()
        if priced != size:
            raise RuntimeError(f"{size} late shipments opened {len(opened)} cases, {priced} with a place in the queue")
    return tuple(taken)


def _late(number: str, customer: str) -> Event:
    """A shipment that is booked, and the signal that its ETA is nine hours past its window."""
    due = NOW + timedelta(hours=12)
    window = {"window_start": (due - timedelta(hours=2)).isoformat(), "window_end": due.isoformat()}
    place = {"city": "Chicago", "region": "IL", "country": "US", "zone": "America/Chicago"}
    stops = [
        {"sequence": 1, "kind": "pickup", "name": "Plant", **place, "city": "Dallas", "region": "TX"},
        {"sequence": 2, "kind": "delivery", "name": "Store", **place, **window},
    ]
    booked = {"mode": "road", "customer": customer, "value": {"amount": "50000", "currency": "USD"}, "stops": stops}
    _recorded(EventType.SHIPMENT_BOOKED, number, booked)
    late = {"stop": 2, "estimated": (due + timedelta(hours=9)).isoformat()}
    return _recorded(EventType.SHIPMENT_ETA_CHANGED, number, late)


def _recorded(type_: str, number: str, data: dict[str, Any]) -> Event:
    event = CanonicalEvent(type_, NOW, (Ref("pro", number),), data=data)
    recorded = event_record(event, message_id=None, partner=None, source_rank=SourceRank.EDI, actor=SYSTEM, now=NOW)
    if recorded.event is None:
        raise RuntimeError(recorded.problem)
    return recorded.event


def _dearer(amount: str) -> str:
    return str(Decimal(amount) * Decimal("1.1"))


def _sweep(organisation: Organisation, instant: datetime, number: int) -> float:
    """Seconds from the instant at which the windows of so many cases end until the loss of each is booked."""
    with acting_for(organisation):
        last = Case.objects.filter(priced_at__isnull=False).order_by("-pk").values_list("pk", flat=True)[0]
    _price_all(organisation, last, datetime.now(UTC))
    _tidy()
    with acting_for(organisation):
        waiting = Case.objects.filter(pk__gt=last, next_change_at=instant).count()
    if waiting != number or datetime.now(UTC) >= instant:
        raise RuntimeError(f"{waiting} of {number} cases were priced and waited for their windows to end")
    while datetime.now(UTC) < instant:
        time.sleep(0.01)

    def swept() -> None:
        while True:
            with acting_for(organisation):
                if not Case.objects.filter(next_change_at__lte=instant).exists():
                    return
            time.sleep(0.1)

    took = _timed(swept)
    with acting_for(organisation):
        booked = Case.objects.filter(pk__gt=last, lost__gt=0).count()
    if booked != number:
        raise RuntimeError(f"{booked} of {number} losses were booked")
    return took


def _timed(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin
