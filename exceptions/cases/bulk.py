"""One action on many cases: each stands for itself, those that refuse are named, and the whole set is taken back at once.

Cases are locked in the order of their ids, so that two people who chose the same ones never wait for each other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.core import signing
from django.db import transaction

from controltower.errors import DomainError, Invalid
from controltower.tenancy.models import Member
from controltower.tenancy.viewer import Viewer
from controltower.web.numbers import number_in
from exceptions.cases import services
from exceptions.cases.actions import ACTIONS, Asked
from exceptions.cases.chances import chance_of
from exceptions.cases.models import Case
from exceptions.cases.selectors import cases_visible

MOST: Final = 100
NAMED: Final = 3
_SALT: Final = "cases.bulk"
# Two clicks on "in an hour" mean the same hour.
_SAME: Final = timedelta(minutes=1)


@dataclass(frozen=True)
class Picked:
    """A case as it was chosen: its number and the version that was on the screen."""

    number: str
    version: int | None


@dataclass
class Outcome:
    """What came of it: how many are as asked, what takes the changed ones back, the refusals by number."""

    done: int = 0
    changed: list[tuple[str, int, Any]] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    late: list[str] = field(default_factory=list)
    """Those that sleep past their last chance to act."""

    @property
    def already(self) -> int:
        """How many of those done were so before: taking it back leaves them alone."""
        return self.done - len(self.changed)

    def sentence(self, said: str) -> str:
        """ "3 taken (1 already was). Sam changed EX-7 while ... Refused too: EX-8, EX-9"."""
        were = f" ({self.already} already {'was' if self.already == 1 else 'were'})"
        parts = [f"{self.done} {said}{were if 0 < self.already < self.done else ''}."]
        if self.late:
            named = ", ".join([*self.late[:NAMED], *(["…"] if len(self.late) > NAMED else [])])
            parts.append(f"{len(self.late)} of them can be acted on only before that: {named}.")
        parts += list(self.refused.values())[:NAMED]
        if more := list(self.refused)[NAMED:]:
            parts.append(f"Refused too: {', '.join(more)}.")
        return " ".join(parts)


@dataclass(frozen=True)
class Step:
    """What an action is for a set: `said` in the toast; `is_so` whether a case is already as asked; `before` what
    `back` needs to restore it (JSON values)."""

    said: str
    is_so: Callable[[Case, Asked], bool]
    before: Callable[[Case], Any]
    back: Callable[[Case, Any, Mapping[str, Any]], object]


def picked(values: Sequence[str]) -> list[Picked]:
    """Read "EX-1042:7" as forms post it. Invalid when there is none, or more than a page can hold."""
    if not values:
        raise Invalid("Select a case first.", code="nothing_selected")
    if len(values) > MOST:
        raise Invalid(f"Select at most {MOST} cases at once.", code="too_many_selected")
    found = {}
    for value in values:
        number, _, version = value.partition(":")
        found[number.upper()] = Picked(number.upper(), number_in(version))
    return list(found.values())


def bulk_run(
    viewer: Viewer, action: str, chosen: Sequence[Picked], data: Mapping[str, Any], *, now: datetime, zone: str
) -> Outcome:
    """Do one of STEPS to each of the chosen cases that this viewer may see, in a savepoint of its own."""
    step, run = STEPS[action], ACTIONS[action].run
    by = {"actor": viewer.actor, "now": now}
    late = []

    def one(case: Case, pick: Picked) -> Any:
        asked = Asked(case, data, by, pick.version, zone)
        if action == "snooze" and (chance := chance_of(case, now)) is not None and chance < data["when"]:
            late.append(case.number)
        if step.is_so(case, asked):
            return None
        before = step.before(case)
        try:
            with transaction.atomic():
                run(asked)
        except DomainError:
            if step.is_so(_fresh(case), asked):  # the second of a double click finds the work of the first
                return None
            raise
        return before

    outcome = _each(viewer, chosen, one)
    outcome.late = [number for number in late if number not in outcome.refused]
    return outcome


def bulk_undo(viewer: Viewer, token: str, *, now: datetime) -> tuple[str, Outcome]:
    """Take back what `undo_token` stands for; (action, what came of it). Invalid for a token that is not this member's."""
    try:
        member, action, changed = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError):
        member, action, changed = None, "", []
    if member != viewer.member.pk:
        raise Invalid("This cannot be taken back any more. Look at the cases.", code="undo_unknown")
    before = {number: was for number, _, was in changed}
    by = {"actor": viewer.actor, "now": now}

    def one(case: Case, pick: Picked) -> None:
        with transaction.atomic():
            STEPS[action].back(case, before[pick.number], {**by, "version": pick.version})

    return action, _each(viewer, [Picked(number, version) for number, version, _ in changed], one)


