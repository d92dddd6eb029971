"""What came in stays as it came in: a message's state may change, nothing else of it."""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION intake_message_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a message is immutable apart from its state';
END
$$;

CREATE TRIGGER message_is_immutable
BEFORE UPDATE OF organisation_id, partner_id, channel, raw, headers, content_type, sha256, dedupe_key, received_at, sandbox
ON intake_message FOR EACH ROW EXECUTE FUNCTION intake_message_is_immutable();
"""

REVERSE = """
DROP TRIGGER message_is_immutable ON intake_message;
DROP FUNCTION intake_message_is_immutable();
"""


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_initial")]
    operations = [migrations.RunSQL(FUNCTIONS, REVERSE)]
