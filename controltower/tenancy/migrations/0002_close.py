"""Close members and API keys, and open the two questions that must be asked before the organisation is known."""

from django.db import migrations

from controltower.tenancy.security import SecureTenantTables

FUNCTIONS = """
CREATE FUNCTION tenancy_memberships(of_user bigint) RETURNS TABLE (organisation_id bigint, member_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT member.organisation_id, member.id FROM public.tenancy_member AS member
     WHERE member.user_id = of_user AND member.is_active ORDER BY member.organisation_id
$$;

CREATE FUNCTION tenancy_key(of_digest text) RETURNS TABLE (organisation_id bigint, member_id bigint, key_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT key.organisation_id, key.member_id, key.id FROM public.tenancy_apikey AS key
     WHERE key.digest = of_digest AND key.revoked_at IS NULL AND (key.expires_at IS NULL OR key.expires_at > now())
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0001_initial")]
    operations = [
        SecureTenantTables("Member", "ApiKey", owner_reads=("Member", "ApiKey")),
        migrations.RunSQL(FUNCTIONS, "DROP FUNCTION tenancy_memberships(bigint); DROP FUNCTION tenancy_key(text)"),
    ]