def undo_token(viewer: Viewer, action: str, outcome: Outcome) -> str:
    """What the toast posts back to take the set back, for who did it only; "" when nothing was changed."""
    told = [viewer.member.pk, action, outcome.changed]
    return signing.dumps(told, salt=_SALT, compress=True) if outcome.changed else ""


def _each(viewer: Viewer, chosen: Sequence[Picked], one: Callable[[Case, Picked], Any]) -> Outcome:
    """`one` answers what the case was before, None where nothing had to be done."""
    picks = {pick.number: pick for pick in chosen}
    outcome = Outcome()
    for case in cases_visible(viewer).filter(number__in=picks).select_related("owner__user").order_by("pk"):
        pick = picks.pop(case.number)
        try:
            before = one(case, pick)
        except DomainError as problem:
            outcome.refused[case.number] = problem.message
            continue
        outcome.done += 1
        if before is not None:
            outcome.changed.append((case.number, _fresh(case).version, before))
    for number in picks:
        outcome.refused[number] = f"There is no case {number}, or it is not yours to see."
    return outcome


def _fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def _owner(case: Case) -> list[int | None]:
    return [case.owner_id]


def _owned_before(case: Case, before: Any, by: Mapping[str, Any]) -> object:
    if before[0] is None:
        return services.case_release(case, **by)
    return services.case_assign(case, to=Member.objects.select_related("user").get(pk=before[0]), **by)


def _sleep(case: Case) -> list[str]:
    return [case.snoozed_until.isoformat() if case.snoozed_until else "", case.snoozed_for]


def _slept_before(case: Case, before: Any, by: Mapping[str, Any]) -> object:
    until = datetime.fromisoformat(before[0]) if before[0] else None
    if until is None or until <= by["now"]:
        return services.case_unsnooze(case, **by)
    return services.case_snooze(case, until=until, wakes_on=before[1], **by)


def sleeps_so(case: Case, data: Mapping[str, Any]) -> bool:
    """Whether a case sleeps as the form for it says."""
    until: datetime = data["when"]
    return (
        case.snoozed_until is not None
        and case.snoozed_for == data["wakes_on"]
        and abs(case.snoozed_until - until) < _SAME
    )


def hears_so(case: Case, by: datetime | None) -> bool:
    """Whether the customer was promised to hear by then; None: not at all."""
    given = case.next_update_at
    return given is by if given is None or by is None else abs(given - by) <= _SAME


STEPS: Final[dict[str, Step]] = {
    "take": Step("taken", lambda case, asked: case.owner_id == asked.by["actor"].id, _owner, _owned_before),
    "assign": Step("given away", lambda case, asked: str(case.owner_id) == asked.data["to"], _owner, _owned_before),
    "snooze": Step("asleep", lambda case, asked: sleeps_so(case, asked.data), _sleep, _slept_before),
    "unsnooze": Step("awake again", lambda case, asked: case.snoozed_until is None, _sleep, _slept_before),
    "pin": Step(
        "pinned", lambda case, asked: case.pinned, lambda case: [], lambda case, _, by: services.case_unpin(case, **by)
    ),
    "unpin": Step(
        "unpinned",
        lambda case, asked: not case.pinned,
        lambda case: [],
        lambda case, _, by: services.case_pin(case, **by),
    ),
}
