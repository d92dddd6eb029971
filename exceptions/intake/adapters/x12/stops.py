"""Stops of a plan: where they are, and the window, wish and appointment that G62 and DTM give them."""

from collections.abc import Mapping, Sequence
from typing import Any

from exceptions.intake.adapters.x12.parties import Party, location
from exceptions.intake.adapters.x12.reader import Segment
from exceptions.intake.adapters.x12.reading import BAD_CODE, Reading
from exceptions.intake.adapters.x12.times import Moment, dtm, moment
from exceptions.intake.mapping.x12 import REQUESTED, SCHEDULED, WINDOW_ENDS, WINDOW_STARTS
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
    """Window, wish and appointment of a stop. Of a date alone the window has the whole day."""
    times: dict[str, Any] = {}
    number = next((one.get(1) for one in segments if one.tag == "L11" and one.code(2) == "AO"), "")
    for segment in segments:
        when = time_in(reading, segment, zone)
        if when is None:
            continue
        if when.remark and when.remark not in reading.remarks and when.at == when.first:
            reading.remarks.append(when.remark)
        kind = segment.code(1)
        if kind in WINDOW_STARTS:
            times["window_start"] = when.first.isoformat()
        elif kind in WINDOW_ENDS:
            times["window_end"] = when.last.isoformat()
        elif kind in REQUESTED:
            times["requested"] = when.last.isoformat()
        elif kind in SCHEDULED:
            times["planned_arrival"] = when.text
            times["appointment"] = {"state": "confirmed", "starts_at": when.first.isoformat()}
    if number:
        times["appointment"] = {"state": "confirmed", **times.get("appointment", {}), "number": number[:60]}
    return times


def time_in(reading: Reading, segment: Segment, zone: str) -> Moment | None:
    """The moment of a G62 or DTM; None for any other segment."""
    if segment.tag == "G62":
        return moment(reading, segment, 2, 4, 5, zone=zone)
    return dtm(reading, segment, zone=zone) if segment.tag == "DTM" else None


def check_window(reading: Reading, segment: Segment, row: Mapping[str, Any]) -> None:
    if row.get("window_start", "") > row.get("window_end", "9"):
        raise reading.refusal(segment, 1, "the stop's window ends before it starts", BAD_CODE)
