from django.db import models

from controltower.tenancy.base import TenantForeignKey, TenantModel
from exceptions.cases.models import Case
from exceptions.parties.constraints import one_of
from exceptions.shipments.models import Shipment


class LinkState(models.TextChoices):
    PROPOSED = "proposed", "Proposed"
    CONFIRMED = "confirmed", "Confirmed"
    REJECTED = "rejected", "Rejected"


class DocumentLink(TenantModel):
    """A document belongs to a case or shipment, and why we think so."""

    document = TenantForeignKey("documents.Document", on_delete=models.CASCADE, related_name="links")
    case = TenantForeignKey(Case, on_delete=models.PROTECT, null=True, blank=True, related_name="document_links")
    shipment = TenantForeignKey(
        Shipment, on_delete=models.PROTECT, null=True, blank=True, related_name="document_links"
    )
    state = models.CharField(max_length=10, choices=LinkState, default=LinkState.PROPOSED)
    why = models.CharField(max_length=300, default="", blank=True)
    created_at = models.DateTimeField()
    confirmed_by = TenantForeignKey("tenancy.Member", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "document", "case", "shipment"],
                nulls_distinct=False,
                name="document_link_unique",
            ),
            models.CheckConstraint(
                condition=models.Q(case__isnull=False) | models.Q(shipment__isnull=False),
                name="document_link_to_something",
            ),
            one_of("state", LinkState, name="document_link_state_known"),
            models.CheckConstraint(
                condition=~models.Q(state="confirmed") | models.Q(confirmed_by__isnull=False),
                name="document_link_confirmed_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "case"], name="document_link_case"),
            models.Index(fields=["organisation", "shipment"], name="document_link_shipment"),
        ]

    def __str__(self) -> str:
        return f"{self.document} for {self.case or self.shipment}"
