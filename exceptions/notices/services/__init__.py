"""Writes: a notice is written, approved, held, sent once, and what is unknown is decided by a person."""

from exceptions.notices.services.outcome import notice_mark_sent, notice_resend
from exceptions.notices.services.scheduling import audience_of, notice_cancel, notice_schedule
from exceptions.notices.services.writing import (
    Preview,
    notice_draft_by_hand,
    preview,
    written_approve,
    written_discard,
)

__all__ = [
    "Preview",
    "audience_of",
    "notice_cancel",
    "notice_draft_by_hand",
    "notice_mark_sent",
    "notice_resend",
    "notice_schedule",
    "preview",
    "written_approve",
    "written_discard",
]
