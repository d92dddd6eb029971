from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from exceptions.shipments.canonical import SourceRank
from exceptions.shipments.precedence import Report, winner

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
moments = st.integers(-600, 600).map(lambda minutes: NOON + timedelta(minutes=minutes))
reports = st.builds(
    Report,
    value=moments,
    source_rank=st.sampled_from([int(rank) for rank in SourceRank]),
    reported_at=moments,
    digest=st.text("0123456789abcdef", min_size=4, max_size=4),
)


def report(value: int, rank: SourceRank, reported: int, digest: str = "a") -> Report:
    return Report(NOON + timedelta(minutes=value), int(rank), NOON + timedelta(minutes=reported), digest)


@given(st.lists(reports, min_size=1, max_size=8), st.data())
def test_any_order_and_any_repetition_of_reports_gives_the_same_winner(said: list[Report], data: st.DataObject) -> None:
    again = data.draw(st.lists(st.sampled_from(said), max_size=8))
    shuffled = data.draw(st.permutations(said + again))
    assert winner(shuffled) == winner(said)


@given(st.lists(reports, min_size=1, max_size=8), reports)
def test_one_more_report_changes_the_winner_only_to_itself(said: list[Report], another: Report) -> None:
    assert winner([*said, another]) in (winner(said), another)


def test_a_late_correction_beats_an_early_mistake() -> None:
    mistake, correction = report(0, SourceRank.EDI, 10), report(-45, SourceRank.EDI, 90)
    assert winner([correction, mistake]) == correction


def test_an_old_repeat_beats_nothing_however_late_it_arrives() -> None:
    mistake, correction = report(0, SourceRank.EDI, 10), report(-45, SourceRank.EDI, 90)
    assert winner([mistake, correction, mistake]) == correction


def test_the_gate_beats_a_mail_that_came_later() -> None:
    gate, mail = report(0, SourceRank.GATE, 5), report(120, SourceRank.MAIL, 300)
    assert winner([gate, mail]) == gate


def test_without_a_report_nothing_holds() -> None:
    assert winner([]) is None
