"""Documentation says what is: the list of jobs, the commands, the links."""

import re
from pathlib import Path

from django.core.management import get_commands

from controltower.jobs.registry import kinds, sweeps

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_the_architecture_lists_every_job_with_its_queue_and_every_schedule() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    listed = dict(re.findall(r"^\| `([\w.]+)` \| (intake|default|documents|agents|effects) \|", text, re.MULTILINE))
    product = {kind.name: kind.queue for kind in kinds() if not kind.name.startswith(("tests.", "bench"))}
    assert listed == product
    schedules = dict(re.findall(r"^\| `([\w.]+)` \| (\d+) s \|", text, re.MULTILINE))
    assert schedules == {
        sweep.name: str(round(sweep.every)) for sweep in sweeps() if not sweep.name.startswith("tests.")
    }


def test_links_between_pages_lead_somewhere() -> None:
    broken = [
        f"{page.name}: {target}"
        for page in PAGES
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text())
        if not (page.parent / target).exists()
    ]
    assert broken == []


def test_commands_that_the_documentation_names_exist() -> None:
    named = {name for page in PAGES for name in re.findall(r"manage\.py (\w+)", page.read_text())}
    assert named
    assert named <= set(get_commands())
