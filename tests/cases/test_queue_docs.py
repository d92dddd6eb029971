"""The page about the queue says what the grammar's table says."""

import re
from pathlib import Path

from exceptions.cases.selectors.grammar import KEYS, TEXT, parse

PAGE = Path(__file__).resolve().parents[2] / "docs" / "queue.md"


def test_the_table_of_the_page_is_the_table_of_the_grammar() -> None:
    listed = re.findall(r"^\| (\*\(none\)\*|`\w+:`) \| (.+?) \| (.+) \|$", PAGE.read_text(), re.MULTILINE)
    expected = [
        (f"`{key.name}:`" if key.name else "*(none)*", key.help, ", ".join(f"`{example}`" for example in key.examples))
        for key in (TEXT, *KEYS.values())
    ]
    assert listed == expected


def test_the_problem_on_the_page_is_the_one_that_is_answered() -> None:
    (problem,) = parse("owner:me custmer:acme").problems
    text = PAGE.read_text()
    assert f'"offset": {problem.offset}, "length": {problem.length}, "detail": "{problem.sentence}"' in text
    assert f"at character {problem.offset + 1}: {problem.sentence}" in text
