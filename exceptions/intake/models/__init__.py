from exceptions.intake.models.mailboxes import Mailbox, MailboxSecurity
from exceptions.intake.models.messages import Message, MessageEvent, MessageState
from exceptions.intake.models.requests import KeyedRequest
from exceptions.intake.models.tallies import SignalHour, UnmappedCode

__all__ = [
    "KeyedRequest",
    "Mailbox",
    "MailboxSecurity",
    "Message",
    "MessageEvent",
    "MessageState",
    "SignalHour",
    "UnmappedCode",
]
