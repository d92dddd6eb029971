"""Writes on cases. Every function takes `now`, and `actor` where somebody does it; all must run inside `acting_for`."""

from exceptions.cases.services.classification import classification_set
from exceptions.cases.services.correlation import clear_apply, finding_apply
from exceptions.cases.services.detection import detection_run, expectation_claim, expectation_run
from exceptions.cases.services.disruptions import (
    disruption_add,
    disruption_confirm,
    disruption_dismiss,
    disruption_end,
    disruption_reconsider,
    disruption_remove,
    disruptions_propose,
)
from exceptions.cases.services.interactions import interaction_log, next_check_done, next_check_remind, next_check_set
from exceptions.cases.services.lifecycle import (
    UNDO,
    case_assign,
    case_mark_not_exception,
    case_note,
    case_pin,
    case_recover,
    case_release,
    case_reopen,
    case_resolve,
    case_snooze,
    case_take,
    case_unpin,
    case_unsnooze,
)
from exceptions.cases.services.merging import case_merge, case_unmerge
from exceptions.cases.services.pricing import case_price
from exceptions.cases.services.recording import case_locked, timeline_add
from exceptions.cases.services.splitting import case_split

__all__ = [
    "UNDO",
    "case_assign",
    "case_locked",
    "case_mark_not_exception",
    "case_merge",
    "case_note",
    "case_pin",
    "case_price",
    "case_recover",
    "case_release",
    "case_reopen",
    "case_resolve",
    "case_snooze",
    "case_split",
    "case_take",
    "case_unmerge",
    "case_unpin",
    "case_unsnooze",
    "classification_set",
    "clear_apply",
    "detection_run",
    "disruption_add",
    "disruption_confirm",
    "disruption_dismiss",
    "disruption_end",
    "disruption_reconsider",
    "disruption_remove",
    "disruptions_propose",
    "expectation_claim",
    "expectation_run",
    "finding_apply",
    "interaction_log",
    "next_check_done",
    "next_check_remind",
    "next_check_set",
    "timeline_add",
]
