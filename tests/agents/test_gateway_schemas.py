"""Answer forms stay in the subset that every compatible server reads the same way."""

from __future__ import annotations

from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

from agents.gateway.schemas import NotPortable, portable_schema


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Inner(Closed):
    text: str


class Other(Closed):
    fact: str


class Whole(Closed):
    """A docstring that must not travel."""

    kind: Literal["a", "b"]
    only: Literal["one"]
    maybe: str | None
    parts: list[Inner | Other]


def test_references_are_inlined_and_prose_is_dropped() -> None:
    schema = portable_schema(Whole)
    assert schema["required"] == ["kind", "only", "maybe", "parts"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["kind"] == {"type": "string", "enum": ["a", "b"]}
    assert schema["properties"]["only"] == {"type": "string", "enum": ["one"]}
    assert schema["properties"]["maybe"] == {"anyOf": [{"type": "string"}, {"type": "null"}]}
    first = schema["properties"]["parts"]["items"]["anyOf"][0]
    assert first["properties"] == {"text": {"type": "string"}}
    assert "$ref" not in str(schema) and "docstring" not in str(schema)


class Open(BaseModel):
    text: str


class Defaulted(Closed):
    text: str = "x"


class Bounded(Closed):
    text: str = Field(max_length=3)


class Patterned(Closed):
    text: str = Field(pattern="a+")


class Number(Closed):
    amount: float


class Flag(Closed):
    yes: bool


class Counted(Closed):
    items: list[str] = Field(max_length=3)


class Recursive(Closed):
    children: list[Recursive]


@pytest.mark.parametrize("form", [Open, Defaulted, Bounded, Patterned, Number, Flag, Counted, Recursive])
def test_what_some_server_would_ignore_is_refused(form: type[BaseModel]) -> None:
    with pytest.raises(NotPortable):
        portable_schema(form)
