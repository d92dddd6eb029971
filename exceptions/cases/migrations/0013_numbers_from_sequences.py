"""Numbers of cases from sequences, as those of shipments are."""

from django.db import migrations

CARRIED_OVER = """
ALTER TABLE cases_casecounter NO FORCE ROW LEVEL SECURITY;
DO $$
DECLARE
    counter record;
BEGIN
    FOR counter IN SELECT organisation_id, last FROM cases_casecounter LOOP
        EXECUTE format('CREATE SEQUENCE public.%I START %s', 'number_case_' || counter.organisation_id, counter.last + 1);
    END LOOP;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0012_queue_paths"), ("shipments", "0007_numbers_from_sequences")]
    operations = [
        migrations.RunSQL(CARRIED_OVER, migrations.RunSQL.noop),
        migrations.DeleteModel("CaseCounter"),
    ]
