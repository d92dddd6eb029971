"""`manage.py up` as a person runs it: real processes, real signals, and nobody left behind."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psutil
import pytest

from controltower import embedded, embedded_processes
from controltower.ops import leftovers, processes

READY = re.compile(r"Control Tower is ready: (http://127\.0\.0\.1:(\d+))")


class Up:
    """One `manage.py up` and what it printed so far."""

    def __init__(self, home: Path, port: int, *arguments: str) -> None:
        env = {**os.environ, "TOWER_HOME": str(home), "TOWER_PORT": str(port)}
        for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "PROMETHEUS_MULTIPROC_DIR"):
            env.pop(name, None)
        self.home, self.port = home, port
        self.lines: list[str] = []
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            [*processes.manage("up"), *arguments],
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def until_ready(self) -> float:
        for line in self.process.stdout:
            self.lines.append(line)
            if "Ctrl-C stops everything" in line:
                return time.monotonic() - self.began
        raise AssertionError("never ready:\n" + "".join(self.lines))

    def everybody(self) -> list[psutil.Process]:
        servers = [psutil.Process(pid) for pid in embedded_processes.recorded_pids(self.home).values()]
        return servers + leftovers.survivors(self.home)

    def ask(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=60) as answer:
            return answer.read().decode()

    def end(self, number: int = signal.SIGINT) -> tuple[int, float]:
        began = time.monotonic()
        self.process.send_signal(number)
        return self.over(), time.monotonic() - began

    def over(self) -> int:
        self.lines += self.process.communicate(timeout=240)[0].splitlines(keepends=True)
        return self.process.returncode


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("up") / "data folder"
    yield folder
    leftovers.end(folder)
    embedded.end_leftovers(folder)


@pytest.fixture
def port():
    return processes.free_port()


def gone(everybody):
    return leftovers.wait_for(everybody, 60)


def test_one_command_brings_everything_up_and_ctrl_c_takes_everything_down(home, port):
    up = Up(home, port)
    up.until_ready()
    readiness = json.loads(up.ask("/readyz"))
    assert (readiness["status"], readiness["degraded"]) == ("ok", [])
    assert 'tower_http_requests_total{method="GET",route="readyz",status="200"}' in up.ask("/metrics")
    everybody = up.everybody()
    assert len(everybody) >= 9, "two servers, web, two workers with their children, sweeper"

    code, seconds = up.end(signal.SIGINT)

    assert code == 0
    assert seconds < 60
    assert gone(everybody)
    said = [line for line in up.lines if line.strip()]
    assert READY.search("".join(said))[2] == str(port)
    assert len(said) <= 10, "a person sees ten lines, not a thousand"


def test_a_second_start_keeps_its_folder_and_ends_on_sigterm_as_on_ctrl_c(home, port):
    up = Up(home, port)
    up.until_ready()
    everybody = up.everybody()

    rival = Up(home, processes.free_port())
    assert rival.over() == 1
    assert f"in use by process {up.process.pid}" in "".join(rival.lines)
    assert json.loads(up.ask("/readyz"))["status"] == "ok", "the first goes on undisturbed"

    assert up.end(signal.SIGTERM)[0] == 0
    assert gone(everybody)


def test_what_a_killed_supervisor_leaves_is_ended_by_the_next_start(home, port):
    killed = Up(home, port)
    killed.until_ready()
    everybody = killed.everybody()
    killed.process.kill()
    killed.process.wait()
    assert [process for process in everybody if process.is_running()], "children outlive a killed supervisor"

    up = Up(home, port)
    up.until_ready()

    assert gone(everybody)
    assert "killed run had left behind" in "".join(up.lines)
    everybody = up.everybody()
    assert up.end()[0] == 0
    assert gone(everybody)


def test_when_one_process_ends_the_others_are_stopped_and_its_name_is_said(home, port):
    up = Up(home, port)
    up.until_ready()
    everybody = up.everybody()
    next(process for process in everybody if process.cmdline()[-1:] == ["sweeper"]).kill()
    assert up.over() == 1
    assert "because sweeper ended" in "".join(up.lines)
    assert gone(everybody)


def test_a_taken_port_is_named_and_nothing_stays_running(home):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        up = Up(home, port)
        assert up.over() == 1
    assert f"Port {port} is taken. Set TOWER_PORT" in "".join(up.lines)
    assert up.everybody() == []


def test_only_marked_processes_of_this_folder_are_ended(tmp_path):
    other = {**os.environ, **leftovers.marked(tmp_path / "elsewhere")}
    ours = {**os.environ, **leftovers.marked(tmp_path)}
    sleep = [sys.executable, "-c", "import time; time.sleep(600)"]
    bystander, stray = subprocess.Popen(sleep, env=other), subprocess.Popen(sleep, env=ours)
    try:
        deadline = time.monotonic() + 60
        while not leftovers.survivors(tmp_path) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert leftovers.end(tmp_path) == 1
        assert stray.wait(60) == -signal.SIGTERM
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()
