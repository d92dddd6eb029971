"""News for upper layers. Receivers only put work in line; they run in the transaction that made the change."""

from django.dispatch import Signal

# What cases are priced by was changed. With `reason` (a sentence), `account` (the customer it is about, or None),
# `actor` and `now`.
terms_changed = Signal()
