"""The views on the left of the queue: filters with a name. Each is a plain address, so it can be sent to a colleague."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.urls import reverse

from exceptions.cases.selectors.grammar import Scope, Sort, parse, printed
from exceptions.cases.selectors.rows import Count
from exceptions.cases.selectors.saved import ViewRow


@dataclass(frozen=True)
class Preset:
    key: str
    label: str
    query: str
    icon: str


FILTERED = "Filtered"
PRESETS = (
    Preset("all", "All open", "", "inbox"),
    Preset("mine", "My cases", "owner:me", "user"),
    Preset("unowned", "Unowned", "owner:none", "circle-dashed"),
    Preset("due", "Due in 2 h", "due:<2h", "clock-alert"),
    Preset("snoozed", "Snoozed", "is:snoozed", "alarm-clock"),
    Preset("resolved", "Resolved", "is:resolved", "circle-check"),
)


@dataclass(frozen=True)
class PresetLink:
    """A preset as the side shows it: with its count, and whether it is the one being looked at."""

    key: str
    label: str
    icon: str
    href: str
    count: Count | None
    is_current: bool
    problem: str = ""


def queue_url(query: str = "", after: str = "") -> str:
    return reverse("cases:queue") + suffix(query, after)


def suffix(query: str, after: str = "") -> str:
    """The part of an address that keeps the list as it is: `?q=owner%3Ame`, or nothing."""
    given = {name: value for name, value in (("q", query), ("after", after)) if value}
    return f"?{urlencode(given)}" if given else ""


def links(query: str, counts: Mapping[str, Count]) -> list[PresetLink]:
    return [
        PresetLink(
            each.key, each.label, each.icon, queue_url(each.query), counts.get(each.key), each.query == query.strip()
        )
        for each in PRESETS
    ]


def elsewhere(query: str) -> list[tuple[str, str]]:
    """[words, address] of the lists in which the same filter may find what the open one does not: sleeping, ended cases."""
    asked = parse(query)
    if asked.problems or asked.filters.scope != Scope.OPEN or not asked.filters.is_text:
        return []
    others = (("snoozed", Scope.SNOOZED), ("ended", Scope.RESOLVED))
    found = ((words, printed(replace(asked.filters, scope=scope, sort=Sort.EXPOSURE))) for words, scope in others)
    return [(words, queue_url(text)) for words, text in found if not parse(text).problems]


def saved_links(query: str, saved: Sequence[ViewRow], counts: Mapping[str, Count]) -> list[PresetLink]:
    """The saved views of the side, one's own first."""
    return [
        PresetLink(
            key=f"view-{each.id}",
            label=each.name,
            icon="triangle-alert" if each.problem else "users" if each.is_shared else "bookmark",
            href=queue_url(each.query),
            count=counts.get(f"view-{each.id}"),
            is_current=each.query == query.strip(),
            problem=each.problem,
        )
        for each in saved
    ]


def count_of(query: str, saved: Sequence[ViewRow], counts: Mapping[str, Count]) -> Count | None:
    """How many cases the list holds, where a preset or a saved view says the same and is counted."""
    keys = [each.key for each in PRESETS if each.query == query.strip()]
    keys += [f"view-{each.id}" for each in saved if each.query == query.strip()]
    return next((counts[key] for key in keys if key in counts), None)


SORTS = {
    Sort.EXPOSURE: "Still avoidable first",
    Sort.DUE: "Due first",
    Sort.OPENED: "Newest first",
    Sort.OLDEST: "Oldest first",
}


def sorted_by(query: str) -> str:
    """The order that a list stands in, in words."""
    filters = parse(query).filters
    by_list = {Scope.SNOOZED: "Waking first", Scope.RESOLVED: "Ended last first"}
    return by_list.get(filters.scope, SORTS[filters.sort])


def sort_links(query: str) -> list[PresetLink]:
    """The same list in each order; none where it has only one."""
    parsed = parse(query)
    if parsed.problems or parsed.filters.scope != Scope.OPEN:
        return []
    return [
        PresetLink(
            key=f"sort-{sort}",
            label=label,
            icon="",
            href=queue_url(printed(replace(parsed.filters, sort=sort))),
            count=None,
            is_current=sort == parsed.filters.sort,
        )
        for sort, label in SORTS.items()
    ]


def title(query: str, saved: Sequence[ViewRow]) -> str:
    """What the list is called: the name of the preset or of the saved view, or that it is filtered."""
    named = ((each.label, each.query) for each in PRESETS)
    kept = ((each.name, each.query) for each in saved)
    return next((name for name, asked in (*named, *kept) if asked == query.strip()), FILTERED)
