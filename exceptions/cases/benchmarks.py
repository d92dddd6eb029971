"""What the queue costs as the backlog grows: promise 4 of the product.

One run, one database, three organisations: the one measured, a little one of 1,000 open cases to measure it against, and
one beside them. Every ratio is of medians of rounds in which the things compared take turns: a machine that is slower for
a second is slower for both.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from unittest.mock import patch

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.db import connection
from django.http import HttpResponse
from django.template import Context, Engine, Template
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils.safestring import SafeString

from controltower.memory import settle
from controltower.ops.benchmarks import Bench, Figure, benchmark
from controltower.tenancy.context import acting_for
from controltower.tenancy.viewer import Viewer
from exceptions.cases.bench_backlog import FREIGHT_SHARE, NOW, Backlog, backlog_create
from exceptions.cases.bench_poll import poll_figures, signed_in
from exceptions.cases.bench_pricing import pricing_figures
from exceptions.cases.selectors import queue_head, queue_page
from exceptions.cases.selectors.orders import EXPOSURE, Cursor

SMALL, LARGE, BESIDE = 1_000, 1_000_000, 50_000
ROUNDS: Final = 41
# What is compared with the first page, each with the goal for how many times as long it may take. The customers are the
# first of the list with their divisions: names behind commas, resolved in the same request.
PAGES: Final[Mapping[str, tuple[str, float]]] = {
    "filtered_owner_ratio": ("owner:me", 3),
    "filtered_customers_ratio": ("customer:{customers}", 3),
    "filtered_type_due_ratio": ("type:delivery_late due:<2h", 3),
    "filtered_late_ratio": ("due:>10d", 3),
    "filtered_worth_ratio": ("exposure:>1000eur", 3),
    "filtered_small_ratio": ("exposure:<50", 3),
    "search_reference_ratio": ("{reference}", 5),
    "search_prefix_ratio": ("{beginning}", 5),
    "search_party_ratio": ('"{party}"', 5),
}
# Further ways into the list, without a goal of their own: what a person may type at any time.
OTHERS: Final[Mapping[str, str]] = {
    "sort_due_ratio": "sort:due",
    "rare_ratio": "severity:S4 type:tender_rejected owner:me",
}


@benchmark(
    "queue",
    "pages, filters, search and the idle poll of the queue at 1,000,000 open cases; pricing, sweep and repricing",
    parts=("pages", "poll", "pricing"),
)
def queue(bench: Bench) -> Mapping[str, Figure]:
    """`--open` is how many open cases there are in the end."""
    if bench.only == "pricing":
        return pricing_figures(bench)
    settle()  # as the web server does
    figures: dict[str, Figure] = {}
    large = bench.open or (3_000 if bench.quick else LARGE)
    backlog = backlog_create("measured", 100_000_000)
    backlog.grow(1, SMALL)
    if bench.only != "poll":
        figures |= _pages(bench, backlog, large)
    if bench.only != "pages":
        figures |= poll_figures(bench, backlog.viewer)
    return figures | pricing_figures(bench) if not bench.only else figures


def _pages(bench: Bench, backlog: Backlog, large: int) -> dict[str, Figure]:
    rounds = 5 if bench.quick else ROUNDS
    before = _firsts((backlog,), rounds)[0]
    bench.say(f"  {SMALL:,} open cases measured; making {large:,}, and {BESIDE if not bench.quick else 500:,} beside")
    began = time.monotonic()
    backlog.grow(SMALL + 1, large)
    beside, little = backlog_create("beside", 300_000_000), backlog_create("little", 500_000_000)
    beside.grow(1, 500 if bench.quick else BESIDE)
    little.grow(1, SMALL)
    bench.say(f"  made in {time.monotonic() - began:.0f} s")
    small, many = _firsts((little, backlog), rounds)
    found = _timed(_asked(backlog, large), backlog, rounds)
    first, goal = found.pop("first"), not bench.quick
    figures = {
        "first_page_before_ms": Figure(before, f"ms for page and counts when there are {SMALL:,} open cases in all"),
        "first_page_small_ms": Figure(
            small, f"ms of an organisation's {SMALL:,} open cases, those of others beside them"
        ),
        "first_page_large_ms": Figure(many, f"ms of an organisation's {large:,} open cases"),
        "first_page_ratio": _ratio(many, small, 1.3 if goal else None, "small"),
        "deep_page_ratio": _ratio(found.pop("deep_page_ratio"), first, 1.5 if goal else None),
        "limited_ratio": _ratio(found.pop("limited_ratio"), first, None),
    }
    for key, times in found.items():
        figures[key] = _ratio(times, first, PAGES[key][1] if goal and key in PAGES else None)
    for name in ("filtered", "search"):
        worst = max((figures[key] for key in figures if key.startswith(f"{name}_")), key=lambda each: each.value)
        figures[f"{name}_ratio"] = Figure(worst.rounds, f"times, the slowest of {name}_*", worst.goal, at_least=False)
    return figures | _whole_page(backlog, rounds, goal)


def _asked(backlog: Backlog, large: int) -> dict[str, Callable[[], object]]:
    """Everything that is timed against the first page, by its key."""
    told = str(480_000_000 + 37 * (large // 2 // FREIGHT_SHARE))  # the PRO of a shipment half-way
    values = {
        "customers": ",".join(f'"{name}"' for name in backlog.groups[20:26]),  # six groups of five accounts: thirty
        "reference": told,
        "beginning": told[:7],
        "party": backlog.groups[150],
    }
    with acting_for(backlog.organisation):
        depth = min(500_000, large // 2)
        deep = str(Cursor(EXPOSURE.name, _row_at(depth)))
    viewer = backlog.viewer
    pages: dict[str, Callable[[], object]] = {
        "first": _first(viewer),
        "deep_page_ratio": _page(viewer, after=deep),
        "limited_ratio": _first(backlog.limited),
    }
    queries = {key: query.format(**values) for key, (query, _) in PAGES.items()} | dict(OTHERS)
    return pages | {key: _page(viewer, query) for key, query in queries.items()}


def _row_at(depth: int) -> tuple[Any, ...]:
    """Where the row at a depth stands, found once and without a clock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pinned, rank, at_risk, id FROM cases_case WHERE state IN ('new', 'open', 'waiting') "
            "AND snoozed_until IS NULL ORDER BY pinned DESC, rank DESC NULLS LAST, at_risk DESC, id DESC "
            "OFFSET %s LIMIT 1",
            [depth],
        )
        found = cursor.fetchone()
    assert found is not None, f"there are fewer than {depth} open cases"
    return tuple(found)


