from django.db import migrations, models

# Steps that are there already are about the deadline as it stands. The owner of the tables is bound by their policies, so
# they are let go for the statement.
AS_IT_STANDS = """
ALTER TABLE cases_escalation NO FORCE ROW LEVEL SECURITY;
ALTER TABLE cases_commitment NO FORCE ROW LEVEL SECURITY;
UPDATE cases_escalation SET missed_at = missed.due_at FROM cases_commitment AS missed
 WHERE missed.organisation_id = cases_escalation.organisation_id AND missed.id = cases_escalation.commitment_id;
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE cases_escalation FORCE ROW LEVEL SECURITY;
ALTER TABLE cases_commitment FORCE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0013_numbers_from_sequences")]
    operations = [
        migrations.AddField(
            model_name="escalation",
            name="missed_at",
            field=models.DateTimeField(help_text="The deadline that was missed", null=True),
        ),
        migrations.RunSQL(AS_IT_STANDS, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="escalation",
            name="missed_at",
            field=models.DateTimeField(help_text="The deadline that was missed"),
        ),
        migrations.RemoveConstraint(model_name="escalation", name="escalation_once"),
        migrations.AddConstraint(
            model_name="escalation",
            constraint=models.UniqueConstraint(
                fields=("organisation", "commitment", "step", "missed_at"), name="escalation_once"
            ),
        ),
    ]
