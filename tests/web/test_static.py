"""What the browser downloads before a page works."""

import gzip
import re
from pathlib import Path

import django_htmx

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "controltower/web/static/tower"
HTMX = Path(django_htmx.__file__).parent / "static/django_htmx/htmx-2.min.js"


def packed(*paths: Path) -> int:
    return sum(len(gzip.compress(path.read_bytes(), 9)) for path in paths)


def test_style_sheets_weigh_at_most_14_kilobytes() -> None:
    assert 0 < packed(*STATIC.glob("*.css")) <= 14 * 1024


def test_every_class_of_the_style_sheets_is_used() -> None:
    """A name that is put together where it stands, `dot--{{ ... }}`, is used by its beginning."""
    sheets = " ".join(path.read_text() for path in STATIC.glob("*.css"))
    files = [*(ROOT / "templates").rglob("*.html"), *STATIC.glob("*.js"), HTMX]
    for folder in ("controltower", "exceptions", "documents", "agents"):
        files += (ROOT / folder).rglob("*.py")
    used = set(re.findall(r"[a-z][\w-]*", " ".join(path.read_text() for path in files)))
    begun = {each for each in used if each.endswith("--")}
    classes = set(re.findall(r"\.([a-z][\w-]*)", re.sub(r"/\*.*?\*/", "", sheets, flags=re.S)))
    assert len(classes) > 150
    assert {name for name in classes - used if f"{name.partition('--')[0]}--" not in begun} == set()


def test_scripts_weigh_at_most_30_kilobytes_with_htmx() -> None:
    assert 0 < packed(HTMX, *STATIC.glob("*.js")) <= 30 * 1024


def test_htmx_is_the_version_that_was_chosen() -> None:
    assert 'version:"2.0.10"' in HTMX.read_text()


def test_no_script_evaluates_text() -> None:
    for path in STATIC.glob("*.js"):
        text = path.read_text()
        assert "eval(" not in text and "new Function" not in text and "innerHTML =" not in text
