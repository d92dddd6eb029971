"""What a rule is: data about it, and a pure function from a history to verdicts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from exceptions.cases.detection.settings import Setting
from exceptions.cases.detection.verdicts import Evidence, Finding, SubjectRef, Verdict
from exceptions.cases.taxonomy import case_type

SHIPMENT, LOAD, ORDER = "shipment", "load", "order"

Judge: TypeAlias = Callable[[Any, Setting, datetime], Iterator[Verdict]]
"""(history, setting, now) -> what is found, what is not (and why), and what is waited for."""


@dataclass(frozen=True)
class Rule:
    """type: of the taxonomy. of: which kind of history it reads. trigger, ends, uses: for people, one sentence each:
    what makes a case, what ends it, and what the setting's values mean. one_load: trouble that a load brings to all
    that ride it is one case about the load. once: it happens to its subject once, so that a case that recovered is the
    same case however much later it is wrong again."""

    type: str
    judge: Judge
    trigger: str
    ends: str
    uses: str = ""
    of: str = SHIPMENT
    default: Setting = field(default_factory=Setting)
    one_load: bool = False
    once: bool = False


def found(
    type_code: str,
    subject: SubjectRef,
    setting: Setting,
    evidence: Sequence[Evidence],
    *,
    at: datetime,
    summary: str = "",
    phase: str = "",
    shipments: tuple[int, ...] = (),
    orders: tuple[int, ...] = (),
) -> Finding:
    """A finding as severe as its setting or its type says. at: where no evidence tells a time."""
    return Finding(
        type=type_code,
        subject=subject,
        shipments=shipments,
        at=max((piece.at for piece in evidence), default=at),
        summary=summary or (evidence[-1].text if evidence else ""),
        severity=setting.severity or case_type(type_code).severity,
        phase=phase,
        evidence=tuple(evidence),
        orders=orders,
    )
