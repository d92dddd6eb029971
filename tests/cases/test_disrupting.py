"""What is proposed as one cause, from open cases alone; no database."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from exceptions.cases.disrupting import WINDOW, Shared, Sighting, Thing, is_news, propose

AT = datetime(2026, 3, 4, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ELKO, RENO = Thing(Shared.PLACE, "ELKO", "Elko"), Thing(Shared.PLACE, "RENO", "Reno")
VESSEL = Thing(Shared.VEHICLE, "OSCAR", "Oscar 401W")
CARRIER = Thing(Shared.CARRIER, "7", "Transvale", 7)


def seen(case: int, *things: Thing, hours: float = 0, shipments: tuple[int, ...] = ()) -> Sighting:
    return Sighting(case, AT + hours * HOUR, frozenset(shipments or (case,)), frozenset(things))


def test_four_cases_in_one_place_within_a_day_are_proposed() -> None:
    (proposal,) = propose([seen(case, ELKO, hours=case) for case in range(1, 5)])
    assert (proposal.key, proposal.name) == ("place:ELKO", "Trouble at Elko")
    assert proposal.cases == (1, 2, 3, 4) and proposal.starts_at == AT + HOUR


def test_three_are_not_enough_for_a_place_but_for_a_vessel() -> None:
    assert propose([seen(case, ELKO) for case in range(3)]) == []
    assert [one.key for one in propose([seen(case, VESSEL) for case in range(3)])] == ["vehicle:OSCAR"]


def test_cases_far_apart_in_time_or_place_have_nothing_to_do_with_each_other() -> None:
    assert propose([seen(case, ELKO, hours=case * 13) for case in range(4)]) == []
    assert propose([seen(case, ELKO if case % 2 else RENO) for case in range(6)]) == []


def test_two_cases_about_one_shipment_count_once() -> None:
    again = [seen(1, ELKO), seen(2, ELKO, shipments=(1,)), seen(3, ELKO), seen(4, ELKO)]
    assert propose(again) == []
    assert len(propose([*again, seen(5, ELKO)])) == 1


def test_the_densest_day_is_taken_and_what_lies_outside_it_is_left_out() -> None:
    early = seen(0, ELKO, hours=-WINDOW / HOUR - 1)
    (proposal,) = propose([early, *(seen(case, ELKO, hours=case) for case in range(1, 5))])
    assert 0 not in proposal.cases


def test_of_several_things_in_common_the_narrowest_is_proposed() -> None:
    (proposal,) = propose([seen(case, VESSEL, ELKO, CARRIER) for case in range(8)])
    assert proposal.thing == VESSEL


def test_a_carrier_is_proposed_beside_a_place_when_most_of_its_cases_are_elsewhere() -> None:
    here = [seen(case, ELKO, CARRIER) for case in range(4)]
    elsewhere = [seen(case, CARRIER) for case in range(10, 20)]
    assert [one.key for one in propose([*here, *elsewhere])] == ["place:ELKO", "carrier:7"]


def test_the_order_in_which_cases_come_changes_nothing() -> None:
    cases = [seen(case, ELKO, CARRIER, hours=case % 3) for case in range(9)]
    expected = propose(cases)
    for seed in range(20):
        random.Random(seed).shuffle(cases)
        assert propose(cases) == expected


def test_what_was_dismissed_comes_again_only_with_as_many_others() -> None:
    assert not is_news(range(7), range(4), Shared.PLACE)
    assert is_news(range(8), range(4), Shared.PLACE)
