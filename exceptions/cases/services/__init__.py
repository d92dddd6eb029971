"""Writes on cases. Every function takes `now`, and `actor` where somebody does it; all must run inside `acting_for`."""

from exceptions.cases.services.classification import classification_set
from exceptions.cases.services.detection import (
    detection_run,
    expectation_run,
    expectations_claim,
    suppression_settle,
)
from exceptions.cases.services.disruptions import (
    disruption_add,
    disruption_confirm,
    disruption_dismiss,
    disruption_end,
    disruption_reconsider,
    disruption_remove,
    disruptions_propose,
)
from exceptions.cases.services.escalating import escalation_rule_remove, escalation_rule_save, escalations_take
from exceptions.cases.services.gaps import gaps_learn
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
from exceptions.cases.services.pausing import pause_accept, pause_end, pause_note, pause_told, pause_withdraw
from exceptions.cases.services.pricing import case_price, cases_price
from exceptions.cases.services.recording import case_locked, timeline_add
from exceptions.cases.services.repricing import repricing_cancel, repricing_start, repricing_step
from exceptions.cases.services.saved import (
    view_change,
    view_move,
    view_remove,
    view_restore,
    view_save,
    view_share,
    view_unshare,
)
from exceptions.cases.services.settings import detection_setting_remove, detection_setting_save, settings_load
from exceptions.cases.services.splitting import case_split
from exceptions.cases.services.suppression import suppression_add, suppression_end
from exceptions.cases.services.sweeping import stakes_help, stakes_sweep
from exceptions.cases.services.updates import update_heard, update_promise, update_withdraw

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
    "cases_price",
    "classification_set",
    "detection_run",
    "detection_setting_remove",
    "detection_setting_save",
    "disruption_add",
    "disruption_confirm",
    "disruption_dismiss",
    "disruption_end",
    "disruption_reconsider",
    "disruption_remove",
    "disruptions_propose",
    "escalation_rule_remove",
    "escalation_rule_save",
    "escalations_take",
    "expectation_run",
    "expectations_claim",
    "gaps_learn",
    "interaction_log",
    "next_check_done",
    "next_check_remind",
    "next_check_set",
    "pause_accept",
    "pause_end",
    "pause_note",
    "pause_told",
    "pause_withdraw",
    "repricing_cancel",
    "repricing_start",
    "repricing_step",
    "settings_load",
    "stakes_help",
    "stakes_sweep",
    "suppression_add",
    "suppression_end",
    "suppression_settle",
    "timeline_add",
    "update_heard",
    "update_promise",
    "update_withdraw",
    "view_change",
    "view_move",
    "view_remove",
    "view_restore",
    "view_save",
    "view_share",
    "view_unshare",
]
