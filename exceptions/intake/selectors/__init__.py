"""Reads of the intake: partners and how they are doing, messages, dead letters, what no table knows."""

from exceptions.intake.selectors.codes import CodePage, unmapped_code, unmapped_codes
from exceptions.intake.selectors.deliveries import Delivery, delivery_of
from exceptions.intake.selectors.health import Health, Hour, health_by_partner
from exceptions.intake.selectors.letters import (
    DeadFilter,
    DeadPage,
    dead_letters,
    dead_matching,
    dead_reasons,
)
from exceptions.intake.selectors.messages import (
    MessageView,
    message_view,
    raw_message,
    recent_messages,
)
from exceptions.intake.selectors.partners import addresses_of, mailbox_of, partner_of, partners_of
from exceptions.intake.selectors.trials import Told, trial_of

__all__ = [
    "CodePage",
    "DeadFilter",
    "DeadPage",
    "Delivery",
    "Health",
    "Hour",
    "MessageView",
    "Told",
    "addresses_of",
    "dead_letters",
    "dead_matching",
    "dead_reasons",
    "delivery_of",
    "health_by_partner",
    "mailbox_of",
    "message_view",
    "partner_of",
    "partners_of",
    "raw_message",
    "recent_messages",
    "trial_of",
    "unmapped_code",
    "unmapped_codes",
]
