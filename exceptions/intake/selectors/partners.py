"""Partners as supervisors and administrators see them."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.http import urlencode

from controltower.errors import NotFound
from controltower.tenancy.permissions import Verb
from controltower.tenancy.viewer import Viewer, require
from exceptions.intake.models import Mailbox
from exceptions.intake.services.batches import BATCH_ADAPTERS
from exceptions.parties.models import Partner, SignatureScheme


@dataclass(frozen=True, slots=True)
class Address:
    """Where a partner sends to, and what else it needs there."""

    label: str
    url: str
    needs: str


def partners_of(viewer: Viewer) -> QuerySet[Partner]:
    """All partners by name."""
    require(viewer, Verb.OPERATE)
    return Partner.objects.select_related("account", "default_customer").order_by("name", "id")


def partner_of(viewer: Viewer, slug: str) -> Partner:
    require(viewer, Verb.OPERATE)
    partner = Partner.objects.select_related("account", "default_customer").filter(slug=slug).first()
    if partner is None:
        raise NotFound("There is no such partner, or it belongs to another organisation.")
    return partner


def mailbox_of(viewer: Viewer, partner: Partner) -> Mailbox | None:
    require(viewer, Verb.OPERATE)
    return Mailbox.objects.filter(partner=partner).first()


def addresses_of(partner: Partner) -> list[Address]:
    """Where this partner's messages may go, the best way first."""
    found = []
    if partner.signature != SignatureScheme.TRANSPORT:
        url = settings.BASE_URL + reverse("door:receive", args=[partner.slug])
        found.append(Address("Webhook", url, partner.get_signature_display()))
    url = settings.BASE_URL + reverse("intake_api:messages", args=[partner.slug])
    found.append(Address("API", url, "an API key that may send signals"))
    if partner.adapter in BATCH_ADAPTERS:
        url = f"{settings.BASE_URL}{reverse('intake_api:events')}?{urlencode({'partner': partner.slug})}"
        found.append(Address("Batches", url, "the same key, up to 1,000 events a request"))
    return found
