"""Entries are appended in sets: what a transaction collected becomes one call.

The head of the chain was written once for each entry, and every version of it stood in the way of the next within the
same transaction: a hundred entries took a hundred times as long to find it. Now it is read and written once. The chain
is what it was: each entry's hash covers the same parts and the hash before it.
"""

from django.conf import settings
from django.db import migrations

APPEND = """
DROP FUNCTION audit_append(text, text, text, text, text, text, text);

CREATE FUNCTION audit_append(
    ats text[], actors text[], verbs text[], subjects text[], befores text[], afters text[], request_ids text[]
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    tenant bigint := nullif(current_setting('app.organisation', true), '')::bigint;
    last_seq bigint;
    digest text;
    hashes text[] := '{}';
    entry record;
BEGIN
    IF tenant IS NULL THEN
        RAISE EXCEPTION 'audit_append outside an organisation';
    END IF;
    INSERT INTO public.audit_head AS head VALUES (tenant, 0, repeat('0', 64)) ON CONFLICT DO NOTHING;
    SELECT head.seq, head.hash INTO last_seq, digest
        FROM public.audit_head AS head WHERE head.organisation_id = tenant FOR UPDATE;
    hashes[0] := digest;
    FOR entry IN
        SELECT * FROM unnest(ats, actors, verbs, subjects, befores, afters, request_ids)
            WITH ORDINALITY AS listed(at, actor, verb, subject, before, after, request_id, place) ORDER BY place
    LOOP
        digest := encode(sha256(
            public.audit_part(tenant::text) || public.audit_part((last_seq + entry.place)::text)
            || public.audit_part(entry.at) || public.audit_part(entry.actor) || public.audit_part(entry.verb)
            || public.audit_part(entry.subject) || public.audit_part(entry.before) || public.audit_part(entry.after)
            || public.audit_part(entry.request_id) || public.audit_part(digest)), 'hex');
        hashes[entry.place] := digest;
    END LOOP;
    INSERT INTO public.audit_entry
        SELECT tenant, last_seq + place, at, actor, verb, subject, before, after, request_id, prev_hash, hash
          FROM unnest(ats, actors, verbs, subjects, befores, afters, request_ids,
                      hashes[0:cardinality(ats) - 1], hashes[1:cardinality(ats)])
               WITH ORDINALITY
               AS listed(at, actor, verb, subject, before, after, request_id, prev_hash, hash, place);
    UPDATE public.audit_head AS head SET seq = last_seq + cardinality(ats), hash = digest
        WHERE head.organisation_id = tenant;
    RETURN last_seq + cardinality(ats);
END
$$;
"""

CLOSE = """
REVOKE ALL ON FUNCTION audit_append(text[], text[], text[], text[], text[], text[], text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_append(text[], text[], text[], text[], text[], text[], text[]) TO {runtime};
ALTER FUNCTION audit_append(text[], text[], text[], text[], text[], text[], text[]) OWNER TO {audit};
"""


def close(apps, schema_editor):
    names = {"audit": settings.DATABASE_AUDIT_ROLE, "runtime": settings.DATABASE_RUNTIME_ROLE}
    schema_editor.execute(CLOSE.format(**{key: schema_editor.quote_name(name) for key, name in names.items()}))


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [
        migrations.RunSQL(APPEND, migrations.RunSQL.noop),
        migrations.RunPython(close, migrations.RunPython.noop),
    ]
