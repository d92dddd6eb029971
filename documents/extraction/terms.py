"""Who pays the freight: a labelled word, a marked box among the options, or the phrase by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from documents.extraction.fields import Candidate
from documents.extraction.lookup import Labelled
from documents.extraction.normalise import read_terms
from documents.extraction.sheet import Segment, Sheet, Token, folded

_MARK = re.compile(r"^[\[(_]*(?:x|✓|✔|✗|✘|☒|☑|■)[\])_]*$", re.IGNORECASE)
_EMPTY = re.compile(r"^(?:\[_*\]?|\(_*\)?|☐|□|_+)$")
_OPTION = re.compile(r"^(?:prepaid|collect|3rd party|3 rd party|3 party|third party|prepaid & add)$")


def read_freight_terms(labelled: Labelled) -> Iterator[Candidate]:
    """Candidates for `freight_terms`; an unmarked list of options gives none."""
    for hit in labelled.of("freight_terms"):
        for value in labelled.values(hit):
            if any(_MARK.match(token.text) or _EMPTY.match(token.text) for token in value.tokens):
                break  # boxes to mark: the mark speaks, not the first option
            said = re.sub(r"\(.*?\)|\(.*$", "", value.text).strip()
            terms = read_terms(said)
            if terms:
                yield Candidate("freight_terms", said, terms, labelled.sheet.evidence(value.tokens, said), hit.rank)
    for row in labelled.sheet.rows:
        yield from _marked(labelled.sheet, row)
    for segment in labelled.sheet.segments:
        if re.fullmatch(r"freight (?:prepaid|collect)", folded(segment.text).strip(" .:")):
            terms = read_terms(segment.text)
            yield Candidate("freight_terms", segment.text, terms, labelled.sheet.evidence(segment.tokens), 5)


def _marked(sheet: Sheet, row: Sequence[Segment]) -> Iterator[Candidate]:
    tokens = [token for segment in row for token in segment.tokens]
    options = list(_options(tokens))
    marks = [token for token in tokens if _MARK.match(token.text)]
    if not options or not marks or (len(options) == 1 and len(tokens) > 4):
        return
    first_box = next((t for t in tokens if _MARK.match(t.text) or _EMPTY.match(t.text)), marks[0])
    mark_first = first_box.box.x0 < options[0][0].box.x0
    for mark in marks:
        if mark_first:
            after = [option for option in options if option[0].box.x0 >= mark.box.x0]
            chosen = min(after, key=lambda option: option[0].box.x0, default=None)
        else:
            before = [option for option in options if option[-1].box.x0 <= mark.box.x0]
            chosen = max(before, key=lambda option: option[0].box.x0, default=None)
        if chosen:
            said = " ".join(token.text for token in chosen)
            both = sorted([*chosen, mark], key=lambda token: token.box.x0)
            yield Candidate("freight_terms", said, read_terms(said), sheet.evidence(both), 1)


def _options(tokens: Sequence[Token]) -> Iterator[tuple[Token, ...]]:
    start = 0
    while start < len(tokens):
        for length in (3, 2, 1):
            run = tokens[start : start + length]
            if len(run) == length and _OPTION.match(" ".join(token.norm for token in run)):
                yield tuple(run)
                start += length
                break
        else:
            start += 1
