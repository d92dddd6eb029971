"""The intake door knows a partner's slug before it knows the organisation: one question, answered with ids only."""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION partner_by_slug(of_slug text) RETURNS TABLE (organisation_id bigint, partner_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT partner.organisation_id, partner.id FROM public.parties_partner AS partner WHERE partner.slug = of_slug
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("parties", "0001_initial")]
    operations = [migrations.RunSQL(FUNCTIONS, "DROP FUNCTION partner_by_slug(text)")]
