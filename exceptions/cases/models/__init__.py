from exceptions.cases.models.cases import (
    OPEN_STATES,
    SUBJECT_COLUMNS,
    SUBJECTS,
    Case,
    CaseOrder,
    CaseShipment,
    CaseState,
    SnoozedFor,
)
from exceptions.cases.models.detection import DetectionSetting, LaneGap, Suppressed, Suppression
from exceptions.cases.models.disruptions import Disruption, DisruptionState
from exceptions.cases.models.escalations import Escalation, EscalationOutcome, EscalationRule, EscalationStep
from exceptions.cases.models.expectations import Expectation, ExpectationKind
from exceptions.cases.models.history import (
    EntryKind,
    Interaction,
    InteractionChannel,
    InteractionOutcome,
    NextCheck,
    Occurrence,
    TimelineEntry,
)
from exceptions.cases.models.merges import CaseMerge
from exceptions.cases.models.money import CasePause, Commitment, CommitmentState, Stake, StakeState
from exceptions.cases.models.repricing import Repricing, RepricingPart, RepricingState
from exceptions.cases.models.saved import SavedView
from exceptions.cases.taxonomy import Excusable, Severity

__all__ = [
    "OPEN_STATES",
    "SUBJECTS",
    "SUBJECT_COLUMNS",
    "Case",
    "CaseMerge",
    "CaseOrder",
    "CasePause",
    "CaseShipment",
    "CaseState",
    "Commitment",
    "CommitmentState",
    "DetectionSetting",
    "Disruption",
    "DisruptionState",
    "EntryKind",
    "Escalation",
    "EscalationOutcome",
    "EscalationRule",
    "EscalationStep",
    "Excusable",
    "Expectation",
    "ExpectationKind",
    "Interaction",
    "InteractionChannel",
    "InteractionOutcome",
    "LaneGap",
    "NextCheck",
    "Occurrence",
    "Repricing",
    "RepricingPart",
    "RepricingState",
    "SavedView",
    "Severity",
    "SnoozedFor",
    "Stake",
    "StakeState",
    "Suppressed",
    "Suppression",
    "TimelineEntry",
]
