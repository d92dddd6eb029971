"""How fast signals come in and become cases: real web server, workers and sweeper, over real connections.

Four parts. Webhooks, one by one and signed, against a bare view in the same server. Batches, as fast as they are taken.
The backlog of these, worked off by the workers. Then batches at a steady pace while the workers work, timed from the
sending of an event to the case that everybody sees. At last everything accepted is counted in messages, events and cases.
`--only webhooks` leaves out the rest, and `--only backlog` what it does not need.
"""

import json
import time
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

import psutil
import psycopg
from django.conf import settings
from django.utils import timezone

from controltower.audit import SYSTEM
from controltower.db import rows
from controltower.ops import processes
from controltower.ops.benchmarks import Bench, Figure, benchmark
from controltower.tenancy.access import digest_of
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import ApiKey, Member, Organisation, Role
from exceptions.intake import bench_server
from exceptions.intake.bench_client import Answers, request_bytes, send_all, send_paced
from exceptions.intake.bench_traffic import Sent, traffic
from exceptions.intake.bench_watch import CaseWatch
from exceptions.intake.services import partner_create
from exceptions.intake.signatures import standard_signature
from exceptions.parties.models import AccountKind, Channel, Partner, SignatureScheme
from exceptions.parties.services import account_create

EVENTS: Final = 20_000
WEBHOOKS, ROUNDS, CONNECTIONS = 600, 5, 4
BATCH: Final = 500  # events of one request at full speed
PACE, PACED_BATCH = 800.0, 40  # events a second, and how many of them come together
PATIENCE_SECONDS: Final = 1800.0
NO_HINDRANCE: Final = 1_000_000  # requests a minute: they are counted, and never too many
SECRET: Final = "ct_" + "m" * 43
DONE: Final = "SELECT count(*) FROM intake_message WHERE state <> 'received' AND organisation_id = %s"
OUTCOME: Final = """
SELECT count(*), count(*) FILTER (WHERE state = 'processed'), count(*) FILTER (WHERE state IN ('received', 'dead')),
       max(processed_at)
  FROM intake_message WHERE organisation_id = %s AND headers = '{}'
"""
EVENTS_TWICE: Final = """
SELECT count(*), count(DISTINCT sender_event_id) FROM shipments_event AS event
 WHERE organisation_id = %s AND partner_id = %s
"""


@dataclass
class House:
    """One organisation with two partners: a TMS that sends batches, a carrier that sends webhooks."""

    organisation: Organisation
    tms: Partner
    carrier: Partner
    webhook_secret: str
    port: int
    sent: dict[str, Sent] = field(default_factory=dict)  # by event id
    accepted: int = 0  # items that were answered as stored

    def batch(self, events: list[Sent]) -> bytes:
        headers = {"Authorization": f"Bearer {SECRET}", "Content-Type": "application/json"}
        for each in events:
            self.sent[each.value["id"]] = each
        return request_bytes("/api/v1/events", json.dumps([each.value for each in events]).encode(), headers)

    def take(self, answers: Answers) -> None:
        """Count what was answered; anything but 202 spoils the measurement."""
        answers.must_be(202)
        for body in answers.bodies:
            said = json.loads(body)
            self.accepted += said["accepted"]
            if said["refused"]:
                raise RuntimeError(f"an event was refused: {said['results']}")


@benchmark(
    "intake",
    "webhooks, batches and their processing: rates, time to a case, nothing lost, nothing twice",
    parts=("webhooks", "backlog"),
)
def intake(bench: Bench) -> Mapping[str, Figure]:
    """`--events` is how many come in batches at full speed, and again at the steady pace."""
    count = bench.events or (400 if bench.quick else EVENTS)
    house = _house()
    bench.start("web", processes.web(house.port, application="exceptions.intake.bench_wsgi:application"))
    _wait_for_web(house.port)
    figures = _webhooks(bench, house) if bench.only != "backlog" else {}
    if bench.only == "webhooks":
        return figures
    figures["batch_events_per_s"] = _batches(bench, house, count)
    bench.start("sweeper", processes.manage("sweeper"))
    worker = bench.start("worker", processes.worker("measured", ["intake", "default", "effects"], processes=2))
    held: list[float] = []  # MB of the worker after each part of the backlog, and at the end

    def weigh() -> float:
        held.append(_resident(worker.pid))
        return held[-1]

    figures["processed_events_per_s"] = _backlog(bench, house, weigh)
    if bench.only != "backlog":
        latencies, figures["steady_events_per_s"] = _steady(bench, house, 160 if bench.quick else count)
        figures |= latencies
        held.append(_resident(worker.pid))
    figures["worker_rss_mb"] = Figure(tuple(held), "MB held by the worker and its children")
    figures["worker_rss_growth_mb"] = Figure((held[-1] - held[0],), "MB since the first part of the backlog was done")
    return {**figures, **_accounts(house)}


