"""What a reader sees of an HTML mail, as lines of text. Pure.

A table's row is one line, its cells apart by ` | `: what stands in one row belongs together. What no reader sees (style,
script, hidden elements, white on nothing) says nothing.

Tags are found here and not by the standard library's parser: that one looks at the rest of the text again for every tag or
comment that is never closed, and a crafted mail keeps it busy for minutes.
"""

import re
from collections import Counter
from collections.abc import Iterator
from html import unescape
from typing import Final

MAX_HTML: Final = 300_000  # characters; nobody reads further either

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
# A whole tag. Each character is taken once and never given back; quotes count only after an equals sign.
_TAG: Final = re.compile(
    r"""<(/?)([A-Za-z][^\s/>]*+)((?:[^>"'=]++|=\s*+(?:"[^"]*+"|'[^']*+')|["'=])*+)>""",
)
_ATTRIBUTE: Final = re.compile(r"""([^\s/=]++)\s*+(?:=\s*+("[^"]*+"|'[^']*+'|[^\s]*+))?""")
_RAW: Final = {tag: re.compile(rf"</{tag}(?=[\s/>])", re.IGNORECASE) for tag in ("script", "style")}
# More digits than any character has: the conversion would be refused, and cost more with every digit.
_NO_CHARACTER: Final = re.compile(r"&#(?:\d{8,}+|[xX][0-9a-fA-F]{7,}+);?")
_QUOTING: Final = frozenset({"gmail_quote", "yahoo_quoted", "moz-cite-prefix", "protonmail_quote"})


def visible_text(html: str) -> str:
    """The visible lines of the first 300,000 characters of `html`. Quoted blocks become lines that begin with ">".

    A comment or tag that is opened and never closed hides what follows, as in a browser. The time grows with the length
    and no faster, whatever is in it.
    """
    reader, html = _Reader(), html[:MAX_HTML]
    at = 0
    while at < len(html):
        begin = html.find("<", at)
        end = len(html) if begin < 0 else begin
        reader.data(_unescaped(html[at:end]))
        at = end if begin < 0 else _markup(reader, html, begin)
    return reader.text()


def _markup(reader: "_Reader", html: str, at: int) -> int:
    """Read what the "<" at `at` begins; where it ends."""
    following = html[at + 1 : at + 3]
    if html.startswith("<!--", at):
        return _after(html, "-->", at + 2)
    if following[:1] in ("!", "?") or (following[:1] == "/" and not _is_letter(following[1:])):
        return _after(html, ">", at + 1)
    if following[:1] != "/" and not _is_letter(following[:1]):
        reader.data("<")
        return at + 1
    tag = _TAG.match(html, at)
    if tag is None:
        return len(html)
    name = tag[2].lower()
    if tag[1]:
        reader.end(name)
        return tag.end()
    reader.start(name, dict(_attributes(tag[3])))
    if tag[3].endswith("/") and name not in _VOID:
        reader.end(name)
    elif name in _RAW:
        close = _RAW[name].search(html, tag.end())
        end = close.start() if close else len(html)
        reader.data(html[tag.end() : end])
        return end
    return tag.end()


def _after(html: str, closing: str, at: int) -> int:
    found = html.find(closing, at)
    return len(html) if found < 0 else found + len(closing)


def _is_letter(character: str) -> bool:
    return character.isascii() and character.isalpha()


def _attributes(inside: str) -> Iterator[tuple[str, str]]:
    for match in _ATTRIBUTE.finditer(inside):
        value = match[2] or ""
        quoted = value[:1] in ("'", '"') and value[-1:] == value[:1]
        yield match[1].lower(), _unescaped(value[1:-1] if quoted else value)


def _unescaped(text: str) -> str:
    return unescape(_NO_CHARACTER.sub("\ufffd", text)) if "&" in text else text


class _Reader:
    """The visible text, from tags and words in their order."""

    def __init__(self) -> None:
        self._out: list[str] = []
        self._open: list[tuple[str, bool, bool]] = []  # tag, hides, quotes
        self._opened: Counter[str] = Counter()  # how many of each are open
        self._hidden = 0
        self._quoted = 0
        self._hiding_classes: set[str] = set()
        self._in_style = False
        self._cells = 0

    def text(self) -> str:
        lines = (" ".join(line.replace("\xa0", " ").split()) for line in "".join(self._out).split("\n"))
        kept = [line.removesuffix(" |").removesuffix("|").strip() for line in lines]
        return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()

    def start(self, tag: str, given: dict[str, str]) -> None:
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
        self._opened[tag] += 1
        self._hidden += hides
        self._quoted += quotes

    def end(self, tag: str) -> None:
        if tag == "style":
            self._in_style = False
        if self._opened[tag]:
            while self._open:
                name, hides, quotes = self._open.pop()
                self._opened[name] -= 1
                self._hidden -= hides
                self._quoted -= quotes
                if name == tag:
                    break
        if tag in _BLOCKS:
            self._break()

    def data(self, data: str) -> None:
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