def _first(viewer: Viewer) -> Callable[[], object]:
    return _page(viewer)


def _page(viewer: Viewer, query: str = "", after: str = "") -> Callable[[], object]:
    """What the screen asks for: the rows with their parts, the total, and the counts of the views beside the list."""

    def ask() -> object:
        viewer.cache.clear()  # what is resolved once per request is resolved in each
        counts, _ = queue_head(viewer, now=NOW)
        found = queue_page(viewer, query, after=after, now=NOW, total=None if query else counts["all"])
        # What is rare among a million may be nowhere among a few thousand.
        assert not found.problems and (found.rows or query in OTHERS.values()), query
        return found

    return ask


def _firsts(backlogs: Sequence[Backlog], rounds: int) -> list[tuple[float, ...]]:
    """Milliseconds of the first page of each organisation. They take turns, each inside itself."""
    found: list[tuple[float, ...]] = [() for _ in backlogs]
    for _ in range(rounds):
        for at, backlog in enumerate(backlogs):
            found[at] += _timed({"first": _first(backlog.viewer)}, backlog, 1)["first"]
    return found


def _timed(asked: Mapping[str, Callable[[], object]], backlog: Backlog, rounds: int) -> dict[str, tuple[float, ...]]:
    """Milliseconds of each, as `_in_turns` takes them, inside the organisation."""
    with acting_for(backlog.organisation):
        return _in_turns(asked, rounds)


def _in_turns(asked: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, tuple[float, ...]]:
    """Milliseconds of each, in rounds in which all take turns; the first three rounds warm up."""
    found: dict[str, list[float]] = {key: [] for key in asked}
    for _ in range(rounds + 3):
        for key, ask in asked.items():
            begin = time.perf_counter()
            ask()
            found[key].append((time.perf_counter() - begin) * 1000)
    return {key: tuple(times[3:]) for key, times in found.items()}


def _ratio(times: tuple[float, ...], base: tuple[float, ...], goal: float | None, to: str = "the first page") -> Figure:
    """Each round against the median of the other."""
    middle = statistics.median(base)
    return Figure(tuple(each / middle for each in times), f"times {to}", goal, at_least=False)


def _whole_page(backlog: Backlog, rounds: int, goal: bool) -> dict[str, Figure]:
    """The page through the whole server code (middleware, session, membership, rows, counts, template), and beside it the
    same template with the same 50 rows from memory."""
    call_command("collectstatic", verbosity=0, interactive=False)  # the page names its files by their content
    whole, limited = _visit(backlog.viewer), _visit(backlog.limited)
    context = _context_of(whole)
    template = Engine.get_default().get_template("cases/queue.html")
    with CaptureQueriesContext(connection) as captured:
        whole()
    statements = [
        query["sql"] for query in captured.captured_queries
        if not query["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "SELECT set_config"))
    ]  # fmt: skip
    found = _in_turns(
        {"page": whole, "limited": limited, "rendering": lambda: template.render(Context(context))}, rounds
    )
    return {
        "page_ms_p50": Figure(found["page"], "ms of the server's code for the whole page"),
        "render_ms_p50": Figure(found["rendering"], "ms for its 50 rows from memory, the same template"),
        "page_ratio_to_render": _ratio(found["page"], found["rendering"], 3 if goal else None, "the rendering"),
        "limited_page_ratio": _ratio(found["limited"], found["page"], None, "the whole page of who sees everything"),
        "sql_per_page": Figure((float(len(statements)),), "statements", 12, at_least=False),
    }


def _visit(viewer: Viewer) -> Callable[[], bytes]:
    """The queue's page as the server answers it to somebody who is signed in."""
    handler, factory = WSGIHandler(), RequestFactory()
    factory.cookies[settings.SESSION_COOKIE_NAME] = signed_in(viewer)

    def visit() -> bytes:
        request = factory.get("/")
        answer = handler.get_response(type(handler).request_class(request.environ))
        assert isinstance(answer, HttpResponse) and answer.status_code == 200, answer.status_code
        return answer.content

    return visit


def _context_of(whole: Callable[[], object]) -> dict[str, Any]:
    """All that the page's template is given, from one request."""
    found: list[dict[str, Any]] = []
    render = Template.render

    def keep(template: Template, context: Context) -> SafeString:
        if template.name == "cases/queue.html":
            found.append({str(key): value for key, value in context.flatten().items()})
        return render(template, context)

    with patch.object(Template, "render", keep):
        whole()
    return found[0]
