"""What all changes to contracts, calendars and rates have in common."""

from __future__ import annotations

from datetime import datetime

from controltower.audit import Actor
from controltower.errors import Conflict, Forbidden, NotFound
from exceptions.parties.models import Account
from exceptions.sla.models import Contract, ContractVersion, VersionState
from exceptions.sla.models.editing import EditedModel
from exceptions.sla.signals import terms_changed


def person(actor: Actor) -> int:
    """The id of the member who acts. Money moves by what stands here, so no program writes it on its own."""
    if actor.kind != "member" or actor.id is None:
        raise Forbidden("Only a person changes contracts, calendars and rates.", code="not_a_person")
    return actor.id


def same_revision(row: EditedModel, revision: int) -> None:
    """`Conflict` when the locked row is not what the person had read. `details` says whose change came between."""
    if row.revision == revision:
        return
    by = row.changed_by.name if row.changed_by else "Somebody"
    raise Conflict(
        f"{by} changed this while you were writing. Compare with what stands there now, then save again.",
        code="changed_meanwhile",
        details={"revision": row.revision, "changed_by": by},
    )


def tell_changed(reason: str, *, actor: Actor, now: datetime, account: Account | None = None) -> None:
    """Say above that prices, hours or rates are others now; the open cases that it may move are priced anew.

    account: the customer that it is about, None when it may move anybody's.
    """
    terms_changed.send(sender=Contract, reason=reason, account=account, actor=actor, now=now)


def draft_locked(version: ContractVersion) -> ContractVersion:
    """The draft as it is now, locked. `Conflict` for one that holds or held: what was promised is not rewritten."""
    row = version_locked(version)
    if row.state != VersionState.DRAFT:
        raise Conflict(
            "This version is not a draft any more. Make a new version, and change that one.", code="not_a_draft"
        )
    return row


def version_locked(version: ContractVersion) -> ContractVersion:
    """The version as it is now, locked to the end of the transaction."""
    found = (
        ContractVersion.objects.select_for_update(no_key=True, of=("self",))
        .select_related("contract__account", "changed_by__user")
        .filter(pk=version.pk)
        .first()
    )
    if found is None:
        raise NotFound("This version does not exist any more.")
    return found
