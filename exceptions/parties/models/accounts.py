from django.db import models

from controltower.tenancy.base import TenantForeignKey, TenantModel
from exceptions.parties.constraints import one_of


class AccountKind(models.TextChoices):
    CUSTOMER = "customer", "Customer"
    CONSIGNEE = "consignee", "Consignee"
    CARRIER = "carrier", "Carrier"
    BROKER = "broker", "Broker"
    THREE_PL = "3pl", "3PL"
    WAREHOUSE = "warehouse", "Warehouse"
    TERMINAL = "terminal", "Terminal"
    AUTHORITY = "authority", "Authority"
    INSURER = "insurer", "Insurer"
    SUPPLIER = "supplier", "Supplier"


class Account(TenantModel):
    """A party to freight, in a tree (group, division, ship-to).

    `path` is the materialised way from the root, "/12/45/", kept by `services.account_create`: everything at or
    below an account is one range of it. `preferences` holds `locale` (en, de, pl, es) and `channel`.
    """

    code = models.CharField(max_length=40, db_collation="C")
    name = models.CharField(max_length=200)
    search_name = models.CharField(max_length=200, db_collation="C", default="", blank=True)
    kind = models.CharField(max_length=16, choices=AccountKind)
    tier = models.PositiveSmallIntegerField(default=2, help_text="1 is served first")
    parent = TenantForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=400, db_collation="C", default="", blank=True)
    scac = models.CharField(max_length=4, default="", blank=True, db_collation="C")
    preferences = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "code"], name="account_code_unique"),
            models.CheckConstraint(
                condition=models.Q(parent=None) | ~models.Q(parent=models.F("id")), name="account_not_own_parent"
            ),
            models.CheckConstraint(condition=models.Q(tier__gte=1, tier__lte=9), name="account_tier_1_to_9"),
            one_of("kind", AccountKind, name="account_kind_known"),
        ]
        indexes = [
            models.Index(fields=["organisation", "path"], name="account_path"),
            models.Index(fields=["organisation", "search_name"], name="account_search_name"),
            models.Index(fields=["organisation", "scac"], name="account_scac"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def locale(self) -> str:
        return str(self.preferences.get("locale", "en"))


class ContactRole(models.TextChoices):
    DISPATCH = "dispatch", "Dispatch"
    RECEIVING = "receiving", "Receiving"
    SHIPPING = "shipping", "Shipping"
    CUSTOMER_SERVICE = "customer_service", "Customer service"
    PLANNING = "planning", "Planning"
    CLAIMS = "claims", "Claims"
    CUSTOMS = "customs", "Customs"
    MANAGEMENT = "management", "Management"


class Contact(TenantModel):
    """A person or a desk. `hours` per weekday, in `zone`: {"mon": [["08:00", "17:00"]], "tue": ...}."""

    account = TenantForeignKey(Account, on_delete=models.PROTECT, related_name="contacts")
    name = models.CharField(max_length=200)
    desk = models.CharField(max_length=100, default="", blank=True)
    role = models.CharField(max_length=20, choices=ContactRole)
    email = models.EmailField(default="", blank=True)
    phone = models.CharField(max_length=40, default="", blank=True)
    locale = models.CharField(max_length=10, default="en")
    hours = models.JSONField(default=dict, blank=True)
    zone = models.CharField(max_length=64, default="UTC")
    escalation_step = models.PositiveSmallIntegerField(default=1)
    is_primary = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "account", "role"],
                condition=models.Q(is_primary=True),
                name="contact_one_primary_per_role",
            ),
            one_of("role", ContactRole, name="contact_role_known"),
        ]
        indexes = [
            models.Index(fields=["organisation", "account", "escalation_step"], name="contact_ladder"),
            models.Index(fields=["organisation", "email"], name="contact_email"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.get_role_display()})"
