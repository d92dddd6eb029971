"""What the first and a deep page of the queue cost as the backlog grows: promise 4 of the product."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime

from django.db import connection

from controltower.db import as_owner
from controltower.ops.benchmarks import Bench, Figure, benchmark
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Member, Organisation, Role, User
from controltower.tenancy.viewer import Viewer
from exceptions.cases.selectors import queue_page
from exceptions.shipments.models import Shipment

ROUNDS, SMALL, LARGE, CHUNK = 25, 1_000, 1_000_000, 50_000
NOW = datetime(2026, 11, 3, 15, 0, tzinfo=UTC)

# Money and times spread as in a real backlog; one case in fifty cannot be saved any more.
FILL = """
INSERT INTO cases_case (organisation_id, number, type, phase, reason, responsible_party, excusable, severity, state,
    subject_shipment_id, subject_key, fingerprint, summary, place, lane, reference, search_text, opened_at, resolution,
    touched_by_human, version, pinned, rank, currency, at_risk, avoidable, unavoidable, lost, recoverable, explanation)
SELECT %(organisation)s, 'EX-' || n, 'delivery_late', 'at_risk', 'unknown', 'unknown', 'no', 'S2', 'new',
    %(shipment)s, 'stop:' || n, 'delivery_late:stop:' || n, 'ETA past the window', 'Reno, NV', 'Elko > Reno',
    'PRO ' || n, 'PRO' || n, now(), '', false, 1, false,
    CASE WHEN n %% 50 = 0 THEN NULL ELSE log(2, (10 + n %% 9973)::numeric)::float8 - (n %% 7919) / 40.0 END,
    'USD', n %% 9973, n %% 9973, 0, 0, 0, '{"phrase": "6,900 of 8,000 USD still avoidable: rebook until 11:20"}'
FROM generate_series(%(first)s, %(last)s) AS n
"""


@benchmark("queue", "the first and a deep page of the queue at 1,000 and 1,000,000 open cases")
def queue(bench: Bench) -> Mapping[str, Figure]:
    """Each page is what the screen asks for: rows with their parts, and the bounded count."""
    small, large = (100, 2_000) if bench.quick else (SMALL, LARGE)
    viewer, shipment = _house()
    _fill(viewer, shipment, 1, small)
    first_small = _measured(viewer, "")
    bench.say(f"  filling the backlog up to {large:,} cases")
    _fill(viewer, shipment, small + 1, large)
    first_large = _measured(viewer, "")
    with acting_for(viewer.organisation):
        deep = _deep_cursor(viewer, pages=20)
    ratio = sorted(first_large)[len(first_large) // 2] / sorted(first_small)[len(first_small) // 2]
    return {
        "first_page_small_ms": Figure(first_small, f"ms at {small:,} cases"),
        "first_page_large_ms": Figure(first_large, f"ms at {large:,} cases"),
        "deep_page_large_ms": Figure(_measured(viewer, deep), f"ms, page 21 of {large:,} cases"),
        "large_over_small": Figure((ratio,), "times", goal=1.3, at_least=False),
    }


def _house() -> tuple[Viewer, int]:
    organisation = Organisation.objects.create(name="Measured", slug="measured", time_zone="UTC", currency="USD")
    user = User.objects.create(email="measured@example.com", name="Measured")
    with acting_for(organisation):
        member = Member.objects.create(user=user, role=Role.COORDINATOR)
        shipment = Shipment.objects.create(number="SH-1", created_at=NOW)
    return Viewer.of(member, organisation), shipment.pk


def _fill(viewer: Viewer, shipment: int, first: int, last: int) -> None:
    for begin in range(first, last + 1, CHUNK):
        values = {"organisation": viewer.organisation.pk, "shipment": shipment, "first": begin}
        with acting_for(viewer.organisation), connection.cursor() as cursor:
            cursor.execute(FILL, {**values, "last": min(begin + CHUNK - 1, last)})
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE cases_case")


def _measured(viewer: Viewer, after: str) -> tuple[float, ...]:
    taken = []
    with acting_for(viewer.organisation):
        for _ in range(ROUNDS):
            begin = time.perf_counter()
            queue_page(viewer, after=after, now=NOW)
            taken.append((time.perf_counter() - begin) * 1000)
    return tuple(taken[5:])


def _deep_cursor(viewer: Viewer, *, pages: int) -> str:
    after = ""
    for _ in range(pages):
        after = queue_page(viewer, after=after, now=NOW).after
    return after
