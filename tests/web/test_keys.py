"""One table drives shortcuts, help and palette."""

import re
from pathlib import Path

import pytest
from django.template import Context, Template

from controltower.web import keys

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> dict[str, keys.Shortcut]:
    fresh: dict[str, keys.Shortcut] = {}
    monkeypatch.setattr(keys, "_table", fresh)
    return fresh


def test_an_action_registered_twice_alike_is_one(table: dict[str, keys.Shortcut]) -> None:
    keys.register("case.take", "t", "Take", group="Case")
    keys.register("case.take", "t", "Take", group="Case")
    assert len(table) == 1


def test_an_action_registered_twice_differently_is_refused(table: dict[str, keys.Shortcut]) -> None:
    keys.register("case.take", "t", "Take", group="Case")
    with pytest.raises(ValueError, match="twice"):
        keys.register("case.take", "y", "Take", group="Case")


def test_a_single_letter_may_not_work_while_typing(table: dict[str, keys.Shortcut]) -> None:
    with pytest.raises(ValueError, match="swallow"):
        keys.register("case.take", "t", "Take", group="Case", in_fields=True)


def test_no_two_actions_of_one_group_share_a_key() -> None:
    seen: dict[tuple[str, str], str] = {}
    for row in keys.table():
        assert seen.setdefault((row.group, row.keys), row.action) == row.action


def test_no_key_is_also_the_start_of_a_chord() -> None:
    starts = {row.keys.split()[0] for row in keys.table() if " " in row.keys}
    assert not starts & {row.keys for row in keys.table()}


def test_every_action_that_a_template_performs_is_registered() -> None:
    used = {
        found
        for path in TEMPLATES.rglob("*.html")
        for found in re.findall(r'{% (?:action|key) "([^"]+)" %}', path.read_text())
    }
    assert used and {name for name in used if not keys.knows(name)} == set()


def test_every_registered_action_is_performed_somewhere() -> None:
    """A key without its element would be a promise in no page's help. The script has a few of its own."""
    by_script = {"rows.next", "rows.previous", "rows.open", "rows.select", "rows.range"}
    text = "".join(path.read_text() for path in TEMPLATES.rglob("*.html"))
    idle = {
        row.action
        for row in keys.table()
        if f'"{row.action}"' not in text
        and row.action not in by_script
        and not row.action.startswith("go.")
        and f'name="{row.action.removeprefix("case.")}"' not in text
    }
    assert idle == set()


def test_the_tags_draw_what_the_table_says() -> None:
    drawn = Template('{% load tower %}{% action "palette" %}|{% key "palette" %}').render(Context())
    assert drawn == (
        'data-action="palette" aria-keyshortcuts="Control+k"|'
        '<kbd class="key" aria-hidden="true">Ctrl</kbd><kbd class="key" aria-hidden="true">k</kbd>'
    )


def test_a_template_that_names_an_unknown_action_fails() -> None:
    with pytest.raises(keys.UnknownAction):
        Template('{% load tower %}{% action "case.fly" %}').render(Context())
