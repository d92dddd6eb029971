"""The audit table, closed by the database itself.

It belongs to the role `tower_audit`, which cannot log in. The runtime role may read its own organisation's rows and
call `audit_append`; nobody may update, delete or truncate, also not through the owner's rights: the triggers fire
ALWAYS, replication role included. What remains possible to a superuser is said in the threat model, and shows against
the signed checkpoints that leave the database.
"""

from django.conf import settings
from django.db import migrations, models

TABLES = """
CREATE TABLE audit_head (
    organisation_id bigint PRIMARY KEY,
    seq bigint NOT NULL,
    hash text NOT NULL
);
CREATE TABLE audit_entry (
    organisation_id bigint NOT NULL,
    seq bigint NOT NULL CHECK (seq > 0),
    at text COLLATE "C" NOT NULL,
    actor text COLLATE "C" NOT NULL,
    verb text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    before text NOT NULL,
    after text NOT NULL,
    request_id text NOT NULL,
    prev_hash text NOT NULL,
    hash text NOT NULL,
    PRIMARY KEY (organisation_id, seq)
);
CREATE INDEX audit_entry_subject ON audit_entry (organisation_id, subject, seq);
"""

APPEND = """
CREATE FUNCTION audit_part(value text) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT convert_to(octet_length(convert_to(value, 'UTF8')) || ':' || value, 'UTF8')
$$;

CREATE FUNCTION audit_append(
    at text, actor text, verb text, subject text, before text, after text, request_id text
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    tenant bigint := nullif(current_setting('app.organisation', true), '')::bigint;
    next_seq bigint;
    prev text;
    digest text;
BEGIN
    IF tenant IS NULL THEN
        RAISE EXCEPTION 'audit_append outside an organisation';
    END IF;
    INSERT INTO public.audit_head AS head VALUES (tenant, 0, repeat('0', 64)) ON CONFLICT DO NOTHING;
    SELECT head.seq + 1, head.hash INTO next_seq, prev
        FROM public.audit_head AS head WHERE head.organisation_id = tenant FOR UPDATE;
    digest := encode(sha256(
        public.audit_part(tenant::text) || public.audit_part(next_seq::text) || public.audit_part(at)
        || public.audit_part(actor) || public.audit_part(verb) || public.audit_part(subject)
        || public.audit_part(before) || public.audit_part(after) || public.audit_part(request_id)
        || public.audit_part(prev)), 'hex');
    INSERT INTO public.audit_entry
        VALUES (tenant, next_seq, at, actor, verb, subject, before, after, request_id, prev, digest);
    UPDATE public.audit_head AS head SET seq = next_seq, hash = digest WHERE head.organisation_id = tenant;
    RETURN next_seq;
END
$$;

CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is append-only: % refused', TG_OP;
END
$$;

CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER heads_stay BEFORE DELETE OR TRUNCATE ON audit_head
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
ALTER TABLE audit_entry ENABLE ALWAYS TRIGGER append_only_rows;
ALTER TABLE audit_entry ENABLE ALWAYS TRIGGER append_only_table;
ALTER TABLE audit_head ENABLE ALWAYS TRIGGER heads_stay;
"""

CLOSE = """
ALTER TABLE audit_entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_entry FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON audit_entry FOR SELECT
    USING (organisation_id = nullif(current_setting('app.organisation', true), '')::bigint);
CREATE POLICY append ON audit_entry FOR INSERT TO {audit}
    WITH CHECK (organisation_id = nullif(current_setting('app.organisation', true), '')::bigint);
ALTER TABLE audit_head ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_head FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON audit_head
    USING (organisation_id = nullif(current_setting('app.organisation', true), '')::bigint);

REVOKE ALL ON audit_entry, audit_head FROM PUBLIC, {runtime};
GRANT SELECT ON audit_entry, audit_head TO {runtime};
REVOKE ALL ON FUNCTION audit_append(text, text, text, text, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_append(text, text, text, text, text, text, text) TO {runtime};
ALTER TABLE audit_entry OWNER TO {audit};
ALTER TABLE audit_head OWNER TO {audit};
ALTER FUNCTION audit_append(text, text, text, text, text, text, text) OWNER TO {audit};
ALTER FUNCTION audit_part(text) OWNER TO {audit};
ALTER FUNCTION audit_refuse() OWNER TO {audit};
"""


def close(apps, schema_editor):
    names = {"audit": settings.DATABASE_AUDIT_ROLE, "runtime": settings.DATABASE_RUNTIME_ROLE}
    quoted = {key: schema_editor.quote_name(name) for key, name in names.items()}
    schema_editor.execute(CLOSE.format(**quoted))


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL(TABLES, "DROP TABLE audit_entry, audit_head"),
        migrations.RunSQL(APPEND, migrations.RunSQL.noop),
        migrations.RunPython(close, migrations.RunPython.noop),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey("organisation_id", "seq", blank=True, editable=False, serialize=False),
                ),
                ("organisation_id", models.BigIntegerField()),
                ("seq", models.BigIntegerField()),
                ("at", models.CharField(max_length=27)),
                ("actor", models.TextField()),
                ("verb", models.TextField()),
                ("subject", models.TextField()),
                ("before", models.TextField()),
                ("after", models.TextField()),
                ("request_id", models.TextField()),
                ("prev_hash", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
            ],
            options={"db_table": "audit_entry", "ordering": ["seq"], "managed": False},
        ),
    ]
