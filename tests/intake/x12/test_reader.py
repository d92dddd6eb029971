"""Envelopes as senders write them: other separators, line ends, wrong counts, several interchanges, none at all."""

import pytest

from exceptions.intake.adapters.base import Part, Unreadable
from exceptions.intake.adapters.x12 import reader
from tests.intake.x12.samples import TENDER, X12, a_set, events, interchange, isa, parts, read, refused, status

ARRIVED = status("AT7*X1*NS***20260506*0755*MT", "MS1*Phoenix*AZ*US")


@pytest.mark.parametrize(
    ("element", "end"),
    [("*", "~"), ("*", "~\r\n"), ("*", "\n"), ("*", "\r\n"), ("|", "'"), ("\x1d", "\x1c"), ("*", "!\n"), ("+", "\x85")],
)
def test_separators_are_those_of_the_header(element: str, end: str) -> None:
    assert events(interchange(ARRIVED, element=element, end=end)) == events(ARRIVED)


def test_marks_blanks_and_lines_around_it_change_nothing() -> None:
    body = interchange(ARRIVED)
    assert events(b"\xef\xbb\xbf\r\n  " + body + b"\r\n\x1a") == events(body)
    assert events(body.replace(b"~\n", b"  ~\n\n ")) == events(body)
    assert events(body.replace(b"          *", b"*")) == events(body)  # an ISA whose blanks were trimmed


def test_a_file_wrapped_at_a_fixed_width_is_put_together_again() -> None:
    body = interchange(ARRIVED, end="~")
    wrapped = b"\r\n".join(body[at : at + 80] for at in range(0, len(body), 80))
    assert events(wrapped) == events(body)


def test_text_that_is_not_utf8_is_read_as_latin() -> None:
    body = interchange(status("AT7*X1*NS***20260506*0755*MT", "MS1*Montréal*QC*CA"))
    (event,) = events(body.decode().encode("latin-1"))
    assert event.place is not None and event.place.city == "Montréal"


def test_a_delivery_of_several_interchanges_groups_and_sets_becomes_a_part_for_each_set() -> None:
    other = interchange(TENDER, element="|", end="'", number="000000418")
    body = interchange(ARRIVED, status("AT7*D1*NS***20260506*0955*MT")) + other
    found = parts(body)
    assert [part.where.rpartition("set ")[2] for part in found] == ["0001 (214)", "0001 (214)", "0001 (204)"]
    assert found[2].where.startswith("interchange 000000418, group 417")
    alone = [X12.read(part.body, {}, {}) for part in found if isinstance(part, Part)]
    assert [len(one) for one in alone if isinstance(one, list)] == [1, 1, 3]
    assert [event for one in alone if isinstance(one, list) for event in one] == events(body)


def test_a_part_is_a_repeat_by_what_it_says_and_not_by_numbers_that_senders_use_again() -> None:
    (first,) = parts(interchange(ARRIVED))
    (again,) = parts(interchange(ARRIVED, end="'", number="000000999"))
    (other,) = parts(interchange(ARRIVED.replace("0755", "0815")))
    assert isinstance(first, Part) and isinstance(again, Part) and isinstance(other, Part)
    assert first.envelope == again.envelope != other.envelope


def test_a_malformed_set_is_refused_singly_and_the_others_go_on() -> None:
    broken = a_set("214", "B10*4471902*BOL-9031*ORBT", "LX*1", "AT7*X1*NS***20261332*0755*MT", control="0002")
    first, second, third = parts(interchange(ARRIVED, broken, a_set("850", "BEG*00*SA*1", control="3")))
    assert isinstance(first, Part) and isinstance(second, Part) and isinstance(third, Part)
    assert isinstance(X12.read(first.body, {}, {}), list)
    why = X12.read(second.body, {}, {})
    assert isinstance(why, Unreadable) and why.where == "segment 6 (AT7), element 5"
    assert "850" in str(X12.read(third.body, {}, {}))


