"""What a person can do to a case from its page: one row for each action, from the form to the word that is said.

The names are those of `CaseDetail.actions` and of the addresses: POST /cases/EX-1042/take/.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from controltower.errors import Conflict, Invalid
from controltower.tenancy.models import Member
from controltower.web import formats
from exceptions.cases import forms, pause_forms, services, update_forms
from exceptions.cases.chances import chance_of, chance_words
from exceptions.cases.models import Case, CasePause, CaseShipment, SnoozedFor
from exceptions.parties.models import Contact


@dataclass(frozen=True)
class Asked:
    """One action as posted: on which case, with what, by whom, when, and which version they looked at."""

    case: Case
    data: Mapping[str, Any]
    by: Mapping[str, Any]
    """`actor` and `now`, as every service takes them."""
    version: int | None
    zone: str

    @property
    def guarded(self) -> dict[str, Any]:
        return {**self.by, "version": self.version}

    @property
    def now(self) -> datetime:
        now: datetime = self.by["now"]
        return now


@dataclass(frozen=True)
class Said:
    """The word that is said, and the action that takes it back with what it is to be asked."""

    text: str
    back: str
    fields: Mapping[str, str]


@dataclass(frozen=True)
class Action:
    """`run` does it and returns the word that is said."""

    form: type[forms.CaseForm]
    run: Callable[[Asked], str | Said]


def _plain(service: Callable[..., Case], said: str) -> Callable[[Asked], str]:
    def run(asked: Asked) -> str:
        service(asked.case, **asked.guarded)
        return said

    return run


def _snooze(asked: Asked) -> str:
    until, wakes_on = asked.data["when"], asked.data["wakes_on"]
    services.case_snooze(asked.case, until=until, wakes_on=wakes_on, **asked.guarded)
    said = f"Asleep until {asleep_until(until, wakes_on, asked.zone, asked.now)}"
    chance = chance_of(asked.case, asked.now)
    if chance is None or until <= chance:
        return said
    told = asked.case.explanation
    return f"{said}. {chance_words(chance, told.get('zone') or asked.zone, told.get('place') or '', asked.now)}"


def asleep_until(until: datetime, wakes_on: str, zone: str, now: datetime) -> str:
    """ "Tue 09:00", or "the next milestone, at the latest Tue 09:00"."""
    clock = formats.clock(until, zone, now)
    return f"{SnoozedFor(wakes_on).label}, at the latest {clock}" if wakes_on else clock


def _resolve(asked: Asked) -> str:
    services.case_resolve(
        asked.case,
        resolution=asked.data["resolution"],
        reason_unknown=asked.data.get("reason_unknown", False),
        **asked.guarded,
    )
    return "Resolved"


def _not_an_exception(asked: Asked) -> str:
    services.case_mark_not_exception(asked.case, why=asked.data["why"], **asked.guarded)
    return "Closed as no exception"


def _assign(asked: Asked) -> str:
    to = Member.objects.select_related("user").filter(pk=asked.data["to"], is_active=True).first()
    if to is None:
        raise Invalid("Choose a colleague from the list.", code="member_unknown")
    services.case_assign(asked.case, to=to, **asked.guarded)
    return f"Given to {to.name}"


def _note(asked: Asked) -> str:
    services.case_note(asked.case, text=asked.data["text"], **asked.by)
    return "Note added"


def _interaction(asked: Asked) -> str:
    contact = Contact.objects.filter(pk=asked.data["contact"]).first()
    if contact is None:
        raise Invalid("This contact is not there any more. Reload the case.", code="contact_unknown")
    logged = services.interaction_log(
        asked.case,
        channel=asked.data["channel"],
        outcome=asked.data["outcome"],
        contact=contact,
        text=asked.data["text"],
        **asked.by,
    )
    return f"{logged.get_channel_display()} logged: {contact.name}, {logged.get_outcome_display().lower()}"


def _next_check(asked: Asked) -> str:
    due = asked.data["when"]
    services.next_check_set(asked.case, due_at=due, expecting=asked.data["expecting"], **asked.by)
    return f"You will be reminded at {formats.clock(due, asked.zone, asked.now)}"


def _promise_update(asked: Asked) -> Said:
    was, by = asked.case.next_update_at, asked.data["when"]
    case = services.update_promise(asked.case, by=by, **asked.guarded)
    assert case.next_update_at is not None  # as was asked
    clock = formats.clock(case.next_update_at, asked.zone, asked.now)
    return _taken_back(case, was, f"Promised: the customer hears by {clock}")


def _withdraw_update(asked: Asked) -> Said:
    was = asked.case.next_update_at
    return _taken_back(services.update_withdraw(asked.case, **asked.guarded), was, "Promise withdrawn")


def _restore_update(asked: Asked) -> str:
    was = asked.data["was"]
    if was is None or was <= asked.now:  # a time that has passed is none to promise; missed, it stays so by itself
        services.update_withdraw(asked.case, **asked.guarded)
    else:
        services.update_promise(asked.case, by=was, **asked.guarded)
    return "The promise is what it was"


def _taken_back(case: Case, was: datetime | None, text: str) -> Said:
    return Said(text, "restore_update", {"was": was.isoformat() if was else "", "version": str(case.version)})


def _classify(asked: Asked) -> str:
    chosen = {name: asked.data[name] for name in ("type", "reason", "responsible_party", "excusable", "severity")}
    services.classification_set(asked.case, **chosen, **asked.guarded)
    return "Cause confirmed"


def _pause(asked: Asked) -> str:
    data = asked.data
    services.pause_note(
        asked.case,
        reason=data["reason"],
        evidence=data["evidence"],
        started_at=data["since"],
        notified_at=data["told_at"],
        **asked.guarded,
    )
    return "Noted. It moves nothing until a supervisor accepts it"


def _pause_accept(asked: Asked) -> str:
    services.pause_accept(_cause(asked), notified_at=asked.data["told_at"], **asked.guarded)
    return "Accepted: it stops the contract's clock"


def _pause_told(asked: Asked) -> str:
    services.pause_told(_cause(asked), notified_at=asked.data["told_at"], **asked.guarded)
    return "Kept when the other side was told"


def _pause_end(asked: Asked) -> str:
    pause = services.pause_end(_cause(asked), ended_at=asked.data["ended_at"], **asked.guarded)
    return "Ended: the contract's clock runs on" if pause.accepted_at else "Ended. It was never accepted"


def _pause_withdraw(asked: Asked) -> str:
    pause = services.pause_withdraw(_cause(asked), why=asked.data["why"], **asked.guarded)
    return "Withdrawn: the contract's clock runs as if nothing had stopped it" if pause.accepted_at else "Withdrawn"


def _cause(asked: Asked) -> CasePause:
    found = CasePause.objects.filter(case=asked.case, pk=asked.data["pause"]).first()
    if found is None:
        raise Conflict("This cause is not there any more. Reload the case.", code="pause_unknown")
    return found


def _split(asked: Asked) -> Said:
    held = CaseShipment.objects.filter(case=asked.case, shipment__number__in=asked.data["shipment"])
    made = services.case_split(asked.case, list(held.values_list("shipment_id", flat=True)), **asked.guarded)
    numbers = [case.number for case in made]
    return Said(f"{', '.join(numbers)} split off", "rejoin", {"numbers": " ".join(numbers)})


def _rejoin(asked: Asked) -> Said:
    parts = list(_numbered(asked, Case.objects.filter(split_from=asked.case)))
    services.case_merge(asked.case, parts, **asked.guarded)
    numbers = " ".join(case.number for case in parts)
    return Said(f"{numbers.replace(' ', ', ')} merged back", "split_off", {"numbers": numbers})


def _split_off(asked: Asked) -> str:
    parts = list(_numbered(asked, Case.objects.filter(merged_into=asked.case)))
    for case in parts:
        services.case_unmerge(case, **asked.by)
    return f"{', '.join(case.number for case in parts)} split off"


def _numbered(asked: Asked, among: QuerySet[Case]) -> QuerySet[Case]:
    """The cases of these numbers; Conflict when somebody has moved one of them meanwhile."""
    wanted = set(asked.data["numbers"].upper().split())
    found = among.filter(number__in=wanted).order_by("pk")
    if found.count() != len(wanted):
        raise Conflict("Somebody has moved these cases already. Look at the case as it is now.", code="case_moved")
    return found


ACTIONS: dict[str, Action] = {
    "take": Action(forms.PlainForm, _plain(services.case_take, "Taken: it is yours")),
    "release": Action(forms.PlainForm, _plain(services.case_release, "Released")),
    "assign": Action(forms.AssignForm, _assign),
    "snooze": Action(forms.SnoozeForm, _snooze),
    "unsnooze": Action(forms.PlainForm, _plain(services.case_unsnooze, "Awake again")),
    "resolve": Action(forms.ResolveForm, _resolve),
    "not_an_exception": Action(forms.NotAnExceptionForm, _not_an_exception),
    "reopen": Action(forms.PlainForm, _plain(services.case_reopen, "Open again")),
    "pin": Action(forms.PlainForm, _plain(services.case_pin, "Pinned to the top")),
    "unpin": Action(forms.PlainForm, _plain(services.case_unpin, "Unpinned")),
    "note": Action(forms.NoteForm, _note),
    "interaction": Action(forms.InteractionForm, _interaction),
    "next_check": Action(forms.NextCheckForm, _next_check),
    "promise_update": Action(update_forms.UpdateForm, _promise_update),
    "withdraw_update": Action(forms.PlainForm, _withdraw_update),
    "restore_update": Action(update_forms.RestoreUpdateForm, _restore_update),
    "classify": Action(forms.ClassifyForm, _classify),
    "pause": Action(pause_forms.PauseForm, _pause),
    "pause_accept": Action(pause_forms.PauseAcceptForm, _pause_accept),
    "pause_told": Action(pause_forms.PauseToldForm, _pause_told),
    "pause_end": Action(pause_forms.PauseEndForm, _pause_end),
    "pause_withdraw": Action(pause_forms.PauseWithdrawForm, _pause_withdraw),
    "split": Action(forms.SplitForm, _split),
    "rejoin": Action(forms.NumbersForm, _rejoin),
    "split_off": Action(forms.NumbersForm, _split_off),
}


def way_back(action: str) -> str:
    """The action that takes this one back with one click, or "" where none does."""
    back = services.UNDO.get(action, "")
    return back if back and ACTIONS[back].form is forms.PlainForm else ""