def _house() -> House:
    now = timezone.now()
    with psycopg.connect(settings.DATABASE_OWNER_URL) as owner:
        owner.execute(bench_server.TABLE)
        owner.execute(f"GRANT INSERT, SELECT ON bench_bare TO {settings.DATABASE_RUNTIME_ROLE}")
    organisation = Organisation.objects.create(name="Measured", slug="measured", time_zone="UTC", currency="USD")
    with acting_for(organisation):
        account = account_create(code="BNCH", name="Benchmark Lines", kind=AccountKind.CARRIER, actor=SYSTEM, now=now)
        connected = partner_create(
            preset="cloudevents",
            name="Webhooks",
            account=account,
            default_customer=None,
            sandbox=False,
            actor=SYSTEM,
            now=now,
        )
        Partner.objects.update(rate_limit_per_minute=NO_HINDRANCE)
        tms = Partner.objects.create(
            account=account,
            slug="measured-tms",
            name="TMS",
            channel=Channel.REST,
            adapter="canonical",
            signature=SignatureScheme.TRANSPORT,
            sandbox=False,
            rate_limit_per_minute=NO_HINDRANCE,
        )
        member = Member.objects.create(label="TMS", role=Role.INTEGRATION)
        ApiKey.objects.create(
            member=member, name="tms", prefix=SECRET[:10], digest=digest_of(SECRET), scopes=["INGEST"], created_at=now
        )
    return House(organisation, tms, connected.partner, connected.secret, processes.free_port())


def _wait_for_web(port: int) -> None:
    def answers() -> bool:
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
        return False

    wait(answers, "the web server")


def _webhooks(bench: Bench, house: House) -> dict[str, Figure]:
    """The door and the bare view by turns, so that what else the machine does falls on both."""
    each, rounds = (40, 2) if bench.quick else (WEBHOOKS, ROUNDS)
    door, plain = [], []
    for round_ in range(-1, rounds):
        signed = [_signed(house, f"{round_}-{number}") for number in range(each)]
        bare = [request_bytes("/bare/", _event(number), {"Content-Type": "application/json"}) for number in range(each)]
        rates = []
        for requests in (bare, signed):
            answers = send_all(house.port, requests, connections=CONNECTIONS)
            answers.must_be(202)
            rates.append(each / answers.seconds)
        if round_ >= 0:  # the first warms up
            plain.append(rates[0])
            door.append(rates[1])
    ratios = tuple(one / other for one, other in zip(door, plain, strict=True))
    return {
        "webhook_per_s": Figure(tuple(door), "/s signed, stored and answered"),
        "bare_per_s": Figure(tuple(plain), "/s by a view that inserts one row"),
        "webhook_ratio_to_bare": Figure(ratios, "of the bare view's rate", goal=0.6),
    }


def _event(number: int | str) -> bytes:
    return json.dumps(
        {
            "specversion": "1.0",
            "id": f"w-{number}",
            "source": "/measured",
            "type": "shipment.scanned",
            "time": timezone.now().isoformat(),
            "data": {"references": [{"type": "pro", "value": f"W{number}"}], "text": "Arrived at terminal"},
        }
    ).encode()


def _signed(house: House, name: str) -> bytes:
    body, now = _event(name), timezone.now()
    signature = standard_signature(house.webhook_secret, message_id=f"m-{name}", timestamp=now, body=body)
    headers = {
        "webhook-id": f"m-{name}",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature,
    }
    return request_bytes(
        f"/in/{house.carrier.slug}/", body, {"Content-Type": "application/cloudevents+json", **headers}
    )


