"""Replays a generated month through the real intake and holds the cases that follow against what was true."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import groupby

from django.db import connection

from controltower.audit import SYSTEM
from controltower.jobs.runner import drain
from controltower.ops.benchmarks import Bench, Figure, benchmark
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation
from exceptions.cases.jobs import expectations, gaps
from exceptions.cases.models import Case, CaseOrder, CaseShipment, CaseState
from exceptions.cases.noise import Delivery, Month, Opened, Score, generate, judge
from exceptions.cases.noise.world import RANKS
from exceptions.intake.services import message_accept, partner_create
from exceptions.parties.models import AccountKind, Partner
from exceptions.parties.services import account_create
from exceptions.shipments.canonical import RefType
from exceptions.shipments.models import Reference

SEED, SHIPMENTS, FEW = 3, 5_000, 200
# How often the replay works on what came in. The short run looks less often, so its figures are not comparable.
TICK, COARSE = timedelta(minutes=10), timedelta(minutes=30)
LEARNS = timedelta(days=1)
AFTERWARDS = timedelta(days=4)
HEADERS = {"content-type": "application/cloudevents+json"}


@benchmark("noise", "what share of the cases of a generated month is worth opening, and what is missed", durable=False)
def noise(bench: Bench) -> Mapping[str, Figure]:
    """The month is made by a simulation that shares nothing with detection; see `exceptions.cases.noise`."""
    month = generate(bench.seed or SEED, bench.shipments or (FEW if bench.quick else SHIPMENTS))
    organisation = _house(month)
    begun = time.perf_counter()
    _replay(organisation, month, bench)
    seconds = time.perf_counter() - begun
    score = judge(_opened(organisation), month.truths)
    _explain(score, bench)
    return {
        "signals": Figure((len(month.deliveries),), "deliveries"),
        "shipments": Figure((month.shipments,), "shipments"),
        "cases": Figure((score.cases,), "cases opened"),
        "true_cases": Figure((score.true_cases,), "cases of a perfect observer"),
        "precision": Figure((score.precision,), "of cases, without arguable ones", goal=0.95),
        "recall": Figure((score.recall,), "of true cases", goal=0.98),
        "duplicates": Figure((score.duplicates,), "pairs open at once", goal=0, at_least=False),
        "auto_recovered": Figure((score.auto_recovered,), "cases"),
        "arguable": Figure((score.arguable,), "cases"),
        "seconds": Figure((seconds,), "s"),
    }


def _house(month: Month) -> Organisation:
    organisation = Organisation.objects.create(name="Measured", slug="measured", time_zone="UTC", currency="USD")
    before = month.deliveries[0].at - timedelta(days=1)
    with acting_for(organisation):
        for codes, kind in ((month.customers, AccountKind.CUSTOMER), (month.carriers, AccountKind.CARRIER)):
            for code in codes:
                account = account_create(code=code, name=code.title(), kind=kind, actor=SYSTEM, now=before)
        for source, rank in RANKS.items():
            made = partner_create(
                preset="cloudevents",
                name=source,
                slug=f"measured-{source}",
                account=account,
                default_customer=None,
                sandbox=False,
                actor=SYSTEM,
                now=before,
            )
            Partner.objects.filter(pk=made.partner.pk).update(source_rank=rank)
    return organisation


def _replay(organisation: Organisation, month: Month, bench: Bench) -> None:
    """Tick by tick: what came in is worked on, then what did not come is looked for."""
    with acting_for(organisation):
        partners = {partner.name: partner for partner in Partner.objects.all()}
    said, learns = time.monotonic(), month.deliveries[0].at + LEARNS
    for now, arrived in _ticks(month.deliveries, COARSE if bench.quick else TICK):
        if arrived:
            with acting_for(organisation):
                for one in arrived:
                    message_accept(
                        partners[one.partner],
                        body=one.body,
                        headers=HEADERS,
                        content_type=HEADERS["content-type"],
                        now=one.at,
                    )
            drain("intake", now=now)
        if now >= learns:
            gaps(now)
            learns = now + LEARNS
        while expectations(now):
            drain("default", now=now)
        drain("default", now=now)
        if time.monotonic() - said > 30:
            said = time.monotonic()
            bench.say(f"  {now:%d %b %H:%M}")
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")


def _ticks(deliveries: tuple[Delivery, ...], tick: timedelta) -> Iterator[tuple[datetime, list[Delivery]]]:
    """When to look, with what came in since: in a quiet time once an hour is enough."""
    begin = deliveries[0].at
    by_tick = {key: list(some) for key, some in groupby(deliveries, key=lambda one: (one.at - begin) // tick)}
    hourly = timedelta(hours=1) // tick
    for number in range(max(by_tick) + AFTERWARDS // tick):
        if number in by_tick or number % hourly == 0:
            yield begin + (number + 1) * tick, by_tick.get(number, [])


def _opened(organisation: Organisation) -> list[Opened]:
    """The cases in the words of the judge: shipments by the numbers that the month gave them."""
    about: dict[int, set[str]] = defaultdict(set)
    with acting_for(organisation):
        numbers = dict(
            Reference.objects.filter(type=RefType.BOL, shipment__isnull=False).values_list("shipment_id", "value")
        )
        for case_id, shipment_id in CaseShipment.objects.values_list("case_id", "shipment_id"):
            about[case_id].add(numbers[shipment_id])
        for case_id, order in CaseOrder.objects.values_list("case_id", "order__number"):
            about[case_id].add(order.removeprefix("SO-"))
        cases = list(Case.objects.exclude(state=CaseState.MERGED).select_related("subject_load"))
    for case in cases:
        if not about[case.pk] and case.subject_load is not None:
            about[case.pk].add(case.subject_load.number.removeprefix("L-"))
    return [
        Opened(
            case.number,
            case.type,
            frozenset(about[case.pk]),
            case.opened_at,
            case.resolved_at,
            recovered=not case.is_open,
        )
        for case in cases
    ]


def _explain(score: Score, bench: Bench) -> None:
    for title, counted in (("false", score.false), ("said twice", score.said_twice), ("missed", score.missed)):
        for what, count in counted.most_common():
            bench.say(f"  {title}: {what} x {count}")
    for example in score.examples[:40]:
        bench.say(f"    {example}")
