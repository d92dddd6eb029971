from django.db import models
from django.db.models import Q

from controltower.tenancy.base import TenantForeignKey, TenantModel
from controltower.tenancy.models.organisations import validate_zone
from exceptions.parties.constraints import one_of


class LocationKind(models.TextChoices):
    DOCK = "dock", "Dock"
    WAREHOUSE = "warehouse", "Warehouse"
    STORE = "store", "Store"
    PLANT = "plant", "Plant"
    TERMINAL = "terminal", "Terminal"
    RAMP = "ramp", "Ramp"
    PORT = "port", "Port"
    AIRPORT = "airport", "Airport"


class Location(TenantModel):
    """A place freight stops at. `hours` has the shape of `Contact.hours`, in the location's own zone."""

    account = TenantForeignKey("parties.Account", on_delete=models.PROTECT, null=True, blank=True)
    code = models.CharField(max_length=40, default="", blank=True, db_collation="C")
    kind = models.CharField(max_length=12, choices=LocationKind)
    name = models.CharField(max_length=200)
    search_name = models.CharField(max_length=200, db_collation="C", default="", blank=True)
    address = models.CharField(max_length=300, default="", blank=True)
    city = models.CharField(max_length=100, default="", blank=True)
    region = models.CharField(max_length=50, default="", blank=True)
    postcode = models.CharField(max_length=20, default="", blank=True)
    country = models.CharField(max_length=2, default="", blank=True, help_text="ISO 3166-1")
    unlocode = models.CharField(max_length=5, default="", blank=True, db_collation="C")
    zone = models.CharField(max_length=64, validators=[validate_zone])
    hours = models.JSONField(default=dict, blank=True)
    appointment_rule = models.CharField(max_length=300, default="", blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "code"], condition=~Q(code=""), name="location_code_unique"
            ),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180),
                name="location_on_the_globe",
            ),
            models.CheckConstraint(condition=~Q(zone=""), name="location_has_zone"),
            one_of("kind", LocationKind, name="location_kind_known"),
        ]
        indexes = [
            models.Index(fields=["organisation", "account"], name="location_account"),
            models.Index(fields=["organisation", "search_name"], name="location_search_name"),
            models.Index(fields=["organisation", "unlocode"], name="location_unlocode"),
        ]

    def __str__(self) -> str:
        return ", ".join(part for part in (self.name, self.city, self.region) if part)
