"""News for upper layers. Receivers only enqueue; they run in the transaction that changed the notice."""

from django.dispatch import Signal

notice_changed = Signal()
# notice: Notice, now: datetime. Sent when a notice is held, cancelled, sent, failed or unknown.
