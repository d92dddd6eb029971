"""What workers and sweepers may do across organisations: four functions that return ids and what is needed to start.

They run as the owner. FORCE binds the owner to the policies, so the table has a second one for it. Each reads the
clock once, in a subquery, because a volatile function cannot bound an index scan.
"""

from django.db import migrations

from controltower.tenancy.security import SecureTenantTables

FUNCTIONS = """
CREATE POLICY owner_works ON jobs_job TO CURRENT_USER USING (true) WITH CHECK (true);

CREATE FUNCTION jobs_claim(wanted text, leases jsonb) RETURNS TABLE (
    job_id bigint, organisation_id bigint, kind text, payload jsonb, attempt int, fence int, request_id text
) LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    UPDATE public.jobs_job AS job
       SET state = 'running', attempts = job.attempts + 1, fence = job.fence + 1,
           lease_until = clock_timestamp() + coalesce((leases ->> job.kind)::int, 45) * interval '1 second'
     WHERE job.id = (
            SELECT due.id FROM public.jobs_job AS due
             WHERE due.state = 'waiting' AND due.queue = wanted AND due.run_after <= (SELECT clock_timestamp())
             ORDER BY due.run_after, due.id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING job.id, job.organisation_id, job.kind, job.payload, job.attempts, job.fence, job.request_id
$$;

CREATE FUNCTION jobs_fail(failed bigint, held int, dead boolean, delay double precision, why text) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    becomes text;
BEGIN
    -- A newer job of the same kind and key may wait already: this one has nothing left to add to it.
    UPDATE public.jobs_job AS job SET
        state = CASE WHEN dead THEN 'dead'
                     WHEN job.dedupe_key <> '' AND EXISTS (
                         SELECT 1 FROM public.jobs_job AS newer
                          WHERE newer.organisation_id = job.organisation_id AND newer.kind = job.kind
                            AND newer.dedupe_key = job.dedupe_key AND newer.state = 'waiting') THEN 'merged'
                     ELSE 'waiting' END,
        run_after = clock_timestamp() + delay * interval '1 second',
        finished_at = CASE WHEN dead THEN now() END,
        lease_until = NULL, last_error = why
     WHERE job.id = failed AND job.fence = held AND job.state = 'running'
    RETURNING job.state INTO becomes;
    RETURN coalesce(becomes, 'running');
END
$$;

CREATE FUNCTION jobs_take_back() RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    taken int := 0;
    lost record;
BEGIN
    FOR lost IN
        SELECT job.id, job.organisation_id, job.kind, job.dedupe_key, job.crashes FROM public.jobs_job AS job
         WHERE job.state = 'running' AND job.lease_until < (SELECT clock_timestamp())
         ORDER BY job.lease_until LIMIT 500 FOR UPDATE SKIP LOCKED
    LOOP
        UPDATE public.jobs_job AS job SET
            crashes = job.crashes + 1, lease_until = NULL, fence = job.fence + 1,
            last_error = 'the worker died or ran out of time',
            state = CASE WHEN job.crashes + 1 >= 3 THEN 'dead'
                         WHEN job.dedupe_key <> '' AND EXISTS (
                             SELECT 1 FROM public.jobs_job AS newer
                              WHERE newer.organisation_id = job.organisation_id AND newer.kind = job.kind
                                AND newer.dedupe_key = job.dedupe_key AND newer.state = 'waiting') THEN 'merged'
                         ELSE 'waiting' END,
            finished_at = CASE WHEN job.crashes + 1 >= 3 THEN now() END
         WHERE job.id = lost.id;
        taken := taken + 1;
    END LOOP;
    RETURN taken;
END
$$;

CREATE FUNCTION jobs_due_queues() RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT queue FROM unnest(ARRAY['intake', 'default', 'documents', 'agents', 'effects']) AS queue
     WHERE EXISTS (SELECT 1 FROM public.jobs_job AS job
                    WHERE job.queue = queue.queue AND job.state = 'waiting' AND job.run_after <= (SELECT clock_timestamp()))
$$;

CREATE FUNCTION jobs_purge(before timestamptz) RETURNS int
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH gone AS (
        DELETE FROM public.jobs_job WHERE id IN (
            SELECT id FROM public.jobs_job WHERE state IN ('done', 'merged') AND finished_at < before LIMIT 20000)
        RETURNING 1)
    SELECT count(*)::int FROM gone
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_initial")]
    operations = [SecureTenantTables("Job"), migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop)]
