"""What holds for all rules: the taxonomy, settings, and that the order of arrival means nothing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exceptions.cases.detection import DEFAULTS, DETECTED_TYPES, RULES, WITHOUT_RULE, Override, Settings, Told
from exceptions.cases.detection.folding import Statement, episode
from exceptions.cases.taxonomy import TYPES, Severity
from exceptions.shipments.canonical import EventType as E
from tests.cases.detection.histories import DUE, FREIGHT, HOUR, NOON, eta, finding, judged, said, told


def test_every_type_has_a_rule_or_is_stated_to_have_none() -> None:
    assert {entry.code for entry in TYPES} == DETECTED_TYPES | WITHOUT_RULE
    assert not DETECTED_TYPES & WITHOUT_RULE


def test_every_rule_says_in_words_what_makes_a_case_and_what_ends_it() -> None:
    for rule in RULES:
        assert rule.trigger.endswith(".") and rule.ends.endswith("."), rule.type
        used = {name for name in ("tolerance", "lead", "threshold") if getattr(rule.default, name)}
        assert all(name in rule.uses for name in used), f"{rule.type} does not say what {used} mean"


STRICT, LAX = timedelta(0), timedelta(hours=9)
LATE = said(eta(NOON, DUE + HOUR))


@pytest.mark.parametrize(
    ("overrides", "tolerance"),
    [
        ((), timedelta(minutes=15)),
        ((Override("delivery_late", tolerance=LAX),), LAX),
        ((Override("delivery_late", tolerance=LAX), Override("delivery_late", lane="A>B", tolerance=STRICT)), STRICT),
        (
            (Override("delivery_late", lane="A>B", tolerance=LAX), Override("delivery_late", 1, tolerance=STRICT)),
            STRICT,
        ),
        ((Override("delivery_late", 2, tolerance=LAX), Override("delivery_late", 1, tolerance=STRICT)), LAX),
        ((Override("delivery_late", 1, "A>B", tolerance=LAX), Override("delivery_late", 1, tolerance=STRICT)), LAX),
        ((Override("delivery_late", 3, tolerance=LAX), Override("delivery_late", lane="C>D", tolerance=LAX)), None),
        ((Override("delivery_late", 1, severity=Severity.S1), Override("delivery_late", tolerance=LAX)), LAX),
    ],
)
def test_the_most_specific_setting_wins_value_by_value(
    overrides: tuple[Override, ...], tolerance: timedelta | None
) -> None:
    """Customer 2 belongs to the group 1; the freight runs from A to B."""
    resolved = Settings(DEFAULTS, overrides).of("delivery_late", (1, 2), "A>B")
    assert resolved.tolerance == (timedelta(minutes=15) if tolerance is None else tolerance)
    assert resolved.severity == next((override.severity for override in overrides if override.severity), None)


def test_a_rule_that_is_switched_off_says_nothing() -> None:
    passed = DUE + HOUR
    assert finding("delivery_late", FREIGHT, now=passed) is not None
    off = Settings(DEFAULTS, [Override("delivery_late", enabled=False)])
    assert finding("delivery_late", FREIGHT, now=passed, settings=off) is None
    severe = Settings(DEFAULTS, [Override("delivery_late", severity=Severity.S1)])
    assert finding("delivery_late", FREIGHT, now=passed, settings=severe).severity == "S1"  # type: ignore[union-attr]


def test_trouble_that_is_back_within_the_flap_window_is_the_same_episode() -> None:
    def statements(*told_: tuple[float, bool]) -> list[Statement]:
        return [
            Statement(told(E.SHIPMENT_SCANNED, NOON + at * HOUR, number=n + 1), bad)
            for n, (at, bad) in enumerate(told_)
        ]

    soon = episode(statements((0, True), (1, False), (12, True)))
    assert soon.stands and [piece.event for piece in soon.evidence] == [1, 3]
    late = episode(statements((0, True), (1, False), (14, True)))
    assert late.stands and [piece.event for piece in late.evidence] == [3]
    assert not episode(statements((0, True), (1, False))).stands
    assert not episode(statements((0, True), (0, False))).stands, "at the same instant the end counts"


SAID = [
    eta(NOON, DUE + 5 * HOUR, number=1),
    eta(NOON + HOUR, DUE, number=2),
    eta(NOON + 2 * HOUR, DUE + 3 * HOUR, number=3),
    told(E.SHIPMENT_PROBLEM_REPORTED, NOON + HOUR, number=4),
    told(E.SHIPMENT_DELIVERY_ATTEMPTED, NOON + 3 * HOUR, number=5, stop=2),
    told(E.SHIPMENT_REFUSED, NOON + 4 * HOUR, number=6, stop=2),
    told(E.SHIPMENT_DAMAGED, NOON, number=7),
    told(E.SHIPMENT_HELD, NOON, number=8, kind="customs"),
    told(E.SHIPMENT_RELEASED, NOON + HOUR, number=9),
    told(E.SHIPMENT_HELD, NOON + 2 * HOUR, number=10, kind="exam"),
    told(E.SHIPMENT_COUNTED, NOON, number=11, counted=3, expected=4),
    told(E.SHIPMENT_DEVIATED, NOON, number=12),
]


@given(st.permutations(SAID))
@settings(max_examples=60, deadline=None)
def test_the_order_in_which_events_stand_changes_nothing(order: list[Told]) -> None:
    assert judged(said(*order)) == judged(said(*SAID))
    assert {"customs_hold", "freight_damaged", "delivery_refused", "freight_short"} <= {
        found.type for found in judged(said(*order)).findings.values()
    }


def test_the_documentation_has_every_rule_as_it_is() -> None:
    page = (Path(__file__).parents[3] / "docs" / "detection.md").read_text()
    for rule in RULES:
        (row,) = [line for line in page.splitlines() if f"| {rule.trigger} |" in line]
        assert f"`{rule.type}`" in row and rule.ends in row and rule.uses[1:] in row, rule.type
    assert all(f"`{code}` has no rule here" in page for code in WITHOUT_RULE)
