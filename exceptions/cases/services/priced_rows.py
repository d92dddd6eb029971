"""Commitments and stakes of many cases, read and written with one statement each."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from controltower.db import rows
from controltower.tenancy.context import current_organisation_id
from exceptions.cases.models import Case, Commitment, Stake, StakeState

COMMITMENTS = """
INSERT INTO cases_commitment (organisation_id, case_id, key, kind, term_id, account_id, shipment_id, stop_id, promise,
                              due_at, felt_due_at, is_paused, state, settled_at)
SELECT %s, case_id, key, kind, term_id, account_id, shipment_id, stop_id, promise, due_at, felt_due_at, is_paused, state,
       settled_at
  FROM jsonb_to_recordset(%s::jsonb) AS new(
       case_id bigint, key text, kind text, term_id bigint, account_id bigint, shipment_id bigint, stop_id bigint,
       promise text, due_at timestamptz, felt_due_at timestamptz, is_paused boolean, state text, settled_at timestamptz)
ON CONFLICT (organisation_id, case_id, key) DO UPDATE SET
       kind = excluded.kind, term_id = excluded.term_id, account_id = excluded.account_id,
       shipment_id = excluded.shipment_id, stop_id = excluded.stop_id, promise = excluded.promise,
       due_at = excluded.due_at, felt_due_at = excluded.felt_due_at, is_paused = excluded.is_paused,
       state = excluded.state, settled_at = excluded.settled_at
"""
# A stake finds its commitment by case and key: those of the cases, locked by the caller, stand before their stakes.
STAKES = """
INSERT INTO cases_stake (organisation_id, commitment_id, case_id, key, label, books_at, payable, recoverable, currency,
                         p_idle, options, current, act_by, saves, state, settled_at)
SELECT owner.organisation_id, owner.id, new.case_id, new.key, label, books_at, payable, recoverable, currency,
       p_idle, options, current, act_by, saves, new.state, new.settled_at
  FROM jsonb_to_recordset(%(rows)s::jsonb) AS new(
       case_id bigint, commitment text, key text, label text, books_at timestamptz, payable bigint, recoverable bigint,
       currency text, p_idle float8, options jsonb, current smallint, act_by timestamptz, saves bigint, state text,
       settled_at timestamptz)
  JOIN cases_commitment AS owner
    ON owner.organisation_id = %(organisation)s AND owner.case_id = new.case_id AND owner.key = new.commitment
ON CONFLICT (organisation_id, commitment_id, key) DO UPDATE SET
       label = excluded.label, books_at = excluded.books_at, payable = excluded.payable,
       recoverable = excluded.recoverable, currency = excluded.currency, p_idle = excluded.p_idle,
       options = excluded.options, current = excluded.current, act_by = excluded.act_by, saves = excluded.saves,
       state = excluded.state, settled_at = excluded.settled_at
"""
CASES = """
UPDATE cases_case AS stored SET
       rank = new.rank, act_by = new.act_by, currency = new.currency, at_risk = new.at_risk,
       avoidable = new.avoidable, unavoidable = new.unavoidable, lost = new.lost, recoverable = new.recoverable,
       next_change_at = new.next_change_at, explanation = new.explanation, priced_at = new.priced_at
  FROM jsonb_to_recordset(%s::jsonb) AS new(
       id bigint, rank float8, act_by timestamptz, currency text, at_risk bigint, avoidable bigint,
       unavoidable bigint, lost bigint, recoverable bigint, next_change_at timestamptz, explanation jsonb,
       priced_at timestamptz)
 WHERE stored.id = new.id
"""
STORED = (
    "rank",
    "act_by",
    "currency",
    "at_risk",
    "avoidable",
    "unavoidable",
    "lost",
    "recoverable",
    "next_change_at",
    "explanation",
    "priced_at",
)


class CommitmentRow(NamedTuple):
    """A `Commitment` as it stands in its table, without its id."""

    case_id: int
    key: str
    kind: str
    term_id: int | None
    account_id: int | None
    shipment_id: int | None
    stop_id: int | None
    promise: str
    due_at: datetime
    felt_due_at: datetime
    is_paused: bool
    state: str
    settled_at: datetime | None


class StakeRow(NamedTuple):
    """A `Stake` as it stands in its table; `commitment` is its commitment's key."""

    case_id: int
    commitment: str
    key: str
    label: str
    books_at: datetime
    payable: int
    recoverable: int
    currency: str
    p_idle: float
    options: list[dict[str, str]]
    current: int | None
    act_by: datetime | None
    saves: int
    state: str
    settled_at: datetime | None


def stake_voided(now: datetime) -> dict[str, Any]:
    """The columns of a stake that counts no more, whatever it was."""
    return {"state": StakeState.VOID, "settled_at": now, "act_by": None, "saves": 0, "current": None}


def commitments_of(cases: Collection[int]) -> dict[int, dict[str, CommitmentRow]]:
    """Stored commitments by case and key."""
    found: dict[int, dict[str, CommitmentRow]] = defaultdict(dict)
    for values in Commitment.objects.filter(case__in=cases).values_list(*CommitmentRow._fields):
        row = CommitmentRow(*values)
        found[row.case_id][row.key] = row
    return found


def stakes_of(cases: Collection[int]) -> dict[int, dict[str, StakeRow]]:
    """Stored stakes by case and key."""
    columns = ["commitment__key" if name == "commitment" else name for name in StakeRow._fields]
    found: dict[int, dict[str, StakeRow]] = defaultdict(dict)
    for values in Stake.objects.filter(case__in=cases).values_list(*columns):
        row = StakeRow(*values)
        found[row.case_id][row.key] = row
    return found


def rows_write(commitments: Sequence[CommitmentRow], stakes: Sequence[StakeRow]) -> None:
    """Write what is new or different. The cases are locked by the caller."""
    if commitments:
        rows(COMMITMENTS + " RETURNING 1", [current_organisation_id(), _text(row._asdict() for row in commitments)])
    if stakes:
        values = {"organisation": current_organisation_id(), "rows": _text(row._asdict() for row in stakes)}
        rows(STAKES + " RETURNING 1", values)


def cases_write(cases: Sequence[Case]) -> None:
    """Write what pricing found of cases, locked by the caller. Versions stay."""
    if cases:
        rows(CASES + " RETURNING 1", [_text({"id": case.pk} | _stored(case) for case in cases)])


def _stored(case: Case) -> dict[str, Any]:
    return {name: getattr(case, name) for name in STORED}


def _text(values: Iterable[dict[str, Any]]) -> str:
    return json.dumps(list(values), default=datetime.isoformat, ensure_ascii=False, allow_nan=False)
