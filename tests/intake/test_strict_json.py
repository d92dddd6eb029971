"""Whatever bytes arrive, the reader gives a safe value or says what is wrong with it and where."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exceptions.intake.strict_json import MAX_DEPTH, JsonRefused, canonical_bytes, read_json


def refusal(body: bytes) -> JsonRefused:
    with pytest.raises(JsonRefused) as caught:
        read_json(body)
    return caught.value


def test_ordinary_json_comes_through_unchanged() -> None:
    value = {"a": [1, 2.5, None, True, "Übergabe"], "b": {"c": -(2**63 - 1)}}
    assert read_json(json.dumps(value).encode()) == value


def test_a_byte_order_mark_is_tolerated() -> None:
    assert read_json(b'\xef\xbb\xbf{"a":1}') == {"a": 1}


@pytest.mark.parametrize(
    "body, reason, where",
    [
        (b'{"a": NaN}', "NaN", ""),
        (b"[-Infinity]", "-Infinity", ""),
        (b"[1e999]", "out of range", "number 1e999"),
        (b"[9223372036854775808]", "64 bits", "number 9223372036854775808"),
        (b"[" + b"9" * 5000 + b"]", "64 bits", "number 9999"),
        (b'{"a":1,"b":2,"a":3}', "same key twice", "key a"),
        (b'{"a":["x","\\ud800"]}', "surrogate", "/a/1"),
        (b'{"a/b":{"c":"x\\u0000y"}}', "NUL", "/a~1b/c"),
        (b'{"\\udc00":1}', "surrogate", ""),
        (b'{"a":"\xff"}', "not UTF-8", "byte 6"),
        (b'{"a":1', "not JSON", "line 1 column"),
        (b"", "not JSON", "line 1 column 1"),
        (b'{"a":1} {"a":2}', "not JSON", "column 9"),
    ],
)
def test_what_breaks_later_is_refused_here_with_its_place(body: bytes, reason: str, where: str) -> None:
    refused = refusal(body)
    assert reason in refused.reason
    assert where in refused.where


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 900, 150_000])
def test_nesting_is_bounded_long_before_the_stack_is(depth: int) -> None:
    assert "nested deeper" in refusal(b"[" * depth + b"]" * depth).reason
    assert "nested deeper" in refusal(b'{"a":' * depth + b"1" + b"}" * depth).reason


def test_the_deepest_allowed_nesting_is_allowed() -> None:
    assert read_json(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH) is not None


def test_too_many_bytes_are_not_even_parsed() -> None:
    with pytest.raises(JsonRefused, match="larger than 10 bytes"):
        read_json(b'"' + b"a" * 20 + b'"', max_bytes=10)


def test_equal_values_have_one_canonical_spelling() -> None:
    assert canonical_bytes(read_json(b'{"b": 1, "a": "\\u00fc"}')) == canonical_bytes(
        read_json('{"a":"ü","b":1}'.encode())
    )


@settings(max_examples=100, deadline=None)
@given(st.one_of(st.binary(max_size=60), st.text(alphabet='{}[]",:\\ud80eE+-.019aN ', max_size=40).map(str.encode)))
def test_any_bytes_give_a_storable_value_or_a_refusal(body: bytes) -> None:
    try:
        value = read_json(body)
    except JsonRefused:
        return
    assert read_json(canonical_bytes(value)) == value
