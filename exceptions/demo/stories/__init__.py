"""One module for each story; `tell(day)` returns it. `ALL` is the order in which they are told."""

from exceptions.demo.script import Day, Story
from exceptions.demo.stories import (
    big_box,
    container,
    elko,
    hamburg_poznan,
    line_down,
    parcels,
    quiet_lanes,
    reefer,
    silence,
    too_late,
    two_voices,
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
    quiet_lanes,
)


def stories(day: Day) -> list[Story]:
    return [module.tell(day) for module in ALL]
