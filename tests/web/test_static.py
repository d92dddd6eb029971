"""What the browser downloads before a page works."""

import gzip
from pathlib import Path

import django_htmx

STATIC = Path(__file__).resolve().parents[2] / "controltower/web/static/tower"
HTMX = Path(django_htmx.__file__).parent / "static/django_htmx/htmx-2.min.js"


def packed(*paths: Path) -> int:
    return sum(len(gzip.compress(path.read_bytes(), 9)) for path in paths)


def test_style_sheets_weigh_at_most_14_kilobytes() -> None:
    assert 0 < packed(*STATIC.glob("*.css")) <= 14 * 1024


def test_scripts_weigh_at_most_30_kilobytes_with_htmx() -> None:
    assert 0 < packed(HTMX, *STATIC.glob("*.js")) <= 30 * 1024


def test_htmx_is_the_version_that_was_chosen() -> None:
    assert 'version:"2.0.10"' in HTMX.read_text()


def test_no_script_evaluates_text() -> None:
    for path in STATIC.glob("*.js"):
        text = path.read_text()
        assert "eval(" not in text and "new Function" not in text and "innerHTML =" not in text
