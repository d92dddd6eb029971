from exceptions.sla.kinds import Counting, Measured, Period, Side, Starts, Subkind, TermKind
from exceptions.sla.models.calendars import Calendar
from exceptions.sla.models.contracts import Contract, ContractVersion, LeadTime, Term, VersionState
from exceptions.sla.models.regimes import ClaimRegime, CurrencyRate
from exceptions.sla.models.stamps import BookStamp

__all__ = [
    "BookStamp",
    "Calendar",
    "ClaimRegime",
    "Contract",
    "ContractVersion",
    "Counting",
    "CurrencyRate",
    "LeadTime",
    "Measured",
    "Period",
    "Side",
    "Starts",
    "Subkind",
    "Term",
    "TermKind",
    "VersionState",
]
