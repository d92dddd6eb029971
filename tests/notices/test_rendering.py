from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exceptions.notices import rendering
from exceptions.notices.checker import Rule, check
from exceptions.notices.drafts import Draft, Locale, NoticeKind, SentenceRole, sentence
from exceptions.notices.extraction import expected, extract
from exceptions.notices.phrases.templates import draft_of_lines, template_draft
from exceptions.notices.rendering import render, show
from exceptions.notices.values import Count, Moment, Money, Temperature, UnreadableFact, value_of

from .facts import EVERYTHING, POZNAN, REFERENCE, Told, code, moment


def shown(fact: Told, locale: str = "en") -> str:
    return show(value_of(fact), Locale(locale))


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("en", "14:00 in Dallas, Tuesday 3 November"),
        ("de", "14:00 Uhr in Dallas, Dienstag, 3. November"),
        ("pl", "14:00 (Dallas), wtorek 3 listopada"),
        ("es", "14:00 en Dallas, martes 3 de noviembre"),
    ],
)
def test_an_instant_is_told_in_the_time_of_its_named_place(locale: str, words: str) -> None:
    assert shown(moment("eta", "2026-11-03T20:00:00+00:00"), locale) == words


def test_the_clock_of_the_place_knows_its_summer_time() -> None:
    assert shown(moment("eta", "2026-10-24T12:00:00+00:00", POZNAN)).startswith("14:00 in Poznań, Saturday 24")
    assert shown(moment("eta", "2026-10-26T12:00:00+00:00", POZNAN)).startswith("13:00 in Poznań, Monday 26")


def test_the_day_is_the_day_at_the_place() -> None:
    assert shown(moment("eta", "2026-11-04T03:00:00+00:00")) == "21:00 in Dallas, Tuesday 3 November"


def test_without_a_place_the_zone_names_its_city() -> None:
    assert shown(moment("eta", "2026-11-03T20:00:00+00:00", {"zone": "America/Phoenix"})).startswith(
        "13:00 in Phoenix,"
    )


def test_a_day_without_a_clock_has_its_year() -> None:
    assert shown(Told("lfd", "2027-01-04", "datetime")) == "Monday 4 January 2027"


@pytest.mark.parametrize(
    ("locale", "number", "words"),
    [
        ("en", 1, "1\u00a0pallet"),
        ("en", 24, "24\u00a0pallets"),
        ("de", 2, "2\u00a0Paletten"),
        ("pl", 1, "1\u00a0paleta"),
        ("pl", 2, "2\u00a0palety"),
        ("pl", 5, "5\u00a0palet"),
        ("pl", 22, "22\u00a0palety"),
        ("es", 2, "2\u00a0palets"),
    ],
)
def test_counts_agree_with_their_units(locale: str, number: int, words: str) -> None:
    assert shown(Told("quantity", {"count": number, "unit": "pallet"}, "count"), locale) == words


@pytest.mark.parametrize(
    ("locale", "words"),
    [("en", "$86,400.00"), ("de", "86.400,00\u00a0$"), ("pl", "86\u00a0400,00\u00a0USD"), ("es", "86.400,00\u00a0US$")],
)
def test_money_is_told_as_readers_write_it(locale: str, words: str) -> None:
    assert shown(Told("value", {"amount": "86400", "currency": "USD"}, "money"), locale) == words


def test_temperature_keeps_its_scale() -> None:
    assert shown(Told("t", {"degrees": "41", "unit": "F"}, "temperature")) == "41\u00a0°F"
    assert shown(Told("t", {"degrees": "-18.5", "unit": "C"}, "temperature"), "de") == "-18,5\u00a0°C"


