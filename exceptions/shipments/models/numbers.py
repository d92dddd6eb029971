from django.db import models

from controltower.tenancy.base import TenantModel


class NumberSeries(TenantModel):
    """The last number given out in a series of an organisation; taken with a row lock, so none is given twice."""

    name = models.CharField(max_length=20)
    last = models.BigIntegerField()

    class Meta:
        verbose_name_plural = "number series"
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="number_series_unique")]

    def __str__(self) -> str:
        return f"{self.name} {self.last}"
