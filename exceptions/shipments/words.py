"""What an event says, in a few words for a table of events in UTC. Pure."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final


def _instant(value: Any) -> str:
    return f"{datetime.fromisoformat(str(value)).astimezone(UTC):%Y-%m-%d %H:%M} UTC"


# Key of the data, and how its value is said; in the order in which they are said.
_SAID: Final[tuple[tuple[str, Callable[[Any], str]], ...]] = (
    ("estimated", lambda value: f"ETA {_instant(value)}"),
    ("minutes", lambda value: f"{value} min late"),
    ("starts_at", lambda value: f"from {_instant(value)}"),
    ("ends_at", lambda value: f"to {_instant(value)}"),
    ("next_attempt_at", lambda value: f"next attempt {_instant(value)}"),
    ("repaired_at", lambda value: f"repaired {_instant(value)}"),
    ("last_free_at", lambda value: f"free until {_instant(value)}"),
    ("return_by", lambda value: f"return by {_instant(value)}"),
    ("until", lambda value: f"until {_instant(value)}"),
    ("counted", lambda value: f"{value} counted"),
    ("expected", lambda value: f"{value} expected"),
    ("found", lambda value: f"seal {value}"),
    ("pieces", lambda value: f"{value} pieces"),
    ("signed_by", lambda value: f"signed by {value}"),
    ("number", lambda value: f"no. {value}"),
    ("by", str),
    ("description", str),
    ("note", str),
    ("detail", str),
)


def words(data: Mapping[str, Any]) -> str:
    """ "ETA 2026-03-04 00:00 UTC", "41 °F, since 2026-03-01 21:10 UTC"; empty when the type says it all."""
    said = []
    if "value" in data and "unit" in data:
        said.append(f"{data['value']} °{data['unit']}")
        if data.get("since"):
            said.append(f"since {_instant(data['since'])}")
    said += [say(data[key]) for key, say in _SAID if data.get(key) not in (None, "")]
    return ", ".join(said)
