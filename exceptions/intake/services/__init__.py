"""Writes of the intake: accepting, understanding and replaying messages; connecting partners."""

from exceptions.intake.services.messages import Accepted, message_accept, message_process, message_replay
from exceptions.intake.services.partners import (
    partner_activate,
    partner_create,
    partner_deactivate,
    partner_rotate_secret,
    partner_set_sandbox,
    partner_try,
)

__all__ = [
    "Accepted",
    "message_accept",
    "message_process",
    "message_replay",
    "partner_activate",
    "partner_create",
    "partner_deactivate",
    "partner_rotate_secret",
    "partner_set_sandbox",
    "partner_try",
]
