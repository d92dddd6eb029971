import django.db.models.deletion
from django.db import migrations, models

import controltower.tenancy.base
import controltower.tenancy.context
from controltower.tenancy.security import SecureTenantTables

DUE_ESCALATIONS = """
CREATE FUNCTION cases_due_escalations(until timestamptz, at_most int)
RETURNS TABLE (organisation_id bigint, escalation_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT due.organisation_id, due.id FROM public.cases_escalation AS due
    WHERE due.done_at IS NULL AND due.due_at <= until ORDER BY due.due_at LIMIT at_most
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0008_repricing"),
        ("parties", "0004_parcel_signatures"),
        ("sla", "0004_editing"),
        ("tenancy", "0002_close"),
    ]

    operations = [
        migrations.CreateModel(
            name="Escalation",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("owner", "The case's owner"),
                            ("supervisor", "The supervisors"),
                            ("contact", "The named contact"),
                        ],
                        max_length=10,
                    ),
                ),
                ("due_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("told", "Told"),
                            ("nobody", "There is nobody to tell"),
                            ("over", "Nobody needs to be told any more"),
                        ],
                        default="",
                        max_length=8,
                    ),
                ),
                (
                    "told",
                    models.CharField(blank=True, default="", help_text="Names of those who were told", max_length=300),
                ),
                (
                    "case",
                    controltower.tenancy.base.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="escalations", to="cases.case"
                    ),
                ),
                (
                    "commitment",
                    controltower.tenancy.base.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="escalations", to="cases.commitment"
                    ),
                ),
                (
                    "contact",
                    controltower.tenancy.base.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.contact",
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
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("done_at", None)), fields=["due_at", "organisation"], name="escalation_due"
                    ),
                    models.Index(fields=["organisation", "case"], name="escalation_case"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organisation", "commitment", "step"), name="escalation_once"),
                    models.CheckConstraint(
                        condition=models.Q(("step__in", ["contact", "owner", "supervisor"])),
                        name="escalation_step_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("done_at", None), ("outcome", "")),
                            models.Q(("done_at__isnull", False), ("outcome__in", ["told", "nobody", "over"])),
                            _connector="OR",
                        ),
                        name="escalation_done_with_outcome",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EscalationRule",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("owner", "The case's owner"),
                            ("supervisor", "The supervisors"),
                            ("contact", "The named contact"),
                        ],
                        max_length=10,
                    ),
                ),
                ("after_minutes", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "contact",
                    controltower.tenancy.base.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.contact",
                    ),
                ),
                (
                    "contract",
                    controltower.tenancy.base.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="sla.contract",
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
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "contract", "step"), name="escalation_rule_once", nulls_distinct=False
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("step__in", ["contact", "owner", "supervisor"])),
                        name="escalation_rule_step_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("contact", None), ("step", "contact"), _connector="OR"),
                        name="escalation_rule_contact_in_its_step",
                    ),
                ],
            },
        ),
        SecureTenantTables("EscalationRule", "Escalation", owner_reads=("Escalation",)),
        migrations.RunSQL(DUE_ESCALATIONS, "DROP FUNCTION cases_due_escalations(timestamptz, int);"),
    ]
