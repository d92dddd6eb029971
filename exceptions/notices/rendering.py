"""From a draft and facts to the words that a reader sees. The only place where a value becomes text."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from babel.core import Locale as Cldr
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal

from exceptions.notices.drafts import Draft, FactLike, Locale, Sentence, SentenceRole, TextPart
from exceptions.notices.phrases.codes import CODES
from exceptions.notices.phrases.subjects import subject_sentence
from exceptions.notices.phrases.units import UNITS
from exceptions.notices.values import Code, Count, Day, Moment, Money, Temperature, UnreadableFact, Value, value_of

_DAY = {Locale.EN: "EEEE d MMMM", Locale.DE: "EEEE, d. MMMM", Locale.PL: "EEEE d MMMM", Locale.ES: "EEEE d 'de' MMMM"}
_YEAR = {Locale.EN: " y", Locale.DE: " y", Locale.PL: " y", Locale.ES: " 'de' y"}
_CLOCK = {
    Locale.EN: "{time} in {place}, {day}",
    Locale.DE: "{time} Uhr in {place}, {day}",
    Locale.PL: "{time} ({place}), {day}",
    Locale.ES: "{time} en {place}, {day}",
}


@dataclass(frozen=True)
class Used:
    """One fact as one sentence shows it."""

    key: str
    shown: str


@dataclass(frozen=True)
class Span:
    """One sentence of the rendered text and what it stands on. `start` and `end` are offsets into `Rendered.text`."""

    sentence: int
    role: SentenceRole
    start: int
    end: int
    text: str
    facts: tuple[Used, ...]


@dataclass(frozen=True)
class Rendered:
    locale: Locale
    subject: str
    text: str
    paragraphs: tuple[str, ...]
    spans: tuple[Span, ...]

    def as_json(self) -> dict[str, object]:
        return {
            "locale": str(self.locale),
            "subject": self.subject,
            "text": self.text,
            "paragraphs": list(self.paragraphs),
            "spans": [
                {
                    "sentence": span.sentence,
                    "role": str(span.role),
                    "start": span.start,
                    "end": span.end,
                    "text": span.text,
                    "facts": [{"key": used.key, "shown": used.shown} for used in span.facts],
                }
                for span in self.spans
            ],
        }

    @property
    def digest(self) -> str:
        """SHA-256 over everything the reader will see, hexadecimal."""
        seen = json.dumps([str(self.locale), self.subject, self.text], ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(seen.encode()).hexdigest()


def render(draft: Draft, facts: Iterable[FactLike]) -> Rendered:
    """Put `facts` into `draft`. Pure: the same arguments give the same bytes.

    Raises `UnreadableFact` when the draft names a fact that is not there or does not hold what its type says.
    """
    known = {fact.key: fact for fact in facts}
    spans: list[Span] = []
    paragraphs: list[str] = []
    position, group = 0, None
    for index, one in enumerate(draft.sentences):
        text, used = render_sentence(one, known, draft.locale)
        belongs = _PARAGRAPH[one.role]
        if group == belongs and paragraphs:
            paragraphs[-1] += " " + text
            position += 1
        else:
            position += 2 if paragraphs else 0
            paragraphs.append(text)
        group = belongs
        spans.append(Span(index, one.role, position, position + len(text), text, used))
        position += len(text)
    subject, _ = render_sentence(subject_sentence(draft.notice_kind, draft.locale, known), known, draft.locale)
    return Rendered(draft.locale, subject, "\n\n".join(paragraphs), tuple(paragraphs), tuple(spans))


# Sentences of one group share a paragraph.
_PARAGRAPH = {
    SentenceRole.GREETING: 0,
    SentenceRole.APOLOGY: 1,
    SentenceRole.STATUS: 1,
    SentenceRole.CAUSE: 1,
    SentenceRole.NEXT_STEP: 2,
    SentenceRole.ASK: 3,
    SentenceRole.CLOSING: 4,
}


def render_sentence(one: Sentence, known: Mapping[str, FactLike], locale: Locale) -> tuple[str, tuple[Used, ...]]:
    """The words of one sentence, and each fact with the words it became, in order of mention."""
    words: list[str] = []
    used: list[Used] = []
    for part in one.parts:
        if isinstance(part, TextPart):
            words.append(part.text)
            continue
        if part.fact not in known:
            raise UnreadableFact(f"There is no fact {part.fact} about this case.")
        shown = show(value_of(known[part.fact]), locale)
        words.append(shown)
        used.append(Used(part.fact, shown))
    # Only ordinary spaces fold: Babel's no-break spaces keep a number with its unit.
    return " ".join(piece for piece in "".join(words).split(" ") if piece), tuple(used)


def show(value: Value, locale: Locale) -> str:
    """One value in the reader's language; instants in the zone of their place, which is named."""
    match value:
        case Moment():
            time = format_datetime(value.at, "HH:mm", tzinfo=value.zone, locale=locale.value)
            day = format_datetime(value.at, _DAY[locale], tzinfo=value.zone, locale=locale.value)
            return _CLOCK[locale].format(time=time, place=value.told_place, day=day)
        case Day():
            return format_date(value.on, _DAY[locale] + _YEAR[locale], locale=locale.value)
        case Money():
            amount = format_currency(value.amount, value.currency, locale=locale.value)
            # Babel glues a code that has no symbol to the number.
            return re.sub(rf"{value.currency}(?=\d)", value.currency + "\u00a0", amount)
        case Count():
            return _count(value, locale)
        case Temperature():
            return f"{format_decimal(value.degrees, '#,##0.##', locale=locale.value)}\u00a0°{value.unit}"
        case Code():
            try:
                return CODES[value.code][locale]
            except KeyError:
                raise UnreadableFact(f"There are no words for the code {value.code} that a reader may see.") from None
        case _:
            return value.text


def can_show(fact: FactLike, locale: Locale) -> bool:
    """Whether there are words for this fact that a reader may see."""
    try:
        return bool(show(value_of(fact), locale))
    except UnreadableFact:
        return False


def _count(value: Count, locale: Locale) -> str:
    number = format_decimal(value.number, "#,##0.###", locale=locale.value)
    if not value.unit:
        return number
    forms = UNITS.get(value.unit)
    if forms is None:
        return f"{number}\u00a0{value.unit}"
    category = Cldr.parse(locale.value).plural_form(abs(value.number.normalize() if value.number else Decimal(0)))
    by_form = forms[locale]
    return f"{number}\u00a0{by_form.get(category, by_form['other'])}"
