"""Reads of cases for people. Every function takes the viewer first and shows nothing outside their accounts."""

from exceptions.cases.selectors.detail import case_detail, case_facts, case_get
from exceptions.cases.selectors.disruptions import (
    disruption_candidates,
    disruption_cases,
    disruption_decides_all,
    disruption_get,
    disruption_row,
    disruptions_list,
)
from exceptions.cases.selectors.later import Later, case_later, moment_of, moments
from exceptions.cases.selectors.listing import queue_rows
from exceptions.cases.selectors.merging import merge_candidates
from exceptions.cases.selectors.queue import (
    cases_visible,
    colleagues,
    queue_counts,
    queue_head,
    queue_page,
    silent_partners,
)
from exceptions.cases.selectors.saved import ViewRow, saved_view_get, saved_views

__all__ = [
    "Later",
    "ViewRow",
    "case_detail",
    "case_facts",
    "case_get",
    "case_later",
    "cases_visible",
    "colleagues",
    "disruption_candidates",
    "disruption_cases",
    "disruption_decides_all",
    "disruption_get",
    "disruption_row",
    "disruptions_list",
    "merge_candidates",
    "moment_of",
    "moments",
    "queue_counts",
    "queue_head",
    "queue_page",
    "queue_rows",
    "saved_view_get",
    "saved_views",
    "silent_partners",
]
