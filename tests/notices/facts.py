"""Facts as the case gives them, for tests that need no database."""

from dataclasses import dataclass

DALLAS = {"zone": "America/Chicago", "place": "Dallas"}
POZNAN = {"zone": "Europe/Warsaw", "place": "Poznań"}


@dataclass(frozen=True)
class Told:
    key: str
    value: object
    type: str
    audience: str = "customer"
    state: str = "confirmed"


def moment(key: str, at: str, where: dict[str, str] = DALLAS, **more: str) -> Told:
    return Told(key, {"at": at, **where}, "datetime", **more)


def code(key: str, value: str, **more: str) -> Told:
    return Told(key, value, "code", **more)


REFERENCE = Told("po", {"type": "po", "value": "4500123"}, "reference")

EVERYTHING = (
    REFERENCE,
    Told("quantity", {"count": 24, "unit": "pallet"}, "count"),
    moment("eta_old", "2026-11-03T15:00:00+00:00"),
    moment("eta_new", "2026-11-03T20:00:00+00:00"),
    code("cause", "weather"),
    moment("next_update", "2026-11-02T21:30:00+00:00"),
    moment("decide_by", "2026-11-02T18:00:00+00:00"),
    moment("attempt_at", "2026-11-02T14:05:00+00:00"),
    Told("temperature", {"degrees": "41", "unit": "F"}, "temperature"),
    Told("temperature_low", {"degrees": "34", "unit": "F"}, "temperature"),
    Told("temperature_high", {"degrees": "38", "unit": "F"}, "temperature"),
    Told("minutes_outside", {"count": 52, "unit": "minute"}, "count"),
    Told("last_free_day", "2026-11-04", "datetime"),
    moment("last_seen", "2026-11-02T11:45:00+00:00"),
    moment("appointment", "2026-11-04T18:00:00+00:00"),
    Told("damaged_quantity", {"count": 2, "unit": "pallet"}, "count"),
    Told("missing_quantity", {"count": 3, "unit": "carton"}, "count"),
)