def test_a_set_without_its_end_is_refused_in_its_place() -> None:
    cut = interchange(ARRIVED, ARRIVED).replace(b"SE*7*0001~\nST", b"ST", 1)
    first, second = parts(cut)
    assert isinstance(first, Unreadable) and "no SE" in first.reason and "set 0001" in first.where
    assert isinstance(second, Part)
    last = parts(interchange(ARRIVED)[:-60])
    assert isinstance(last[0], Unreadable)


def test_a_broken_set_header_takes_nothing_along() -> None:
    first, second = parts(interchange(ARRIVED, ARRIVED).replace(b"ST*214", b"T*214", 1))
    assert isinstance(first, Unreadable) and "outside" in first.reason
    assert isinstance(second, Part)


def test_wrong_counts_and_numbers_are_read_and_said() -> None:
    (event,) = events(ARRIVED.replace("SE*7*0001", "SE*9*0001"))
    assert event.data["detail"] == "the trailer counts 9 segments, 7 came"
    (event,) = events(ARRIVED.replace("SE*7*0001", "SE*7*0002"))
    assert "different control numbers" in str(event.data["detail"])
    assert "detail" not in events(ARRIVED.replace("SE*7*0001", "SE*07*1"))[0].data


def test_bare_sets_and_bare_groups_are_read_where_they_say_their_own_time() -> None:
    bare = "".join(f"{line.strip()}~" for line in ARRIVED.splitlines()).encode()
    (event,) = events(bare)
    assert event.reported_at is None and event.occurred_at == events(ARRIVED)[0].occurred_at
    grouped = b"GS*QM*ORBT*TOWER*20260504*1430*417*X*004010~" + bare + b"GE*1*417~"
    assert events(grouped) == events(ARRIVED)


def test_what_is_no_x12_is_refused_at_the_door() -> None:
    for body in (b"", b"   ", b"{}", b"UNB+UNOA:1'", b"SA*00*~", b"ISAAC NEWTON", b"\xff\xfe\x00", b"STATUS: ok"):
        opened = X12.open(body, {})
        assert isinstance(opened, Unreadable) and "not X12" in opened.reason
        assert isinstance(read(body), Unreadable)


def test_a_header_that_does_not_say_its_separators_is_refused() -> None:
    assert "sixteen" in refused(b"ISA*00*x~").reason
    assert "ends a segment" in refused(isa().encode() + b"AGS*QM").reason


def test_another_terminator_inside_a_set_is_a_refusal_and_not_a_guess() -> None:
    body = interchange(ARRIVED).replace(b"LX*1~", b"LX*1$")
    assert "another segment begins inside" in refused(body).reason


def test_a_repeat_is_one_whatever_its_line_ends() -> None:
    one, other = X12.open(interchange(ARRIVED), {}), X12.open(interchange(ARRIVED, end="~\r\n"), {})
    assert one == other


def test_limits_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_BYTES", 5000)
    assert "larger" in str(X12.open(interchange(ARRIVED) * 20, {}))
    monkeypatch.setattr(reader, "MAX_BYTES", 10**6)
    for name, words in (
        ("MAX_SEGMENTS", "segments"),
        ("MAX_SETS", "transaction sets"),
        ("MAX_SET_SEGMENTS", "segments"),
    ):
        with monkeypatch.context() as limits:
            limits.setattr(reader, name, 0)
            assert words in refused(ARRIVED).reason
    assert "elements" in refused(ARRIVED.replace("LX*1", "LX" + "*" * 200)).reason
    assert "characters" in refused(ARRIVED.replace("LX*1", "LX*" + "x" * 20_000)).reason


def test_answers_to_us_are_read_and_nothing_happens_by_them() -> None:
    answer = a_set("997", "AK1*SM*12", "AK2*204*0001", "AK5*A", "AK9*A*1*1*1")
    advice = a_set("824", "BGN*11*3*20260504", "OTI*TR*SI*9")
    assert events(interchange(answer, group="FA")) == events(interchange(advice, group="AG")) == []
