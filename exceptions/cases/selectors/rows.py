"""What the screens show of cases, ready for templates: plain values, no queries behind attributes.

Instants are aware UTC; beside each stands the zone (IANA) and, where there is one, the place whose clock is meant.
Amounts are Decimal in the currency beside them. Text fields are "" when there is nothing to show, never None.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True)
class QueueRow:
    """One case in the queue."""

    id: int
    number: str
    """EX-1042; URLs use it."""
    version: int
    """What forms post back as `version`."""
    type: str
    type_label: str
    phase: str
    """Late delivery: "at_risk" or "breached"; otherwise ""."""
    phase_label: str
    severity: str
    """S1 to S4."""
    state: str
    """open, snoozed, resolved or closed as no exception; see `models.CaseState`."""
    state_label: str
    customer: str
    subject: str
    """The thing that went wrong in a few words: "Delivery Reno, NV", "Load 88213"."""
    references: str
    """The one or two numbers people quote: "PRO 482913007"."""
    lane: str
    """"Dallas, TX > Chicago, IL"."""
    affected_count: int
    phrase: str
    """The reason of its place, one line."""
    act_by: datetime | None
    act_by_zone: str
    act_by_place: str
    at_risk: Decimal
    avoidable: Decimal
    lost: Decimal
    currency: str
    is_unavoidable: bool
    is_without_sla: bool
    """No contract promises anything about it; what it costs is the house's own rate."""
    is_pinned: bool
    pinned_by: str
    pinned_at: datetime | None
    owner: str
    is_mine: bool
    snoozed_until: datetime | None
    snoozed_for: str
    """What wakes it before, in words: "the next milestone"; "" for nothing."""
    wakes_on: str
    """The same as `models.SnoozedFor` names it."""
    next_check_at: datetime | None
    opened_at: datetime
    changed_at: datetime


@dataclass(frozen=True)
class Count:
    """A bounded count: exact up to 999, then "999+"."""

    value: int
    is_more: bool = False

    def __str__(self) -> str:
        return f"{self.value}+" if self.is_more else str(self.value)


@dataclass(frozen=True)
class QueryProblem:
    """What is wrong with a filter: the part of it from `offset` on, with what stands around it."""

    offset: int
    length: int
    before: str
    part: str
    after: str
    sentence: str
    corrected: str
    """The whole filter with our suggestion in place, "" when there is none."""


@dataclass(frozen=True)
class QueuePage:
    """One keyset page. `before` and `after` are the cursors of the pages around it, "" where there is none."""

    rows: list[QueueRow]
    before: str
    after: str
    total: Count
    query: str
    """The filter in its one written form, or as typed when something is wrong with it: put it back into the box."""
    problems: list[QueryProblem]
    """What in the filter was not understood. With one of them there are no rows."""
    has_filters: bool
    """Whether anything beyond the default (open and awake) narrows the list: decides which empty state is shown."""
    next_due_at: datetime | None
    """When a sleeping case wakes next, for the empty state; set only when there are no rows."""
    is_restricted: bool
    """The viewer sees some accounts only."""


@dataclass(frozen=True)
class StakeRow:
    """Money that books as lost at an instant, in words and figures."""

    sentence: str
    promise: str
    """What was promised and where it says so: "Delivery window, Northgate 2026 v1"."""
    state: str
    """open, lost, kept or void."""
    books_at: datetime
    zone: str
    place: str
    payable: Decimal
    recoverable: Decimal
    saves: Decimal
    currency: str
    action: str
    """Imperative words of the current option: "rebook"; "" when unavoidable."""
    act_by: datetime | None
    shipment: str


@dataclass(frozen=True)
class TimelineRow:
    """One thing that happened to the case, newest first."""

    at: datetime
    kind: str
    """signal, rule, person, money, note, interaction, check, proposal."""
    title: str
    text: str
    who: str
    is_by_person: bool
    source: str
    """Partner or system that said it, "" for people."""


@dataclass(frozen=True)
class StripStop:
    """One stop of the route strip. `state` is done, current, late or ahead."""

    place: str
    kind_label: str
    zone: str
    state: str
    window_start: datetime | None
    window_end: datetime | None
    planned: datetime | None
    estimated: datetime | None
    actual: datetime | None
    appointment: str
    is_subject: bool


@dataclass(frozen=True)
class AffectedRow:
    """A shipment that this case touches."""

    number: str
    customer: str
    references: str
    destination: str
    zone: str
    promised: datetime | None
    estimated: datetime | None
    at_risk: Decimal
    currency: str
    matters: bool
    """Whether anything is priced for it in this case."""


@dataclass(frozen=True)
class ContactRow:
    """Who can be reached about the case, in the order to try."""

    id: int
    name: str
    account: str
    role: str
    """What they are here: "Carrier dispatch", "Receiver"."""
    phone: str
    email: str
    hours_today: str
    """"08:00-17:00 Denver"."""
    is_open_now: bool
    language: str
    last_contact: str
    """"reached 10:20" or "not reached 10:20", "" when not tried in this case."""


