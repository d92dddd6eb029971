"""How strict each rule is: shipped defaults, corrected by an organisation, a lane or a customer. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import timedelta

from exceptions.cases.taxonomy import Severity

NONE = timedelta(0)


@dataclass(frozen=True, slots=True)
class Setting:
    """What a rule is measured with; each rule says which of these it uses.

    tolerance: how much past its time is not late yet. lead: how long before its time it is at risk. threshold: how long
    a state may last. severity: None is the type's own.
    """

    enabled: bool = True
    tolerance: timedelta = NONE
    lead: timedelta = NONE
    threshold: timedelta = NONE
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Override:
    """A correction of one type's setting. account, lane: what it is limited to, None and "" are everything. A value
    that is None is left to the next wider scope."""

    type: str
    account: int | None = None
    lane: str = ""
    enabled: bool | None = None
    tolerance: timedelta | None = None
    lead: timedelta | None = None
    threshold: timedelta | None = None
    severity: Severity | None = None


_VALUES = tuple(field.name for field in fields(Setting))


class Settings:
    """All settings of an organisation, resolved for a type, a customer and a lane.

    Precedence, value by value: customer and lane, then customer, then lane, then organisation, then the shipped
    default. Of two customers of one tree the nearer one counts: an override of a group holds for its members until a
    member has its own.
    """

    def __init__(self, defaults: Mapping[str, Setting], overrides: Iterable[Override] = ()) -> None:
        self._defaults = defaults
        self._overrides: dict[str, list[Override]] = {}
        for override in overrides:
            self._overrides.setdefault(override.type, []).append(override)
        self._known: dict[tuple[str, tuple[int, ...], str], Setting] = {}

    def of(self, type_code: str, accounts: tuple[int, ...] = (), lane: str = "") -> Setting:
        """accounts: the customer's way from the root of its tree to itself."""
        overrides = self._overrides.get(type_code)
        if not overrides:
            return self._defaults[type_code]
        key = (type_code, accounts, lane)
        if key not in self._known:
            self._known[key] = _resolved(self._defaults[type_code], overrides, accounts, lane)
        return self._known[key]


def _resolved(default: Setting, overrides: list[Override], accounts: tuple[int, ...], lane: str) -> Setting:
    fitting = [
        override
        for override in overrides
        if (override.account is None or override.account in accounts) and override.lane in ("", lane)
    ]
    setting = default
    for override in sorted(fitting, key=lambda override: _weight(override, accounts)):
        said = {name: value for name in _VALUES if (value := getattr(override, name)) is not None}
        setting = replace(setting, **said)
    return setting


def _weight(override: Override, accounts: tuple[int, ...]) -> tuple[int, bool]:
    """More is more specific: how near the customer is (0 is none), then whether the lane is named."""
    return (0 if override.account is None else 1 + accounts.index(override.account), bool(override.lane))
