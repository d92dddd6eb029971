"""Writes of the intake: accepting, understanding and replaying messages; connecting partners."""

from exceptions.intake.services.accepting import message_accept
from exceptions.intake.services.batches import batch_accept
from exceptions.intake.services.bulk_replay import messages_replay_all, messages_replay_on
from exceptions.intake.services.codes import code_map
from exceptions.intake.services.connecting import partner_connect
from exceptions.intake.services.mapping import partner_map
from exceptions.intake.services.partners import (
    partner_activate,
    partner_change,
    partner_create,
    partner_deactivate,
    partner_revoke_secret,
    partner_rotate_secret,
    partner_set_sandbox,
)
from exceptions.intake.services.processing import message_give_up, message_process, messages_process
from exceptions.intake.services.replaying import message_replay
from exceptions.intake.services.requests import request_once, requests_forget
from exceptions.intake.services.rereading import code_reread, messages_reread
from exceptions.intake.services.storing import Accepted

__all__ = [
    "Accepted",
    "batch_accept",
    "code_map",
    "code_reread",
    "message_accept",
    "message_give_up",
    "message_process",
    "message_replay",
    "messages_process",
    "messages_replay_all",
    "messages_replay_on",
    "messages_reread",
    "partner_activate",
    "partner_change",
    "partner_connect",
    "partner_create",
    "partner_deactivate",
    "partner_map",
    "partner_revoke_secret",
    "partner_rotate_secret",
    "partner_set_sandbox",
    "request_once",
    "requests_forget",
]
