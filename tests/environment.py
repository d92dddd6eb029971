"""Loaded by pytest before Django reads its settings: the tests' own servers and data folder.

With `DATABASE_URL`, `DATABASE_OWNER_URL` and `REDIS_URL` set, those servers are used; otherwise the packaged ones run
for the session under `TOWER_HOME/test`, without fsync. Workers of pytest-xdist share them, each with its own database.
"""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HOME = Path(os.environ.get("TOWER_TEST_HOME") or Path(os.environ.get("TOWER_HOME") or ROOT / ".tower") / "test")
os.environ["TOWER_TEST_HOME"] = os.environ["TOWER_HOME"] = str(HOME.absolute())
for name in ("OPENAI_BASE_URL", "OPENAI_API_KEY", "TOWER_MODEL", "TOWER_MODE", "TOWER_MAILBOX"):
    os.environ.pop(name, None)


def _serves(config: pytest.Config) -> bool:
    return not hasattr(config, "workerinput") and not os.environ.get("DATABASE_URL")


def pytest_configure(config: pytest.Config) -> None:
    if _serves(config):
        from controltower import embedded

        embedded.start(HOME, fast=True)


def pytest_unconfigure(config: pytest.Config) -> None:
    if _serves(config):
        from controltower import embedded

        embedded.stop(HOME)
