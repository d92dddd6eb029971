"""What is due, over all organisations: the sweeper asks with ids as the only answer, and acts inside each organisation."""

from django.db import migrations

OPEN = "('new', 'open', 'waiting')"

FUNCTIONS = f"""
CREATE FUNCTION cases_due_stakes(until timestamptz, at_most int)
RETURNS TABLE (organisation_id bigint, case_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT due.organisation_id, due.id FROM public.cases_case AS due
    WHERE due.state IN {OPEN} AND due.next_change_at <= until ORDER BY due.next_change_at LIMIT at_most
$$;
CREATE FUNCTION cases_due_expectations(until timestamptz, at_most int)
RETURNS TABLE (organisation_id bigint, expectation_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT due.organisation_id, due.id FROM public.cases_expectation AS due
    WHERE due.cleared_at IS NULL AND due.expired_at IS NULL AND due.due_at <= until ORDER BY due.due_at LIMIT at_most
$$;
CREATE FUNCTION cases_due_wakes(until timestamptz, at_most int)
RETURNS TABLE (organisation_id bigint, case_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT due.organisation_id, due.id FROM public.cases_case AS due
    WHERE due.snoozed_until IS NOT NULL AND due.snoozed_until <= until ORDER BY due.snoozed_until LIMIT at_most
$$;
CREATE FUNCTION cases_due_checks(until timestamptz, at_most int)
RETURNS TABLE (organisation_id bigint, check_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT due.organisation_id, due.id FROM public.cases_nextcheck AS due
    WHERE due.done_at IS NULL AND due.reminded_at IS NULL AND due.due_at <= until ORDER BY due.due_at LIMIT at_most
$$;
"""

UNDO = """
DROP FUNCTION cases_due_stakes(timestamptz, int);
DROP FUNCTION cases_due_expectations(timestamptz, int);
DROP FUNCTION cases_due_wakes(timestamptz, int);
DROP FUNCTION cases_due_checks(timestamptz, int);
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]
    operations = [migrations.RunSQL(FUNCTIONS, UNDO)]
