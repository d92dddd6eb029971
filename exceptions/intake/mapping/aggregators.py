"""How the statuses of tracking aggregators are read: a general word, a particular one, and the carrier's text. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from exceptions.intake.mapping.carrier_text import REASONED, read_text
from exceptions.intake.mapping.meaning import NOTHING, Meaning, named, own_status, sharpened
from exceptions.shipments.canonical import EventType


@dataclass(frozen=True, slots=True)
class StatusTable:
    """One aggregator's words. `general` are its statuses (None: says nothing about the freight), `particular` what
    stands below them, with the reason where it tells one. `system` names its codes in a partner's mapping."""

    system: str
    general: Mapping[str, str | None]
    particular: Mapping[str, tuple[str, str | None]]
    # Particular words that only repeat their status.
    silent: frozenset[str] = frozenset()

    def read(self, mapping: Mapping[str, Any], general: str, particular: str, text: str) -> Meaning:
        """What one step of the history means; no event type where it says nothing about the freight.

        The partner's own tables come first. A word that is not in the table is read by what is known of the step, and
        named in `unmapped`.
        """
        own = own_status(mapping, ((self.system, particular), (self.system, general)), text)
        said, words = self._said(general, particular, text), read_text(text)
        event_type = own.event_type or said.event_type
        reason = own.reason or (said.reason if event_type == said.event_type else None) or words.reason
        return Meaning(event_type, reason if event_type in REASONED else None, said.unmapped if own == NOTHING else "")

    def _said(self, general: str, particular: str, text: str) -> Meaning:
        unmapped = "" if general in self.general else named(self.system, general)
        if particular and particular not in self.particular and particular not in self.silent:
            unmapped = named(self.system, particular)
        event_type, reason = self.particular.get(particular, (self.general.get(general), None))
        event_type = sharpened(event_type, read_text(text))
        if event_type is None and unmapped:
            event_type = EventType.SHIPMENT_SCANNED  # something was seen of it; what, the list of unmapped codes asks
        return Meaning(event_type, reason, unmapped)
