"""Numbers that people say on the telephone: SH-10001, EX-1001, AP-101."""

from __future__ import annotations

from typing import Final

from controltower.db import rows

FIRST: Final = {"shipment": 10_001, "case": 1_001, "proposal": 101}
PREFIXES: Final = {"shipment": "SH-", "case": "EX-", "proposal": "AP-"}


def numbers_take(series: str, count: int = 1) -> list[str]:
    """The next numbers of one of the organisation's series, in order.

    Nobody waits for them: each organisation has a sequence of its own for each series. What a transaction took that is
    rolled back leaves a gap, and those of two transactions may lie among each other.
    """
    found = rows("SELECT numbers_next(%s, %s, %s)", [series, count, FIRST[series]])
    return [f"{PREFIXES[series]}{number}" for (number,) in found]
