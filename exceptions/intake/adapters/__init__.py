"""One module for each format. `ADAPTERS` is the list; a partner's row names its adapter by key."""

from exceptions.intake.adapters import (
    aftership,
    canonical,
    cloudevents,
    dcsa,
    easypost,
    edifact,
    epcis,
    json_mapping,
    mail,
    shippo,
    tabular,
    tive,
    x12,
)
from exceptions.intake.adapters.base import Adapter, Envelope, Part, Unreadable

_MODULES = (
    aftership,
    canonical,
    cloudevents,
    dcsa,
    easypost,
    edifact,
    epcis,
    json_mapping,
    mail,
    shippo,
    tabular,
    tive,
    x12,
)
ADAPTERS: dict[str, Adapter] = {module.ADAPTER.key: module.ADAPTER for module in _MODULES}


def adapter_for(key: str) -> Adapter:
    """The adapter of this key; KeyError when no format has it."""
    return ADAPTERS[key]


__all__ = ["ADAPTERS", "Adapter", "Envelope", "Part", "Unreadable", "adapter_for"]
