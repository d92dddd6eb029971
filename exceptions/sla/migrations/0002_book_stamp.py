"""The stamp under which pricing keeps contracts, hours and lead times in memory."""

import django.db.models.deletion
from django.db import migrations, models

import controltower.tenancy.context
from controltower.tenancy.security import SecureTenantTables
from exceptions.sla.stamping import FUNCTION, UNDO, StampsBook


class Migration(migrations.Migration):
    dependencies = [
        ("parties", "0004_parcel_signatures"),
        ("sla", "0001_initial"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="BookStamp",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.BigIntegerField()),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        default=controltower.tenancy.context.current_organisation_id,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organisation",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("organisation",), name="book_stamp_one")],
            },
        ),
        SecureTenantTables("BookStamp"),
        migrations.RunSQL(FUNCTION, UNDO),
        StampsBook("Calendar", "Contract", "ContractVersion", "LeadTime", "Term"),
        StampsBook("Contact", app="parties"),
    ]