def _batches(bench: Bench, house: House, count: int) -> Figure:
    events = list(traffic(count, now=timezone.now(), name="A"))
    requests = [house.batch(events[begin : begin + BATCH]) for begin in range(0, count, BATCH)]
    part = -(-len(requests) // (2 if bench.quick else ROUNDS))
    rates = []
    for begin in range(0, len(requests), part):
        some = requests[begin : begin + part]
        answers = send_all(house.port, some, connections=2)
        house.take(answers)
        rates.append(sum(len(json.loads(body)["results"]) for body in answers.bodies) / answers.seconds)
    return Figure(tuple(rates), "/s accepted and durable", goal=2500)


def _backlog(bench: Bench, house: House, after_each: Callable[[], float]) -> Figure:
    """From the first thing that is done to the last, in fifths; the workers' start is not counted.

    after_each: answers what the workers hold then, in MB.
    """
    total = rows_of(house, "SELECT count(*) FROM intake_message WHERE organisation_id = %s")[0]
    parts = 2 if bench.quick else ROUNDS
    first = _done(house)
    wait(lambda: _done(house) > first, "the first message")
    begun, at, rates = _done(house), time.monotonic(), []
    for part in range(1, parts + 1):
        goal = begun + (total - begun) * part // parts
        before = _done(house)
        wait(lambda: _done(house) >= goal, f"{goal:,} messages")  # noqa: B023  # asked at once
        now = time.monotonic()
        rates.append((_done(house) - before) / (now - at))
        at = now
        held = after_each()
        bench.say(f"  {_done(house):,} of {total:,} messages understood, {rates[-1]:,.0f}/s, {held:,.0f} MB held")
    return Figure(tuple(rates), "/s understood by two worker processes", goal=800)


def _steady(bench: Bench, house: House, count: int) -> tuple[dict[str, Figure], Figure]:
    events = list(traffic(count, now=timezone.now(), name="B", seed=11))
    batches = [events[begin : begin + PACED_BATCH] for begin in range(0, count, PACED_BATCH)]
    requests = [house.batch(batch) for batch in batches]
    watch = CaseWatch(house.organisation.pk)

    def sent(index: int) -> None:
        for each in batches[index]:
            if each.trouble:
                watch.expect(each.trouble)

    watch.start()
    before, began = _done(house), time.monotonic()
    house.take(send_paced(house.port, requests, every=PACED_BATCH / PACE, sent=sent))
    offered = count / (time.monotonic() - began)
    bench.say(f"  offered {offered:,.0f} events/s")
    with suppress(TimeoutError):
        wait(lambda: watch.missing == 0, "the last case", seconds=300)
    wait(lambda: _waiting(house) == 0, "the last message")
    rate = (_done(house) - before) / (time.monotonic() - began)
    seconds = sorted(watch.stop())
    if watch.missing:
        bench.say(f"  {watch.missing} cases did not come")
    unit = f"s from sending to the case, {len(seconds)} cases at {offered:,.0f} events/s"
    return {
        "event_to_case_s_p50": Figure((_quantile(seconds, 0.5),), unit, goal=2.0, at_least=False),
        "event_to_case_s_p95": Figure((_quantile(seconds, 0.95),), unit, goal=5.0, at_least=False),
    }, Figure((rate,), "/s understood while they came in")


def _accounts(house: House) -> dict[str, Figure]:
    """Everything accepted is understood, and every event that was sent stands once."""
    with acting_for(house.organisation):
        _, _, unsettled, _ = rows(OUTCOME, [house.organisation.pk])[0]
        events, different = rows(EVENTS_TWICE, [house.organisation.pk, house.tms.pk])[0]
    lost = len(house.sent) - different + unsettled
    return {
        "lost": Figure((float(lost),), f"of {len(house.sent):,} events", goal=0, at_least=False),
        "duplicates": Figure((float(events - different),), f"of {len(house.sent):,} events", goal=0, at_least=False),
    }


def _done(house: House) -> int:
    return int(rows_of(house, DONE)[0])


def _waiting(house: House) -> int:
    return int(
        rows_of(house, "SELECT count(*) FROM intake_message WHERE state = 'received' AND organisation_id = %s")[0]
    )


def rows_of(house: House, sql: str) -> tuple[Any, ...]:
    with acting_for(house.organisation):
        return rows(sql, [house.organisation.pk])[0]


def _resident(pid: int) -> float:
    """MB that a process and its children hold."""
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    return sum(member.memory_info().rss for member in family) / 1e6


def _quantile(values: list[float], share: float) -> float:
    return values[min(len(values) - 1, int(share * len(values)))] if values else float("inf")


def wait(over: Callable[[], bool], what: str, *, seconds: float = PATIENCE_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not over():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds:.0f} s for {what}")
        time.sleep(0.5)  # each look counts rows on the cores that are being measured
