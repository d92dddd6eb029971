"""Figures across organisations: counts and ages by kind of job, for the status page and the metrics."""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION ops_jobs_by_kind() RETURNS TABLE (
    kind text, queue text, waiting bigint, running bigint, dead bigint, oldest double precision,
    done_last_hour bigint, dead_last_hour bigint
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT kind, queue,
           count(*) FILTER (WHERE state = 'waiting'),
           count(*) FILTER (WHERE state = 'running'),
           count(*) FILTER (WHERE state = 'dead'),
           coalesce(extract(epoch FROM clock_timestamp()
               - min(run_after) FILTER (WHERE state = 'waiting' AND run_after <= clock_timestamp())), 0),
           count(*) FILTER (WHERE state = 'done' AND finished_at > now() - interval '1 hour'),
           count(*) FILTER (WHERE state = 'dead' AND finished_at > now() - interval '1 hour')
      FROM (SELECT kind, queue, state, run_after, finished_at FROM public.jobs_job
             WHERE state IN ('waiting', 'running', 'dead')
            UNION ALL
            SELECT kind, queue, state, run_after, finished_at FROM public.jobs_job
             WHERE state IN ('done', 'merged') AND finished_at > now() - interval '1 hour') AS job
     GROUP BY kind, queue ORDER BY kind
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("jobs", "0002_functions")]
    operations = [migrations.RunSQL(FUNCTION, "DROP FUNCTION ops_jobs_by_kind()")]
