"""News from documents. Receivers stand in upper layers and only enqueue."""

from django.dispatch import Signal

# Sent with `document` and `now` inside the transaction that stores what was read, also when nothing could be.
document_read = Signal()

# Sent with `document`, `fields`, `actor` and `now` inside the transaction in which a person decided on fields.
fields_decided = Signal()
