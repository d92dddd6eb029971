"""One module for each story; `tell(day)` returns it. `ALL` is the order in which they are told."""

from exceptions.demo.script import Day, Story
from exceptions.demo.stories import (
    big_box,
    container,
    elko,
    hamburg_poznan,
    line_down,
    other_voices,
    parcels,
    quiet_lanes,
    reefer,
    silence,
    storm,
    too_late,
    two_voices,
    warehouse,
)

ALL = (
    reefer,
    container,
    elko,
    big_box,
    hamburg_poznan,
    too_late,
    line_down,
    silence,
    two_voices,
    parcels,
    storm,
    warehouse,
    other_voices,
    quiet_lanes,
)


def stories(day: Day) -> list[Story]:
    return [module.tell(day) for module in ALL]
