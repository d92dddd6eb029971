"""Accounts, contacts and partners as one viewer may see them."""

from collections.abc import Collection
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet

from controltower.db import rows
from controltower.errors import NotFound
from controltower.tenancy.permissions import Verb
from controltower.tenancy.viewer import Viewer, require
from exceptions.parties.models import Account, Contact, ContactRole
from exceptions.parties.text import search_form

# Grants stand on few accounts and reach everything below them. guardian's own helper takes four queries.
_GRANTED = """
SELECT account.id, account.path FROM parties_account AS account
 WHERE account.id = ANY(ARRAY(
    SELECT granted.object_pk::bigint FROM guardian_userobjectpermission AS granted
      JOIN auth_permission AS permission ON permission.id = granted.permission_id
     WHERE granted.user_id = %s AND granted.content_type_id = %s AND permission.codename = 'view_account'))
"""
_NAMED = """
SELECT id, path FROM parties_account
 WHERE search_name >= %(name)s AND search_name < %(until)s
UNION SELECT id, path FROM parties_account WHERE code = %(code)s
"""
# The ranges come as values: under row-level security a bound that is computed from another row keeps off the index.
_BELOW = """
SELECT below.id FROM unnest(%s::text[], %s::text[]) AS span(first, until)
  JOIN parties_account AS below ON below.path >= span.first AND below.path < span.until
"""


def account_scope(viewer: Viewer) -> frozenset[int] | None:
    """Ids of the accounts a restricted member may see, children included; None when all may be seen.

    Resolved once per request: the viewer's cache keeps it.
    """
    if not viewer.member.restricted:
        return None
    if "account_scope" not in viewer.cache:
        content_type = ContentType.objects.get_for_model(Account)
        granted = rows(_GRANTED, [viewer.member.user_id, content_type.pk])
        viewer.cache["account_scope"] = frozenset(_with_below(granted))
    scope: frozenset[int] = viewer.cache["account_scope"]
    return scope


def accounts_named(text: str, *, exact: bool = False) -> list[int]:
    """Ids of the accounts whose name begins like this (is this, with `exact`) or whose code it is, with everything below
    them in the tree. For code that shows of them only what its viewer may see."""
    name = search_form(text)
    # No name holds control characters: nothing lies between one and itself with the least of them behind.
    until = f"{name}\x01" if exact else f"{name}\U0010ffff"
    named = rows(_NAMED, {"name": name, "until": until, "code": text.upper()}) if name else []
    return sorted(_with_below(named))


def _with_below(accounts: Collection[tuple[Any, ...]]) -> set[int]:
    """The accounts (id, path) and everything below them: each path is the beginning of those below it."""
    firsts = sorted({path for _, path in accounts if path})
    tops = [path for at, path in enumerate(firsts) if not at or not path.startswith(firsts[at - 1])]
    found = rows(_BELOW, [tops, [f"{path[:-1]}0" for path in tops]]) if tops else []
    return {pk for pk, _ in accounts} | {pk for (pk,) in found}


def account_is_visible(viewer: Viewer, account_id: int | None) -> bool:
    """Whether things of this account may be seen. What belongs to nobody is for unrestricted members only."""
    scope = account_scope(viewer)
    return scope is None or account_id in scope


def account_list(viewer: Viewer) -> QuerySet[Account]:
    require(viewer, Verb.VIEW)
    accounts = Account.objects.order_by("search_name", "id")
    scope = account_scope(viewer)
    return accounts if scope is None else accounts.filter(pk__in=scope)


def account_get(viewer: Viewer, code: str) -> Account:
    account = account_list(viewer).filter(code=code).first()
    if account is None:
        raise NotFound(f"There is no account {code}.")
    return account


def account_ancestry(account: Account) -> list[int]:
    """Ids from the account up to its root: what contracts and preferences are inherited along."""
    return [int(step) for step in reversed(account.path.split("/")) if step] or [account.pk]


def contacts_of(accounts: Collection[int], roles: Collection[ContactRole] = ()) -> list[Contact]:
    """The ladder of contacts of some accounts: by escalation step, the primary one first. For code that has already
    established that its viewer may see what these accounts are party to."""
    contacts = Contact.objects.filter(account__in=accounts).select_related("account")
    if roles:
        contacts = contacts.filter(role__in=roles)
    return list(contacts.order_by("escalation_step", "-is_primary", "id"))


def partner_by_slug(slug: str) -> tuple[int, int] | None:
    """(organisation id, partner id), asked before the organisation is known; None for an unknown slug."""
    found = rows("SELECT organisation_id, partner_id FROM partner_by_slug(%s)", [slug])
    return (found[0][0], found[0][1]) if found else None
