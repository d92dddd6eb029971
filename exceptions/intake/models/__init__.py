from exceptions.intake.models.messages import Message, MessageEvent, MessageState
from exceptions.intake.models.tallies import SignalHour, UnmappedCode

__all__ = ["Message", "MessageEvent", "MessageState", "SignalHour", "UnmappedCode"]
