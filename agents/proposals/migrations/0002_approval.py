"""What no code can get around: an effect hangs on an approval of the same proposal, and decisions do not change."""

from django.db import migrations

APPROVAL = """
ALTER TABLE proposals_decision ADD CONSTRAINT proposals_decision_verdict_key
    UNIQUE (organisation_id, proposal_id, id, verdict);
ALTER TABLE proposals_effect ADD CONSTRAINT proposals_effect_approval_fk
    FOREIGN KEY (organisation_id, proposal_id, decision_id, verdict)
    REFERENCES proposals_decision (organisation_id, proposal_id, id, verdict);

CREATE FUNCTION proposals_decision_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a decision is never changed or removed';
END
$$;
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON proposals_decision
    FOR EACH ROW EXECUTE FUNCTION proposals_decision_frozen();
"""

BACK = """
DROP TRIGGER frozen ON proposals_decision;
DROP FUNCTION proposals_decision_frozen();
ALTER TABLE proposals_effect DROP CONSTRAINT proposals_effect_approval_fk;
ALTER TABLE proposals_decision DROP CONSTRAINT proposals_decision_verdict_key;
"""


class Migration(migrations.Migration):
    dependencies = [("proposals", "0001_initial")]
    operations = [migrations.RunSQL(APPROVAL, BACK)]
