"""Stops of a plan: where they are, and the window, wish and appointment that G62 and DTM give them."""

from collections.abc import Mapping, Sequence
from typing import Any

from exceptions.intake.adapters.x12.parties import Party, location
from exceptions.intake.adapters.x12.reader import Segment
from exceptions.intake.adapters.x12.reading import BAD_CODE, Reading
from exceptions.intake.adapters.x12.times import NO_ZONE, Moment, dtm, moment
from exceptions.intake.mapping.x12 import EARLIEST, LATEST, REQUESTED, SCHEDULED, WINDOW_ENDS, WINDOW_STARTS
from exceptions.shipments.canonical import JSON


def stop_place(reading: Reading, here: Party | None, zone: str) -> dict[str, JSON]:
    """Where a stop is, and its zone; UTC where nothing tells it, as a stop has to have one."""
    if here is None:
        return {"zone": zone or "UTC"}
    place = here.place
    row: dict[str, JSON] = {
        "location": location(reading, here),
        "name": place.name,
        "city": place.city,
        "region": place.region,
        "country": place.country,
        "postcode": place.postcode,
        "zone": zone or "UTC",
    }
    return {name: value for name, value in row.items() if value}


def stop_times(reading: Reading, segments: Sequence[Segment], zone: str) -> dict[str, Any]:
    """Window, wish and appointment of a stop.

    Of a date alone the window has the whole day. A wish is also what the carrier is held to where no window and no
    appointment is said: a tender that is accepted promises it.
    """
    times: dict[str, Any] = {}
    for segment in segments:
        when = time_in(reading, segment, zone)
        if when is None:
            continue
        if when.remark == NO_ZONE and NO_ZONE not in reading.remarks:
            reading.remarks.append(NO_ZONE)
        meant = _meant(segment)
        if meant == "appointment":
            times["planned_arrival"] = when.text
            times["appointment"] = _appointment(when)
        elif meant:
            times[meant] = (when.first if meant == "window_start" else when.last).isoformat()
    if "requested" in times and not times.keys() & {"window_start", "window_end", "appointment"}:
        times["window_end"] = times["requested"]
    number = next((one.get(1) for one in segments if one.tag == "L11" and one.code(2) == "AO"), "")
    if number:
        times["appointment"] = {"state": "confirmed", **times.get("appointment", {}), "number": number[:60]}
    return times


def _appointment(when: Moment) -> dict[str, Any]:
    return {"state": "confirmed", "starts_at": when.first.isoformat(), "ends_at": when.last.isoformat()}


def _meant(segment: Segment) -> str:
    """Which time of a stop a G62 or DTM gives: by its date qualifier and, for what that calls requested, by its time
    qualifier (data element 176, G62-03), which tells the earliest from the latest."""
    kind, by_time = segment.code(1), segment.code(3) if segment.tag == "G62" else ""
    if kind in SCHEDULED:
        return "appointment"
    if kind in WINDOW_STARTS or (kind in REQUESTED and by_time in EARLIEST):
        return "window_start"
    if kind in WINDOW_ENDS or (kind in REQUESTED and by_time in LATEST):
        return "window_end"
    return "requested" if kind in REQUESTED else ""


def time_in(reading: Reading, segment: Segment, zone: str) -> Moment | None:
    """The moment of a G62 or DTM; None for any other segment."""
    if segment.tag == "G62":
        return moment(reading, segment, 2, 4, 5, zone=zone)
    return dtm(reading, segment, zone=zone) if segment.tag == "DTM" else None


def check_window(reading: Reading, segment: Segment, row: Mapping[str, Any]) -> None:
    if row.get("window_start", "") > row.get("window_end", "9"):
        raise reading.refusal(segment, 1, "the stop's window ends before it starts", BAD_CODE)
