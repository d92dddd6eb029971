from exceptions.sla.models.calendars import Calendar
from exceptions.sla.models.contracts import (
    Contract,
    ContractVersion,
    Counting,
    LeadTime,
    Measured,
    Side,
    Term,
    TermKind,
    VersionState,
)

__all__ = [
    "Calendar",
    "Contract",
    "ContractVersion",
    "Counting",
    "LeadTime",
    "Measured",
    "Side",
    "Term",
    "TermKind",
    "VersionState",
]
