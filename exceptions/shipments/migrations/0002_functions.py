"""What was said stays said: events can be erased with their organisation's data, never edited."""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION shipments_event_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an event is immutable';
END
$$;

CREATE TRIGGER event_is_immutable BEFORE UPDATE ON shipments_event
FOR EACH ROW EXECUTE FUNCTION shipments_event_is_immutable();
"""

REVERSE = """
DROP TRIGGER event_is_immutable ON shipments_event;
DROP FUNCTION shipments_event_is_immutable();
"""


class Migration(migrations.Migration):
    dependencies = [("shipments", "0001_initial")]
    operations = [migrations.RunSQL(FUNCTIONS, REVERSE)]
