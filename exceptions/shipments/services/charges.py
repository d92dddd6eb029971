"""What invoices ask for, from everything that was said of them. Only what differs is written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db.models import Q

from exceptions.parties.models import Partner
from exceptions.shipments.canonical import EventType
from exceptions.shipments.histories import EventRow
from exceptions.shipments.models import Charge, ChargeState
from exceptions.shipments.projection import moment_of
from exceptions.shipments.services.bulk import rows_insert, rows_update
from exceptions.shipments.services.removal import discard_all

_SAID: Final = (
    "kind",
    "state",
    "code",
    "description",
    "amount",
    "agreed_amount",
    "currency",
    "invoiced_at",
    "dispute_until",
    "event_id",
)
# A person decided about these: what is said later of the invoice stands in its events, not in what was decided on.
_DECIDED: Final = frozenset({ChargeState.APPROVED, ChargeState.DISPUTED})
_KEY: Final = ("shipment_id", "load_id", "payee_id", "invoice_number", "line")


@dataclass(frozen=True, slots=True)
class Invoices:
    """What was said of the invoices of a shipment or of a load. `anew` when some of it may have been lost."""

    rows: Sequence[EventRow]
    shipment_id: int | None = None
    load_id: int | None = None
    anew: bool = False


def charges_project(told: Iterable[Invoices]) -> None:
    """One row for each line of each invoice, of the report that counts. An invoice that was taken back altogether
    leaves none, unless a person decided about it."""
    about = [one for one in told if one.rows or one.anew]
    if not about:
        return
    partners = {row.partner_id for one in about for row in one.rows if row.partner_id is not None}
    payees = dict(Partner.objects.filter(pk__in=partners).values_list("pk", "account_id"))
    wanted: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for one in about:
        for (payee, number), rows in _by_invoice(one.rows, payees).items():
            for line, row in _lines(rows):
                wanted[one.shipment_id, one.load_id, payee, number, line] = row
    held_rows = Charge.objects.filter(
        Q(shipment__in=[one.shipment_id for one in about if one.shipment_id is not None])
        | Q(load__in=[one.load_id for one in about if one.load_id is not None]),
        event__isnull=False,
    ).values_list("pk", *_KEY, *_SAID)
    held = {tuple(row[1:6]): (row[0], row[6:]) for row in held_rows}
    open_ = {key: row for key, row in held.items() if row[1][1] not in _DECIDED}
    if gone := [pk for key, (pk, _) in open_.items() if key not in wanted]:
        discard_all(Charge.objects.filter(pk__in=gone))
    changed = [(open_[key][0], *row) for key, row in wanted.items() if key in open_ and open_[key][1] != row]
    rows_update(Charge, _SAID, changed)
    rows_insert(Charge, (*_KEY, *_SAID), [(*key, *row) for key, row in wanted.items() if key not in held])


def _by_invoice(rows: Iterable[EventRow], payees: Mapping[int, int]) -> dict[tuple[int | None, str], list[EventRow]]:
    found: dict[tuple[int | None, str], list[EventRow]] = {}
    for row in rows:
        if not row.retracted:
            payee = payees.get(row.partner_id) if row.partner_id is not None else None
            found.setdefault((payee, row.data["number"]), []).append(row)
    return found


def _lines(rows: Sequence[EventRow]) -> Iterable[tuple[int, tuple[Any, ...]]]:
    """The lines of the latest issue, released once that was said later; of the release where no issue was heard of."""
    order = sorted(rows, key=lambda row: (row.source_rank, row.reported_at, row.digest))
    issued = [row for row in order if row.type == EventType.INVOICE_ISSUED]
    released = [row for row in order if row.type == EventType.INVOICE_RELEASED]
    row = issued[-1] if issued else released[-1]
    is_released = bool(released) and released[-1].reported_at >= row.reported_at
    state = ChargeState.RELEASED if is_released else ChargeState.INVOICED
    data = row.data
    common = (data["amount"]["currency"], row.occurred_at, moment_of(data.get("dispute_until")), row.id)
    lines = data.get("lines") or ()
    for number, line in enumerate(lines, start=1):
        said = (line.get("code") or "", line.get("description") or "")
        amounts = (_money(line["amount"]), _money(line.get("agreed")))
        yield number, (line.get("kind") or "freight", str(state), *said, *amounts, *common)
    if not lines:
        agreed = data.get("agreed") or {}
        amounts = (_money(data["amount"]["amount"]), _money(agreed.get("amount")))
        yield 0, (data.get("kind") or "freight", str(state), "", data.get("detail") or "", *amounts, *common)


def _money(amount: Any) -> Decimal | None:
    return None if amount is None else Decimal(str(amount)).quantize(Decimal("0.01"))
