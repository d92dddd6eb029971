"""Files, their pages and the fields read from them. This app knows no shipment and no case."""

from django.db import models
from django.db.models import Q

from controltower.tenancy.base import TenantForeignKey, TenantModel


class DocumentState(models.TextChoices):
    RECEIVED = "received", "Received"
    READING = "reading", "Being read"
    READ = "read", "To review"
    UNREADABLE = "unreadable", "Not readable"
    ACCEPTED = "accepted", "Accepted"


class DocumentKind(models.TextChoices):
    BILL_OF_LADING = "bill_of_lading", "Bill of lading"
    WAYBILL = "waybill", "Waybill"
    PROOF_OF_DELIVERY = "proof_of_delivery", "Proof of delivery"
    CMR = "cmr", "CMR"
    PACKING_LIST = "packing_list", "Packing list"
    COMMERCIAL_INVOICE = "commercial_invoice", "Commercial invoice"
    FREIGHT_INVOICE = "freight_invoice", "Freight invoice"
    CUSTOMS_ENTRY = "customs_entry", "Customs entry"
    DELIVERY_NOTE = "delivery_note", "Delivery note"
    RATE_CONFIRMATION = "rate_confirmation", "Rate confirmation"
    OSD_REPORT = "osd_report", "OS&D report"
    OTHER = "other", "Other"


class ReadState(models.TextChoices):
    """`documents.extraction.fields.FieldState` as a column."""

    VERIFIED = "verified", "Verified"
    SUPPORTED = "supported", "Supported"
    CONFLICT = "conflict", "Conflict"
    UNSUPPORTED = "unsupported", "No evidence"
    ABSENT = "absent", "Not on the document"
    CONFIRMED = "confirmed", "Confirmed"


class Reader(models.TextChoices):
    RULES = "rules", "Rules"
    MODEL = "model", "Model"
    PERSON = "person", "Person"


class Change(models.TextChoices):
    ACCEPTED = "accepted", "Accepted"
    CORRECTED = "corrected", "Corrected"
    ENTERED = "entered", "Entered by hand"
    NOT_ON_DOCUMENT = "not_on_document", "Not on the document"


class Document(TenantModel):
    """A file as received. Its bytes lie content-addressed in the data folder and are never served inline.

    `scope_id` is the account it belongs to, opaque here: restricted members see only documents of their scopes.
    """

    sha256 = models.CharField(max_length=64, db_collation="C")
    filename = models.CharField(max_length=160)
    size = models.PositiveIntegerField()
    content_type = models.CharField(max_length=60)
    scope_id = models.CharField(max_length=40, default="", blank=True, db_collation="C")
    kind = models.CharField(max_length=24, choices=DocumentKind, default=DocumentKind.OTHER)
    state = models.CharField(max_length=12, choices=DocumentState, default=DocumentState.RECEIVED)
    reason_code = models.CharField(max_length=24, default="", blank=True)
    reason = models.CharField(max_length=300, default="", blank=True)
    warnings = models.JSONField(default=list, blank=True)
    page_count = models.PositiveSmallIntegerField(default=0)
    uploaded_by = TenantForeignKey("tenancy.Member", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    uploaded_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "sha256", "scope_id"], name="document_once_per_scope"),
            models.CheckConstraint(condition=Q(state__in=DocumentState.values), name="document_state_known"),
            models.CheckConstraint(condition=Q(kind__in=DocumentKind.values), name="document_kind_known"),
            models.CheckConstraint(
                condition=~Q(state="unreadable") | ~Q(reason=""), name="document_unreadable_says_why"
            ),
        ]
        indexes = [models.Index(fields=["organisation", "-id"], name="document_newest")]

    def __str__(self) -> str:
        return self.filename


class Page(TenantModel):
    """One page: its words with their boxes (`documents.reading.doctext.PageText` as JSON) and our picture of it."""

    document = TenantForeignKey(Document, on_delete=models.CASCADE, related_name="pages")
    number = models.PositiveSmallIntegerField()
    width = models.FloatField()
    height = models.FloatField()
    text = models.JSONField(default=dict, blank=True)
    picture_sha256 = models.CharField(max_length=64, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "document", "number"], name="page_once"),
            models.CheckConstraint(condition=Q(width__gt=0, height__gt=0), name="page_has_area"),
        ]

    def __str__(self) -> str:
        return f"Page {self.number} of {self.document}"


class ExtractedField(TenantModel):
    """One value of a document. It is a proposal until a named person decided on it; `found_state` is what it was then."""

    document = TenantForeignKey(Document, on_delete=models.CASCADE, related_name="fields")
    key = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField(default=0)
    value = models.CharField(max_length=500, default="", blank=True)
    normalised = models.CharField(max_length=500, default="", blank=True)
    evidence = models.JSONField(null=True, blank=True)
    alternatives = models.JSONField(default=list, blank=True)
    checks = models.JSONField(default=list, blank=True)
    complaints = models.JSONField(default=list, blank=True)
    reader = models.CharField(max_length=8, choices=Reader)
    state = models.CharField(max_length=12, choices=ReadState)
    found_state = models.CharField(max_length=12, choices=ReadState)
    decided_by = TenantForeignKey("tenancy.Member", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "document", "key", "position"], name="field_once"),
            models.CheckConstraint(condition=Q(state__in=ReadState.values), name="field_state_known"),
            models.CheckConstraint(condition=Q(reader__in=Reader.values), name="field_reader_known"),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="field_confirmed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True, decided_at__isnull=True)
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="field_decided_by_and_at",
            ),
            # A value that a reader gave without evidence is never usable as it stands.
            models.CheckConstraint(
                condition=~Q(state__in=["verified", "supported"]) | Q(evidence__isnull=False),
                name="field_supported_has_evidence",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} of {self.document}"

    @property
    def is_decided(self) -> bool:
        return self.decided_by_id is not None


class FieldChange(TenantModel):
    """What a person did to a field: the history of its value."""

    field = TenantForeignKey(ExtractedField, on_delete=models.CASCADE, related_name="changes")
    change = models.CharField(max_length=16, choices=Change)
    before = models.CharField(max_length=500, default="", blank=True)
    after = models.CharField(max_length=500, default="", blank=True)
    by = TenantForeignKey("tenancy.Member", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(change__in=Change.values), name="field_change_known")]
        indexes = [models.Index(fields=["organisation", "field", "id"], name="field_change_field")]

    def __str__(self) -> str:
        return f"{self.get_change_display()} by {self.by_id}"
