"""Calendars as one viewer may see them."""

from __future__ import annotations

from django.db.models import Q

from controltower.errors import NotFound
from controltower.tenancy.permissions import Verb
from controltower.tenancy.viewer import Viewer, require
from exceptions.parties.selectors import account_scope
from exceptions.sla.models import Calendar


def calendars_list(viewer: Viewer) -> list[Calendar]:
    """Ours first, then those of accounts and of places; of those only what the viewer may see freight of."""
    require(viewer, Verb.VIEW)
    found = Calendar.objects.select_related("account", "location", "changed_by__user")
    scope = account_scope(viewer)
    if scope is not None:
        ours, of_place = Q(account=None, location=None), Q(location__account=None, location__isnull=False)
        found = found.filter(ours | of_place | Q(account__in=scope) | Q(location__account__in=scope))
    return sorted(
        found,
        key=lambda row: (
            bool(row.account_id) + 2 * bool(row.location_id),
            str(row.account or row.location or ""),
            row.name,
        ),
    )


def calendar_get(viewer: Viewer, pk: int) -> Calendar:
    found = next((row for row in calendars_list(viewer) if row.pk == pk), None)
    if found is None:
        raise NotFound("There is no such calendar.")
    return found
