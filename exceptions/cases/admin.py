from exceptions.cases.models import (
    Case,
    CasePause,
    Commitment,
    Disruption,
    Escalation,
    EscalationRule,
    Expectation,
    Interaction,
    NextCheck,
    Occurrence,
    Repricing,
    Stake,
)
from exceptions.parties.adminkit import show

show(Case, "type", "severity", "state", "account", "owner", "act_by", search=("number", "fingerprint"))
show(Occurrence, "case", "rule", "at")
show(Commitment, "case", "kind", "due_at", "state")
show(CasePause, "case", "reason", "started_at", "ended_at", "accepted_by")
show(Stake, "case", "books_at", "act_by", "saves", "state")
show(Expectation, "shipment", "kind", "due_at", "cleared_at", "expired_at", search=("key",))
show(Interaction, "case", "at", "outcome", "member")
show(NextCheck, "case", "due_at", "member", "done_at")
show(Disruption, "state", "place", "starts_at", "ends_at")
show(EscalationRule, "contract", "step", "after_minutes", "contact")
show(Escalation, "case", "step", "due_at", "done_at", "outcome")
show(Repricing, "reason", "state", "done", "total", "started_at", "finished_at")
