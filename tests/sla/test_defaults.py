"""The shipped table of lead times."""

from __future__ import annotations

from exceptions.sla.defaults import LEAD_TIMES, lead_times
from exceptions.sla.explaining import WORDINGS


def test_a_row_for_the_mode_replaces_the_general_one() -> None:
    by_action = {row.action: row for row in lead_times("delivery_late", "ltl")}
    assert by_action["rebook"].mode == "ltl"
    assert by_action["call_carrier"].mode == ""
    assert len(by_action) == len(lead_times("delivery_late", "ltl"))


def test_every_action_has_words_and_a_sound_likelihood() -> None:
    assert {row.action for row in LEAD_TIMES} <= set(WORDINGS)
    assert all(0 <= row.p_act < 1 and row.cost >= 0 for row in LEAD_TIMES)
