"""Writes of the intake: accepting, understanding and replaying messages; connecting partners."""

from exceptions.intake.services.accepting import message_accept
from exceptions.intake.services.partners import (
    partner_activate,
    partner_create,
    partner_deactivate,
    partner_rotate_secret,
    partner_set_sandbox,
    partner_try,
)
from exceptions.intake.services.processing import message_give_up, message_process, messages_process
from exceptions.intake.services.replaying import message_replay
from exceptions.intake.services.storing import Accepted

__all__ = [
    "Accepted",
    "message_accept",
    "message_give_up",
    "message_process",
    "message_replay",
    "messages_process",
    "partner_activate",
    "partner_create",
    "partner_deactivate",
    "partner_rotate_secret",
    "partner_set_sandbox",
    "partner_try",
]
