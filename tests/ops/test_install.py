"""`make install`, tried on a small project: quick when nothing changed, and a broken environment is made whole."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def checkout(tmp_path):
    """A project without requirements, so that nothing is fetched."""
    folder = tmp_path / "check out"
    (folder / ".ci").mkdir(parents=True)
    (folder / "tests").mkdir()
    shutil.copy(ROOT / ".ci" / "install", folder / ".ci" / "install")
    (folder / "requirements.txt").write_text("")
    (folder / "tests" / "requirements.txt").write_text("-r ../requirements.txt\n")
    return folder


def install(checkout, **env):
    return subprocess.run(
        [checkout / ".ci" / "install"], capture_output=True, text=True, env={**os.environ, **env}, check=False
    )


def python_of(checkout):
    return subprocess.run(
        [checkout / ".venv/bin/python", "-c", "print('works')"], capture_output=True, text=True
    ).stdout


def test_an_environment_is_built_once_rebuilt_when_half_done_and_updated_when_the_pins_change(checkout):
    first = install(checkout, PYTHON=sys.executable)
    assert (first.returncode, python_of(checkout)) == (0, "works\n"), first.stderr

    began = time.monotonic()
    again = install(checkout, PYTHON="no-python-is-needed-now")
    assert (again.returncode, again.stdout) == (0, "")
    assert time.monotonic() - began < 20

    (checkout / ".venv" / ".installed").unlink()
    (checkout / ".venv" / "bin" / "python").unlink()
    repaired = install(checkout, PYTHON=sys.executable)
    assert (repaired.returncode, python_of(checkout)) == (0, "works\n")
    assert "Building .venv" in repaired.stdout

    (checkout / "requirements.txt").write_text("./no-such-package\n")
    failed = install(checkout)
    assert (failed.returncode, "have changed" in failed.stdout) == (1, True)
    assert "run make again" in failed.stderr
    assert not (checkout / ".venv" / ".installed").exists(), "a failure is not taken for done"


def test_a_machine_without_a_python_is_told_which_one_is_needed(checkout):
    failed = install(checkout, PYTHON="/bin/false")
    assert failed.returncode == 1
    assert "Python 3.11 or newer is needed" in failed.stderr
    assert not (checkout / ".venv").exists()


def test_every_make_target_that_needs_the_environment_installs_it_first():
    rules = [line for line in (ROOT / "Makefile").read_text().splitlines() if line and line[0].isalpha()]
    needing = {line.split(":")[0] for line in rules if line.endswith(": install")}
    assert needing == {"demo", "test", "lint", "bench", "lock"}
