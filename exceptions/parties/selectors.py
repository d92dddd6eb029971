"""Accounts, contacts and partners as one viewer may see them."""

from collections.abc import Collection

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet

from controltower.db import rows
from controltower.errors import NotFound
from controltower.tenancy.models import Member
from controltower.tenancy.permissions import Verb
from controltower.tenancy.viewer import Viewer, require
from exceptions.parties.models import Account, Contact, ContactRole
from exceptions.parties.text import search_form

# The accounts that were found, and all below them, with the name they were found by. The ranges come as values of their
# own: under row-level security a bound that is computed from another row keeps off the index.
_BELOW = """
SELECT name, id FROM found
UNION SELECT span.name, below.id FROM unnest(
    ARRAY(SELECT name FROM found WHERE path <> '' ORDER BY path, name),
    ARRAY(SELECT path FROM found WHERE path <> '' ORDER BY path, name),
    ARRAY(SELECT left(path, -1) || '0' FROM found WHERE path <> '' ORDER BY path, name)) AS span(name, first, until)
  JOIN parties_account AS below ON below.path >= span.first AND below.path < span.until
"""
# Grants stand on few accounts and reach everything below them. guardian's own helper takes four queries.
_GRANTED = f"""
WITH found AS MATERIALIZED (SELECT ''::text AS name, account.id, account.path FROM parties_account AS account
 WHERE account.id = ANY(ARRAY(
    SELECT granted.object_pk::bigint FROM guardian_userobjectpermission AS granted
      JOIN auth_permission AS permission ON permission.id = granted.permission_id
     WHERE granted.user_id = %s AND granted.content_type_id = %s AND permission.codename = 'view_account')))
{_BELOW}"""  # noqa: S608 - put together of constants
# The accounts that are meant by each of several names; takes the arrays of `names_asked`.
ACCOUNTS_NAMED = f"""
WITH asked AS (SELECT * FROM unnest(%(names)s::text[], %(firsts)s::text[], %(untils)s::text[], %(codes)s::text[])
        AS asked(name, first, until, code)),
     found AS MATERIALIZED (
        SELECT asked.name, account.id, account.path FROM asked JOIN parties_account AS account
            ON account.search_name >= asked.first AND account.search_name < asked.until
        UNION SELECT asked.name, account.id, account.path FROM asked JOIN parties_account AS account
            ON account.code = asked.code)
{_BELOW}"""  # noqa: S608 - put together of constants


def account_scope(viewer: Viewer) -> frozenset[int] | None:
    """Ids of the accounts a restricted member may see, children included; None when all may be seen.

    Resolved once per request: the viewer's cache keeps it.
    """
    if not viewer.member.restricted:
        return None
    if "account_scope" not in viewer.cache:
        content_type = ContentType.objects.get_for_model(Account)
        found = rows(_GRANTED, [viewer.member.user_id, content_type.pk])
        viewer.cache["account_scope"] = frozenset(pk for _, pk in found)
    scope: frozenset[int] = viewer.cache["account_scope"]
    return scope


def accounts_named(text: str, *, exact: bool = False) -> list[int]:
    """Ids of the accounts whose name begins like this (is this, with `exact`) or whose code it is, with everything below
    them in the tree. For code that shows of them only what its viewer may see."""
    asked = names_asked([text], exact=exact)
    return sorted({pk for _, pk in rows(ACCOUNTS_NAMED, asked)} if asked["names"] else set())


def names_asked(texts: Collection[str], *, exact: bool = False) -> dict[str, list[str]]:
    """What `ACCOUNTS_NAMED` takes for these names; those without a letter or digit mean nobody."""
    said = [(text, name) for text in texts if (name := search_form(text))]
    # No name holds control characters: nothing lies between one and itself with the least of them behind.
    last = "\x01" if exact else "\U0010ffff"
    return {
        "names": [text for text, _ in said],
        "firsts": [name for _, name in said],
        "untils": [f"{name}{last}" for _, name in said],
        "codes": [text.upper() for text, _ in said],
    }


def account_is_visible(viewer: Viewer, account_id: int | None) -> bool:
    """Whether things of this account may be seen. What belongs to nobody is for unrestricted members only."""
    scope = account_scope(viewer)
    return scope is None or account_id in scope


def member_sees(member: Member, account_id: int | None) -> bool:
    """`account_is_visible` for a member who is not the one who asks: to whom a case is given, who is told of it."""
    return not member.restricted or account_is_visible(Viewer.of(member, member.organisation), account_id)


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
