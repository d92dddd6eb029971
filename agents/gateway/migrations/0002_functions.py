"""Whose attempts still hold bytes past their time: ids only, for the sweeper."""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION gateway_organisations_with_expired_raw(moment timestamptz) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT DISTINCT organisation_id FROM public.gateway_runattempt WHERE raw <> '' AND expires_at <= moment
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("gateway", "0001_initial")]
    operations = [migrations.RunSQL(FUNCTIONS, "DROP FUNCTION gateway_organisations_with_expired_raw(timestamptz)")]
