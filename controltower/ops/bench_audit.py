"""How many audited transactions one organisation can make, and how long a long trail takes to check."""

import time
from collections.abc import Mapping
from threading import Thread

import psycopg
from django.conf import settings
from django.db import connection
from django.utils import timezone

from controltower.audit import SYSTEM, record
from controltower.audit.recording import stamp
from controltower.audit.verification import verify
from controltower.db import rows
from controltower.ops.benchmarks import Bench, Figure, benchmark
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation

ROUNDS, SECONDS, WRITERS = 5, 3.0, 2
ENTRIES, CHUNK = 100_000, 2_000


@benchmark("audit", "audited transactions in one organisation; checking a trail of 100,000 entries")
def audit(bench: Bench) -> Mapping[str, Figure]:
    """A transaction here is what a request pays at least: begin, choose the organisation, append, commit to disk."""
    rounds, seconds, entries = (2, 0.3, 5_000) if bench.quick else (ROUNDS, SECONDS, ENTRIES)
    organisation = Organisation.objects.create(name="Measured", slug="measured", time_zone="UTC", currency="USD")
    disk = [bare_commits(seconds / 3) for _ in range(rounds)]
    _append(organisation.pk, 0.2)
    alone = [_append(organisation.pk, seconds) / seconds for _ in range(rounds)]
    together = [_append_together(organisation.pk, seconds) / seconds for _ in range(rounds)]
    bench.say(f"  filling the trail up to {entries:,} entries")
    count = _fill(organisation.pk, entries)
    checks = [_check(organisation.pk, count) * 100_000 / count for _ in range(rounds)]
    return {
        "appends_per_s": Figure(tuple(alone), "/s, one connection", goal=1000),
        "appends_shared_per_s": Figure(tuple(together), f"/s, {WRITERS} connections"),
        "disk_commits_per_s": Figure(tuple(disk), "/s, bare one-row commits: what disk and load allow"),
        "verify_100k_s": Figure(tuple(checks), "s", goal=3.0, at_least=False),
    }


def bare_commits(seconds: float) -> float:
    """One-row commits a second without any of our code: the yardstick for every other figure of this run."""
    count = 0
    with psycopg.connect(settings.DATABASE_OWNER_URL, autocommit=True) as owner:
        owner.execute("CREATE TABLE IF NOT EXISTS bench_commit (at timestamptz DEFAULT now())")
        began = time.monotonic()
        while (passed := time.monotonic() - began) < seconds:
            owner.execute("INSERT INTO bench_commit DEFAULT VALUES")
            count += 1
    return count / passed


def _append(organisation_id: int, seconds: float) -> int:
    """Audited transactions for so long; returns how many."""
    count, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        with acting_for(organisation_id):
            record(
                verb="case.taken",
                subject=f"case:{count}",
                actor=SYSTEM,
                before={"state": "open"},
                after={"state": "taken", "member": 7},
                now=timezone.now(),
            )
        count += 1
    return count


def _append_together(organisation_id: int, seconds: float) -> int:
    counts: list[int] = []

    def write() -> None:
        try:
            counts.append(_append(organisation_id, seconds))
        finally:
            connection.close()

    writers = [Thread(target=write) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    return sum(counts)


def _fill(organisation_id: int, wanted: int) -> int:
    """Lengthen the trail to `wanted` entries through the same database function; returns how many there are."""
    append = """
        SELECT audit_append(array_agg(at), array_agg('system'::text), array_agg('case.taken'::text),
                            array_agg('case:' || i), array_agg(''::text), array_agg(after), array_agg(''::text))
          FROM (SELECT %s::text AS at, %s::text AS after) AS told, generate_series(1, %s) AS i
    """
    have = 0
    while have < wanted:
        with acting_for(organisation_id):
            have = rows(append, [stamp(timezone.now()), '{"state":"taken"}', min(CHUNK, max(1, wanted - have))])[0][0]
    return have


def _check(organisation_id: int, count: int) -> float:
    began = time.monotonic()
    with acting_for(organisation_id):
        report = verify(organisation_id, [], "")
    if report.broken is not None or report.count != count:
        raise RuntimeError(f"the trail does not hold: {report}")
    return time.monotonic() - began
