import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exceptions.notices.checker import Check, Issue, Rule, check
from exceptions.notices.drafts import Draft, FactPart, Locale, NoticeKind, Sentence, SentenceRole, TextPart
from exceptions.notices.phrases.templates import draft_of_lines

from .facts import EVERYTHING, REFERENCE, Told, code, moment

LATE = (
    *(fact for fact in EVERYTHING if fact.key not in ("damaged_quantity", "missing_quantity")),
    code("case_type", "delivery_late"),
)
FIXED = ("status", "{po} {eta_new}"), ("next_step", "{next_update}"), ("ask", "{decide_by}")


def checked(
    line: str, *, locale: str = "en", role: str = "status", facts: tuple[Told, ...] = LATE, audience: str = "customer"
) -> Check:
    """A notice with everything that it needs, and `line` as its first sentence."""
    needed = [(r, w) for r, w in FIXED if all(key in {f.key for f in facts} for key in w.strip("{}").split("} {"))]
    draft = draft_of_lines(NoticeKind.UPDATE, Locale(locale), [(role, line), *needed])
    return check(draft, facts, audience=audience)


def issues_of(line: str, **more: object) -> list[Issue]:
    return [issue for issue in checked(line, **more).issues if issue.sentence == 0]  # type: ignore[arg-type]


def rules(line: str, **more: object) -> set[Rule]:
    return {issue.rule for issue in issues_of(line, **more)}


