from typing import Any

from controltower.jobs import JobContext, job
from exceptions.intake.services import message_process


@job("intake.process", queue="intake")
def process(payload: dict[str, Any], ctx: JobContext) -> None:
    message_process(payload["message"], now=ctx.now)
