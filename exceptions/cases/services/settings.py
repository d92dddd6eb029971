"""How strict detection is, as this organisation set it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from controltower.audit import Actor, record
from controltower.errors import Forbidden, Invalid
from controltower.tenancy.models import Member
from exceptions.cases.detection import DEFAULTS, DETECTED_TYPES, Override, Settings
from exceptions.cases.models import DetectionSetting
from exceptions.cases.services.recording import person
from exceptions.cases.taxonomy import Severity
from exceptions.parties.models import Account
from exceptions.parties.selectors import member_sees

VALUES = ("enabled", "tolerance_minutes", "lead_minutes", "threshold_minutes", "severity")
LONGEST = 60 * 24 * 366


def settings_load() -> Settings:
    """All settings of the organisation, in one query; once for a chunk."""
    columns = ("type", "account_id", "lane", *VALUES)
    return Settings(DEFAULTS, [_override(*row) for row in DetectionSetting.objects.values_list(*columns)])


def detection_setting_save(
    *,
    type: str,  # the word of the trade, as cases have it
    account: Account | None = None,
    lane: str = "",
    enabled: bool | None = None,
    tolerance_minutes: int | None = None,
    lead_minutes: int | None = None,
    threshold_minutes: int | None = None,
    severity: str = "",
    actor: Actor,
    now: datetime,
) -> DetectionSetting:
    """Set what differs for this scope; None and "" leave a value to the next wider one. `Invalid` for what is unknown,
    `Forbidden` for who does not see all the freight that it is about."""
    _for_theirs(person(actor), account.pk if account else None)
    if type not in DETECTED_TYPES:
        raise Invalid("No rule finds this type.", code="type_unknown", details={"type": "is not found by a rule"})
    if severity and severity not in Severity.values:
        raise Invalid("There is no such severity.", code="severity_unknown", details={"severity": "is not known"})
    minutes = {
        "tolerance_minutes": tolerance_minutes,
        "lead_minutes": lead_minutes,
        "threshold_minutes": threshold_minutes,
    }
    for name, value in minutes.items():
        if value is not None and not 0 <= value <= LONGEST:
            raise Invalid(
                "Minutes lie between 0 and a year.", code="minutes_out_of_range", details={name: "is out of range"}
            )
    values: dict[str, Any] = {"enabled": enabled, **minutes, "severity": severity}
    scope: dict[str, Any] = {"type": type, "account": account, "lane": lane.strip()}
    before = DetectionSetting.objects.filter(**scope).values(*VALUES).first()
    row, _ = DetectionSetting.objects.update_or_create(**scope, defaults=values)
    subject = f"detection_setting:{row.pk}"
    after = {**values, "type": type, "account": account.pk if account else None, "lane": row.lane}
    record(verb="detection.set", subject=subject, actor=actor, before=before, after=after, now=now)
    return row


def detection_setting_remove(setting: DetectionSetting, *, actor: Actor, now: datetime) -> None:
    """Leave everything of this scope to the next wider one. `Forbidden` as for `detection_setting_save`."""
    _for_theirs(person(actor), setting.account_id)
    before = {"type": setting.type, **{name: getattr(setting, name) for name in VALUES}}
    record(verb="detection.unset", subject=f"detection_setting:{setting.pk}", actor=actor, before=before, now=now)
    setting.delete()


def _for_theirs(member: Member, account_id: int | None) -> None:
    if not member_sees(member, account_id):
        raise Forbidden("It holds for customers that you do not see. Ask a colleague who sees all accounts.")


def _override(
    type_code: str,
    account: int | None,
    lane: str,
    enabled: bool | None,
    tolerance: int | None,
    lead: int | None,
    threshold: int | None,
    severity: str,
) -> Override:
    tolerance_, lead_, threshold_ = (
        None if minutes is None else timedelta(minutes=minutes) for minutes in (tolerance, lead, threshold)
    )
    known = Severity(severity) if severity else None
    return Override(type_code, account, lane, enabled, tolerance_, lead_, threshold_, known)