class TestValuesWrittenByHand:
    @pytest.mark.parametrize(
        ("locale", "line"),
        [
            ("en", "Your shipment {po} comes on Nov 3."),
            ("en", "Your shipment {po} comes on Tuesday."),
            ("en", "Your shipment {po} comes tomorrow."),
            ("en", "Your shipment {po} comes in three hours."),
            ("en", "Your shipment {po} comes within hours."),
            ("en", "Your shipment {po} comes at noon."),
            ("en", "Your shipment {po} comes at {eta_new} o'clock."),
            ("en", "Your shipment {po} comes at {eta_new} o’clock."),
            ("en", "Your shipment {po} comes next week."),
            ("en", "Your shipment {po} comes in May."),
            ("en", "Your shipment {po} needs a second attempt."),
            ("en", "Your shipment {po} costs dollars."),
            ("de", "Ihre Sendung {po} kommt am Dienstag."),
            ("de", "Ihre Sendung {po} kommt am Montagabend."),
            ("de", "Ihre Sendung {po} kommt morgen."),
            ("de", "Ihre Sendung {po} kommt übermorgen."),
            ("de", "Ihre Sendung {po} hat zwei Paletten."),
            ("de", "Ihre Sendung {po} hat einundzwanzig Paletten."),
            ("de", "Ihre Sendung {po} braucht anderthalb Wochen."),
            ("de", "Ihre Sendung {po} kommt im März."),
            ("de", "Ihre Sendung {po} kommt um {eta_new} Uhr."),
            ("pl", "Przesyłka {po} będzie jutro."),
            ("pl", "Przesyłka {po} będzie w środę."),
            ("pl", "Przesyłka {po} będzie w październiku."),
            ("pl", "Przesyłka {po} ma dwie palety."),
            ("pl", "Przesyłka {po} będzie za tydzień."),
            ("es", "Su envío {po} llega mañana."),
            ("es", "Su envío {po} llega el miércoles."),
            ("es", "Su envío {po} llega en agosto."),
            ("es", "Su envío {po} tiene once palets."),
            ("es", "Su envío {po} llega a mediodía."),
            ("es", "Su envío {po} cuesta quinientos euros."),
        ],
    )
    def test_words_that_carry_a_value_are_refused(self, locale: str, line: str) -> None:
        assert Rule.VALUE in rules(line, locale=locale)

    @pytest.mark.parametrize(
        "line",
        [
            "Your shipment {po} comes at 3.",
            "Your shipment {po} comes at \uff13.",  # full-width three
            "Your shipment {po} comes at \u0663.",  # Arabic-Indic three
            "Your shipment {po} comes at \u0969.",  # Devanagari three
            "Your shipment {po} has \u00bd of it.",  # one half
            "Your shipment {po} has \u00b3 of it.",  # superscript three
            "Your shipment {po} has \u2162 of it.",  # Roman numeral three
            "Your shipment {po} has \u4e09 of it.",  # CJK three
            "Your shipment {po} has \U0001d7db of it.",  # double-struck three
            "Your shipment {po} is number XIV.",
            "Your shipment {po} comes at lO:OO.",
        ],
    )
    def test_digits_are_refused_in_every_script(self, line: str) -> None:
        assert Rule.VALUE in rules(line)

    @pytest.mark.parametrize(
        "line",
        [
            "Your shipment {po} comes t\u043em\u043err\u043ew.",  # Cyrillic o
            "Your shipment {po} comes to\u200bmorrow.",  # zero-width space
            "Your shipment {po} comes to\u00admorrow.",  # soft hyphen
            "Your shipment {po} comes to\u2060morrow.",  # word joiner
            "Your shipment {po} comes \uff54\uff4f\uff4d\uff4f\uff52\uff52\uff4f\uff57.",  # full width
            "Your shipment {po} comes \U0001d42d\U0001d428\U0001d426\U0001d428\U0001d42b\U0001d42b\U0001d428\U0001d430.",
            "Your shipment {po} comes tomorrów.",
            "Your shipment {po} comes TOMORROW.",
            "Your shipment {po} comes to-morrow.",
            "Your shipment {po} comes t.o.m.o.r.r.o.w.",
            "Your shipment {po} comes t o m o r r o w.",
            "Your shipment {po} comes \u202eworromot\u202c.",  # right-to-left override
            "Your shipment {po} comes \ufffc.",  # what stands for a fact inside the checker
        ],
    )
    def test_disguises_do_not_help(self, line: str) -> None:
        assert Rule.VALUE in rules(line)

    def test_a_word_in_two_halves_is_still_a_word(self) -> None:
        parts = [FactPart(fact="po"), TextPart(text=" comes tomo"), TextPart(text="rrow.")]
        draft = Draft(
            locale=Locale.EN,
            notice_kind=NoticeKind.UPDATE,
            sentences=[Sentence(role=SentenceRole.STATUS, parts=parts)],
        )
        assert Rule.VALUE in {issue.rule for issue in check(draft, (REFERENCE,), audience="customer").issues}

    def test_a_word_wrapped_around_a_fact_is_refused(self) -> None:
        assert Rule.VALUE in rules("It comes tomo{po}rrow.")

    @pytest.mark.parametrize(
        "line", ["It has -{quantity}.", "It has {quantity}{minutes_outside}.", "It has {quantity}k."]
    )
    def test_nothing_may_touch_a_fact_and_change_it(self, line: str) -> None:
        assert Rule.VALUE in rules(line)

    @pytest.mark.parametrize("line", ["It takes {po} days.", "It has {po} pallets.", "It costs {po} dollars."])
    def test_a_unit_after_a_fact_is_refused(self, line: str) -> None:
        assert Rule.VALUE in rules(line)

    @pytest.mark.parametrize(
        "line",
        [
            "Verify {po} at https://evil.example.",
            "Verify {po} at evil.example.",
            "Verify {po} at www evil.",
            "Write about {po} to us@evil.",
            "Verify {po} at evil dot com.",
            "Verify {po} with javascript:alert.",
            "See {po} [here](evil).",
            "See <b>{po}</b>.",
            "See {po} & `rm`.",
        ],
    )
    def test_links_addresses_and_markup_are_refused(self, line: str) -> None:
        assert Rule.VALUE in rules(line)

    @pytest.mark.parametrize(
        ("locale", "line"),
        [
            ("en", "Good morning,"),
            ("en", "Good afternoon,"),
            ("de", "Guten Morgen,"),
            ("pl", "Dzień dobry,"),
            ("es", "Buenas tardes,"),
        ],
    )
    def test_a_greeting_may_name_the_time_of_day(self, locale: str, line: str) -> None:
        assert issues_of(line, locale=locale, role="greeting") == []

    def test_but_only_a_greeting_may(self) -> None:
        assert Rule.VALUE in rules("{po} comes in the morning.")
        assert Rule.VALUE in rules("Hello, {po} comes in the morning.", role="greeting")

    @pytest.mark.parametrize(
        ("line", "words"),
        [
            ("Your shipment {po} comes tomorrow.", "tomorrow"),
            ("Für {po} größere Straße: Dienstag.", "Dienstag"),
            ("Your shipment {po} comes at 3.", "3"),
            ("Your shipment {po} is number XIV.", "XIV"),
            ("Your shipment {po} was delivered.", "delivered"),
            ("For {po} we promise {eta_new}.", "promise"),
        ],
    )
    def test_the_span_points_at_the_words_as_written(self, line: str, words: str) -> None:
        spans = [issue.span for issue in issues_of(line, locale="de") if issue.span is not None]
        assert words in [line[slice(*span)] for span in spans]

    @settings(max_examples=80, deadline=None)
    @given(
        before=st.text(alphabet=string.ascii_letters + " ,.", max_size=20),
        digit=st.characters(categories=["Nd", "Nl", "No"]),
        after=st.text(alphabet=string.ascii_letters + " ,.", max_size=20),
        locale=st.sampled_from(list(Locale)),
        role=st.sampled_from(list(SentenceRole)),
    )
    def test_literal_text_with_any_digit_never_passes(
        self, before: str, digit: str, after: str, locale: Locale, role: SentenceRole
    ) -> None:
        one = Sentence(role=role, parts=[TextPart(text=before + digit + after)])
        draft = Draft(locale=locale, notice_kind=NoticeKind.UPDATE, sentences=[one])
        assert any(issue.rule is Rule.VALUE for issue in check(draft, (REFERENCE,), audience="customer").issues)


