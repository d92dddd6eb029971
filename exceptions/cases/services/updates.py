"""When the customer hears from us next: promised by a person, replaced, withdrawn, and kept by the next word to them.

What the promise costs and whether it is broken is found by pricing (`promises.of_case`); a broken one stays broken,
whatever is promised after it, until the customer hears.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db.models import F

from controltower.audit import SYSTEM, Actor, record
from controltower.errors import Conflict, Invalid
from controltower.jobs import enqueue
from exceptions.cases.models import Case, EntryKind, TimelineEntry
from exceptions.cases.services.known_clocks import HEARD, NEXT
from exceptions.cases.services.pricing import case_price
from exceptions.cases.services.recording import (
    audited,
    case_change,
    case_locked,
    case_news,
    on_the_clock,
    person,
    price_soon,
    timeline_add,
)

# Nobody who was told "in two months" waits for it: farther off is a slip of the hand.
FARTHEST: Final = timedelta(days=31)
# A promise given so shortly before a call that reached the customer was given in that call.
SAME_CALL: Final = timedelta(minutes=15)


def update_promise(case: Case, *, by: datetime, actor: Actor, now: datetime, version: int | None = None) -> Case:
    """The customer hears again by then, to the minute, as it is told to them. A newer promise replaces an older one.

    Priced in the same transaction. `Invalid` for a time that is not ahead or farther off than FARTHEST, and for a case
    without a customer; `Conflict` as every step on a case. The same promise again changes nothing.
    """
    person(actor)
    case = _open(case, version)
    by = by.replace(second=0, microsecond=0)
    if case.account_id is None:
        raise Invalid(f"{case.number} has no one customer to promise it to.", code="no_customer")
    if by <= now:
        raise Invalid("Choose a time that is still ahead.", code="update_passed", details={"by": "is in the past"})
    if by > now + FARTHEST:
        raise Invalid("Choose a time within 31 days.", code="update_too_far", details={"by": "is too far off"})
    if case.next_update_at == by:
        return case
    text = f"Next update promised: the customer hears by {on_the_clock(case, by)}"
    if case.next_update_at is not None:
        text += f", not by {on_the_clock(case, case.next_update_at)}"
    return _changed(case, by, "update.promised", text, actor, now)


def update_withdraw(case: Case, *, actor: Actor, now: datetime, version: int | None = None) -> Case:
    """Nothing is promised beyond what a contract asks. One that was missed already stays so."""
    person(actor)
    case = _open(case, version)
    if case.next_update_at is None:
        return case
    text = f"Promise withdrawn: an update by {on_the_clock(case, case.next_update_at)}"
    return _changed(case, None, "update.withdrawn", text, actor, now)


def update_heard(
    case: Case | int, *, at: datetime, now: datetime, actor: Actor = SYSTEM, told: datetime | None = None
) -> bool:
    """The customer heard from us then, which keeps what was promised to them; whether anything was.

    told: the time of the next word that they were told with it; that promise goes on from here, and so does one that was
    given since. Of a call, which a person logs, what was given in that call goes on too. A time that the word came after
    is settled in any case. Of a case that was merged, what it had been promised stands on top. The version stays: a
    logged call must not refuse what a colleague is about to post.
    """
    case = case_locked(_top_of(case if isinstance(case, int) else case.pk))
    price_soon(case)
    by = case.next_update_at
    if by is None or (at < by and (by == told or _is_given_after(case, by, at, in_call=actor.is_person))):
        return False
    before = audited(case, ["next_update_at"])
    case.next_update_at = None
    case.save(update_fields=["next_update_at"])
    text = f"Promised update {'kept' if at <= by else 'late'}: the customer was to hear by {on_the_clock(case, by)}"
    timeline_add(case, EntryKind.STATE, text, actor=actor, now=now)
    case_news(case, {"next_update_at"}, now=now)
    verb = "update.kept" if at <= by else "update.late"
    after = audited(case, ["next_update_at"])
    record(verb=verb, subject=f"case:{case.pk}", actor=actor, before=before, after=after, now=now)
    return True


def update_heard_soon(case: int, *, at: datetime, told: datetime | None, now: datetime) -> None:
    """The same at once where nobody works on the case, so that no sweep finds broken what was kept; else by a job: sending
    waits for nobody."""
    free = Case.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=_top_of(case))
    if free.values_list("pk", flat=True).first() is not None:
        update_heard(case, at=at, now=now, told=told)
    else:
        enqueue("cases.heard", {"case": case, "at": at.isoformat(), "told": told.isoformat() if told else ""})


def heard_at(at: datetime) -> dict[str, str]:
    """What an entry on the timeline keeps of the customer having heard, then."""
    return {HEARD: at.isoformat()}


def _top_of(case: int) -> int:
    """The case that a merged one goes on in, when that is of the same customer; else itself."""
    merged = Case.objects.filter(pk=case, merged_into__account=F("account"))
    return merged.values_list("merged_into_id", flat=True).first() or case


def _is_given_after(case: Case, by: datetime, at: datetime, *, in_call: bool) -> bool:
    """Whether the promise that stands was given after the word, or in the call that was one: shortly before it was logged,
    with most of the time still to go."""
    given = _given_at(case)
    return given > (at - min(SAME_CALL, (by - given) / 2) if in_call else at)


def _given_at(case: Case) -> datetime:
    """When the promise that stands was given; the opening of the case where nothing says it."""
    given = TimelineEntry.objects.filter(case=case, data__has_key=NEXT).order_by("-pk").values_list("at", flat=True)
    return given.first() or case.opened_at


def _changed(case: Case, by: datetime | None, verb: str, text: str, actor: Actor, now: datetime) -> Case:
    data = {NEXT: by.isoformat() if by else ""}
    case_change(case, {"next_update_at": by}, verb=verb, actor=actor, now=now, text=text, data=data)
    return case_price(case, now=now)


def _open(case: Case, version: int | None) -> Case:
    case = case_locked(case, version=version)
    if not case.is_open:
        raise Conflict(f"{case.number} is not open any more. Reopen it first.", code="case_not_open")
    return case
