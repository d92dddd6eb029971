"""What processes load and carry."""

import subprocess
import sys

from django.conf import settings


def test_the_web_process_loads_no_model_client_and_no_pdf_library() -> None:
    code = (
        "import controltower.wsgi, sys;"
        "assert 'exceptions.cases.urls' in sys.modules, 'the first request waits for every view to be loaded';"
        "heavy = {'openai', 'pypdf', 'pypdfium2', 'torch'} & set(sys.modules);"
        "print(sorted(heavy))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    assert result.stdout.strip().splitlines()[-1:] == ["[]"], result.stderr


def test_celery_speaks_json_only_and_never_runs_tasks_in_the_callers_process() -> None:
    assert settings.CELERY_ACCEPT_CONTENT == ["json"]
    assert not getattr(settings, "CELERY_TASK_ALWAYS_EAGER", False)
