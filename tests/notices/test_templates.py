import itertools
import random

import pytest

from exceptions.notices.checker import check
from exceptions.notices.drafts import Draft, Locale, NoticeKind
from exceptions.notices.models import Audience
from exceptions.notices.phrases.codes import CODES
from exceptions.notices.phrases.subjects import BOOKS
from exceptions.notices.phrases.templates import draft_of_lines, sentence_lines, template_draft
from exceptions.notices.rendering import render

from .facts import EVERYTHING, REFERENCE, Told, code, moment

# What the case is about when a notice of the kind is written, as the detection would have it.
GROUNDS: dict[NoticeKind, tuple[Told, ...]] = {
    NoticeKind.DELAY: (code("case_type", "delivery_late"),),
    NoticeKind.ATTEMPT_FAILED: (code("case_type", "delivery_attempt_failed"),),
    NoticeKind.REFUSED: (code("case_type", "delivery_refused"),),
    NoticeKind.DAMAGE: (code("case_type", "freight_damaged"),),
    NoticeKind.SHORTAGE: (code("case_type", "freight_short"),),
    NoticeKind.TEMPERATURE: (code("case_type", "temperature_excursion"),),
    NoticeKind.FREE_TIME: (code("case_type", "free_time_expiring"),),
    NoticeKind.SILENCE: (code("case_type", "tracking_silent"),),
    NoticeKind.APPOINTMENT: (code("case_type", "appointment_problem"),),
    NoticeKind.CUSTOMS: (code("case_type", "customs_hold"),),
    NoticeKind.RECOVERED: (moment("delivered_at", "2026-11-03T14:40:00+00:00"),),
    NoticeKind.UPDATE: (),
}
EVERY_NOTICE = list(itertools.product(NoticeKind, Locale))


def subsets(kind: NoticeKind, locale: Locale) -> list[tuple[Told, ...]]:
    """Everything, next to nothing, all but one, and a fixed handful of mixtures; the reference is always known."""
    rest = tuple(fact for fact in EVERYTHING if fact is not REFERENCE)
    chosen = [rest, ()]
    chosen += [tuple(fact for fact in rest if fact is not left_out) for left_out in rest]
    dice = random.Random(f"{kind} {locale}")
    chosen += [tuple(fact for fact in rest if dice.random() < 0.4) for _ in range(25)]
    return [(REFERENCE, *GROUNDS[kind], *some) for some in chosen]


@pytest.mark.parametrize(("kind", "locale"), EVERY_NOTICE)
def test_every_template_passes_the_checker_whatever_is_known(kind: NoticeKind, locale: Locale) -> None:
    for facts in subsets(kind, locale):
        draft = template_draft(kind, facts, locale)
        assert check(draft, facts, audience="customer").issues == (), render(draft, facts).text


@pytest.mark.parametrize(("kind", "locale"), EVERY_NOTICE)
def test_a_template_never_leaves_an_unfilled_place(kind: NoticeKind, locale: Locale) -> None:
    for facts in subsets(kind, locale):
        rendered = render(template_draft(kind, facts, locale), facts)
        assert not set("{}[]") & set(rendered.subject + rendered.text)
        assert "  " not in rendered.text and " ." not in rendered.text and " ," not in rendered.text


@pytest.mark.parametrize("locale", Locale)
def test_every_kind_has_its_words_in_every_language(locale: Locale) -> None:
    book = BOOKS[locale]
    assert set(book.subjects) == set(book.status) == set(book.next_step) == set(NoticeKind)


def test_every_reason_has_words_in_every_language() -> None:
    assert all(set(words) == set(Locale) and all(words.values()) for words in CODES.values())


@pytest.mark.parametrize("locale", Locale)
def test_no_words_for_a_reason_carry_a_value_or_put_blame(locale: Locale) -> None:
    for reason in CODES:
        facts = (REFERENCE, code("case_type", "delivery_late"), code("cause", reason))
        lines = [("status", "{po}"), ("cause", CODES[reason][locale])]
        issues = check(draft_of_lines(NoticeKind.DELAY, locale, lines), facts, audience="customer").issues
        assert {issue.rule for issue in issues} <= {"unlicensed_claim", "sentence_without_fact"}, (reason, issues)


@pytest.mark.parametrize("reason", ["unknown", "own_planning", "carrier_other"])
def test_a_reason_that_is_not_for_outsiders_is_left_out(reason: str) -> None:
    others = [fact for fact in EVERYTHING if fact.key != "cause"]
    facts = (*others, code("case_type", "delivery_late"), code("cause", reason))
    assert "cause" not in template_draft(NoticeKind.DELAY, facts, Locale.EN).fact_keys


def test_a_cause_that_nobody_accepted_is_left_out() -> None:
    facts = (REFERENCE, code("case_type", "delivery_late"), code("cause", "weather", state="proposed"))
    assert "cause" not in template_draft(NoticeKind.DELAY, facts, Locale.EN).fact_keys


def test_a_carrier_is_told_what_a_customer_must_not_see() -> None:
    facts = (
        REFERENCE,
        code("case_type", "delivery_late"),
        moment("next_update", "2026-11-02T21:30:00+00:00", audience="carrier"),
    )
    assert "next_update" in template_draft(NoticeKind.DELAY, facts, Locale.EN, audience="carrier").fact_keys
    assert "next_update" not in template_draft(NoticeKind.DELAY, facts, Locale.EN, audience="customer").fact_keys


@pytest.mark.parametrize("audience", Audience.values)
def test_every_party_can_be_told_and_nobody_outside_what_is_internal(audience: str) -> None:
    secret = Told("cost", {"amount": "3200.00", "currency": "USD"}, "money", audience="internal")
    facts = (*EVERYTHING, code("case_type", "delivery_late"), secret)
    draft = template_draft(NoticeKind.DELAY, facts, Locale.EN, audience=audience)
    assert {"po", "eta_new"} <= set(draft.fact_keys)
    assert check(draft, facts, audience=audience).passed
    told = draft_of_lines(NoticeKind.DELAY, Locale.EN, [*sentence_lines(draft), ("status", "{po} costs {cost}.")])
    assert [issue.rule for issue in check(told, facts, audience=audience).issues] == ["not_for_this_reader"]


def test_a_delay_reads_like_a_person_wrote_it() -> None:
    facts = (*EVERYTHING, code("case_type", "delivery_late"))
    assert render(template_draft(NoticeKind.DELAY, facts, Locale.EN), facts).text == (
        "Hello,\n\n"
        "Your shipment PO 4500123 (24\u00a0pallets) is running late. It is now expected at 14:00 in Dallas, Tuesday 3 November,"
        " instead of 09:00 in Dallas, Tuesday 3 November. The reported cause is severe weather on the route."
        " We are sorry for the trouble.\n\n"
        "We are following PO 4500123 and write again by 15:30 in Dallas, Monday 2 November.\n\n"
        "If this does not suit you, please tell us by 12:00 in Dallas, Monday 2 November.\n\n"
        "If you have questions, simply reply to this mail."
    )


@pytest.mark.parametrize(("kind", "locale"), EVERY_NOTICE)
def test_what_a_form_shows_reads_back_as_the_same_draft(kind: NoticeKind, locale: Locale) -> None:
    draft = template_draft(kind, (*EVERYTHING, *GROUNDS[kind]), locale)
    again = draft_of_lines(kind, locale, sentence_lines(draft))
    assert again == draft
    assert Draft.from_json(again.to_json()) == draft
