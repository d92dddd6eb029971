"""What every row that belongs to an organisation is made of."""

from typing import Any

from django.db import models

from controltower.tenancy.context import current_organisation_id


class TenantModel(models.Model):
    """A row of one organisation. Its table is closed by `SecureTenantTables` in the migration that makes it."""

    id = models.BigAutoField(primary_key=True)
    organisation = models.ForeignKey(
        "tenancy.Organisation",
        on_delete=models.PROTECT,
        related_name="+",
        default=current_organisation_id,
        db_index=False,
        editable=False,
    )

    class Meta:
        abstract = True


class TenantForeignKey(models.ForeignKey):
    """A foreign key inside one organisation.

    Django's own constraint would allow a row of another organisation. So the column carries none, and the migration
    makes the composite one, `(organisation_id, x_id) -> (organisation_id, id)`, with `SecureTenantTables`.
    """

    def __init__(self, to: Any, on_delete: Any = models.PROTECT, **kwargs: Any) -> None:
        kwargs["db_constraint"] = False
        super().__init__(to, on_delete, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("db_constraint", None)
        return name, path, args, kwargs
