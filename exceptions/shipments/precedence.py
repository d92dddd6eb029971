"""Which of several reports holds. Pure: the answer depends on the set of reports, never on their order of arrival."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Report:
    """One statement of a time. `source_rank` is a `canonical.SourceRank`; `digest` names the event that made it."""

    value: datetime
    source_rank: int
    reported_at: datetime
    digest: str

    @property
    def weight(self) -> tuple[int, datetime, datetime, str]:
        """The most trusted source first, then the latest report; value and digest only break ties, the same way
        everywhere."""
        return (self.source_rank, self.reported_at, self.value, self.digest)


def winner(reports: Iterable[Report]) -> Report | None:
    """The report that holds, None when there is none.

    A late correction beats an early mistake, as it was reported later. An old repeat beats nothing: it carries its
    old report time, whenever it arrives.
    """
    return max(reports, key=lambda report: report.weight, default=None)
