"""The product runs without its agents: nothing below them knows that they exist."""

from __future__ import annotations

import os
import subprocess
import sys

SCRIPT = """
import sys
import django
django.setup()
from django.core.checks import run_checks
from django.urls import Resolver404, resolve
from controltower.jobs.registry import kinds
from controltower.web import nav

assert not run_checks()
kinds()
try:
    resolve("/approvals/")
except Resolver404:
    pass
else:
    raise SystemExit("the approvals pages are still there")
assert "Approvals" not in {item.label for item in nav.items()}
loaded = sorted(name for name in sys.modules if name.partition(".")[0] in ("agents", "openai", "httpx2"))
print(" ".join(loaded) or "nothing")
"""


def run(**environment: str) -> str:
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "controltower.settings", **environment}
    done = subprocess.run([sys.executable, "-c", SCRIPT], env=env, capture_output=True, text=True, timeout=120)
    return done.stdout.strip() or done.stderr.strip().splitlines()[-1]


def test_with_the_agents_off_nothing_of_them_is_loaded() -> None:
    assert run(TOWER_AGENTS="off") == "nothing"


def test_with_the_agents_on_that_would_be_noticed() -> None:
    assert run(TOWER_AGENTS="on") == "the approvals pages are still there"