class TestClaims:
    @pytest.mark.parametrize(
        ("locale", "line"),
        [
            ("en", "Your shipment {po} was delivered."),
            ("en", "Your shipment {po} has arrived."),
            ("en", "Your shipment {po} has left the terminal."),
            ("en", "Your shipment {po} is lost."),
            ("en", "Your shipment {po} is damaged."),
            ("en", "Your shipment {po} cleared customs."),
            ("en", "Your shipment {po} is on time."),
            ("de", "Ihre Sendung {po} wurde zugestellt."),
            ("de", "Ihre Sendung {po} ist beschädigt."),
            ("de", "Ihre Sendung {po} ist unterwegs."),
            ("pl", "Przesyłka {po} została dostarczona."),
            ("pl", "Przesyłka {po} zaginęła."),
            ("es", "Su envío {po} fue entregado."),
            ("es", "Su envío {po} está dañado."),
        ],
    )
    def test_a_statement_that_no_fact_supports_is_refused(self, locale: str, line: str) -> None:
        assert Rule.CLAIM in rules(line, locale=locale)

    def test_a_fact_licenses_it_and_is_named_as_its_proof(self) -> None:
        facts = (*LATE, moment("delivered_at", "2026-11-03T20:10:00+00:00"))
        result = checked("Your shipment {po} was delivered.", facts=facts)
        assert result.passed
        assert result.licensed[0] == ("delivered_at",)

    def test_a_suggestion_licenses_nothing(self) -> None:
        facts = (REFERENCE, code("case_type", "freight_damaged", state="proposed"))
        assert Rule.CLAIM in rules("Your shipment {po} is damaged.", facts=facts)

    def test_a_denial_is_a_statement_too(self) -> None:
        assert rules("Your shipment {po} was not delivered.") == set()
        assert Rule.CLAIM in rules("Your shipment {po} is not damaged.")
        delivered = (*LATE, moment("delivered_at", "2026-11-03T20:10:00+00:00"))
        assert Rule.CLAIM in rules("Your shipment {po} was not delivered.", facts=delivered)

    @pytest.mark.parametrize("line", ["It is not true that {po} was not delivered.", "Never was {po} not delivered."])
    def test_two_denials_are_none(self, line: str) -> None:
        assert Rule.CLAIM in rules(line)

    def test_a_condition_is_not_a_statement_where_it_asks(self) -> None:
        assert rules("Tell us if {po} was delivered.", role="ask") == set()

    def test_but_a_status_cannot_hide_behind_one(self) -> None:
        assert Rule.CLAIM in rules("Once again {po} was delivered.", role="status")

    def test_a_plan_needs_its_time(self) -> None:
        assert rules("Your shipment {po} will be delivered at {eta_new}.") == set()
        assert Rule.CLAIM in rules("Your shipment {po} will be delivered.")

    def test_the_cause_in_words_needs_the_accepted_cause(self) -> None:
        assert rules("{po} is late because of a storm.", role="cause") == set()
        assert Rule.CLAIM in rules("{po} is late because of a strike.", role="cause")

    def test_another_language_is_no_way_around(self) -> None:
        assert Rule.CLAIM in rules("{po}: Ihre Ware wurde zugestellt.", locale="en")

    def test_the_kind_of_a_notice_has_to_fit_what_happened(self) -> None:
        draft = draft_of_lines(
            NoticeKind.DAMAGE,
            Locale.EN,
            [("status", "News of {po}."), ("next_step", "{next_update}"), ("ask", "{decide_by}")],
        )
        (issue,) = check(draft, LATE, audience="customer").issues
        assert issue.rule is Rule.CLAIM
        assert issue.sentence is None


