"""Who may do what: one table from roles to verbs. Which accounts a member may see is a separate, narrower question."""

from enum import Enum

from django.db import models


class Role(models.TextChoices):
    COORDINATOR = "coordinator", "Coordinator"
    SUPERVISOR = "supervisor", "Supervisor"
    ADMINISTRATOR = "administrator", "Administrator"
    AUDITOR = "auditor", "Auditor"
    INTEGRATION = "integration", "Integration"


class Verb(Enum):
    """One thing a role allows. The value is the sentence part used when it is refused."""

    VIEW = "see cases and shipments"
    WORK = "work on cases"
    EXPORT = "take lists of cases out as a file"
    DECIDE = "decide on proposals"
    AGREE = "change contracts, calendars and rates"
    ADMINISTER = "change settings"
    AUDIT = "read the audit trail"
    OPERATE = "operate jobs and dead letters"
    INGEST = "send signals"


VERBS: dict[str, frozenset[Verb]] = {
    Role.COORDINATOR: frozenset({Verb.VIEW, Verb.WORK, Verb.EXPORT}),
    Role.SUPERVISOR: frozenset({Verb.VIEW, Verb.WORK, Verb.EXPORT, Verb.DECIDE, Verb.AGREE, Verb.OPERATE}),
    Role.ADMINISTRATOR: frozenset({Verb.VIEW, Verb.EXPORT, Verb.AGREE, Verb.ADMINISTER, Verb.AUDIT, Verb.OPERATE}),
    Role.AUDITOR: frozenset({Verb.VIEW, Verb.EXPORT, Verb.AUDIT}),
    Role.INTEGRATION: frozenset({Verb.INGEST, Verb.VIEW}),  # each key's scopes narrow this
}
