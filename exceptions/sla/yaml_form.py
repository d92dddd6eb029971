"""Contracts as YAML text: written so that it reads back as the same, read with every mistake named by its line.

The schema is in docs/contracts.md. Nothing in the text is ever executed or expanded: tags, anchors and aliases are
refused, and so are texts that are too long or too deep. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import yaml

from exceptions.sla.drafts import ContractDraft, Problem, TermDraft
from exceptions.sla.pricing import is_whole

LONGEST: Final = 256 * 1024
DEEPEST: Final = 8
MOST_TERMS: Final = 500

Path = tuple[str | int, ...]
_NULL = "tag:yaml.org,2002:null"
_CRITERIA = ("account", "service", "mode", "lane", "case_type", "goods_class", "tier", "severity")


@dataclass(frozen=True)
class Reading:
    """draft: None when there are problems of form. lines: where in the text each path stands, for problems found later."""

    draft: ContractDraft | None
    problems: tuple[Problem, ...]
    lines: Mapping[Path, int]

    def placed(self, problems: list[Problem]) -> list[Problem]:
        """Problems of meaning with the line of their place, or of the nearest thing around it, in the order of lines."""
        return sorted(
            (replace(problem, line=line_of(self.lines, problem.where)) for problem in problems),
            key=lambda problem: problem.line,
        )


def contract_to_yaml(draft: ContractDraft) -> str:
    """The text of a contract. `contract_from_yaml` of it gives an equal draft."""
    head: dict[str, Any] = {
        "contract": draft.code,
        "name": draft.name,
        "side": draft.side,
        "account": draft.account,
        "currency": draft.currency,
        "effective_from": draft.effective_from,
        "effective_to": draft.effective_to,
        "note": draft.note,
    }
    terms = [_term_data(term) for term in draft.terms]
    told = {name: value for name, value in head.items() if name in _REQUIRED or value not in ("", None)}
    data = {**told, "terms": terms}
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)


def contract_from_yaml(text: str) -> Reading:
    """Read a contract. All that cannot be read is told at once; then there is no draft."""
    if len(text) > LONGEST:
        return _refused(f"the text is longer than {LONGEST // 1024} KiB", 0)
    try:
        _check_events(text)
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except _Refused as problem:
        return _refused(problem.sentence, problem.line)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        return _refused(str(problem.problem or problem.context), mark.line + 1 if mark else 0)
    except yaml.YAMLError as problem:  # a character that no text may hold
        return _refused(str(problem).splitlines()[0], 0)
    if not isinstance(root, yaml.MappingNode):
        return _refused("a contract is a list of fields, each with its value", 1)
    reader = _Reader()
    draft = reader.contract(root)
    problems = sorted(
        (replace(problem, line=problem.line or line_of(reader.lines, problem.where)) for problem in reader.problems),
        key=lambda problem: problem.line,
    )
    return Reading(None if problems else draft, tuple(problems), reader.lines)


def line_of(lines: Mapping[Path, int], where: Path) -> int:
    """The line of a place; of what it would stand in when it is missing; 1 for the contract as a whole."""
    while where and where not in lines:
        where = where[:-1]
    return lines.get(where, 1)


class _Refused(Exception):
    """The text is not of the kind that is read at all."""

    def __init__(self, sentence: str, line: int) -> None:
        super().__init__(sentence)
        self.sentence, self.line = sentence, line


class _Number(str):
    """A number that is written as it is spelt, without quotes."""


class _Dumper(yaml.SafeDumper):
    """Without aliases; with numbers as they are spelt."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _represent_number(dumper: yaml.SafeDumper, number: _Number) -> yaml.Node:
    kind = "float" if "." in number else "int"
    return dumper.represent_scalar(f"tag:yaml.org,2002:{kind}", str(number))


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    """A line break that is not one of ours stands escaped: read as it is, it would come back as a space."""
    style = '"' if any(mark in text for mark in "\x85\u2028\u2029") else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(_Number, _represent_number)
_Dumper.add_representer(str, _represent_text)


