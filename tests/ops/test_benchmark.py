"""`manage.py benchmark`: measures beside everything else and leaves nothing behind, also when it is interrupted."""

import json
import logging
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from django.core.management import call_command

from controltower.ops import bench_run, leftovers, processes
from controltower.ops.benchmarks import Benchmark, Figure
from controltower.ops.logs import AllowList
from exceptions.intake.bench_client import Answers


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("bench")


def benchmark(home, *arguments, **kwargs):
    env = {**os.environ, "TOWER_HOME": str(home)}
    return subprocess.Popen(
        processes.manage("benchmark", *arguments), env=env, stdout=subprocess.PIPE, text=True, **kwargs
    )


def test_the_last_line_is_one_json_object_and_the_folder_is_gone(home):
    run = benchmark(home, "audit", "--quick", "--json")
    said = run.communicate(timeout=600)[0].splitlines()
    assert run.returncode == 0
    found = json.loads(said[-1])
    assert found["appends_per_s"] > 0
    assert found["verify_100k_s"] > 0
    assert found["spread"]["appends_per_s"][0] <= found["appends_per_s"] <= found["spread"]["appends_per_s"][1]
    assert found["durable"] is True
    assert any("goal at least 1,000" in line for line in said)
    assert list((home / "bench").iterdir()) == []


def test_an_interrupted_benchmark_cleans_up(home):
    run = benchmark(home, "audit", start_new_session=True)
    for line in run.stdout:
        if "durability" in line:
            break
    (folder,) = (home / "bench").iterdir()
    os.killpg(run.pid, signal.SIGINT)
    run.communicate(timeout=240)
    assert run.returncode == 130
    assert not folder.exists()
    assert leftovers.survivors(folder) == []


def test_what_a_killed_benchmark_left_is_removed_by_the_next(home):
    run = benchmark(home, "audit")
    for line in run.stdout:
        if "durability" in line:
            break
    (folder,) = (home / "bench").iterdir()
    run.kill()
    run.wait()
    assert leftovers.survivors(folder), "the measuring process outlives its parent"
    bench_run._clear_abandoned(home / "bench")
    assert list((home / "bench").iterdir()) == []
    deadline = time.monotonic() + 60
    while leftovers.survivors(folder) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert leftovers.survivors(folder) == []


def test_an_unknown_name_is_answered_with_the_known_ones(home):
    run = benchmark(home, "speed", stderr=subprocess.STDOUT)
    said = run.communicate(timeout=240)[0]
    assert run.returncode == 1
    assert "There is no benchmark 'speed'. There are: audit" in said


def test_sizes_and_the_seed_reach_the_measurement(monkeypatch):
    handed_on = []
    monkeypatch.setattr(bench_run, "outside", lambda home, benchmark, arguments: handed_on.append(arguments) or 0)
    call_command("benchmark", "noise", "--seed=5", "--shipments=50")
    assert handed_on == [["--shipments=50", "--seed=5"]]
    sizes = []
    measured = Benchmark(
        "sized", "", lambda bench: sizes.append((bench.shipments, bench.seed, bench.events)) or {}, True
    )
    monkeypatch.setattr(bench_run, "call_command", lambda *_, **__: None)
    bench_run.inside(Path("unused"), measured, quick=True, say=lambda _: None, shipments=50, seed=5, events=None)
    assert sizes == [(50, 5, None)]


def test_a_measurement_that_fails_says_what_its_servers_complained_of(monkeypatch, tmp_path):
    (tmp_path / "logs").mkdir()
    record = logging.LogRecord("tower", logging.ERROR, "", 0, "the query was refused", None, None)
    calm = logging.LogRecord("tower", logging.INFO, "", 0, "served", None, None)
    written = [AllowList("").format(each) for each in (record, calm)]
    (tmp_path / "logs" / "web.log").write_text("\n".join(written))

    def fail(bench):
        raise RuntimeError("answered with 500")

    monkeypatch.setattr(bench_run, "call_command", lambda *_, **__: None)
    said = []
    with pytest.raises(RuntimeError, match="answered with 500"):
        bench_run.inside(tmp_path, Benchmark("failing", "", fail, True), quick=True, say=said.append)
    assert "web: " in said[-1] and "the query was refused" in said[-1] and not any("served" in each for each in said)


def test_an_answer_that_spoils_a_measurement_is_the_one_that_is_told():
    answers = Answers()
    answers.take(202, b"stored")
    answers.must_be(202)
    answers.take(500, b"broken")
    with pytest.raises(
        RuntimeError, match="1 of 2 requests were not answered 202; the first of them with 500: b'broken'"
    ):
        answers.must_be(202)


def test_a_figure_is_its_median_and_knows_whether_it_holds():
    rate = Figure((1200.0, 900.0, 1000.0), "/s", goal=1000)
    assert (rate.value, rate.met) == (1000.0, True)
    assert "(900 .. 1,200 in 3 rounds); goal at least 1,000: met" in bench_run.line("rate", rate)
    lost = Figure((1.0,), "jobs", goal=0, at_least=False)
    assert lost.met is False
    assert bench_run.line("lost", lost).endswith("goal at most 0: MISSED")
    assert Figure((1.0,), "s").met is None


def test_a_part_is_measured_alone(home):
    run = benchmark(home, "intake", "--quick", "--json", "--only", "webhooks")
    said = run.communicate(timeout=600)[0].splitlines()
    assert run.returncode == 0
    found = json.loads(said[-1])
    assert found["webhook_ratio_to_bare"] > 0
    assert "batch_events_per_s" not in found


def test_a_part_that_there_is_not_is_answered_with_those_that_there_are(home):
    run = benchmark(home, "intake", "--only", "weather", stderr=subprocess.STDOUT)
    said = run.communicate(timeout=240)[0]
    assert run.returncode == 1
    assert "intake cannot be run for 'weather' alone. These parts of it can be: webhooks, backlog." in said
    assert not (home / "bench").exists() or list((home / "bench").iterdir()) == []
