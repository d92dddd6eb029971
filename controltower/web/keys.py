"""The keyboard, as one table: it drives the shortcuts, the help dialog and the command palette.

A row names an action; the element that performs it carries `{% action "case.take" %}`. A key therefore does something
only where its button, link or field is on the page, and it does exactly what a click does.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Shortcut:
    """`keys` is one key ("t"), a chord ("g q"), a letter with Shift ("Shift+X") or a combination ("Mod+k",
    "Alt+ArrowDown"; Mod is Ctrl or Cmd)."""

    action: str
    keys: str
    label: str
    group: str
    in_fields: bool = False

    @property
    def caps(self) -> list[str]:
        """The key caps to draw, in the order they are pressed."""
        names = {"ArrowDown": "↓", "ArrowUp": "↑", "Mod": "Ctrl", "Escape": "Esc"}
        return [names.get(part, part) for part in self.keys.replace("+", " ").split()]


class UnknownAction(KeyError):
    """A template or test names an action that no app registered."""


_table: dict[str, Shortcut] = {}


def register(action: str, keys: str, label: str, *, group: str, in_fields: bool = False) -> None:
    """Add a row. Only combinations with Mod, Alt or Ctrl, and Enter, may work while typing (`in_fields`)."""
    row = Shortcut(action, keys, label, group, in_fields)
    if _table.get(action, row) != row:
        raise ValueError(f"the action {action!r} is registered twice, with different keys or labels")
    if in_fields and "+" not in keys and keys != "Enter":
        raise ValueError(f"{keys!r} would swallow typing: only combinations and Enter may work in fields")
    _table[action] = row


def find(action: str) -> Shortcut:
    try:
        return _table[action]
    except KeyError:
        raise UnknownAction(f"no app registered the action {action!r}") from None


def knows(action: str) -> bool:
    return action in _table


def table() -> list[Shortcut]:
    return list(_table.values())


def as_json() -> list[dict[str, object]]:
    """The table as the page carries it for app.js."""
    return [
        {"action": row.action, "keys": row.keys, "label": row.label, "group": row.group, "fields": row.in_fields}
        for row in table()
    ]
