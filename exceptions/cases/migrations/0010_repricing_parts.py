import django.db.models.deletion
from django.db import migrations, models

import controltower.tenancy.base
import controltower.tenancy.context
from controltower.tenancy.security import SecureTenantTables


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0009_escalations"),
        ("tenancy", "0002_close"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="repricing",
            name="after",
        ),
        migrations.CreateModel(
            name="RepricingPart",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("after", models.BigIntegerField()),
                ("last", models.BigIntegerField(blank=True, null=True)),
                ("is_done", models.BooleanField(default=False)),
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
                (
                    "repricing",
                    controltower.tenancy.base.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="cases.repricing"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["organisation", "repricing"], name="repricing_part_of")],
            },
        ),
        SecureTenantTables("RepricingPart"),
    ]
