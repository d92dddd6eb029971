"""News for upper layers. Receivers only enqueue; they run in the transaction that changed the organisation."""

from django.dispatch import Signal

organisation_changed = Signal()
# organisation: Organisation, changed: set[str] (names of settings), now: datetime
