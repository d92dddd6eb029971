"""Starts the limited child process, feeds it bytes, takes its answer, and ends it when it goes beyond a limit.

The parent never parses the file. Whatever happens to the child, the caller gets an `Answer` with a sentence.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

_CHILD = Path(__file__).with_name("child.py")
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Limits:
    wall_seconds: float = 30.0
    cpu_seconds: int = 20
    memory_bytes: int = 1 << 30
    answer_bytes: int = 64 << 20


@dataclass(frozen=True, slots=True)
class Answer:
    """`ok` with a `body`, or a `code` and a `sentence` that say how it ended."""

    ok: bool
    body: dict[str, Any] = field(default_factory=dict)
    code: str = ""
    sentence: str = ""


def run(task: str, content: bytes, limits: Limits, **options: Any) -> Answer:
    """Run one task over hostile bytes. Returns within `limits.wall_seconds` plus the time to end a process."""
    options |= {
        "cpu_seconds": limits.cpu_seconds,
        "memory_bytes": limits.memory_bytes,
        "wall_seconds": limits.wall_seconds + 5,
    }
    process = subprocess.Popen(
        [sys.executable, "-I", "-B", str(_CHILD), task, json.dumps(options)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        cwd="/",
        start_new_session=True,
        close_fds=True,
    )
    try:
        assert process.stdin is not None and process.stdout is not None
        out, trouble = _exchange(process.stdin, process.stdout, content, limits)
        if trouble:
            return Answer(False, code=trouble, sentence=_SENTENCES[trouble])
        return _judge(out, process.wait(timeout=5))
    except subprocess.TimeoutExpired:
        return Answer(False, code="too_slow", sentence=_SENTENCES["too_slow"])
    finally:
        _end(process)


_SENTENCES = {
    "too_slow": "Reading the file took longer than is allowed and was stopped. It may be damaged or made to hang readers.",
    "answer_too_large": "The file holds more text than is read. Split it and send the parts.",
    "crashed": "Reading the file was stopped: it is damaged, or needs more memory than is allowed.",
}


def _exchange(stdin: IO[bytes], stdout: IO[bytes], content: bytes, limits: Limits) -> tuple[bytes, str]:
    """Write and read at once, so that neither side waits for the other; returns the answer and a trouble code."""
    deadline = time.monotonic() + limits.wall_seconds
    rest = memoryview(content)
    answer = bytearray()
    os.set_blocking(stdin.fileno(), False)
    os.set_blocking(stdout.fileno(), False)
    with selectors.DefaultSelector() as selector:
        selector.register(stdin, selectors.EVENT_WRITE)
        selector.register(stdout, selectors.EVENT_READ)
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                return b"", "too_slow"
            for key, _ in selector.select(timeout=left):
                if key.fileobj is stdin:
                    rest = _write_some(stdin, rest)
                    if not rest:
                        selector.unregister(stdin)
                        _close(stdin)
                    continue
                chunk = os.read(stdout.fileno(), _CHUNK)
                if not chunk:
                    return bytes(answer), ""
                answer += chunk
                if len(answer) > limits.answer_bytes:
                    return b"", "answer_too_large"


def _write_some(stdin: IO[bytes], rest: memoryview) -> memoryview:
    try:
        return rest[os.write(stdin.fileno(), rest[:_CHUNK]) :] if rest else rest
    except BrokenPipeError:
        return rest[:0]


def _close(stream: IO[bytes]) -> None:
    try:
        stream.close()
    except OSError:
        pass


def _judge(out: bytes, returncode: int) -> Answer:
    if returncode in (-signal.SIGXCPU, -signal.SIGALRM):
        return Answer(False, code="too_slow", sentence=_SENTENCES["too_slow"])
    try:
        body = json.loads(out)
    except ValueError:
        return Answer(False, code="crashed", sentence=_SENTENCES["crashed"])
    if returncode != 0 or not isinstance(body, dict):
        return Answer(False, code="crashed", sentence=_SENTENCES["crashed"])
    if body.get("ok") is not True:
        return Answer(False, code=str(body.get("code", "damaged")), sentence=str(body.get("sentence", "")))
    return Answer(True, body=body)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Leave no process and no pipe behind, whatever the child did to its own children."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            _close(stream)
