"""Durations and instants in the sentences of findings. Pure."""

from datetime import UTC, datetime, timedelta


def span(duration: timedelta) -> str:
    """ "3 h 30 min", "45 min", "2 days"."""
    minutes = int(duration.total_seconds() // 60)
    hours, rest = divmod(minutes, 60)
    if hours >= 48:
        return f"{hours // 24} days"
    return f"{hours} h {rest} min" if hours and rest else f"{hours} h" if hours else f"{minutes} min"


def instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%d %b %H:%M} UTC"
