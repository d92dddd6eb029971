"""What a reader sees of an HTML mail, as lines of text. Pure.

A table's row is one line, its cells apart by ` | `: what stands in one row belongs together. What no reader sees (style,
script, hidden elements, white on nothing) says nothing.
"""

import re
from html.parser import HTMLParser
from typing import Final

_BLOCKS: Final = frozenset(
    [
        "address",
        "article",
        "blockquote",
        "body",
        "br",
        "dd",
        "div",
        "dl",
        "dt",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tr",
        "ul",
    ]
)
_VOID: Final = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)
_UNSEEN: Final = frozenset(["head", "noscript", "script", "style", "template", "title"])
_HIDING: Final = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d]*[1-9])|opacity\s*:\s*0(?![.\d]*[1-9])|"
    r"max-height\s*:\s*0(?![.\d]*[1-9])",
    re.IGNORECASE,
)
# From one brace to the next and nowhere between: else a long style without braces is read once for every character.
_RULE: Final = re.compile(r"(?<![^{}])([^{}]++)\{([^{}]*+)\}")
_QUOTING: Final = frozenset({"gmail_quote", "yahoo_quoted", "moz-cite-prefix", "protonmail_quote"})


def visible_text(html: str) -> str:
    """The visible lines of `html`. Quoted blocks become lines that begin with ">"."""
    reader = _Reader()
    try:
        reader.feed(html)
        reader.close()
    except (AssertionError, ValueError):
        pass  # the parser gives up on some malformed declarations; what was read until there stands
    return reader.text()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._out: list[str] = []
        self._open: list[tuple[str, bool, bool]] = []  # tag, hides, quotes
        self._hidden = 0
        self._quoted = 0
        self._hiding_classes: set[str] = set()
        self._in_style = False
        self._cells = 0

    def text(self) -> str:
        lines = (" ".join(line.replace("\xa0", " ").split()) for line in "".join(self._out).split("\n"))
        kept = [line.removesuffix(" |").removesuffix("|").strip() for line in lines]
        return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in _BLOCKS:
            self._break()
        if tag == "style":
            self._in_style = True
        if tag in ("td", "th"):
            if self._cells:
                self._say(" | ")
            self._cells += 1
        if tag == "tr":
            self._cells = 0
        if tag in _VOID:
            return
        classes = set(given.get("class", "").split())
        hides = (
            tag in _UNSEEN
            or "hidden" in given
            or given.get("aria-hidden") == "true"
            or bool(_HIDING.search(given.get("style", "")))
            or bool(classes & self._hiding_classes)
        )
        quotes = tag == "blockquote" or bool(classes & _QUOTING)
        self._open.append((tag, hides, quotes))
        self._hidden += hides
        self._quoted += quotes

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "style":
            self._in_style = False
        if any(name == tag for name, _, _ in self._open):
            while self._open:
                name, hides, quotes = self._open.pop()
                self._hidden -= hides
                self._quoted -= quotes
                if name == tag:
                    break
        if tag in _BLOCKS:
            self._break()

    def handle_data(self, data: str) -> None:
        if self._in_style:
            for selector, body in _RULE.findall(data):
                if _HIDING.search(body):
                    self._hiding_classes |= {name.strip() for name in re.findall(r"\.([\w-]+)", selector)}
            return
        self._say(data.replace("\n", " "))

    def _say(self, text: str) -> None:
        if self._hidden or not text:
            return
        if self._quoted and (not self._out or self._out[-1].endswith("\n")) and text.strip():
            text = f"> {text.lstrip()}"
        self._out.append(text)

    def _break(self) -> None:
        if self._out and not self._out[-1].endswith("\n"):
            self._out.append("\n")