class TestCommitmentsAndBlame:
    @pytest.mark.parametrize(
        ("locale", "line"),
        [
            ("en", "We guarantee {eta_new} for {po}."),
            ("en", "We promise to look after {po}."),
            ("en", "We will refund the freight of {po}."),
            ("en", "We will not compensate you for {po}."),
            ("en", "We credit your account for {po}."),
            ("en", "{po} travels free of charge."),
            ("en", "We are not liable for {po}."),
            ("de", "Wir garantieren {eta_new} für {po}."),
            ("de", "Wir erstatten die Fracht für {po}."),
            ("de", "Wir haften für {po}."),
            ("pl", "Gwarantujemy dostawę {po}."),
            ("pl", "Zwrócimy koszty {po}."),
            ("es", "Garantizamos la entrega de {po}."),
            ("es", "Le reembolsaremos {po}."),
        ],
    )
    def test_nothing_is_promised(self, locale: str, line: str) -> None:
        assert Rule.COMMITMENT in rules(line, locale=locale)

    @pytest.mark.parametrize(
        ("locale", "line"),
        [
            ("en", "The driver of {po} made a mistake."),
            ("en", "The carrier is to blame for {po}."),
            ("de", "Der Fahrer von {po} ist schuld."),
            ("pl", "To wina kierowcy {po}."),
            ("es", "Es culpa del conductor de {po}."),
        ],
    )
    def test_nobody_is_blamed(self, locale: str, line: str) -> None:
        assert Rule.BLAME in rules(line, locale=locale)

    def test_a_name_after_because_of_is_blame(self) -> None:
        facts = (*LATE, Told("carrier", "Sagebrush Freight", "party"))
        assert Rule.BLAME in rules("{po} is late because of {carrier}.", facts=facts)
        assert Rule.BLAME in rules("{po} is late due to the crew of {carrier}.", facts=facts)
        assert rules("{carrier} reports that {po} is late.", facts=facts) == set()


class TestGrounds:
    @pytest.mark.parametrize("role", ["status", "cause", "next_step"])
    def test_a_statement_without_a_fact_is_refused(self, role: str) -> None:
        assert Rule.UNGROUNDED in rules("Everything is going really well.", role=role)

    @pytest.mark.parametrize("role", ["greeting", "ask", "apology", "closing"])
    def test_courtesy_needs_none(self, role: str) -> None:
        assert rules("We are sorry for the trouble.", role=role) == set()

    def test_a_notice_without_its_reference_is_refused(self) -> None:
        draft = draft_of_lines(
            NoticeKind.DELAY,
            Locale.EN,
            [("status", "It is late: {eta_new}."), ("next_step", "{next_update}"), ("ask", "{decide_by}")],
        )
        assert [(issue.rule, issue.found) for issue in check(draft, LATE, audience="customer").issues] == [
            (Rule.MISSING, "reference")
        ]

    def test_a_delay_has_to_say_the_new_time_when_it_is_known(self) -> None:
        draft = draft_of_lines(NoticeKind.DELAY, Locale.EN, [("status", "{po} is late.")])
        facts = (REFERENCE, code("case_type", "delivery_late"))
        assert check(draft, facts, audience="customer").passed
        facts += (moment("eta_new", "2026-11-03T20:00:00+00:00"),)
        assert [issue.found for issue in check(draft, facts, audience="customer").issues] == ["eta_new"]

    def test_a_fact_that_is_not_there_is_refused(self) -> None:
        assert rules("It comes at {eta_guess}.") == {Rule.UNKNOWN}

    def test_a_fact_that_does_not_hold_its_type_is_refused(self) -> None:
        facts = (*LATE, Told("eta_odd", {"at": "soon"}, "datetime"))
        assert Rule.UNKNOWN in rules("{po} comes at {eta_odd}.", facts=facts)

    @pytest.mark.parametrize("value", ["see https://evil.example", "<b>Acme</b>", "call us@evil.example"])
    def test_a_fact_that_smuggles_a_link_is_refused(self, value: str) -> None:
        facts = (*LATE, Told("note", value, "text"))
        assert Rule.VALUE in rules("{po}: {note}", facts=facts)


class TestAudience:
    def test_an_internal_fact_stays_inside(self) -> None:
        facts = (*LATE, Told("cost", {"amount": "3200.00", "currency": "USD"}, "money", audience="internal"))
        assert rules("{po} costs {cost}.", facts=facts) == {Rule.AUDIENCE}
        assert rules("{po} costs {cost}.", facts=facts, audience="internal") == set()

    def test_a_carrier_fact_is_not_for_customers(self) -> None:
        facts = (*LATE, Told("dock", "Dock B", "place", audience="carrier"))
        assert rules("{po} goes to {dock}.", facts=facts) == {Rule.AUDIENCE}
        assert rules("{po} goes to {dock}.", facts=facts, audience="carrier") == set()

    def test_a_suggestion_is_not_told(self) -> None:
        facts = (*LATE, code("reason", "weather", state="proposed"))
        assert rules("{po}: the cause is {reason}.", facts=facts) == {Rule.AUDIENCE}

    def test_an_unknown_reader_is_told_nothing(self) -> None:
        assert Rule.AUDIENCE in rules("News of {po}.", audience="everybody")
