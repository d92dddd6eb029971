from exceptions.intake.models import Message, MessageEvent
from exceptions.parties.adminkit import show

show(Message, "partner", "state", "received_at", "reason", search=("dedupe_key", "sha256"))
show(MessageEvent, "message", "event")
