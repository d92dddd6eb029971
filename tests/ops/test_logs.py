"""What log lines hold: the ids of what is going on, fields by allow-list, and never a secret."""

import json
import logging

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from controltower.audit.recording import request_id
from controltower.jobs.registry import RunningJob, running_job
from controltower.ops import logs
from controltower.ops.middleware import RequestLog
from controltower.tenancy.context import acting_for

CANARY = "sk-canary-9f3e"


class Lines(logging.Handler):
    """Formats what is logged the way a log file does."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(logs.AllowList())
        self.addFilter(logs.Context())
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(self.format(record))

    @property
    def last(self) -> dict:
        return json.loads(self.texts[-1])


@pytest.fixture
def lines():
    handler = Lines()
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield handler
    root.removeHandler(handler)
    root.setLevel(level)


def test_only_listed_fields_are_written(lines):
    logging.getLogger("exceptions.intake").info("message kept", extra={"message_id": 7, "raw_body": CANARY})
    assert lines.last["message"] == "message kept"
    assert lines.last["message_id"] == 7
    assert CANARY not in lines.texts[-1]


def test_of_a_librarys_message_only_the_template_is_written(lines):
    logging.getLogger("kombu.connection").error("Cannot connect to %s", f"redis://:{CANARY}@host/0")
    assert lines.last["message"] == "Cannot connect to %s"
    assert CANARY not in lines.texts[-1]


def test_an_exception_is_its_type_and_places_without_its_words(lines):
    try:
        raise ValueError(f"invalid key {CANARY}")
    except ValueError:
        logging.getLogger("agents.gateway").exception("call failed")
    assert lines.last["error"] == "ValueError"
    assert lines.last["at"][-1].startswith("tests/ops/test_logs.py:")
    assert CANARY not in lines.texts[-1]


def test_a_line_names_request_job_case_and_organisation_by_itself(lines, organisation):
    token, job = request_id.set("r-1"), running_job.set(RunningJob(12, 5))
    try:
        with acting_for(organisation):
            logging.getLogger("exceptions.cases").info("priced")
    finally:
        request_id.reset(token)
        running_job.reset(job)
    found = {name: lines.last[name] for name in ("request_id", "job_id", "case", "organisation")}
    assert found == {"request_id": "r-1", "job_id": 12, "case": 5, "organisation": organisation.pk}


def test_a_request_is_one_line_with_its_route_and_never_its_path(client, lines, db):
    answer = client.get(f"/healthz?token={CANARY}", headers={"X-Request-ID": "from-the-proxy-1"})
    assert answer["X-Request-ID"] == "from-the-proxy-1"
    assert client.get(f"/no/such/page/{CANARY}").status_code == 404
    assert [json.loads(text)["route"] for text in lines.texts if "tower.access" in text] == ["(none)"]
    assert CANARY not in "".join(lines.texts)


@pytest.mark.parametrize("given", ["", "x", "a b c d e f g h", "id\nwith-newline", "x" * 65, "<script>alert(1)"])
def test_a_strange_request_id_is_replaced(given):
    seen = {}

    def view(request):
        seen["id"] = request_id.get()
        return HttpResponse()

    answer = RequestLog(view)(RequestFactory().get("/", headers={"X-Request-ID": given}))
    assert answer["X-Request-ID"] == seen["id"] != given
    assert len(seen["id"]) == 32
    assert request_id.get() == "", "nothing stays for the next request of this thread"


def test_a_warning_on_the_terminal_is_one_short_line():
    record = logging.LogRecord("controltower.jobs", logging.WARNING, "x.py", 1, "lease lost", (), None)
    record.job_id, record.secret = 5, CANARY
    assert logs.Plain().format(record) == "warning: lease lost (job_id 5)"
