"""The measurement of the queue: a small run goes through all of it and says what it is about."""

import json
import os
import subprocess
from pathlib import Path

from controltower.ops import processes

KEYS = {
    "first_page_ratio", "deep_page_ratio", "filtered_ratio", "search_ratio", "page_ratio_to_render", "page_ms_p50",
    "sql_per_page", "idle_poll_per_s",
}  # fmt: skip


def test_a_small_run_measures_pages_and_polls(tmp_path: Path) -> None:
    found = {}
    for part in ("pages", "poll"):
        command = processes.manage("benchmark", "queue", "--quick", "--json", "--only", part)
        env = {**os.environ, "TOWER_HOME": str(tmp_path)}
        run = subprocess.run(command, env=env, stdout=subprocess.PIPE, text=True, timeout=400)
        assert run.returncode == 0, run.stdout
        found |= json.loads(run.stdout.splitlines()[-1])
    assert found.keys() >= KEYS
    assert found["sql_per_page"] <= 12
    assert found["idle_poll_per_s"] > 0 and found["first_page_ratio"] > 0