@dataclass(frozen=True)
class UpdateRow:
    """When the customer hears next. is_promised: a person said so, else the terms ask for it; then_at: promised for after
    that, as when the earlier time was missed. On the clock of `zone` at `place`, "" for the organisation's."""

    due_at: datetime
    is_missed: bool
    is_promised: bool
    then_at: datetime | None
    zone: str
    place: str


@dataclass(frozen=True)
class CheckRow:
    """When somebody looks again, and for what."""

    id: int
    due_at: datetime
    expects: str
    who: str
    is_due: bool


@dataclass(frozen=True)
class FactRow:
    """One fact as the fact list shows it."""

    key: str
    label: str
    value: str
    source: str
    audience: str


@dataclass(frozen=True)
class PartRow:
    """A case that was merged into the one on the page, or split off it."""

    number: str
    type_label: str
    subject: str
    references: str
    summary: str


@dataclass(frozen=True)
class PauseRow:
    """A cause that may stop the contract's clock. Nobody has accepted it while `accepted_by` is "", and it is taken back
    when `withdrawn_by` is not: it moves nothing."""

    id: int
    reason_label: str
    evidence: str
    started_at: datetime
    ended_at: datetime | None
    notified_at: datetime | None
    noted_by: str
    accepted_by: str
    accepted_at: datetime | None
    acts: tuple[str, ...]
    """What this viewer may do with it now: pause_accept, pause_told, pause_end, pause_withdraw."""
    withdrawn_by: str = ""
    withdrawn_at: datetime | None = None
    withdrawn_why: str = ""


@dataclass(frozen=True)
class MovedRow:
    """A promise with both its clocks: the contract's and the customer's. `state` is a `CommitmentState`."""

    promise: str
    due_at: datetime
    felt_due_at: datetime
    is_paused: bool
    state: str
    zone: str


@dataclass(frozen=True)
class ClockRow:
    """What stops the contract's clock of a case. The newest cause comes first."""

    pauses: list[PauseRow]
    moved: list[MovedRow]
    notices: list[MovedRow]
    """Promises to tell the other side of a cause in time, without which it does not count."""
    is_accepted: bool
    """Whether one of the causes was accepted and not taken back."""
    is_stopped: bool
    is_reckoned: bool
    """Whether `moved` says what follows from the causes as they are; pricing comes a moment after them."""
    may_note: bool


@dataclass(frozen=True)
class DisruptionRow:
    """One cause behind many cases, with those of them that the viewer may see."""

    id: int
    name: str
    state: str
    state_label: str
    shared: str
    """What its cases have in common: "Elko", "Transvale", "Oscar 401W"."""
    starts_at: datetime
    ends_at: datetime | None
    cases: int
    open_cases: int
    shipments: int
    at_risk: Decimal
    avoidable: Decimal
    lost: Decimal
    currency: str
    decided_by: str


@dataclass(frozen=True)
class Moments:
    """What the question "what if it waits" offers. `choices` are value and label of the half hours of the next day; values
    are local times, 2026-11-03T15:30, on the clock of `zone`, which is that of `place` or of the organisation ("")."""

    zone: str
    place: str
    choices: list[tuple[str, str]]


@dataclass(frozen=True)
class CaseDetail:
    """Everything the case pages show. The head is the same row as in the queue."""

    row: QueueRow
    why: list[str]
    """The stored sentences about money, the heaviest first."""
    assumed: list[str]
    would_change: str
    """What would change its place: "below 20th if the ETA is confirmed before 14:00", or ""."""
    moments: Moments | None
    """Until when it may be asked to wait; None where nothing is at stake any more."""
    terms: list[str]
    """Trace: which contract terms were considered and why one won."""
    stakes: list[StakeRow]
    recoverable: Decimal
    recoverable_from: str
    last_signal: str
    """Who said something last: "FleetTrace GPS"."""
    last_signal_at: datetime | None
    reason: str
    reason_label: str
    responsible_party: str
    responsible_party_label: str
    excusable: str
    excusable_label: str
    reason_accepted_by: str
    """Name of the person who accepted the reason; "" means it is not accepted and moves no money."""
    resolution: str
    owner_id: int | None
    occurrences: int
    timeline: list[TimelineRow]
    strip: list[StripStop]
    affected: list[AffectedRow]
    orders: list[str]
    contacts: list[ContactRow]
    next_check: CheckRow | None
    next_update: UpdateRow | None
    facts: list[FactRow]
    actions: frozenset[str]
    """What this viewer may do now: take, release, snooze, unsnooze, resolve, reopen, pin, unpin, not_an_exception,
    note, interaction, next_check, promise_update, withdraw_update, classify. The names of `actions.ACTIONS`."""
    clock: ClockRow
    shipment_ids: list[int] = field(default_factory=list)
    """Ids of the affected shipments, for fragments of upper layers."""
    merged: list[PartRow] = field(default_factory=list)
    """Cases that this one goes on for."""
    merged_into: str = ""
    """The case that goes on for this one, "" when it stands for itself."""
    split_off: list[PartRow] = field(default_factory=list)
    """Open cases of single shipments that were taken out of this one."""
    split_from: str = ""
    disruption: str = ""
    disruption_id: int | None = None
