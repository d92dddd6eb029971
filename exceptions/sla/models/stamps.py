from django.db import models

from controltower.tenancy.base import TenantModel


class BookStamp(TenantModel):
    """Changes with every write to what pricing reads of an organisation's contracts, hours, lead times and rates.

    Written by triggers only, in the writer's transaction. Numbers come from a sequence, so that one which was rolled
    back never comes again with another content. `sla.book` keeps a Book for as long as its number stands.
    """

    number = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation"], name="book_stamp_one")]

    def __str__(self) -> str:
        return str(self.number)
