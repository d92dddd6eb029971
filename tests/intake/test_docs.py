"""What the documentation tells integrators to run works against a real server."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation
from exceptions.intake.models import Message
from exceptions.intake.presets.scripts import curl_example
from exceptions.parties.models import Partner
from tests.intake.cast import EASYPOST_SECRET, STANDARD_SECRET

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.django_db(transaction=True)


def test_the_python_example_is_accepted(
    live_server: Any, cloudevents: Partner, organisation: Organisation, tmp_path: Path
) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs/partners.md").read_text(), re.DOTALL)
    script = tmp_path / "send.py"
    script.write_text(example)
    address = f"{live_server.url}/in/{cloudevents.slug}/"
    done = subprocess.run(
        [sys.executable, str(script), address, STANDARD_SECRET], capture_output=True, text=True, timeout=240
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("202 ")
    with acting_for(organisation):
        assert Message.objects.count() == 1


@pytest.mark.parametrize("name, secret", [("easypost", EASYPOST_SECRET), ("cloudevents", STANDARD_SECRET)])
def test_the_shell_example_is_accepted(
    live_server: Any, request: pytest.FixtureRequest, name: str, secret: str
) -> None:
    partner = request.getfixturevalue(name)
    script = curl_example(partner, f"{live_server.url}/in/{partner.slug}/", timezone.now())
    script = script.replace("paste the secret here", secret)
    if subprocess.run(["sh", "-c", "command -v openssl curl od"], capture_output=True).returncode:
        pytest.skip("the shell example needs openssl, curl and od")
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, timeout=240)
    assert '"duplicate": false' in done.stdout, done.stdout + done.stderr
