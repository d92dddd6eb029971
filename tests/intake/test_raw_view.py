"""Raw messages are drawn so that people find the place at which reading stopped."""

from hypothesis import given, settings
from hypothesis import strategies as st

from exceptions.intake.raw_view import RawView, raw_view

X12 = (
    b"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *261120*1200*U*00401*000000001*0*P*>~"
    b"GS*QM*A*B*20261120*1200*1*X*004010~\nST*214*0001~AT7*X6*NS~SE*3*0001~"
)


def marked(view: RawView) -> list[tuple[int, str]]:
    return [(line.number, line.marked) for line in view.lines if line.marked]


def test_a_line_is_marked() -> None:
    view = raw_view(b"pro,status\n1,late\n2,", "line 3")
    assert view.counts == "lines" and len(view.lines) == 3
    assert marked(view) == [(3, "2,")]


def test_edi_is_drawn_by_segments_and_the_one_spoken_of_is_marked() -> None:
    view = raw_view(X12, "segment 4 (AT7)")
    assert view.counts == "segments" and len(view.lines) == 5
    assert marked(view) == [(4, "AT7*X6*NS~")]
    assert marked(raw_view(b"UNA:+.? 'UNB+UNOA'UNH+1'", "segment 2")) == [(2, "UNB+UNOA'")]


def test_a_segment_that_is_counted_from_its_message_is_found_by_its_name() -> None:
    assert marked(raw_view(X12, "segment 2 (AT7), element 5")) == [(4, "AT7*X6*NS~")]
    short = b"ISA*00**00**ZZ*S*ZZ*R*261120*1200*U*00401*1*0*P*>~GS*QM~ST*214*1~B10*1~AT7*X~"
    assert marked(raw_view(short, "segment 3 (AT7)")) == [(5, "AT7*X~")]


def test_a_json_pointer_is_marked_where_its_value_stands() -> None:
    body = b'{"a": [1, {"b~/c": "x"}],\n "d": {"e": true}}'
    assert marked(raw_view(body, "/d/e")) == [(2, "true")]
    assert marked(raw_view(body, "/a/1/b~0~1c")) == [(1, '"x"')]
    assert marked(raw_view(body, "/d/missing")) == [(2, '{"e": true}')]


def test_what_is_no_text_is_drawn_as_bytes() -> None:
    view = raw_view(b"PK\x03\x04" + bytes(20))
    assert view.counts == "bytes"
    assert view.lines[0].before.startswith("50 4b 03 04 00") and view.lines[0].before.endswith("PK..............")
    assert view.lines[1].number == 16


def test_a_cut_in_a_letter_of_two_bytes_is_still_text() -> None:
    view = raw_view("ä".encode() * 40_000)
    assert view.cut and view.counts == "lines"
    assert raw_view(b"\xe4hnlich").lines[0].before == "ähnlich"


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300), st.text(max_size=20) | st.sampled_from(["/a/0", "line 2", "segment 1", "/"]))
def test_any_bytes_are_drawn(raw: bytes, where: str) -> None:
    view = raw_view(raw, where)
    assert view.size == len(raw)


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet='{}[]",:a1 \n', max_size=40), st.sampled_from(["/a/0", "/0/a", "/a"]))
def test_any_text_is_drawn_whole(text: str, where: str) -> None:
    view = raw_view(text.encode(), where)
    assert "".join(line.before + line.marked + line.after for line in view.lines) == "".join(text.splitlines())
