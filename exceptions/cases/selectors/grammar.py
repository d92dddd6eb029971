"""The filter of the queue: `is:open owner:me type:delivery_late due:<2h customer:acme severity:S1 text`. Pure.

Words without a colon are searched in references. What is not understood is named and left out: a filter never fails.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta

from exceptions.cases.taxonomy import TYPES, Severity, is_type

STATES = ("open", "snoozed", "resolved", "pinned", "unavoidable")
_DURATION = re.compile(r"<?(\d{1,4})(m|h|d)$")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_WORD = re.compile(r'(?:(\w+):)?(?:"([^"]*)"|(\S+))')


@dataclass(frozen=True)
class Filters:
    """What a filter asks for. owner: "me", "none", a name, or "" for anybody. due: act_by within this."""

    state: str = "open"
    owner: str = ""
    types: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    customer: str = ""
    due: timedelta | None = None
    pinned: bool = False
    unavoidable: bool = False
    text: str = ""
    query: str = ""
    problems: tuple[str, ...] = field(default=())

    @property
    def narrows(self) -> bool:
        """Whether anything beyond "open and awake" is asked for."""
        return self != Filters(query=self.query, problems=self.problems)


def parse(query: str) -> Filters:
    """Read a filter as typed. `query` of the answer is what was understood, in the grammar."""
    asked: dict[str, list[str]] = {}
    problems: list[str] = []
    understood: list[str] = []
    for key, quoted, bare in _WORD.findall(query[:500]):
        value = quoted or bare
        name, problem = _reading(key.lower(), value)
        if problem:
            problems.append(problem)
            continue
        asked.setdefault(name, []).append(value)
        understood.append(
            f'{key.lower()}:"{value}"' if key and " " in value else f"{key.lower()}:{value}" if key else value
        )
    states = [state.lower() for state in asked.get("is", [])]
    lasting = [state for state in states if state in ("open", "snoozed", "resolved")]
    return Filters(
        state=lasting[-1] if lasting else "open",
        owner=asked.get("owner", [""])[-1],
        types=tuple(dict.fromkeys(value.lower() for value in asked.get("type", []))),
        severities=tuple(dict.fromkeys(value.upper() for value in asked.get("severity", []))),
        customer=asked.get("customer", [""])[-1],
        due=_duration(asked["due"][-1]) if "due" in asked else None,
        pinned="pinned" in states,
        unavoidable="unavoidable" in states,
        text=" ".join(asked.get("text", [])),
        query=" ".join(understood),
        problems=tuple(problems),
    )


def _reading(key: str, value: str) -> tuple[str, str]:
    """(the part of the filter that a word belongs to, what is wrong with it)."""
    match key:
        case "":
            return "text", ""
        case "is":
            return "is", "" if value.lower() in STATES else f"is:{value} is none of {', '.join(STATES)}."
        case "type":
            near = [entry.code for entry in TYPES if value.lower() in entry.code][:3]
            hint = f" Did you mean {' or '.join(near)}?" if near else ""
            return "type", "" if is_type(value.lower()) else f"There is no type {value}.{hint}"
        case "severity":
            return "severity", "" if value.upper() in Severity.values else f"{value} is not a severity: S1 to S4."
        case "due":
            return "due", "" if _duration(
                value
            ) else f"due:{value} is not understood: write due:<2h, due:<30m or due:<1d."
        case "owner" | "customer":
            return key, "" if value else f"{key}: needs a name."
    return "", f"{key}: is not a filter. There are is, owner, type, severity, customer and due."


def _duration(value: str) -> timedelta | None:
    found = _DURATION.fullmatch(value.lower())
    return timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else None