def _term_data(term: TermDraft) -> dict[str, Any]:
    named = {one.name: getattr(term, one.name) for one in fields(term)}
    criteria = _without_empty({name: named.pop(name) for name in _CRITERIA})
    price = _ordered(_plain(named.pop("price")))
    kind, name, subkind = named.pop("kind"), named.pop("name"), named.pop("subkind")
    first = {"name": name, "kind": kind, **_without_empty({"subkind": subkind, "applies_to": criteria})}
    rest = {key: value for key, value in named.items() if value != getattr(_EMPTY, key)}
    return {**first, **_plain(rest), "price": price}


def _without_empty(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value not in ("", None, {})}


def _plain(value: Any) -> Any:
    """Amounts are texts and decimals at home, and numbers in the file."""
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, Decimal) or (isinstance(value, str) and _is_plain_number(value)):
        return _Number(str(value))
    return value


def _ordered(value: Any) -> Any:
    """As the documentation writes a price: the database keeps no order of it."""
    if isinstance(value, Mapping):
        known = sorted(value, key=lambda name: _PRICE.index(name) if name in _PRICE else len(_PRICE))
        return {name: _ordered(value[name]) for name in known}
    return [_ordered(one) for one in value] if isinstance(value, list) else value


def _is_plain_number(text: str) -> bool:
    """Whether it comes back letter by letter when it is written without quotes: "12", "0.50", but not "007" or "1e3"."""
    whole, point, part = text.partition(".")
    return (
        text.isascii()
        and whole.isdigit()
        and (whole == "0" or whole[0] != "0")
        and (not point or (part.isdigit() and point == "."))
    )


