"""Whatever the bytes are, reading ends in a clear state, in time, and the worker lives on."""

import logging
import os
import signal
import time
from pathlib import Path

import psutil
import pytest

from documents.reading import sandbox, sniff, structure
from documents.reading.reader import page_pictures, read_document
from tests.documents.hostile import CASES
from tests.documents.samples import Freight, labelled

LIMITS = sandbox.Limits(wall_seconds=12.0, cpu_seconds=8)
STATES = {
    "read", "empty", "too_large", "no_text", "not_supported", "encrypted", "damaged", "no_pages", "too_many_pages", "too_slow",
    "too_much_memory", "answer_too_large", "crashed",
}  # fmt: skip


def reading_processes() -> list[str]:
    """Children of ours that read documents and are still there."""
    found = []
    for process in psutil.Process().children(recursive=True):
        try:
            command = " ".join(process.cmdline())
        except psutil.Error:
            continue
        if "documents/reading/child.py" in command:
            found.append(command)
    return found


@pytest.mark.parametrize("name", CASES)
def test_a_hostile_file_ends_in_a_clear_state(name: str) -> None:
    make, allowed = CASES[name]
    started = time.monotonic()

    found = read_document(make(), LIMITS)

    assert found.code in allowed
    assert found.is_read == (found.code == "read")
    assert found.is_read or found.sentence.endswith(".")
    assert time.monotonic() - started < LIMITS.wall_seconds + 60
    assert not reading_processes()


def test_a_file_over_the_limit_is_not_given_to_any_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "run", lambda *a, **k: pytest.fail("started a process"))

    assert read_document(b"%PDF-1.7\n" + b"0" * (25 * 1024 * 1024)).code == "too_large"


def test_scripts_and_launch_actions_are_reported_and_not_run() -> None:
    assert [w.code for w in read_document(CASES["scripted"][0]()).warnings] == ["script"]
    assert [w.code for w in read_document(CASES["launching"][0]()).warnings] == ["launch"]


def test_looking_through_the_structure_leaves_the_childs_own_clock_running() -> None:
    signal.setitimer(signal.ITIMER_REAL, 60)
    try:
        structure.inspect(labelled(Freight()))
        left, _ = signal.getitimer(signal.ITIMER_REAL)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        logging.disable(logging.NOTSET)
    assert 40 < left < 60


def test_the_child_is_stopped_at_its_clock_and_leaves_no_process() -> None:
    started = time.monotonic()

    answer = sandbox.run("read", CASES["endless drawing"][0](), sandbox.Limits(wall_seconds=0.4))

    assert (answer.ok, answer.code) == (False, "too_slow")
    assert time.monotonic() - started < 60
    assert not reading_processes()


def test_the_child_is_stopped_at_its_processor_time() -> None:
    answer = sandbox.run("read", CASES["endless drawing"][0](), sandbox.Limits(wall_seconds=30, cpu_seconds=1))

    assert answer.code == "too_slow"


def test_the_child_may_not_take_more_memory_than_allowed() -> None:
    answer = sandbox.run("read", labelled(Freight()), sandbox.Limits(memory_bytes=60 << 20))

    assert not answer.ok and answer.code in {"crashed", "too_much_memory"}


def test_an_answer_that_is_too_long_is_cut_off() -> None:
    answer = sandbox.run("read", labelled(Freight()), sandbox.Limits(answer_bytes=500))

    assert answer.code == "answer_too_large"


def test_the_child_inherits_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, str] = {}
    real = sandbox.subprocess.Popen

    def spy(*args: object, **kwargs: object) -> object:
        seen.update(kwargs["env"])  # type: ignore[call-overload]
        return real(*args, **kwargs)

    monkeypatch.setenv("TOWER_SECRET_KEY", "canary")
    monkeypatch.setattr(sandbox.subprocess, "Popen", spy)

    assert read_document(labelled(Freight())).is_read
    assert "canary" not in str(seen) and set(seen) == {"PATH", "LANG"}


def test_a_type_is_known_by_content_and_not_by_name() -> None:
    assert sniff.content_type(b"junk before\n%PDF-1.4") == sniff.PDF
    assert sniff.content_type(b"\x89PNG\r\n\x1a\n....") == sniff.PNG
    assert sniff.content_type(b"%!PS-Adobe") == sniff.UNKNOWN


def test_a_picture_says_that_scans_are_not_read_and_can_be_looked_at() -> None:
    import io

    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGB", (80, 60), "white").save(buffer, "PNG")

    found = read_document(buffer.getvalue())

    assert (found.is_read, found.code) == (False, "no_text")
    assert "scans are not read yet" in found.sentence
    assert page_pictures(buffer.getvalue(), 1)[1].startswith(b"RIFF")


def test_every_file_of_the_hostile_folder_ends_in_a_clear_state() -> None:
    folder = Path(os.environ.get("TOWER_SHARED_DATA", "../shared/data")) / "pdf_hostile"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not there: set TOWER_SHARED_DATA to measure over the hostile PDFs")
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        started = time.monotonic()
        found = read_document(path.read_bytes())
        assert found.code in STATES, path.name
        assert found.is_read or found.sentence, path.name
        assert time.monotonic() - started < 120, path.name
    assert not reading_processes()
