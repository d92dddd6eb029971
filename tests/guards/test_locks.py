"""Row locks leave the key alone.

A plain FOR UPDATE conflicts with the key-share lock that a deferred foreign key takes when another transaction commits.
That one holds the head of the audit chain by then, for which this one will wait: a deadlock.
"""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("controltower", "exceptions", "documents", "agents")


def test_every_row_lock_is_for_no_key_update() -> None:
    calls = {
        f"{path.relative_to(ROOT)}: {call}"
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        for call in re.findall(r"select_for_update\([^)]*", path.read_text())
    }
    assert calls, "the guard must see the calls it guards"
    assert {call for call in calls if "no_key=True" not in call} == set()
