"""The 997: every set answered with the standard's codes, and where an error is."""

from datetime import UTC, datetime

from exceptions.intake.adapters.x12.reader import decoded, interchanges
from tests.intake.x12.samples import X12, a_set, interchange, status

NOW = datetime(2026, 5, 4, 15, 0, tzinfo=UTC)
ARRIVED = status("AT7*X1*NS***20260506*0755*MT", "MS1*Phoenix*AZ*US")


def answer(body: bytes) -> list[str]:
    """The segments of the 997s, which themselves hold together."""
    assert X12.acknowledge is not None
    text = X12.acknowledge(body, {}, {}, NOW).decode()
    for one in interchanges(decoded(text.encode())) if text else []:
        assert one.closed
        for group in one.groups:
            assert group.closed and not group.codes
            assert all(not found.set_codes and found.refused is None and found.code == "997" for found in group.sets)
    return [line for line in text.replace("\r", "").replace("~", "").split("\n") if line]


def said(body: bytes, *tags: str) -> list[str]:
    return [line for line in answer(body) if line.partition("*")[0] in tags]


def test_what_was_read_is_accepted_and_sender_and_receiver_change_places() -> None:
    lines = answer(interchange(ARRIVED))
    assert lines[0].split("*")[5:9] == ["ZZ", f"{'TOWER':<15}", "02", f"{'ORBT':<15}"]
    assert len(lines[0]) == 105  # with its terminator 106 characters, as the standard fixes it
    assert lines[1].startswith("GS*FA*TOWER*ORBT*20260504*1500*")
    assert said(interchange(ARRIVED), "AK1", "AK2", "AK5", "AK9") == [
        "AK1*QM*417",
        "AK2*214*0001",
        "AK5*A",
        "AK9*A*1*1*1",
    ]


def test_a_wrong_count_is_accepted_with_errors_noted() -> None:
    assert said(interchange(ARRIVED.replace("SE*7", "SE*8")), "AK5", "AK9") == ["AK5*E*4", "AK9*E*1*1*1"]
    assert said(interchange(ARRIVED.replace("SE*7*0001", "SE*7*9")), "AK5") == ["AK5*E*3"]


def test_a_refused_set_names_segment_element_and_value() -> None:
    broken = a_set("214", "B10*4471902*BOL-9031*ORBT", "LX*1", "AT7*X1*NS***20261332*0755*MT", control="0002")
    lines = said(interchange(ARRIVED, broken), "AK2", "AK3", "AK4", "AK5", "AK9")
    assert lines == [
        "AK2*214*0001",
        "AK5*A",
        "AK2*214*0002",
        "AK3*AT7*4**8",
        "AK4*5**8*20261332",
        "AK5*R*5",
        "AK9*P*2*2*1",
    ]


def test_errors_that_leave_the_meaning_clear_are_noted() -> None:
    lines = said(interchange(status("AT7*X1****20260506*0755*MT")), "AK3", "AK4", "AK5", "AK9")
    assert lines == ["AK3*AT7*5**8", "AK4*2**2", "AK5*E*5", "AK9*E*1*1*1"]


def test_a_missing_segment_an_unknown_set_and_a_cut_one() -> None:
    assert said(interchange(a_set("214", "LX*1")), "AK3", "AK5") == ["AK3*B10*2**3", "AK5*R*5"]
    assert said(interchange(a_set("850", "BEG*00")), "AK5", "AK9") == ["AK5*R*1", "AK9*R*1*1*0"]
    assert said(interchange(ARRIVED).replace(b"SE*7*0001~\n", b""), "AK5") == ["AK5*R*2"]
    both = said(interchange(status("AT7*X1*NS*AB*NA*20260506*0755*MT")), "AK4")
    assert both == ["AK4*3**10*AB"]


def test_a_group_that_miscounts_or_does_not_end_is_told() -> None:
    assert said(interchange(ARRIVED).replace(b"GE*1*417", b"GE*2*417"), "AK9") == ["AK9*E*2*1*1*5"]
    assert said(interchange(ARRIVED).replace(b"GE*1*417", b"GE*1*9"), "AK9") == ["AK9*E*1*1*1*4"]
    assert said(interchange(ARRIVED).replace(b"GE*1*417~\n", b""), "AK9") == ["AK9*E*1*1*1*3"]


def test_each_group_and_each_interchange_has_its_answer_in_its_own_separators() -> None:
    assert X12.acknowledge is not None
    body = interchange(ARRIVED) + interchange(ARRIVED, element="|", end="'", component=":")
    text = X12.acknowledge(body, {}, {}, NOW).decode()
    assert text.count("ISA*") == 1 and "ISA|" in text and "AK5|A'" in text


def test_acknowledgements_and_bare_sets_are_not_acknowledged() -> None:
    assert answer(interchange(a_set("997", "AK1*SM*12", "AK9*A*1*1*1"), group="FA")) == []
    assert answer(b"ST*990*0002~B1*ORBT*L-5120*20260504*D~SE*3*0002~") == []
    assert answer(b"not x12") == []


def test_what_a_sender_wrote_cannot_break_the_answer() -> None:
    odd = interchange(ARRIVED.replace("ST*214*0001", "ST*214*00>1"))
    assert any(line.startswith("AK2*214*00 1") for line in answer(odd))
