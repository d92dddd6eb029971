"""Items of a delivery as messages of their own, what a format answers, and requests that their sender named."""

import django.db.models.deletion
from django.db import migrations, models

import controltower.tenancy.base
import controltower.tenancy.context
from controltower.tenancy.security import SecureTenantReferences, SecureTenantTables

IMMUTABLE = """
DROP TRIGGER message_is_immutable ON intake_message;
CREATE TRIGGER message_is_immutable
BEFORE UPDATE OF organisation_id, partner_id, channel, raw, headers, content_type, sha256, dedupe_key, received_at, sandbox,
    parent_id, position, within
ON intake_message FOR EACH ROW EXECUTE FUNCTION intake_message_is_immutable();
"""
BEFORE = """
DROP TRIGGER message_is_immutable ON intake_message;
CREATE TRIGGER message_is_immutable
BEFORE UPDATE OF organisation_id, partner_id, channel, raw, headers, content_type, sha256, dedupe_key, received_at, sandbox
ON intake_message FOR EACH ROW EXECUTE FUNCTION intake_message_is_immutable();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0003_tallies"),
        ("parties", "0002_functions"),
        ("tenancy", "0002_close"),
    ]

    operations = [
        migrations.CreateModel(
            name="KeyedRequest",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", models.CharField(db_collation="C", max_length=200)),
                ("digest", models.CharField(db_collation="C", help_text="Sha256 of address and body", max_length=64)),
                ("answer", models.JSONField(null=True)),
                ("expires_at", models.DateTimeField()),
                (
                    "member",
                    controltower.tenancy.base.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenancy.member"
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
        ),
        migrations.RemoveConstraint(
            model_name="message",
            name="message_once_per_dedupe_key",
        ),
        migrations.RemoveConstraint(
            model_name="message",
            name="message_state_known",
        ),
        migrations.AddField(
            model_name="message",
            name="acknowledgement",
            field=models.BinaryField(blank=True, help_text="What the format answers, such as an X12 997", null=True),
        ),
        migrations.AddField(
            model_name="message",
            name="items",
            field=models.PositiveIntegerField(
                default=0, help_text="Items of a delivery that was taken apart, repeats included"
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="parent",
            field=controltower.tenancy.base.TenantForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="parts",
                to="intake.message",
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="position",
            field=models.PositiveIntegerField(blank=True, help_text="Of an item in its delivery, from 1", null=True),
        ),
        migrations.AddField(
            model_name="message",
            name="within",
            field=models.CharField(
                blank=True,
                default="",
                help_text="Of an item in its delivery: line, segment, JSON pointer",
                max_length=200,
            ),
        ),
        migrations.AlterField(
            model_name="message",
            name="state",
            field=models.CharField(
                choices=[
                    ("received", "Received"),
                    ("processed", "Processed"),
                    ("duplicate", "Duplicate"),
                    ("split", "Taken apart"),
                    ("dead", "Not understood"),
                ],
                default="received",
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("parent__isnull", False)),
                fields=["organisation", "parent", "position"],
                name="message_items",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(
                fields=("organisation", "partner", "dedupe_key", "sha256"), name="message_once_per_key_and_content"
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("parent", None), ("position", None)),
                    models.Q(("parent__isnull", False), ("position__gte", 1)),
                    _connector="OR",
                ),
                name="message_item_has_position",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["dead", "duplicate", "processed", "received", "split"])),
                name="message_state_known",
            ),
        ),
        migrations.AddIndex(
            model_name="keyedrequest",
            index=models.Index(fields=["organisation", "expires_at"], name="keyed_request_expiry"),
        ),
        migrations.AddConstraint(
            model_name="keyedrequest",
            constraint=models.UniqueConstraint(fields=("organisation", "member", "key"), name="keyed_request_once"),
        ),
        SecureTenantTables("KeyedRequest"),
        SecureTenantReferences("Message", "parent"),
        migrations.RunSQL(IMMUTABLE, BEFORE),
    ]
