"""What no template may contain, so that the content security policy stays as strict as it is and pages work alone."""

import re
from pathlib import Path

import pytest
from lucide import IconDoesNotExist

from controltower.web import nav
from controltower.web.templatetags.tower import icon
from exceptions.cases.templatetags.cases import ICONS

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
# Mail is read by mail programs, which know neither our style sheets nor our policy.
MAIL = ("/mail/", "/email/")

FORBIDDEN = {
    "an inline style": r"""\sstyle\s*=|<style\b""",
    "an inline script": r"""<script(?![^>]*\b(?:src=|type="application/json"))""",
    "an event handler attribute": r"""<[^>]*\son[a-z]+\s*=""",
    "hx-on": r"""\bhx-on\b|\bhx-on:""",
    "code in an attribute": r"""["'\s](?:js|javascript):""",
    "a trigger filter, which fails open without eval": r"""hx-trigger\s*=\s*"[^"]*\[""",
    "hx-boost": r"""hx-boost""",
    "an unescaped value": r"""\|\s*safe\b|autoescape\s+off""",
    "a foreign file": r"""<(?:script|link|img|source|use)\b[^>]*(?:src|href)\s*=\s*["'](?:https?:)?//""",
    "a hand-written action, which the keyboard table does not know": r"""data-action\s*=""",
    "a picture without alternative text": r"""<img\b(?![^>]*\balt=)""",
    "a new window": r"""target\s*=\s*["']_blank""",
}


def pages() -> list[Path]:
    return [path for path in TEMPLATES if not any(part in path.as_posix() for part in MAIL)]


def text_of(path: Path) -> str:
    return without_comments(path.read_text())


def without_comments(text: str) -> str:
    return re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}|<!--.*?-->", "", text, flags=re.S)


def problems(text: str) -> list[str]:
    found = [name for name, pattern in FORBIDDEN.items() if re.search(pattern, text, re.I)]
    for form in re.findall(r"<form\b.*?</form>", text, re.S | re.I):
        opening = form[: form.index(">") + 1] if "{%" not in form.split(">")[0] else form[:400]
        if re.search(r"""method\s*=\s*["']post""", opening, re.I) and "csrf_token" not in form:
            found.append("a POST form without csrf token")
    tags = re.findall(r"<[a-z]+\b[^<]*?\bhx-(?:post|put|patch|delete)\b[^<]*", text, re.S | re.I)
    if any(not (tag.startswith("<form") and "action=" in tag) and "formaction=" not in tag for tag in tags):
        found.append("a change that needs JavaScript")
    return found


@pytest.mark.parametrize("path", pages(), ids=lambda path: path.relative_to(ROOT / "templates").as_posix())
def test_template_keeps_the_rules(path: Path) -> None:
    assert problems(text_of(path)) == []


@pytest.mark.parametrize(
    ("bad", "name"),
    [
        ('<p style="color:red">', "an inline style"),
        ("<script>alert(1)</script>", "an inline script"),
        ('<a onclick="x()">', "an event handler attribute"),
        ('<a hx-on:click="x()">', "hx-on"),
        ('<div hx-vals="js:{a:1}">', "code in an attribute"),
        ('<a href="javascript:x()">', "code in an attribute"),
        ('<a hx-trigger="click[ctrlKey]">', "a trigger filter, which fails open without eval"),
        ("{{ note|safe }}", "an unescaped value"),
        ('<script src="https://cdn.example/x.js"></script>', "a foreign file"),
        ('<button data-action="case.take">', "a hand-written action, which the keyboard table does not know"),
        ('<img src="/x.png">', "a picture without alternative text"),
        ('<form method="post" action="/x/"><button>', "a POST form without csrf token"),
        ('<button hx-post="/x/">', "a change that needs JavaScript"),
    ],
)
def test_the_rules_find_what_they_forbid(bad: str, name: str) -> None:
    assert name in problems(bad + ("</form>" if bad.startswith("<form") else ""))


def test_good_markup_passes() -> None:
    good = """<form method="post" action="{% url 'x' %}" hx-post="{% url 'x' %}">{% csrf_token %}<button {% action "a" %}>
    <script src="{% static 'a.js' %}" defer></script><img src="/a.webp" alt=""><a href="https://example.org">"""
    assert problems(good + "</form>") == []


def test_every_template_is_looked_at() -> None:
    assert len(pages()) > 30


def test_every_icon_that_is_named_exists() -> None:
    """A name that the library does not know takes the whole page down."""
    named = {
        found
        for path in TEMPLATES
        for pair in re.findall(r'{% icon "([^"]+)"|(?:icon_name|icon)="([a-z0-9-]+)"', path.read_text())
        for found in pair
        if found
    }
    named |= {item.icon for item in nav.items()} | set(ICONS.values())
    missing = set()
    for name in named:
        try:
            icon(name)
        except IconDoesNotExist:
            missing.add(name)
    assert len(named) > 40 and missing == set()
