"""One small delivery with its job in one call, planned once for each connection.

It runs as its caller, under the caller's policies: the organisation it is given is set for the time of the call, and what it
was before is set again, so that nothing leaks into a transaction around it.
"""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION intake_arrive(
    of_organisation bigint, of_partner bigint, seen_version text, body bytea, kept jsonb, kind text, digest text, dedupe text,
    at timestamptz, request text
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    before text := coalesce(current_setting('app.organisation', true), '');
    fresh bigint;
BEGIN
    PERFORM set_config('app.organisation', of_organisation::text, true);
    INSERT INTO intake_message (organisation_id, partner_id, channel, raw, headers, content_type, sha256, dedupe_key,
        received_at, state, attempts, reason, "where", events_read, sandbox, within, items)
    SELECT partner.organisation_id, partner.id, partner.channel, body, kept, kind, digest, dedupe,
        at, 'received', 0, '', '', 0, partner.sandbox, '', 0
      FROM parties_partner AS partner
     WHERE partner.id = of_partner AND partner.xmin::text = seen_version
       AND NOT EXISTS (SELECT 1 FROM intake_message AS known
                        WHERE known.organisation_id = of_organisation AND known.partner_id = of_partner
                          AND known.dedupe_key = dedupe)
        ON CONFLICT (organisation_id, partner_id, dedupe_key, sha256) DO NOTHING
    RETURNING id INTO fresh;
    IF fresh IS NOT NULL THEN
        INSERT INTO jobs_job (organisation_id, kind, queue, dedupe_key, payload, run_after, request_id,
            state, attempts, crashes, fence, last_error, created_at)
        VALUES (of_organisation, 'intake.process', 'intake', '',
            jsonb_build_object('messages', jsonb_build_array(fresh), 'small', true), clock_timestamp(), request,
            'waiting', 0, 0, 0, '', now());
    END IF;
    PERFORM set_config('app.organisation', before, true);
    RETURN fresh;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("intake", "0006_waiting"), ("jobs", "0002_functions"), ("parties", "0002_functions")]
    operations = [
        migrations.RunSQL(
            FUNCTION,
            "DROP FUNCTION intake_arrive(bigint, bigint, text, bytea, jsonb, text, text, text, timestamptz, text)",
        )
    ]
