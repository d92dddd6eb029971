"""Every pair of tokens that the style sheets put on each other, in both themes (WCAG 2.2: 1.4.3 and 1.4.11)."""

import re
from pathlib import Path

import pytest

STYLES = Path(__file__).resolve().parents[2] / "controltower/web/static/tower"
PAIR = re.compile(r"--([a-z0-9-]+):\s*light-dark\((#[0-9A-Fa-f]{6}),\s*(#[0-9A-Fa-f]{6})\)")

GROUNDS = ("bg", "surface", "surface-2")
WORDS = ("text", "text-2", "text-3", "accent", "accent-hover", "ai", "ok", "warn", "danger")
TEXT_PAIRS = [(word, ground) for word in WORDS for ground in GROUNDS] + [
    ("on-accent", "accent"),
    ("on-accent", "accent-hover"),
    ("on-danger", "danger"),
    *[(word, "accent-soft") for word in ("text", "text-2", "text-3", "accent", "warn", "danger")],
    *[(word, f"{word}-soft") for word in ("ai", "ok", "warn", "danger")],
    *[("text", f"{soft}-soft") for soft in ("ai", "ok", "warn", "danger")],
    *[("text-2", f"{soft}-soft") for soft in ("ok", "warn", "danger")],
    ("accent", "danger-soft"),
    ("text", "mark"),
    *[(f"on-s{level}", f"s{level}") for level in (1, 2, 3, 4)],
]
# What must be seen but not read: edges of controls, focus rings, marks of the timeline and the strip.
SHAPE_PAIRS = [(mark, ground) for mark in ("border-strong", "accent", "ai", "ok", "danger") for ground in GROUNDS] + [
    ("ai", "ai-soft"),
    ("ok", "ok-soft"),
    ("danger", "danger-soft"),
    ("accent", "accent-soft"),
]


def tokens(theme: int) -> dict[str, str]:
    return {found[0]: found[1 + theme] for found in PAIR.findall((STYLES / "base.css").read_text())}


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_every_text_pair_reads(theme: int) -> None:
    colours = tokens(theme)
    weak = {pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2) for pair in TEXT_PAIRS}
    assert {pair: value for pair, value in weak.items() if value < 4.5} == {}


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_every_shape_is_seen(theme: int) -> None:
    colours = tokens(theme)
    weak = {pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2) for pair in SHAPE_PAIRS}
    assert {pair: value for pair, value in weak.items() if value < 3} == {}


def test_black_on_white_is_21() -> None:
    assert round(contrast("#000000", "#FFFFFF"), 1) == 21.0


# Marks on a page of paper, which is white in both themes.
ON_PAPER = ("documents.css",)


def test_no_style_sheet_invents_a_colour() -> None:
    """Colours are tokens: what stands outside base.css may not be computed here, so it may not be."""
    stray = {
        path.name: found
        for path in STYLES.glob("*.css")
        if path.name not in ("base.css", *ON_PAPER)
        and (found := re.findall(r"#[0-9A-Fa-f]{3,8}\b|\brgba?\(|\bhsla?\(", path.read_text()))
    }
    assert stray == {}
