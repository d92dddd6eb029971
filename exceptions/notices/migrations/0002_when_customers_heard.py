from django.db import migrations

# Notices that went out before timelines kept when the customer heard. The owner of the tables is bound by their policies,
# so they are let go for the statement.
HEARD = """
ALTER TABLE cases_timelineentry NO FORCE ROW LEVEL SECURITY;
ALTER TABLE notices_notice NO FORCE ROW LEVEL SECURITY;
UPDATE cases_timelineentry AS entry
   SET data = entry.data || jsonb_build_object(
       'heard', to_char(notice.sent_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'))
  FROM notices_notice AS notice
 WHERE entry.organisation_id = notice.organisation_id AND entry.case_id = notice.case_id AND entry.kind = 'notice'
   AND entry.data ->> 'notice' = notice.id::text AND notice.audience = 'customer' AND notice.state = 'sent'
   AND (entry.text LIKE 'Notice sent to %' OR entry.text LIKE 'Notice confirmed as sent:%');
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE cases_timelineentry FORCE ROW LEVEL SECURITY;
ALTER TABLE notices_notice FORCE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_initial"), ("cases", "0018_steps_of_the_order")]

    operations = [migrations.RunSQL(HEARD, migrations.RunSQL.noop)]
