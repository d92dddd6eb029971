"""The shape of the tree: what may stand at the top, how long a file may be, what is never committed."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOP_LEVEL = {
    "manage.py", "controltower", "exceptions", "documents", "agents", "templates", "tests", "docs",
    "requirements.txt", "pyproject.toml", "Makefile", "README.md", "CHANGELOG.md",
}  # fmt: skip
CEILING = 500
LONGER: dict[str, str] = {}


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_the_top_level_holds_what_the_layout_names_and_dot_files() -> None:
    tops = {name.split("/")[0] for name in tracked()}
    assert {top for top in tops if not top.startswith(".")} <= TOP_LEVEL


def test_no_file_is_longer_than_a_room() -> None:
    too_long = {
        name: lines
        for name in tracked()
        if name.endswith((".py", ".js", ".css", ".html")) and "/migrations/" not in name
        if (lines := len((ROOT / name).read_text().splitlines())) > CEILING and name not in LONGER
    }
    assert too_long == {}


def test_no_file_tells_of_the_machine_it_was_written_on() -> None:
    here = str(ROOT.parent) + "/"
    speaking = [
        name
        for name in tracked()
        if not name.endswith((".png", ".webp", ".pdf", ".ico")) and here in (ROOT / name).read_text(errors="ignore")
    ]
    assert speaking == []


def test_every_test_file_asserts_something() -> None:
    silent = [
        name
        for name in tracked()
        if name.startswith("tests/") and Path(name).name.startswith("test_")
        if not any(word in (ROOT / name).read_text() for word in ("assert", "raises", "expect("))
    ]
    assert silent == []