def _check_events(text: str) -> None:
    """Refuse what is not plain text before anything is built of it."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _Refused("anchors and aliases are not read: write it out", line)
        if tag := getattr(event, "tag", None):
            raise _Refused(f"tags are not read: {tag}", line)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise _Refused("this is nested too deep", line)


def _refused(sentence: str, line: int) -> Reading:
    return Reading(None, (Problem((), sentence, line),), {})


class _Reader:
    """Walks the nodes, keeps the line of every path, and collects what is wrong instead of stopping at it."""

    def __init__(self) -> None:
        self.lines: dict[Path, int] = {}
        self.problems: list[Problem] = []

    def contract(self, root: yaml.MappingNode) -> ContractDraft | None:
        nodes = self.fields((), root, {*_HEAD, "terms"})
        values = {_FIELD.get(name, name): self.value((name,), nodes.get(name), read) for name, read in _HEAD.items()}
        for name in _REQUIRED:
            if values[_FIELD.get(name, name)] is None and not self.has_problem((name,)):
                self.problem((name,), "is missing")
        terms = self.terms(nodes.get("terms"))
        if self.problems:
            return None
        given = {key: value for key, value in values.items() if value is not None}
        return ContractDraft(**given, terms=tuple(terms))

    def terms(self, node: yaml.Node | None) -> list[TermDraft]:
        if not isinstance(node, yaml.SequenceNode):
            self.problem(("terms",), "is missing" if node is None else "is a list of terms")
            return []
        if len(node.value) > MOST_TERMS:
            self.problem(("terms",), f"has more than {MOST_TERMS} terms")
            return []
        return [term for number, one in enumerate(node.value) if (term := self.term(("terms", number), one))]

    def term(self, path: Path, node: yaml.Node) -> TermDraft | None:
        self.lines[path] = node.start_mark.line + 1
        if not isinstance(node, yaml.MappingNode):
            self.problem(path, "a term is a list of fields, each with its value")
            return None
        nodes = self.fields(path, node, {*_TERM, "applies_to", "price"})
        found = {name: self.value((*path, name), nodes.get(name), read) for name, read in _TERM.items()}
        if (criteria := nodes.get("applies_to")) is not None:
            inner = self.fields((*path, "applies_to"), criteria, set(_APPLIES))
            for name, read in _APPLIES.items():
                found[name] = self.value((*path, "applies_to", name), inner.get(name), read)
                if name in inner:
                    self.lines[(*path, name)] = inner[name].start_mark.line + 1
        price = self.plain((*path, "price"), nodes.get("price"))
        for name, value in (("name", found["name"]), ("kind", found["kind"]), ("price", price)):
            if value is None and not self.has_problem((*path, name)):
                self.problem((*path, name), "is missing")
        if not isinstance(price, dict):
            if price is not None:
                self.problem((*path, "price"), "is a list of fields, each with its value")
            return None
        return TermDraft(**{key: value for key, value in found.items() if value is not None}, price=price)

    def fields(self, path: Path, node: yaml.Node, known: set[str]) -> dict[str, yaml.Node]:
        """The fields of a mapping by name, without those that nobody knows and without those given twice."""
        if not isinstance(node, yaml.MappingNode):
            self.problem(path, "is a list of fields, each with its value")
            return {}
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            name = key.value if isinstance(key, yaml.ScalarNode) else "a list"
            if name not in known:
                self.problems.append(
                    Problem((*path, str(name)), f"is not known here: {', '.join(sorted(known))}", line)
                )
            elif name in found:
                self.problems.append(Problem((*path, name), "is given twice", line))
            else:
                found[name] = value
                self.lines[(*path, name)] = line
        return found

    def value(self, path: Path, node: yaml.Node | None, read: Callable[[str], Any]) -> Any:
        if node is None or (isinstance(node, yaml.ScalarNode) and node.tag == _NULL):
            return None
        if not isinstance(node, yaml.ScalarNode):
            self.problem(path, "is one value, not several")
            return None
        try:
            return read(node.value)
        except ValueError as problem:
            self.problem(path, str(problem))
            return None

    def plain(self, path: Path, node: yaml.Node | None) -> Any:
        """A price as it is stored: mappings, lists and texts, except units, which are whole numbers."""
        if node is None or (isinstance(node, yaml.ScalarNode) and node.tag == _NULL):
            return None
        self.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.ScalarNode):
            return int(node.value) if path[-1] == "units" and is_whole(node.value) else node.value
        if isinstance(node, yaml.SequenceNode):
            return [self.plain((*path, number), one) for number, one in enumerate(node.value)]
        keys = {key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)}
        return {name: self.plain((*path, name), inner) for name, inner in self.fields(path, node, keys).items()}

    def has_problem(self, path: Path) -> bool:
        return any(problem.where == path for problem in self.problems)

    def problem(self, path: Path, sentence: str) -> None:
        self.problems.append(Problem(path, sentence))


def _text(value: str) -> str:
    if "\0" in value:
        raise ValueError("a text holds no NUL character")
    return value


def _whole(value: str) -> int:
    if not is_whole(value.removeprefix("-")):
        raise ValueError(f"{value[:40]!r} is not a whole number of at most nine digits")
    return int(value)


def _percent(value: str) -> Decimal:
    try:
        number = Decimal(value)
    except InvalidOperation as problem:
        raise ValueError(f"{value!r} is not a number") from problem
    if not number.is_finite():
        raise ValueError(f"{value!r} is not a number")
    return number


def _day(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError as problem:
        raise ValueError(f"{value!r} is not a day such as 2026-01-31") from problem


def _yes(value: str) -> bool:
    if value not in ("true", "false"):
        raise ValueError(f"{value!r} is neither true nor false")
    return value == "true"


_EMPTY = TermDraft()
_PRICE = ("kind", "unit", "units", "below", "amount", "percent", "rate", "tiers", "steps", "cap", "currency")
_FIELD = {"contract": "code"}
_REQUIRED = ("contract", "name", "currency", "effective_from")
_HEAD: dict[str, Callable[[str], Any]] = {
    "contract": _text, "name": _text, "side": _text, "account": _text, "currency": _text,
    "effective_from": _day, "effective_to": _day, "note": _text,
}  # fmt: skip
_APPLIES: dict[str, Callable[[str], Any]] = {name: _whole if name == "tier" else _text for name in _CRITERIA}
_TERM: dict[str, Callable[[str], Any]] = {
    "name": _text, "kind": _text, "subkind": _text, "starts": _text, "measured": _text, "counting": _text,
    "calendar": _text, "allowed_minutes": _whole, "allowed_days": _whole, "first_day_counts": _yes,
    "notice_minutes": _whole, "period": _text, "threshold": _percent, "regime": _text,
}  # fmt: skip
