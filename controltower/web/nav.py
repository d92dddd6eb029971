"""The main navigation, as one table. Each app adds its pages in `AppConfig.ready()`; a page not built is not in it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from controltower.web import keys


@dataclass(frozen=True)
class Item:
    """A page of the navigation. `verb` is the name of a verb the member's role needs; empty means every member."""

    label: str
    url_name: str
    order: int
    verb: str
    key: str
    icon: str
    section: str


@dataclass(frozen=True)
class Link:
    """An item as one member sees it."""

    label: str
    href: str
    icon: str
    action: str
    section: str
    current: bool


_items: dict[str, Item] = {}


def register(
    label: str, url_name: str, *, order: int, verb: str = "", key: str = "", icon: str = "circle", section: str = "work"
) -> None:
    """Add a page. `key` is the letter after `g`. `section` is "work" (daily pages) or "manage" (the rest, below)."""
    _items[url_name] = Item(label, url_name, order, verb, key, icon, section)
    if key:
        keys.register(f"go.{url_name}", f"g {key}", label, group="Go to")


def items() -> list[Item]:
    return sorted(_items.values(), key=lambda item: (item.section != "work", item.order, item.label))


def home_of(url_name: str) -> str:
    """The navigation's page that a page belongs to: itself, else the one it is named after, else its app's only one."""
    names = [item.url_name for item in items()]
    if url_name in names:
        return url_name
    named_after = [name for name in names if url_name.startswith(f"{name}_") or url_name == name.removesuffix("s")]
    app = url_name.partition(":")[0]
    of_app = [name for name in names if name.partition(":")[0] == app]
    if named_after:
        return max(named_after, key=len)
    return of_app[0] if len(of_app) == 1 else ""


def links(verbs: Iterable[str], current: str = "") -> list[Link]:
    """What a member with these verbs sees. `current` is the url name of the page being shown."""
    allowed = set(verbs)
    here = home_of(current)
    found = []
    for item in items():
        if item.verb and item.verb not in allowed:
            continue
        try:
            href = reverse(item.url_name)
        except NoReverseMatch:
            continue  # the system check web.E001 reports it; a missing page must not take the others down
        action = f"go.{item.url_name}" if item.key else ""
        found.append(Link(item.label, href, item.icon, action, item.section, item.url_name == here))
    return found
