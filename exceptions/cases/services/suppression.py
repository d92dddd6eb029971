"""Times in which known trouble opens no cases. Events are kept, and so is what would have been opened."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from controltower.audit import Actor, record
from controltower.errors import Conflict, Forbidden, Invalid
from controltower.tenancy.models import Member
from exceptions.cases.detection import DETECTED_TYPES, Finding, Judgement, ShipmentHistory
from exceptions.cases.models import Suppressed, Suppression
from exceptions.cases.services.recording import person
from exceptions.cases.taxonomy import Subject
from exceptions.parties.models import Account
from exceptions.shipments.canonical import normalised
from exceptions.shipments.models import Order, Shipment


@dataclass
class Window:
    """A suppression that holds now, with the histories it is held against. kept: fingerprints of what it kept down."""

    row: Suppression
    histories: Mapping[int, ShipmentHistory]
    kept: set[str] = field(default_factory=set)

    def keeps_down(self, finding: Finding) -> bool:
        """Whether it covers what was found: its type, and for every limit a shipment that it affects."""
        if self.row.type and self.row.type != finding.type:
            return False
        if not (self.row.place or self.row.carrier_id or self.row.lane):
            return True
        return any(self._covers(self.histories[key]) for key in finding.shipments if key in self.histories)

    def note(self, finding: Finding, now: datetime) -> None:
        """Keep what would have been opened, once for each thing that is wrong."""
        self.kept.add(finding.fingerprint)
        row, is_new = Suppressed.objects.get_or_create(
            suppression=self.row,
            fingerprint=finding.fingerprint,
            defaults={
                "type": finding.type,
                "severity": finding.severity,
                "summary": finding.summary[:300],
                "account_id": _customer(finding),
                "shipments": list(finding.shipments),
                "loads": [finding.subject.id] if finding.subject.kind == Subject.LOAD else [],
                "orders": list(finding.orders),
                "first_at": now,
                "last_at": now,
            },
        )
        if not is_new:
            changes = {"summary": finding.summary[:300], "severity": finding.severity, "last_at": now}
            Suppressed.objects.filter(pk=row.pk).update(**changes, cleared_at=None)

    def _covers(self, history: ShipmentHistory) -> bool:
        if self.row.carrier_id is not None and self.row.carrier_id != history.carrier:
            return False
        if self.row.lane and self.row.lane != history.lane:
            return False
        place = normalised(self.row.place)
        names = (name for view in history.views for name in (view.city, view.name, view.unlocode))
        return not place or any(normalised(name) == place for name in names)


def suppression_add(
    *,
    starts_at: datetime,
    ends_at: datetime,
    note: str,
    actor: Actor,
    now: datetime,
    type: str = "",  # the word of the trade, as cases have it
    place: str = "",
    carrier: Account | None = None,
    lane: str = "",
) -> Suppression:
    """Announce a time in which what fits opens no cases. `Invalid` without a reason, or when it is over already;
    `Forbidden` for members who do not see all customers, as it holds for the freight of all."""
    member = _for_all(actor)
    if not note.strip():
        raise Invalid("Say why no cases should be opened.", code="note_empty", details={"note": "is empty"})
    if ends_at <= max(starts_at, now):
        raise Invalid("It has to end after it begins, and after now.", code="over", details={"ends_at": "is too early"})
    if type and type not in DETECTED_TYPES:
        raise Invalid("No rule finds this type.", code="type_unknown", details={"type": "is not found by a rule"})
    made = Suppression.objects.create(
        starts_at=starts_at,
        ends_at=ends_at,
        note=note.strip()[:300],
        type=type,
        place=place.strip()[:100],
        carrier=carrier,
        lane=lane.strip(),
        made_by=member,
        made_at=now,
    )
    after = {"starts_at": starts_at.isoformat(), "ends_at": ends_at.isoformat(), "type": type, "lane": made.lane}
    record(verb="suppression.added", subject=f"suppression:{made.pk}", actor=actor, after=after, now=now)
    return made


def suppression_end(suppression: Suppression, *, actor: Actor, now: datetime) -> Suppression:
    """Let it end now; the sweep then opens what still stands wrong. `Conflict` when it is over already, `Forbidden` as
    for `suppression_add`."""
    _for_all(actor)
    row = Suppression.objects.select_for_update(no_key=True).get(pk=suppression.pk)
    if row.settled_at is not None or row.ends_at <= now:
        raise Conflict("It is over already.", code="suppression_over")
    before = {"ends_at": row.ends_at.isoformat()}
    row.starts_at, row.ends_at = min(row.starts_at, now), now
    row.save(update_fields=["starts_at", "ends_at"])
    after = {"ends_at": now.isoformat()}
    record(verb="suppression.ended", subject=f"suppression:{row.pk}", actor=actor, before=before, after=after, now=now)
    return row


def windows_of(histories: Mapping[int, ShipmentHistory], *, now: datetime) -> list[Window]:
    """The suppressions that hold now, the one that ends last first: it is the last to let go."""
    held = Suppression.objects.filter(starts_at__lte=now, ends_at__gt=now, settled_at=None).order_by("-ends_at", "id")
    return [Window(row, histories) for row in held]


def suppressed_clear(judgement: Judgement, judged: Collection[int], *, now: datetime) -> None:
    """Mark what was kept down and is over by itself. Only asked while suppressions hold."""
    kept = Suppressed.objects.filter(cleared_at=None, suppression__settled_at=None)
    over = [
        pk
        for pk, name, shipments in kept.values_list("pk", "fingerprint", "shipments")
        if name not in judgement.findings and shipments and {*shipments} <= {*judged}
    ]
    Suppressed.objects.filter(pk__in=over).update(cleared_at=now)


def _for_all(actor: Actor) -> Member:
    member = person(actor)
    if member.restricted:
        raise Forbidden("It would hide cases of customers that you do not see. Ask a colleague who sees all accounts.")
    return member


def _customer(finding: Finding) -> int | None:
    """Whose freight it is, None when it is of several; so that members who see some accounts see theirs."""
    freight = Shipment.objects.filter(pk__in=finding.shipments).values_list("customer_id", flat=True)
    orders = Order.objects.filter(pk__in=finding.orders).values_list("customer_id", flat=True)
    customers = {*freight, *orders}
    return customers.pop() if len(customers) == 1 else None