@pytest.mark.parametrize(
    "fact",
    [
        Told("x", {"at": "2026-11-03T20:00:00"}, "datetime"),
        Told("x", {"at": "soon"}, "datetime"),
        Told("x", {"at": "2026-11-03T20:00:00+00:00", "zone": "Mars/Olympus"}, "datetime"),
        Told("x", {"amount": "NaN", "currency": "USD"}, "money"),
        Told("x", {"amount": "5", "currency": "dollars"}, "money"),
        Told("x", "41", "temperature"),
        Told("x", "", "text"),
        Told("x", "secret", "spell"),
    ],
)
def test_a_value_that_does_not_fit_its_type_is_not_told(fact: Told) -> None:
    with pytest.raises(UnreadableFact):
        value_of(fact)


def test_a_name_from_another_system_cannot_break_the_line() -> None:
    assert shown(Told("consignee", "Acme\r\nBcc: all@evil\u202e", "party")) == "Acme Bcc: all@evil"


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("po", "4500123", "PO 4500123"),
        ("po", "PO-4500123", "PO-4500123"),
        ("pro", "482913007", "PRO 482913007"),
        ("container", "MSCU1234565", "MSCU1234565"),
        ("case", "EX-1042", "EX-1042"),
    ],
)
def test_a_number_is_told_as_the_trade_says_it(key: str, value: str, words: str) -> None:
    assert shown(Told(key, value, "reference")) == words


def test_the_spans_point_at_each_sentence_and_name_its_facts() -> None:
    facts = (*EVERYTHING, code("case_type", "delivery_late"))
    rendered = render(template_draft(NoticeKind.DELAY, facts, Locale.DE), facts)
    assert [rendered.text[span.start : span.end] for span in rendered.spans] == [span.text for span in rendered.spans]
    assert [used.key for used in rendered.spans[1].facts] == ["po", "quantity"]
    assert rendered.spans[1].facts[1].shown in rendered.spans[1].text


def test_the_digest_changes_with_the_words() -> None:
    facts = (*EVERYTHING, code("case_type", "delivery_late"))
    later = tuple(moment("eta_new", "2026-11-03T20:30:00+00:00") if f.key == "eta_new" else f for f in facts)
    draft = template_draft(NoticeKind.DELAY, facts, Locale.EN)
    assert render(draft, facts).digest == render(draft, facts).digest
    assert render(draft, facts).digest != render(draft, later).digest


VALUES = st.one_of(
    st.builds(
        lambda at, zone: moment("x", at.isoformat(), {"zone": zone, "place": "Somewhere"}),
        st.integers(0, 1000 * 24 * 60).map(
            lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
        ),
        st.sampled_from(["America/Phoenix", "America/Chicago", "Europe/Warsaw", "Asia/Kathmandu", "Pacific/Auckland"]),
    ),
    st.builds(
        lambda amount, currency: Told("x", {"amount": str(amount), "currency": currency}, "money"),
        st.decimals(0, 9_999_999, places=2),
        st.sampled_from(["USD", "EUR", "PLN", "GBP", "MXN", "CHF"]),
    ),
    st.builds(
        lambda number, unit: Told("x", {"count": number, "unit": unit}, "count"),
        st.integers(0, 2_000_000),
        st.sampled_from(["pallet", "carton", "minute", "unit"]),
    ),
    st.builds(
        lambda degrees, unit: Told("x", {"degrees": str(degrees), "unit": unit}, "temperature"),
        st.decimals(-60, 140, places=1),
        st.sampled_from("CF"),
    ),
    st.dates(date(2026, 1, 1), date(2028, 12, 31)).map(lambda day: Told("x", day.isoformat(), "datetime")),
)


