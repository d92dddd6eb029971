"""How instants, spans and amounts are written on every screen. Pure functions; the tags only call them.

Times are shown where they happen: a stop's own clock with its place named. What compares across places (audit, logs)
is shown in UTC.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

MINUS = "\N{MINUS SIGN}"
NARROW = "\N{NO-BREAK SPACE}"


def span(delta: timedelta) -> str:
    """A span in its two leading units, without a sign: `3 d 4 h`, `1 h 05`, `12 min`, `under 1 min`.

    app.js writes the same words as time passes; tests/browser compares the two.
    """
    seconds = int(abs(delta.total_seconds()))
    days, hours, minutes = seconds // 86_400, seconds % 86_400 // 3600, seconds % 3600 // 60
    if days >= 2:
        return f"{days} d {hours} h" if hours else f"{days} d"
    if seconds >= 3600:
        return f"{seconds // 3600} h {minutes:02d}"
    return f"{minutes} min" if minutes else "under 1 min"


def countdown(due: datetime, now: datetime) -> str:
    """Time left, or `12 min ago` when it has passed."""
    text = span(due - now)
    return f"{text} ago" if due <= now else text


def urgency(due: datetime, now: datetime, soon: timedelta = timedelta(hours=1)) -> str:
    """`late`, `soon` or `ok`: the state a clock is drawn in."""
    if due <= now:
        return "late"
    return "soon" if due - now < soon else "ok"


def local(instant: datetime, zone: str) -> datetime:
    return instant.astimezone(ZoneInfo(zone or "UTC"))


def clock(instant: datetime, zone: str, now: datetime) -> str:
    """Wall-clock time at a place, with as much of the date as is needed to be unmistakable near `now`.

    `14:00` today there, `Thu 14:00` within six days, `3 Dec 14:00` this year, else with the year.
    """
    there, today = local(instant, zone), local(now, zone)
    days = (there.date() - today.date()).days
    if days == 0:
        return f"{there:%H:%M}"
    if abs(days) < 7:
        return f"{there:%a %H:%M}"
    if there.year == today.year:
        return f"{there.day} {there:%b %H:%M}"
    return f"{there.day} {there:%b %Y %H:%M}"


def full(instant: datetime, zone: str) -> str:
    """The whole truth for a tooltip: `Thu 20 Nov 2026, 14:00 America/Chicago (20:00 UTC)`."""
    there = local(instant, zone)
    utc = instant.astimezone(UTC)
    place = f" {zone} ({utc:%H:%M} UTC)" if zone and zone != "UTC" else " UTC"
    return f"{there:%a} {there.day} {there:%b %Y, %H:%M}{place}"


def zone_name(zone: str, instant: datetime) -> str:
    """How people call the clock of a zone at an instant: `CST`, or `UTC+4` where it has no letters of its own."""
    there = local(instant, zone)
    name = there.tzname() or ""
    if name.isalpha():
        return name
    minutes = int((there.utcoffset() or timedelta()).total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{MINUS if minutes < 0 else '+'}{hours}" + (f":{rest:02d}" if rest else "")


def dialable(number: str) -> str:
    """A phone number for a `tel:` link: digits and a leading plus; an extension after a pause."""
    main, _, extension = number.lower().replace("ext.", "x").replace("ext", "x").partition("x")
    digits = "".join(mark for mark in main if mark.isdigit())
    plus = "+" if main.strip().startswith("+") else ""
    extra = "".join(mark for mark in extension if mark.isdigit())
    return f"{plus}{digits}" + (f",{extra}" if extra else "")


def money(amount: Decimal | float | int | None, currency: str = "") -> str:
    """`6,900 USD`, `86.40 EUR`: cents only where there are any. An unknown amount is a dash, never zero."""
    if amount is None:
        return "—"
    value = Decimal(str(amount)).quantize(Decimal("0.01"))
    digits = f"{abs(value):,.0f}" if value == value.to_integral_value() else f"{abs(value):,.2f}"
    sign = MINUS if value < 0 else ""
    return f"{sign}{digits}{NARROW}{currency}" if currency else f"{sign}{digits}"


def initials(name: str) -> str:
    """At most two letters: first and last word. `Dana Reyes` -> `DR`, `dana@x.com` -> `D`."""
    words = [word for word in name.split("@")[0].replace(".", " ").split() if word[0].isalnum()]
    return "".join(word[0] for word in ([words[0], words[-1]] if len(words) > 1 else words)).upper() or "?"
