"""Structured logs: one JSON object a line, fields by allow-list, so that nothing secret or personal slips in.

Our own messages are written out. Of what libraries say only the template is kept (their arguments hold URLs with
passwords, addresses, row values), and of an exception its type and places, never its message.
"""

import logging
import logging.config
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter

from controltower.audit.recording import request_id
from controltower.jobs.registry import running_job
from controltower.tenancy.context import NoTenant, current_organisation_id

OURS = ("controltower", "exceptions", "documents", "agents", "tower")

# What may stand in a log line besides time, level, logger, message and the four ids that are added by themselves.
FIELDS = frozenset(
    {
        "attempt", "bytes", "cache_hit", "call_id", "case", "code", "count", "duration_ms", "job_id", "key_id", "kind",
        "latency_ms", "member", "message_id", "method", "model", "notice_id", "organisation", "origin", "outcome",
        "partner", "profile", "queue", "reason", "request_id", "role", "route", "run_id", "schedule", "seconds", "skill",
        "state", "status", "tokens_in", "tokens_out", "version",
    }
)  # fmt: skip

case_reference: ContextVar[str] = ContextVar("case_reference", default="")


@contextmanager
def about_case(reference: str) -> Iterator[None]:
    """Every line logged in the block names the case."""
    token = case_reference.set(reference)
    try:
        yield
    finally:
        case_reference.reset(token)


class Context(logging.Filter):
    """Adds the ids of what is going on: request, job, case, organisation."""

    def filter(self, record: logging.LogRecord) -> bool:
        job = running_job.get()
        found: dict[str, Any] = {
            "request_id": request_id.get(),
            "organisation": _organisation(),
            "case": case_reference.get() or (job.case if job else None),
            "job_id": job.job_id if job else None,
        }
        for name, value in found.items():
            if value not in (None, "") and not hasattr(record, name):
                setattr(record, name, value)
        return True


class AllowList(JsonFormatter):
    """JSON lines with the fields of FIELDS and nothing else."""

    def add_fields(self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]) -> None:
        log_data["time"] = self.formatTime(record, "%Y-%m-%dT%H:%M:%S") + f".{int(record.msecs):03d}Z"
        log_data["level"] = record.levelname.lower()
        log_data["logger"] = record.name
        log_data["message"] = message_of(record)
        log_data |= allowed(record.__dict__)
        if record.exc_info and record.exc_info[0] is not None:
            log_data["error"] = record.exc_info[0].__name__
            log_data["at"] = places(record.exc_info)


class Plain(logging.Formatter):
    """One short line for a person at a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        line = f"{record.levelname.lower()}: {message_of(record)}"
        fields = allowed(record.__dict__)
        if fields:
            line += " (" + ", ".join(f"{name} {value}" for name, value in sorted(fields.items())) + ")"
        if record.exc_info and record.exc_info[0] is not None:
            line += f": {record.exc_info[0].__name__} at {places(record.exc_info)[-1:]}"
        return line


def _organisation() -> int | None:
    try:
        return current_organisation_id()
    except NoTenant:
        return None


def allowed(values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a record that may be logged; longer texts are cut, for a field is an id or a word."""
    kept = {name: value for name, value in values.items() if name in FIELDS and name not in RESERVED_ATTRS}
    return {name: value[:200] if isinstance(value, str) else value for name, value in kept.items()}


def message_of(record: logging.LogRecord) -> str:
    if record.name.split(".")[0] in OURS:
        return record.getMessage()
    return str(record.msg)


def places(exc_info: Any) -> list[str]:
    """Where an exception came through, outermost first, without what it says."""
    frames = traceback.extract_tb(exc_info[2])
    return [f"{'/'.join(frame.filename.split('/')[-3:])}:{frame.lineno} {frame.name}" for frame in frames[-12:]]


def configure(settings: Mapping[str, Any]) -> None:
    """Django's LOGGING_CONFIG. `settings`: `level`, `file` (JSON goes there and warnings to the terminal), `json`.

    Without a file, JSON goes to the standard error stream when `json` says so, else short lines for a person.
    """
    json_target = {"class": "logging.handlers.WatchedFileHandler", "filename": settings["file"], "delay": True}
    if not settings["file"]:
        json_target = {"class": "logging.StreamHandler"}
    use_json = bool(settings["file"]) or settings["json"]
    handlers: dict[str, Any] = {}
    if use_json:
        handlers["json"] = {**json_target, "formatter": "json", "filters": ["context"]}
    if settings["file"] or not use_json:
        handlers["terminal"] = {"class": "logging.StreamHandler", "formatter": "plain", "level": "WARNING"}
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "filters": {"context": {"()": Context}},
            "formatters": {"json": {"()": AllowList}, "plain": {"()": Plain}},
            "handlers": handlers,
            "root": {"level": settings["level"], "handlers": list(handlers)},
            "loggers": {
                # The access log says all of this; these would say it again, with paths that may hold tokens.
                "django.request": {"level": "ERROR"},
                "django.server": {"level": "ERROR"},
                "httpx": {"level": "WARNING"},
                "celery.app.trace": {"level": "WARNING"},
                "celery.worker.strategy": {"level": "WARNING"},
            },
        }
    )