@settings(max_examples=100, deadline=None)
@given(first=VALUES, second=VALUES, locale=st.sampled_from(list(Locale)))
def test_what_is_rendered_reads_back_as_the_same_values(first: Told, second: Told, locale: Locale) -> None:
    values = [value_of(first), value_of(second)]
    text = f"Hallo {show(values[0], locale)}; a {show(values[1], locale)}."
    wanted = expected(values)
    words = [part for kind, *rest in wanted.elements() if kind == "words" for part in rest]
    assert extract(text, locale, words) == wanted


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (
            "09:00 in Dallas, Tuesday 3 November",
            Moment(
                datetime(2026, 11, 3, 20, tzinfo=UTC), value_of(moment("x", "2026-11-03T20:00:00+00:00")).zone, "Dallas"
            ),
        ),  # type: ignore[union-attr]
        ("$3,200.00", Money(Decimal("3200"), "EUR")),
        ("$32.00", Money(Decimal("3200"), "USD")),
        ("41 °C", Temperature(Decimal("41"), "F")),
        ("24 pallets", Count(Decimal("42"), "pallet")),
    ],
)
def test_a_text_that_says_something_else_is_noticed(text: str, value: object) -> None:
    assert extract(text, Locale.EN, ["Dallas"] if "Dallas" in text else []) != expected([value])  # type: ignore[list-item]


def test_a_renderer_that_is_wrong_by_an_hour_does_not_get_past_the_checker(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = (REFERENCE, moment("eta_new", "2026-11-03T20:00:00+00:00"), code("case_type", "delivery_late"))
    draft = draft_of_lines(NoticeKind.DELAY, Locale.EN, [("status", "{po} is late: {eta_new}.")])
    assert check(draft, facts, audience="customer").passed
    right = rendering.show

    def an_hour_late(value: object, locale: Locale) -> str:
        if isinstance(value, Moment):
            value = Moment(value.at + timedelta(hours=1), value.zone, value.place)
        return right(value, locale)  # type: ignore[arg-type]

    monkeypatch.setattr(rendering, "show", an_hour_late)
    assert [issue.rule for issue in check(draft, facts, audience="customer").issues] == [Rule.DIFFERS]


def test_a_reference_full_of_digits_is_not_taken_for_numbers() -> None:
    facts = (Told("po", {"type": "pro", "value": "12:30-4500 3 November"}, "reference"),)
    draft = draft_of_lines(NoticeKind.UPDATE, Locale.EN, [("status", "News of {po}.")])
    assert check(draft, facts, audience="customer").passed


class TestTheDraftItself:
    @pytest.mark.parametrize(
        "data",
        [
            "{}",
            '{"locale":"en","notice_kind":"delay","sentences":[]}',
            '{"locale":"fr","notice_kind":"delay","sentences":[{"role":"status","parts":[{"text":"x"}]}]}',
            '{"locale":"en","notice_kind":"delay","sentences":[{"role":"status","parts":[{"text":"x","fact":"po"}]}]}',
            '{"locale":"en","notice_kind":"delay","sentences":[{"role":"status","parts":[{"text":"x","href":"y"}]}]}',
            '{"locale":"en","notice_kind":"delay","sentences":[{"role":"shout","parts":[{"text":"x"}]}]}',
            '{"locale":"en","notice_kind":"delay","sentences":[{"role":"status","parts":[{"fact":7}]}]}',
            '{"locale":"en","notice_kind":"delay","sentences":[{"role":"status","parts":[]}],"to":"x"}',
        ],
    )
    def test_anything_else_is_refused(self, data: str) -> None:
        with pytest.raises(ValueError):
            Draft.from_json(data)

    def test_the_schema_asks_only_for_what_servers_understand(self) -> None:
        unportable = {"maxLength", "minLength", "maxItems", "minItems", "pattern", "format", "default"}
        assert not unportable & set(Counter(_keys(Draft.model_json_schema())))

    @pytest.mark.parametrize(
        "line", ["Your {po is late.", "Your po} is late.", "Your {} is late.", "Your {a{b}} is late."]
    )
    def test_a_brace_out_of_place_is_explained(self, line: str) -> None:
        with pytest.raises(ValueError, match=r"\{key\}"):
            sentence(SentenceRole.STATUS, line)


def _keys(schema: object) -> list[str]:
    if isinstance(schema, dict):
        return [*schema, *(key for value in schema.values() for key in _keys(value))]
    return [key for value in schema for key in _keys(value)] if isinstance(schema, list) else []
