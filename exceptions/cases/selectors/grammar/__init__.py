"""The filter of the queue as people and programs write it. Pure: text in, `Filters` or `Problem`s out, and back.

One grammar for the page, the API and saved views; `KEYS` is its table, from which the parser, the help on the page and
docs/queue.md are made.
"""

from exceptions.cases.selectors.grammar.filters import Choice, Filters, Scope, Sort, printed
from exceptions.cases.selectors.grammar.keys import KEYS, TEXT, Key
from exceptions.cases.selectors.grammar.ranges import Amounts, When
from exceptions.cases.selectors.grammar.reading import LONGEST, Parsed, Problem, parse

__all__ = [
    "KEYS",
    "LONGEST",
    "TEXT",
    "Amounts",
    "Choice",
    "Filters",
    "Key",
    "Parsed",
    "Problem",
    "Scope",
    "Sort",
    "When",
    "parse",
    "printed",
]
