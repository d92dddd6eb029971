from django.db import models

from controltower.tenancy.base import TenantForeignKey
from controltower.tenancy.models.organisations import validate_zone
from exceptions.parties.constraints import at_most_one
from exceptions.parties.models import Account, Location
from exceptions.sla.models.editing import EditedModel


class Calendar(EditedModel):
    """Working time of an account (a carrier's dispatch) or a location (receiving); with neither, the organisation's.

    `intervals`: {"mon": [["08:00", "12:00"], ["13:00", "17:00"]], ...} in `zone`. `closures` is a list of dates
    ("2026-12-24"); `extra_days` maps a date to its intervals.
    """

    name = models.CharField(max_length=200)
    account = TenantForeignKey(Account, on_delete=models.CASCADE, null=True, blank=True, related_name="calendars")
    location = TenantForeignKey(Location, on_delete=models.CASCADE, null=True, blank=True, related_name="calendars")
    zone = models.CharField(max_length=64, validators=[validate_zone])
    intervals = models.JSONField(default=dict)
    holiday_country = models.CharField(max_length=2, default="", blank=True)
    holiday_subdivision = models.CharField(max_length=10, default="", blank=True)
    closures = models.JSONField(default=list, blank=True)
    extra_days = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            at_most_one("account", "location", name="calendar_one_owner"),
            models.UniqueConstraint(
                fields=["organisation", "account", "location", "name"],
                nulls_distinct=False,
                name="calendar_name_unique",
            ),
            models.CheckConstraint(condition=~models.Q(zone=""), name="calendar_has_zone"),
        ]

    def __str__(self) -> str:
        return self.name
