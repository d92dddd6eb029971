"""The route strip: where a shipment stands, stop by stop, each on its own clock. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

DONE, CURRENT, LATE, AHEAD = "done", "current", "late", "ahead"
# What says that a stop is behind the freight, that it is there, and how late it is there; the best first.
_LEFT: Final = ("departure", "pickup", "delivery", "gate_out", "loaded")
_REACHED: Final = ("arrival", "gate_in", "discharge", "available")
_SHOWN: Final[dict[str, tuple[str, ...]]] = {
    "pickup": ("pickup", "departure", "arrival"),
    "delivery": ("delivery", "arrival"),
}


class StopLike(Protocol):
    pk: int
    sequence: int
    kind: str
    zone: str
    window_start: datetime | None
    window_end: datetime | None

    @property
    def place(self) -> str: ...


class MilestoneLike(Protocol):
    stop_id: int | None
    kind: str
    code: str
    value: datetime


@dataclass(frozen=True)
class StripStop:
    """One stop of the strip. `state` is done, current, late or ahead; `appointment` is in words."""

    stop_id: int
    place: str
    kind: str
    kind_label: str
    zone: str
    state: str
    window_start: datetime | None
    window_end: datetime | None
    planned: datetime | None
    estimated: datetime | None
    actual: datetime | None
    appointment: str
    promised: datetime | None


@dataclass(frozen=True)
class Slot:
    """The appointment of a stop: `words` for people, `ends_at` when somebody may be held to it."""

    words: str
    ends_at: datetime | None


def route_strip(
    stops: Sequence[StopLike],
    milestones: Iterable[MilestoneLike],
    slots: dict[int, Slot],
    labels: dict[str, str],
    now: datetime,
) -> list[StripStop]:
    """The stops in order. A stop is done when the freight left it, or was seen at a later one."""
    times: dict[int, dict[str, dict[str, datetime]]] = {}
    for row in milestones:
        if row.stop_id is not None:
            times.setdefault(row.stop_id, {}).setdefault(row.kind, {})[row.code] = row.value
    ordered = sorted(stops, key=lambda stop: stop.sequence)
    seen = [bool(times.get(stop.pk, {}).get("actual")) for stop in ordered]
    strip = []
    for index, stop in enumerate(ordered):
        said = times.get(stop.pk, {})
        slot = slots.get(stop.pk)
        promised = (slot.ends_at if slot else None) or stop.window_end
        shown = _SHOWN.get(stop.kind, (*_REACHED, *_LEFT))
        planned = _first(said.get("planned", {}), ("arrival", "departure"))
        estimated = _first(said.get("estimated", {}), (*_REACHED, *_LEFT))
        state = _state(said.get("actual", {}), any(seen[index + 1 :]), promised, estimated, now)
        strip.append(
            StripStop(
                stop_id=stop.pk,
                place=stop.place,
                kind=stop.kind,
                kind_label=labels.get(stop.kind, stop.kind),
                zone=stop.zone,
                state=state,
                window_start=stop.window_start,
                window_end=stop.window_end,
                planned=planned,
                estimated=estimated,
                actual=_first(said.get("actual", {}), shown),
                appointment=slot.words if slot else "",
                promised=promised,
            )
        )
    return strip


def _state(
    actual: dict[str, datetime],
    passed: bool,
    promised: datetime | None,
    estimated: datetime | None,
    now: datetime,
) -> str:
    if passed or any(code in actual for code in _LEFT):
        return DONE
    if actual:
        return CURRENT
    if promised is not None and max(now, estimated or now) > promised:
        return LATE
    return AHEAD


def _first(times: dict[str, datetime], codes: Iterable[str]) -> datetime | None:
    return next((times[code] for code in codes if code in times), None)
