"""What processes load at their start is left out of every later garbage collection."""

import subprocess
import sys

import pytest

COUNT = "import gc; assert gc.get_freeze_count() > 100_000, gc.get_freeze_count()"


@pytest.mark.parametrize(
    "begin",
    [
        "import controltower.wsgi",
        "import controltower.celery, django; django.setup();"
        "from celery.signals import worker_process_init; worker_process_init.send(sender=None)",
    ],
    ids=["web", "worker"],
)
def test_what_is_loaded_when_work_begins_is_not_looked_at_again(begin: str) -> None:
    done = subprocess.run([sys.executable, "-c", f"{begin}; {COUNT}"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
