"""A backlog for the measurement of the queue: customers in a tree, people with unequal loads, freight with references.

Rows are made by the database (`generate_series`), into tables whose indexes and foreign keys are put back afterwards:
one by one they would be kept up a million times. What stands there in the end is what the product would have written,
except that contracts, stakes and histories of the cases are left out; the queue reads none of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.contrib.contenttypes.models import ContentType
from django.db import connection

from controltower.db import as_owner, rows
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Member, Organisation, Role, User
from controltower.tenancy.viewer import Viewer
from exceptions.cases.taxonomy import TYPES
from exceptions.parties.models import Account, AccountKind, Channel, Partner, SignatureScheme
from exceptions.parties.text import search_form

NOW: Final = datetime(2026, 11, 3, 15, 0, tzinfo=UTC)
GROUPS, DIVISIONS, PEOPLE, PARTNERS = 200, 4, 40, 12
FREIGHT_SHARE: Final = 4  # cases to a shipment
TABLES: Final = ("shipments_shipment", "shipments_reference", "cases_case", "cases_caseshipment")

_SHIPMENTS: Final = """
INSERT INTO shipments_shipment (organisation_id, id, number, customer_id, service, mode, incoterm, freight_terms, goods,
    goods_class, currency, temperature_unit, documents, status, lane, created_from, created_at, plan_key)
SELECT %(organisation)s, %(base)s + n, 'SH-' || n, NULL, '', 'road', '', '', '', '', '', '', '[]', 'in_transit',
    'US-TX>US-IL', 'booking', %(now)s, ''
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
"""
_REFERENCES: Final = """
INSERT INTO shipments_reference (organisation_id, type, value, value_key, issuer_key, exclusive, shipment_id)
SELECT %(organisation)s, kind, value, value, '', true, %(base)s + n
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n,
    LATERAL (VALUES ('pro', (480000000 + n * 37)::text), ('bol', 'BL' || (7000000 + n))) AS said(kind, value)
"""
# Unequal as in a real backlog: money over four orders of magnitude, half of the cases unowned, a few people with most of
# the rest, half of the customers with a handful of cases each, one type in four a late delivery; one case in fifty past
# saving, one in a hundred to be acted on within two hours, half in other currencies than the house's.
_CASES: Final = """
INSERT INTO cases_case (organisation_id, id, number, type, phase, reason, responsible_party, excusable, severity, state,
    subject_shipment_id, subject_key, fingerprint, account_id, owner_id, partner_id, summary, place, lane, reference,
    search_text, opened_at, resolution, snoozed_for, touched_by_human, version, pinned, rank, currency, at_risk,
    avoidable, unavoidable, lost, recoverable, act_by, next_change_at, explanation, priced_at)
SELECT %(organisation)s, %(base)s + n, 'EX-' || n, kind, '', 'unknown', 'unknown', 'no',
    (ARRAY['S1', 'S2', 'S2', 'S2', 'S3', 'S3', 'S4'])[1 + (h >> 3) %% 7], CASE WHEN owner IS NULL THEN 'new' ELSE 'open' END,
    %(base)s + 1 + n / %(share)s, 'shipment:' || n, kind || ':shipment:' || n,
    (%(accounts)s::bigint[])[1 + floor(%(account_count)s * power(u, 3))::int], owner,
    (%(partners)s::bigint[])[1 + (h >> 7) %% %(partner_count)s], 'ETA past the window', 'Reno, NV',
    (ARRAY['Elko', 'Dallas', 'Reno', 'Lyon'])[1 + (h >> 5) %% 4] || ' > ' || (ARRAY['Chicago', 'Gent', 'Ogden'])[1 + h %% 3],
    'PRO ' || (480000000 + n * 37), 'PRO' || (480000000 + n * 37), %(now)s::timestamptz - w * interval '20 days', '', '',
    false, 1, false,
    CASE WHEN past THEN NULL ELSE ln(saves) / ln(2::float8) - extract(epoch FROM act - '2025-01-01Z'::timestamptz)::float8 / 14400 END,
    (ARRAY['USD', 'USD', 'EUR', 'GBP'])[1 + (h >> 9) %% 4], saves + 5000, CASE WHEN past THEN 0 ELSE saves END, 0, 0, 0, CASE WHEN past THEN NULL ELSE act END,
    CASE WHEN past THEN NULL ELSE act END,
    json_build_object('phrase', saves / 100 || ' USD still avoidable: rebook until 11:20', 'unavoidable', past,
        'zone', 'America/Chicago', 'place', 'Chicago', 'action', 'rebook', 'sentences', json_build_array(
        'If nobody acts, ' || saves / 100 || ' USD book at 14:00 Chicago; rebooking still works until 11:20')), %(now)s
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n,
    LATERAL (SELECT hashint8(n * 7919) & 2147483647 AS h, (hashint8(n) & 1048575) / 1048576::float8 AS u,
        (hashint8(n + 5000000) & 1048575) / 1048576::float8 AS v, (hashint8(n + 90000000) & 1048575) / 1048576::float8 AS w) AS chance,
    LATERAL (SELECT (1000 * power(10, 4 * v))::bigint AS saves, h %% 50 = 0 AS past,
        %(now)s::timestamptz + power(w, 2) * interval '400 hours' AS act,
        CASE WHEN h %% 4 = 0 THEN 'delivery_late' ELSE (%(types)s::text[])[1 + (h >> 2) %% %(type_count)s] END AS kind,
        CASE WHEN (h >> 4) %% 2 = 0 THEN NULL ELSE (%(people)s::bigint[])[1 + floor(%(people_count)s * power(v, 2))::int] END
        AS owner) AS told
