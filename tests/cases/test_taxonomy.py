"""The shipped lists of what can be wrong and why."""

from __future__ import annotations

from collections import Counter

from exceptions.cases.taxonomy import (
    REASONS,
    TYPES,
    Excusable,
    Party,
    Severity,
    Subject,
    case_type,
    is_reason,
    is_type,
    reason,
    reason_label,
    reason_of_smdg,
    reason_of_x12,
    type_label,
)


def test_thirty_types_and_forty_six_reasons_each_with_a_code_of_its_own() -> None:
    assert len({entry.code for entry in TYPES}) == 30
    assert len({entry.code for entry in REASONS}) == 46


def test_no_partner_code_belongs_to_two_reasons() -> None:
    for codes in ([c for r in REASONS for c in r.x12_1651], [c for r in REASONS for c in r.smdg]):
        assert Counter(codes).most_common(1)[0][1] == 1


def test_late_delivery_is_one_type_about_a_stop() -> None:
    late = case_type("delivery_late")
    assert (late.subject, late.severity) == (Subject.STOP, Severity.S2)


def test_a_breakdown_is_the_carriers_and_not_excused() -> None:
    breakdown = reason_of_x12("ai")
    assert breakdown == reason("equipment_breakdown")
    assert breakdown is not None
    assert (breakdown.party, breakdown.excusable) == (Party.CARRIER, Excusable.NO)


def test_a_berth_queue_is_the_terminals() -> None:
    congestion = reason_of_smdg("CGS")
    assert congestion is not None and congestion.party is Party.TERMINAL


def test_unknown_codes_are_shown_as_they_are() -> None:
    assert reason_of_x12("ZZ") is None and reason_of_smdg("ZZZ") is None
    assert not is_type("late") and not is_reason("because")
    assert type_label("late") == "late" and reason_label("because") == "because"
    assert type_label("delivery_refused") == "Delivery refused in whole or part"
