"""What may leave the building: the six rules a draft has to pass, whoever wrote it.

1. The literal words carry no value. 2. Statements about the freight are licensed by facts. 3. Nothing is promised and
nobody is blamed. 4. What the notice is for is in it, and no statement stands without a fact. 5. The rendered text says
exactly the values of its facts. 6. Every fact is meant for this reader.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from exceptions.notices.drafts import Draft, FactLike, FactPart, Locale, Sentence, SentenceRole
from exceptions.notices.extraction import expected, extract
from exceptions.notices.lexicon import LEXICONS, Claim, any_of
from exceptions.notices.licences import Keys, licence, settled
from exceptions.notices.literal import HOLE, Literal, literal_of, values_in
from exceptions.notices.phrases.subjects import subject_sentence
from exceptions.notices.rendering import render_sentence
from exceptions.notices.slots import READABLE, fill, may_tell, required, slot_name
from exceptions.notices.values import UnreadableFact, Value, Words, value_of

GROUNDED_ROLES = frozenset({SentenceRole.STATUS, SentenceRole.CAUSE, SentenceRole.NEXT_STEP})


class Rule(StrEnum):
    VALUE = "value_in_text"
    CLAIM = "unlicensed_claim"
    COMMITMENT = "commitment"
    BLAME = "blame"
    MISSING = "missing_fact"
    UNGROUNDED = "sentence_without_fact"
    UNKNOWN = "unknown_fact"
    DIFFERS = "differs_from_facts"
    AUDIENCE = "not_for_this_reader"


@dataclass(frozen=True)
class Issue:
    """One reason not to send. `span` is an offset pair in the sentence as written, with facts as {key}; `hint` says to
    who writes it what would mend it."""

    rule: Rule
    sentence: int | None
    span: tuple[int, int] | None
    found: str
    message: str
    hint: str = ""

    @property
    def advice(self) -> str:
        """What is wrong and what to do about it, for who can."""
        return f"{self.message} {self.hint}".rstrip()


@dataclass(frozen=True)
class Check:
    issues: tuple[Issue, ...]
    licensed: tuple[Keys, ...]
    """For each sentence, the facts that allow what its words say, besides those it shows."""

    @property
    def passed(self) -> bool:
        return not self.issues


def check(draft: Draft, facts: Iterable[FactLike], *, audience: str) -> Check:
    """Hold `draft` against the six rules for a reader of `audience` (customer, carrier or internal). Pure."""
    known = {fact.key: fact for fact in facts}
    told = {key: fact for key, fact in settled(known.values()).items() if may_tell(fact, audience)}
    issues: list[Issue] = []
    licensed: list[Keys] = []
    for index, one in enumerate(draft.sentences):
        found, allowed = _sentence(index, one, draft.locale, known, told, audience)
        issues += found
        licensed.append(allowed)
    filled = fill(known.values(), audience)
    mentioned = set(draft.fact_keys)
    for slot, keys in required(draft.notice_kind, filled):
        if not mentioned & set(keys):
            issues.append(_missing(slot, filled.get(slot)))
    subject, _ = _sentence(
        -1, subject_sentence(draft.notice_kind, draft.locale, known), draft.locale, known, told, audience
    )
    issues += [
        Issue(issue.rule, None, None, issue.found, "A notice of this kind does not fit the facts. " + issue.message)
        for issue in subject
        if issue.rule is Rule.CLAIM
    ]
    return Check(tuple(issues), tuple(licensed))


def _missing(slot: str, key: str | None) -> Issue:
    name = slot_name(slot)
    hint = f"Mention it as {{{key}}}." if key else "The case has no such fact yet; add it there."
    return Issue(Rule.MISSING, None, None, slot, f"A notice of this kind has to say the {name}.", hint)


def _sentence(
    index: int,
    one: Sentence,
    locale: Locale,
    known: Mapping[str, FactLike],
    told: Mapping[str, FactLike],
    audience: str,
) -> tuple[list[Issue], Keys]:
    literal = literal_of(one)
    issues = [
        Issue(
            Rule.VALUE,
            index,
            carried.span,
            carried.found,
            _VALUE_MESSAGES.get(carried.what, _VALUE_MESSAGES[""]).format(found=carried.found),
        )
        for carried in values_in(literal, locale, one.role)
    ]
    claims, licensed = _claims(index, one, literal, locale, told)
    issues += claims
    issues += _commitments(index, one, literal, locale, known)
    issues += _facts(index, one, locale, known, audience)
    if one.role in GROUNDED_ROLES and not one.fact_keys and not licensed:
        issues.append(
            Issue(
                Rule.UNGROUNDED,
                index,
                None,
                str(one.role),
                "This sentence states something without a fact. Name the fact it stands on, or leave it out.",
            )
        )
    return issues, licensed


_VALUE_MESSAGES = {
    "": "“{found}” is a value written by hand. Use the fact instead, so that it is traced and told in the reader's terms.",
    "contact": "“{found}” looks like contact data. Addresses and links come from master data only.",
    "link": "“{found}” looks like a link. Addresses and links come from master data only.",
    "markup": "“{found}” is markup. A notice is plain text.",
    "invisible": "There is a character here that readers do not see. Retype these words.",
    "letter": "“{found}” is a letter of another script. Retype this word.",
    "sign": "The sign “{found}” is not allowed in a notice. Write it in words.",
    "glued": "A fact touches other letters here (“{found}”). Put a space between.",
    "unit": "“{found}” after a fact would change what it means. The fact brings its own unit.",
    "spelled out": "“{found}” is spelled letter by letter. Use the fact instead.",
}


@cache
def _claim_patterns() -> tuple[tuple[Locale, Claim, re.Pattern[str]], ...]:
    return tuple(
        (locale, claim, any_of(patterns))
        for locale, lexicon in LEXICONS.items()
        for claim, patterns in lexicon.claims.items()
    )


def _claims(
    index: int, one: Sentence, literal: Literal, locale: Locale, told: Mapping[str, FactLike]
) -> tuple[list[Issue], Keys]:
    """Rule 2. Words of every language count: a sentence in the wrong one must not slip through."""
    issues: list[Issue] = []
    keys: list[str] = []
    for spoken, claim, pattern in _claim_patterns():
        for match in pattern.finditer(literal.folded):
            clause = _clause_before(literal.folded, match.start())
            if one.role not in (SentenceRole.STATUS, SentenceRole.CAUSE) and _opens_condition(clause, spoken):
                continue
            if _in_future(clause, spoken) and _shows_moment(one, told):
                continue
            negated = _negated(clause, spoken)
            allowed = licence(claim, told, negated=negated)
            if allowed:
                keys += [key for key in allowed if key not in keys]
                continue
            if not _same_words_other_language(spoken, locale, claim):
                message = (
                    f"No fact of this case says “{match[0]}”. Leave it out, or record what happened on the case first."
                )
                issues.append(Issue(Rule.CLAIM, index, literal.span(*match.span()), match[0], message))
    return issues, tuple(keys)


def _same_words_other_language(spoken: Locale, locale: Locale, claim: Claim) -> bool:
    """Words of another language that are ordinary ones here: only own-language claims about causes count."""
    return spoken is not locale and claim in _HOMONYMS


_HOMONYMS = frozenset({Claim.WEATHER, Claim.STRIKE, Claim.BREAKDOWN, Claim.CONGESTION, Claim.EARLY})


def _clause_before(folded: str, start: int) -> str:
    """What stands before `start` in the same clause."""
    return re.split(r"[.;:!?]|,(?=\s)", folded[:start])[-1]


@cache
def _listed(locale: Locale, name: str) -> re.Pattern[str]:
    return any_of(getattr(LEXICONS[locale], name))


def _negated(clause: str, locale: Locale) -> bool:
    return len(_listed(locale, "negations").findall(clause)) % 2 == 1


def _opens_condition(clause: str, locale: Locale) -> bool:
    return _listed(locale, "conditions").search(clause) is not None


def _in_future(clause: str, locale: Locale) -> bool:
    return _listed(locale, "futures").search(clause) is not None


def _shows_moment(one: Sentence, told: Mapping[str, FactLike]) -> bool:
    return any(key in told and str(told[key].type) == "datetime" for key in one.fact_keys)


@cache
def _commitment_patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (what, any_of(patterns)) for lexicon in LEXICONS.values() for what, patterns in lexicon.commitments.items()
    )


_COMMITMENT_MESSAGES = {
    "guarantee": "“{found}” promises something. Say what is planned, with the fact, and leave the promise out.",
    "money": "“{found}” speaks of money we would give. That is decided elsewhere, never in a notice.",
    "liability": "“{found}” admits or denies liability. That is decided elsewhere, never in a notice.",
}


def _commitments(
    index: int, one: Sentence, literal: Literal, locale: Locale, known: Mapping[str, FactLike]
) -> Iterator[Issue]:
    """Rule 3."""
    for what, pattern in _commitment_patterns():
        for match in pattern.finditer(literal.folded):
            message = _COMMITMENT_MESSAGES[what].format(found=match[0])
            yield Issue(Rule.COMMITMENT, index, literal.span(*match.span()), match[0], message)
    for match in _listed(locale, "blame").finditer(literal.folded):
        message = f"“{match[0]}” puts the blame on somebody. Say what happened, not whose fault it is."
        yield Issue(Rule.BLAME, index, literal.span(*match.span()), match[0], message)
    parties = [
        isinstance(part, FactPart) and part.fact in known and str(known[part.fact].type) == "party"
        for part in one.parts
    ]
    holes = [party for party, part in zip(parties, one.parts, strict=True) if isinstance(part, FactPart)]
    at = -1
    for party in holes:
        at = literal.folded.index(HOLE, at + 1)
        if party and (causal := _ends_causal(literal.folded[:at], locale)):
            message = f"“{causal}” before a name blames that party. Say what happened, not whose fault it is."
            yield Issue(Rule.BLAME, index, literal.span(at, at + 1), causal, message)


def _ends_causal(before: str, locale: Locale) -> str:
    words = "|".join(LEXICONS[locale].causal)
    match = re.search(rf"(?<!\w)((?:{words})(?:\s+\w+){{0,4}})\s*$", before)
    return match[1] if match else ""


def _facts(index: int, one: Sentence, locale: Locale, known: Mapping[str, FactLike], audience: str) -> Iterator[Issue]:
    """Rules 5 and 6, and facts that are not there."""
    values: list[Value] = []
    for key in (part.fact for part in one.parts if isinstance(part, FactPart)):
        fact = known.get(key)
        if fact is None:
            yield Issue(
                Rule.UNKNOWN,
                index,
                None,
                key,
                f"There is no fact {key} about this case.",
                "Pick one from the list.",
            )
            return
        if not may_tell(fact, audience):
            yield Issue(Rule.AUDIENCE, index, None, key, _audience_message(fact, audience))
        try:
            values.append(value_of(fact))
        except UnreadableFact as error:
            yield Issue(Rule.UNKNOWN, index, None, key, str(error))
            return
        if isinstance(values[-1], Words) and _CONTACT.search(values[-1].text):
            message = f"The fact {key} contains a link or an address, which no notice passes on."
            yield Issue(Rule.VALUE, index, None, key, message)
    try:
        text, _ = render_sentence(one, known, locale)
    except UnreadableFact as error:
        yield Issue(Rule.UNKNOWN, index, None, "", str(error))
        return
    wanted = expected(values)
    found = extract(text, locale, words=[part for kind, *rest in wanted.elements() if kind == "words" for part in rest])
    if found != wanted:
        different = next(iter((found - wanted) or (wanted - found)))
        message = f"The text would say “{' '.join(different[1:])}”, which is not what the facts say."
        yield Issue(Rule.DIFFERS, index, None, " ".join(different[1:]), message)


_CONTACT = re.compile(r"https?:|www\.|://|@|[<>]|\w\.(?:com|net|org|io|info|biz)\b", re.IGNORECASE)


def _audience_message(fact: FactLike, audience: str) -> str:
    if str(fact.audience) not in READABLE.get(audience, frozenset()):
        return f"The fact {fact.key} is not meant for a {audience}. Leave it out."
    return f"The fact {fact.key} is only a suggestion so far. A person has to accept it before it is told outside."
