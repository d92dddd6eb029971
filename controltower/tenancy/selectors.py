"""Reads of members, keys and memberships."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from controltower.db import rows
from controltower.errors import NotFound
from controltower.tenancy.models import ApiKey, Member, Organisation
from controltower.tenancy.permissions import Verb
from controltower.tenancy.viewer import Viewer, require


@dataclass(frozen=True)
class KeyRow:
    key: ApiKey
    state: str
    """in use, ending, expired or revoked."""

    @property
    def may(self) -> list[str]:
        """What its holder may do, in words."""
        return [Verb[name].value for name in self.key.scopes if name in Verb.__members__]


def members_list(viewer: Viewer) -> QuerySet[Member]:
    """The people of the organisation, those who left last."""
    require(viewer, Verb.ADMINISTER)
    people = Member.objects.select_related("user").filter(user__isnull=False)
    return people.order_by("-is_active", "user__name", "pk")


def member_get(viewer: Viewer, pk: int) -> Member:
    found = members_list(viewer).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such member.")
    return found


def keys_list(viewer: Viewer, *, now: datetime) -> list[KeyRow]:
    """API keys, newest first."""
    require(viewer, Verb.ADMINISTER)
    return [KeyRow(key, _state(key, now)) for key in ApiKey.objects.select_related("member").order_by("-pk")]


def key_get(viewer: Viewer, pk: int) -> ApiKey:
    require(viewer, Verb.ADMINISTER)
    found = ApiKey.objects.select_related("member").filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such key.")
    return found


def organisations_of(viewer: Viewer) -> list[Organisation]:
    """Where the person behind this viewer is a member. Asked across organisations, by the one who may know."""
    if viewer.user is None:
        return [viewer.organisation]
    memberships = rows("SELECT organisation_id, member_id FROM tenancy_memberships(%s)", [viewer.user.pk])
    return list(Organisation.objects.filter(pk__in=[row[0] for row in memberships]).order_by("name"))


def _state(key: ApiKey, now: datetime) -> str:
    if key.revoked_at is not None:
        return "revoked"
    if key.expires_at is None:
        return "in use"
    return "expired" if key.expires_at <= now else "ending"
