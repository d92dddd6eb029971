"""Time zones by their IANA names. Pure."""

from functools import cache
from zoneinfo import available_timezones


@cache
def _known() -> frozenset[str]:
    return frozenset(available_timezones())


def is_zone(name: str) -> bool:
    """Whether the name is on the IANA list; the "CST" of a sender is not."""
    return name in _known()
