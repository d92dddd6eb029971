"""Numbers from sequences. A row that counts is locked until the commit, so that of all that open or book something in an
organisation only one could work at a time.

An organisation's sequence is made when its first number is asked for, by the owner's right: hence the function.
"""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION numbers_next(series text, amount integer, first bigint) RETURNS SETOF bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    tenant bigint := nullif(current_setting('app.organisation', true), '')::bigint;
    sequence text := format('number_%s_%s', series, tenant);
BEGIN
    IF tenant IS NULL OR series !~ '^[a-z]{1,20}$' THEN
        RAISE EXCEPTION 'numbers_next outside an organisation, or of no series';
    END IF;
    IF to_regclass('public.' || sequence) IS NULL THEN
        PERFORM pg_advisory_xact_lock(hashtextextended(sequence, 0));
        EXECUTE format('CREATE SEQUENCE IF NOT EXISTS public.%I START %s', sequence, first);
    END IF;
    RETURN QUERY SELECT nextval(('public.' || sequence)::regclass) FROM generate_series(1, amount);
END
$$;
"""

# The owner sees rows of an organisation only where it acts for it; here it looks at all of them, once.
CARRIED_OVER = """
ALTER TABLE shipments_numberseries NO FORCE ROW LEVEL SECURITY;
DO $$
DECLARE
    series record;
BEGIN
    FOR series IN SELECT organisation_id, name, last FROM shipments_numberseries LOOP
        EXECUTE format('CREATE SEQUENCE public.%I START %s',
                       format('number_%s_%s', series.name, series.organisation_id), series.last + 1);
    END LOOP;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("shipments", "0006_what_was_said_under_other_ids")]
    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION numbers_next(text, integer, bigint)"),
        migrations.RunSQL(CARRIED_OVER, migrations.RunSQL.noop),
        migrations.DeleteModel("NumberSeries"),
    ]
