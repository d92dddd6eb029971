import django.db.models.deletion
from django.db import migrations, models

import controltower.tenancy.base
import controltower.tenancy.context
from controltower.tenancy.security import SecureTenantTables


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0007_saved_views"),
        ("parties", "0004_parcel_signatures"),
        ("tenancy", "0002_close"),
    ]

    operations = [
        migrations.CreateModel(
            name="Repricing",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("reason", models.CharField(max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("running", "Running"),
                            ("done", "Done"),
                            ("cancelled", "Cancelled"),
                            ("overtaken", "Begun anew by a later change"),
                        ],
                        default="running",
                        max_length=10,
                    ),
                ),
                ("ranks_first", models.BooleanField(default=False)),
                ("ranked_to", models.BigIntegerField(default=0)),
                ("after", models.BigIntegerField(default=0)),
                ("total", models.PositiveIntegerField()),
                ("done", models.PositiveIntegerField(default=0)),
                ("failed", models.PositiveIntegerField(default=0)),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "account",
                    controltower.tenancy.base.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.account",
                    ),
                ),
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
                    "started_by",
                    controltower.tenancy.base.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.member",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["organisation", "-id"], name="repricing_newest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["cancelled", "done", "overtaken", "running"])),
                        name="repricing_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("finished_at", None), ("state", "running")),
                            models.Q(models.Q(("state", "running"), _negated=True), ("finished_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="repricing_finished_or_running",
                    ),
                ],
            },
        ),
        SecureTenantTables("Repricing"),
    ]
