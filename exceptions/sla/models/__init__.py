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
from exceptions.sla.models.stamps import BookStamp

__all__ = [
    "BookStamp",
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
