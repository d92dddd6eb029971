"""From text to `Filters`. Never raises: what is not understood is a `Problem` that points at its place. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any, Final

from exceptions.cases.selectors.grammar.filters import CHOICES, Choice, Filters, Scope, Sort, printed, quoted, written
from exceptions.cases.selectors.grammar.keys import KEYS, STATES, Key
from exceptions.cases.selectors.grammar.ranges import Amounts, When, amounts_read, when_read

LONGEST: Final = 500
_KEY: Final = re.compile(r"(-?)([^\W\d]\w*):")
# Keys whose values are names that only the data knows, and who is not called so.
_NAMED: Final = {
    "customer": "no customer has a name that begins so, or this code",
    "owner": "no colleague has a name or an address that begins so",
    "partner": "no connection has a name that begins so",
}
_NO_TEXT: Final = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class Problem:
    """What is wrong with a filter, and where: the part of it from `offset` on. `suggestion` is what to write there
    instead, "" when nobody can tell."""

    offset: int
    length: int
    sentence: str
    suggestion: str = ""


@dataclass(frozen=True)
class Parsed:
    """A filter as typed and as understood. With problems `filters` holds the rest: nothing to act on.

    left_out: (offset, length) of each name behind a minus, by its key and as it is written in `filters`.
    """

    typed: str
    filters: Filters
    problems: tuple[Problem, ...] = ()
    left_out: Mapping[tuple[str, str], tuple[int, int]] = field(default_factory=dict)

    @property
    def query(self) -> str:
        """The filter in its one written form; as typed while something in it is wrong, or where that is too long."""
        written = self.typed if self.problems else printed(self.filters)
        return written if len(written) <= LONGEST else self.typed

    def corrected(self, problem: Problem) -> str:
        """The whole filter with the suggestion in place."""
        return self.typed[: problem.offset] + problem.suggestion + self.typed[problem.offset + problem.length :]

    def unmet(self, names: Iterable[tuple[str, str]]) -> Parsed:
        """The same, with a problem at each of these names behind a minus, which nothing is called."""
        found = (
            Problem(*self.left_out[key, name], f"-{key}:{written(name)} leaves nothing out: {_NAMED[key]}.")
            for key, name in names
        )
        return replace(self, problems=tuple(sorted((*self.problems, *found), key=lambda problem: problem.offset)))


@dataclass(frozen=True)
class _Token:
    """A word of the filter. `key` None: free text. values: (offset, length, text) of each between commas."""

    offset: int
    length: int
    text: str
    key: str | None = None
    negated: bool = False
    quoted: bool = False
    values: tuple[tuple[int, int, str], ...] = ()


@dataclass
class _Reader:
    """Collects what the tokens ask for."""

    problems: list[Problem] = field(default_factory=list)
    wanted: dict[str, list[str]] = field(default_factory=dict)
    unwanted: dict[str, list[str]] = field(default_factory=dict)
    spans: dict[str, When | Amounts] = field(default_factory=dict)
    left_out: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    flags: dict[str, bool] = field(default_factory=dict)
    scope: Scope | None = None
    sort: tuple[_Token, Sort] | None = None
    lists: tuple[_Token, tuple[Scope, ...]] | None = None
    words: list[str] = field(default_factory=list)
    exact: list[str] = field(default_factory=list)

    def wrong(self, token: _Token, sentence: str, suggestion: str = "") -> None:
        self.problems.append(Problem(token.offset, token.length, sentence, suggestion))


def parse(text: str) -> Parsed:
    """Read a filter as typed. Problems are in the order of their places."""
    if len(text) > LONGEST:
        return Parsed(text, Filters(), (Problem(LONGEST, len(text) - LONGEST, f"A filter ends at {LONGEST} signs."),))
    if found := _NO_TEXT.search(text):
        return Parsed(text, Filters(), (Problem(found.start(), 1, "No text has this character."),))
    reader = _Reader()
    for token in _tokens(text, reader.problems):
        _take(reader, token)
    filters = _built(reader)
    problems = tuple(sorted(reader.problems, key=lambda problem: problem.offset))
    return Parsed(text, filters, problems, reader.left_out)


# --- words -------------------------------------------------------------------------------------------------------


def _tokens(text: str, problems: list[Problem]) -> Iterator[_Token]:
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        found = _KEY.match(text, at)
        if found:
            values, end = _values(text, found.end(), problems)
            token = _Token(at, end - at, text[at:end], found[2].lower(), bool(found[1]), values=values)
        elif text[at] == '"' or text.startswith('-"', at):
            is_turned = text[at] == "-"
            value, end = _quoted(text, at + is_turned, problems)
            token = _Token(at, end - at, value, negated=is_turned, quoted=True)
        else:
            end = _end_of_word(text, at, "")
            is_turned = text[at] == "-" and end > at + 1
            token = _Token(at, end - at, text[at + is_turned : end], negated=is_turned)
        yield token
        at = end


def _values(text: str, at: int, problems: list[Problem]) -> tuple[tuple[tuple[int, int, str], ...], int]:
    """What stands behind a colon up to the next space, taken apart at its commas; and where it ends."""
    found = []
    while True:
        begin = at
        if text[at : at + 1] == '"':
            value, at = _quoted(text, at, problems)
            rest = _end_of_word(text, at, ",")
            if rest > at:
                problems.append(Problem(at, rest - at, "Behind the closing quotation mark belongs a comma or a space."))
                at = rest
        else:
            at = _end_of_word(text, at, ",")
            value = text[begin:at]
        if value.strip():
            found.append((begin, at - begin, value.strip()))
        if text[at : at + 1] != ",":
            return tuple(found), at
        at += 1


def _quoted(text: str, at: int, problems: list[Problem]) -> tuple[str, int]:
    """The text between quotation marks, in which a backslash protects a mark; and where it ends."""
    value, here = [], at + 1
    while here < len(text) and text[here] != '"':
        here += text[here] == "\\" and here + 1 < len(text)
        value.append(text[here])
        here += 1
    if here == len(text):
        problems.append(
            Problem(at, len(text) - at, "The quotation mark is not closed.", quoted("".join(value).rstrip()))
        )
    return "".join(value), min(here + 1, len(text))


def _end_of_word(text: str, at: int, more: str) -> int:
    while at < len(text) and not text[at].isspace() and text[at] not in more:
        at += 1
    return at


# --- meaning -----------------------------------------------------------------------------------------------------


def _take(reader: _Reader, token: _Token) -> None:
    if token.key is None:
        if token.negated:
            _turned_text(reader, token)
        else:
            (reader.exact if token.quoted else reader.words).append(token.text)
        return
    key = KEYS.get(token.key)
    if key is None:
        _unknown(reader, token)
    elif not token.values:
        reader.wrong(token, f"{key.name}: needs a value, such as {key.examples[0]}.", key.examples[0])
    elif token.negated and not key.negatable:
        reader.wrong(token, f"{key.name}: cannot be turned around with a minus sign.", token.text[1:])
    elif key.name in CHOICES:
        _choose(reader, token, key)
    elif key.name == "is":
        for each in _single(token):
            _be(reader, each, each.values[0][2].lower())
    elif len(token.values) > 1:
        joined = f"{key.name}:{''.join(value for _, _, value in token.values)}"
        fits = key.name == "exposure" and amounts_read(joined.partition(":")[2]) is not None
        reader.wrong(token, f"{key.name}: takes one value, without a comma.", joined if fits else "")
    elif key.name == "sort":
        _order(reader, token, key)
    else:
        _span(reader, token, key)


def _turned_text(reader: _Reader, token: _Token) -> None:
    """`-acme`: searching for it would show what was to be left out."""
    likely = f"-customer:{written(token.text)}"
    hint = "A text cannot be turned around with a minus sign; a key can, such as -customer:acme."
    is_name = token.text[:1].isalpha() and not any(sign.isdigit() for sign in token.text)
    reader.wrong(token, hint, likely if is_name else "")


def _unknown(reader: _Reader, token: _Token) -> None:
    near = get_close_matches(token.key or "", KEYS, n=1, cutoff=0.6)
    sign, rest = "-" if token.negated else "", token.text.partition(":")[2]
    hint = f" Did you mean {near[0]}:?" if near else f" There are {_listed(KEYS)}."
    if not near:
        hint += " Text with a colon goes in quotation marks."
    reader.wrong(token, f"{token.key}: is not a filter.{hint}", f"{sign}{near[0]}:{rest}" if near else "")


def _single(token: _Token) -> Iterator[_Token]:
    """Each value as a token of its own, so that a problem points at it."""
    for offset, length, value in token.values:
        yield _Token(offset, length, value, token.key, token.negated, values=((offset, length, value),))


def _choose(reader: _Reader, token: _Token, key: Key) -> None:
    into = (reader.unwanted if token.negated else reader.wanted).setdefault(key.name, [])
    for each in _single(token):
        value = each.text
        if key.values:
            known = {word.lower(): word for word in key.values}
            if value.lower() not in known:
                _unknown_value(reader, each, key)
                continue
            value = known[value.lower()]
        elif value.lower() in ("me", "none") and key.name == "owner":
            value = value.lower()
        elif key.name == "lane" and not value.strip("> "):
            reader.wrong(each, "lane: needs a place, such as lane:dallas>chicago.", "")
            continue
        if key.name == "state" and not token.negated and not _is_on_one_list(reader, each, STATES[value][1]):
            continue
        if token.negated and key.name in _NAMED:
            reader.left_out.setdefault((key.name, value), (each.offset, each.length))
        into.append(value)


def _unknown_value(reader: _Reader, token: _Token, key: Key) -> None:
    asked = token.text.lower()
    near = [word for word in key.values if asked in word.lower()][:3]
    near = near or get_close_matches(asked, key.values, n=1, cutoff=0.6)
    hint = f"Did you mean {_listed(near, 'or')}?" if near else f"There are {_listed(key.values)}."
    if not near and len(key.values) > 12:
        hint = "The list is in the help."
    reader.wrong(token, f"{key.name}:{token.text} is not known. {hint}", near[0] if near else "")


def _be(reader: _Reader, token: _Token, value: str) -> None:
    if value not in KEYS["is"].values:
        _unknown_value(reader, token, KEYS["is"])
    elif value in ("pinned", "unavoidable"):
        if reader.flags.setdefault(value, not token.negated) is token.negated:
            reader.wrong(token, f"The filter asks for is:{value} and for its opposite.")
    elif token.negated:
        reader.wrong(token, f"-is:{value} is not a list. Write which: {_listed([f'is:{each}' for each in Scope])}.")
    elif reader.scope not in (None, Scope(value)):
        reader.wrong(token, f"No case is {reader.scope} and {value} at once.")
    else:
        reader.scope = Scope(value)


def _is_on_one_list(reader: _Reader, token: _Token, lists: tuple[Scope, ...]) -> bool:
    """Whether there is a list with cases of this state and of those asked for before."""
    if reader.lists is None:
        reader.lists = (token, lists)
    elif both := tuple(each for each in reader.lists[1] if each in lists):
        reader.lists = (reader.lists[0] if both == reader.lists[1] else token, both)
    else:
        reader.wrong(token, "Open and ended cases are separate lists. Ask for one of them.")
        return False
    return True


def _order(reader: _Reader, token: _Token, key: Key) -> None:
    (each,) = _single(token)
    if each.text.lower() not in key.values:
        _unknown_value(reader, each, key)
    elif reader.sort is not None:
        reader.wrong(token, "sort: stands here twice. One order is enough.")
    else:
        reader.sort = (token, Sort(each.text.lower()))


def _span(reader: _Reader, token: _Token, key: Key) -> None:
    (each,) = _single(token)
    found = amounts_read(each.text) if key.name == "exposure" else when_read(each.text, key.values)
    if found is None:
        hint = f"Write {_listed(key.examples, 'or')}."
        guess = f"{'>' if key.name == 'exposure' else '<'}{each.text.lower()}"
        fits = (amounts_read(guess) if key.name == "exposure" else when_read(guess, ())) is not None
        reader.wrong(each, f"{key.name}:{each.text} is not understood. {hint}", guess if fits else "")
    elif key.name in reader.spans:
        reader.wrong(token, f"{key.name}: stands here twice. Write a range, such as {_a_range(key)}.")
    else:
        reader.spans[key.name] = found


def _a_range(key: Key) -> str:
    return next(example for example in key.examples if ".." in example)


def _built(reader: _Reader) -> Filters:
    scope = reader.scope or (reader.lists[1][0] if reader.lists else Scope.OPEN)
    states = reader.wanted.get("state", ())
    if reader.lists is not None and scope not in reader.lists[1]:
        reader.wrong(reader.lists[0], f"No case that is {reader.lists[0].text} is {scope}.")
    elif reader.lists is not None and reader.scope is None and any(STATES[word][1][0] != scope for word in states):
        reader.wrong(reader.lists[0], "Cases that wait are asleep: a list of their own, is:snoozed.")
    if reader.sort is not None and scope != Scope.OPEN and reader.sort[1] != Sort.EXPOSURE:
        stands = "by when they wake" if scope == Scope.SNOOZED else "by when they ended"
        reader.wrong(reader.sort[0], f"Cases that are {scope} stand {stands}; sort: is for open ones.")
    parts: dict[str, Any] = {
        name: Choice(_once(reader.wanted.get(name, ())), _once(reader.unwanted.get(name, ()))) for name in CHOICES
    }
    parts |= reader.spans
    return Filters(
        scope=scope,
        pinned=reader.flags.get("pinned"),
        unavoidable=reader.flags.get("unavoidable"),
        **parts,
        text=" ".join(reader.words),
        exact=_once(reader.exact),
        sort=reader.sort[1] if reader.sort and scope == Scope.OPEN else Sort.EXPOSURE,
    )


def _once(values: list[str] | tuple[()]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value.strip()))


def _listed(words: Iterable[str], joint: str = "and") -> str:
    every = [str(word) for word in words]
    return f"{', '.join(every[:-1])} {joint} {every[-1]}" if len(every) > 1 else every[0]
