"""Accounts, contacts and partners as one viewer may see them."""

from collections.abc import Collection

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import QuerySet

from controltower.db import rows
from controltower.errors import NotFound
from controltower.tenancy.permissions import Verb
from controltower.tenancy.viewer import Viewer, require
from exceptions.parties.models import Account, Contact, ContactRole
from exceptions.parties.text import search_form

# Grants stand on few accounts and reach everything below them. One query; guardian's own helper takes four.
_GRANTED = """
SELECT DISTINCT below.id
  FROM guardian_userobjectpermission AS granted
  JOIN auth_permission AS permission ON permission.id = granted.permission_id
  JOIN parties_account AS account ON account.id::text = granted.object_pk AND account.path <> ''
  JOIN parties_account AS below
    ON below.path >= account.path AND below.path < left(account.path, -1) || '0'
 WHERE granted.user_id = %s AND granted.content_type_id = %s AND permission.codename = 'view_account'
"""


_NAMED = """
SELECT DISTINCT below.id
  FROM parties_account AS account
  JOIN parties_account AS below
    ON below.id = account.id
    OR account.path <> '' AND below.path >= account.path AND below.path < left(account.path, -1) || '0'
 WHERE account.search_name >= %(name)s AND account.search_name < %(until)s OR account.code = %(code)s
"""


def account_scope(viewer: Viewer) -> frozenset[int] | None:
    """Ids of the accounts a restricted member may see, children included; None when all may be seen.

    Resolved once per request: the viewer's cache keeps it.
    """
    if not viewer.member.restricted:
        return None
    if "account_scope" not in viewer.cache:
        content_type = ContentType.objects.get_for_model(Account)
        with connection.cursor() as cursor:
            cursor.execute(_GRANTED, [viewer.member.user_id, content_type.pk])
            viewer.cache["account_scope"] = frozenset(pk for (pk,) in cursor.fetchall())
    scope: frozenset[int] = viewer.cache["account_scope"]
    return scope


def accounts_named(text: str) -> list[int]:
    """Ids of the accounts whose name begins like this or whose code it is, with everything below them in the tree. For
    code that shows of them only what its viewer may see."""
    name = search_form(text)
    return (
        [pk for (pk,) in rows(_NAMED, {"name": name, "until": f"{name}\U0010ffff", "code": text.upper()})]
        if name
        else []
    )


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