"""
_AFFECTED: Final = """
INSERT INTO cases_caseshipment (organisation_id, case_id, shipment_id)
SELECT %(organisation)s, %(base)s + n, %(base)s + 1 + n / %(share)s FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
"""


@dataclass(frozen=True)
class Backlog:
    """An organisation with open cases. viewer: sees all; limited: a member granted thirty customers with their trees."""

    organisation: Organisation
    viewer: Viewer
    limited: Viewer
    values: dict[str, Any]
    groups: tuple[str, ...]
    """Beginnings of names of customers, from the one with the most cases to the one with the fewest."""

    def grow(self, first: int, last: int) -> None:
        """Make the cases numbered `first` to `last`, with freight."""
        freight = {"first": 1 + first // FREIGHT_SHARE if first > 1 else 1, "last": 1 + last // FREIGHT_SHARE}
        with as_owner(), acting_for(self.organisation), bare(TABLES):
            for sql in (_SHIPMENTS, _REFERENCES):
                _make(sql, {**self.values, **freight, "first": freight["first"] + (first > 1)})
            for sql in (_CASES, _AFFECTED):
                _make(sql, {**self.values, "first": first, "last": last})
        with as_owner(), connection.cursor() as cursor:
            for table in TABLES:
                cursor.execute(f'VACUUM ANALYZE "{table}"')


def backlog_create(slug: str, base: int) -> Backlog:
    """The house without a case. base: where its ids begin."""
    organisation = Organisation.objects.create(name=slug.title(), slug=slug, time_zone="UTC", currency="USD")
    with acting_for(organisation):
        people = [_member(organisation, number) for number in range(PEOPLE)]
        accounts = _accounts()
        partners = [_partner(accounts[0], slug, number) for number in range(PARTNERS)]
        limited = _limited(organisation, accounts[:: DIVISIONS + 1][20:50])
    values = {
        "organisation": organisation.pk, "base": base, "share": FREIGHT_SHARE, "now": NOW, "accounts": accounts,
        "account_count": len(accounts), "people": [member.pk for member in people], "people_count": PEOPLE,
        "partners": partners, "partner_count": PARTNERS, "types": [entry.code for entry in TYPES],
        "type_count": len(TYPES),
    }  # fmt: skip
    groups = tuple(f"group {number:03}" for number in range(GROUPS))
    return Backlog(organisation, Viewer.of(people[10], organisation), limited, values, groups)


def _make(sql: str, values: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def _member(organisation: Organisation, number: int) -> Member:
    user = User.objects.create(email=f"person{number}@{organisation.slug}.example", name=f"Person {number:02}")
    return Member.objects.create(user=user, role=Role.COORDINATOR)


def _accounts() -> list[int]:
    """Groups of customers, each followed by its divisions."""
    groups = Account.objects.bulk_create(
        [_account(f"G{number:03}", f"Group {number:03}", None) for number in range(GROUPS)]
    )
    parts = [
        _account(f"{group.code}-{part}", f"Division {part} of {group.code}", group)
        for group in groups
        for part in range(DIVISIONS)
    ]
    Account.objects.bulk_create(parts)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE parties_account SET path = coalesce('/' || parent_id, '') || '/' || id || '/'")
    return [pk for at, group in enumerate(groups) for pk in (group.pk, *_ids(parts[at * DIVISIONS :][:DIVISIONS]))]


def _account(code: str, name: str, parent: Account | None) -> Account:
    return Account(code=code, name=name, search_name=search_form(name), kind=AccountKind.CUSTOMER, parent=parent)


def _ids(accounts: Sequence[Account]) -> list[int]:
    return [account.pk for account in accounts]


def _partner(account_id: int, slug: str, number: int) -> int:
    return Partner.objects.create(
        account_id=account_id, slug=f"{slug}-{number}", name=f"Feed {number}", channel=Channel.WEBHOOK,
        adapter="cloudevents", signature=SignatureScheme.HMAC,
    ).pk  # fmt: skip


def _limited(organisation: Organisation, accounts: Sequence[int]) -> Viewer:
    """A member who sees thirty customers and what is below them."""
    user = User.objects.create(email=f"limited@{organisation.slug}.example", name="Limited")
    member = Member.objects.create(user=user, role=Role.COORDINATOR, restricted=True)
    permission = rows("SELECT id FROM auth_permission WHERE codename = 'view_account'")[0][0]
    kind = ContentType.objects.get_for_model(Account).pk
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO guardian_userobjectpermission (user_id, permission_id, content_type_id, object_pk) "
            "SELECT %s, %s, %s, unnest(%s::bigint[])::text",
            [user.pk, permission, kind, list(accounts)],
        )
    return Viewer.of(member, organisation)


@contextmanager
def bare(tables: Sequence[str]) -> Iterator[None]:
    """The tables without their foreign keys and plain indexes, which come back at the end. As the owner of the tables."""
    keys = rows(
        "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE contype = 'f' AND conrelid = ANY(%s::regclass[])",
        [list(tables)],
    )
    indexes = rows(
        "SELECT quote_ident(name.relname), pg_get_indexdef(indexrelid) FROM pg_index "
        "JOIN pg_class AS name ON name.oid = indexrelid WHERE indrelid = ANY(%s::regclass[]) AND NOT indisunique",
        [list(tables)],
    )
    _run(f"ALTER TABLE {table} DROP CONSTRAINT {name}" for table, name, _ in keys)
    _run(f"DROP INDEX {name}" for name, _ in indexes)
    yield
    _run(["SET maintenance_work_mem = '256MB'", *(definition for _, definition in indexes)])
    _run(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition} NOT VALID" for table, name, definition in keys)


def _run(statements: Any) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
