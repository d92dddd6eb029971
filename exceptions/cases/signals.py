"""News for the layers above: they receive in `AppConfig.ready()` and only enqueue, inside the sender's transaction."""

from django.dispatch import Signal

# cases: list[Case], now: datetime
cases_opened = Signal()
# case: Case, changed: set[str] (names of columns, or "facts", "occurrence", "interaction", "note"), now: datetime
case_changed = Signal()
# cases: list[Case], now: datetime. Money, rank or act_by of each changed; nothing else did.
cases_priced = Signal()
