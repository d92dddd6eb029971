"""Schedules of operations."""

from datetime import datetime

from controltower.jobs import sweep
from controltower.ops.audit import sign_heads


@sweep("audit.checkpoints", every=300)
def checkpoints(now: datetime) -> int:
    return sign_heads(now)
