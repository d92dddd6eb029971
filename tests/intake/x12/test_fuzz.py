"""Whatever the bytes: events that keep their rules, or a stated refusal, and never another exception."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.intake.x12.mutations import holds, mutated
from tests.intake.x12.samples import SAMPLES, interchange

MAPPINGS = [{}, {"zone": "America/Chicago", "ship_notice": "booking", "accounts": {"HALV": "HALVORSEN"}, "codes": 7}]


@pytest.mark.parametrize("code", sorted(SAMPLES))
def test_every_sample_of_ours_gives_events_in_every_version(code: str) -> None:
    for version in ("003040", "004010", "004030", "005010", "006020"):
        assert holds(interchange(SAMPLES[code], version=version), {}) > 0


@pytest.mark.parametrize("code", sorted(SAMPLES))
def test_a_broken_interchange_is_read_or_refused(code: str) -> None:
    dice = random.Random(code)
    body = interchange(SAMPLES[code], SAMPLES["214"], end=dice.choice(["~\n", "\n", "~"]))
    for _ in range(60):
        holds(mutated(body, dice), dice.choice(MAPPINGS))


@given(st.binary(max_size=400))
@settings(max_examples=100, deadline=None)
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    holds(body, {})
    holds(b"ST*214*1~" + body, {})
    holds(interchange(SAMPLES["214"])[:118] + body, {})


@given(st.sampled_from(sorted(SAMPLES)), st.lists(st.text(max_size=20), max_size=6), st.integers(0, 30))
@settings(max_examples=100, deadline=None)
def test_any_segment_among_the_others_is_read_or_refused(code: str, elements: list[str], place: int) -> None:
    lines = SAMPLES[code].splitlines()
    lines.insert(place, "*".join(elements))
    holds("\n".join(lines).encode("utf-8", "surrogatepass"), {})
    text = "~\n".join(line.strip() for line in lines) + "~\n"
    head, tail = interchange("", end="~\n").split(b"GE*", 1)
    holds(head + text.encode("utf-8", "surrogatepass") + b"GE*" + tail, {})
