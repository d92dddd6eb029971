"""What a classification says, from a model or from the rules: codes of the taxonomy and the lines they stand on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, WithJsonSchema

from exceptions.cases.taxonomy import REASONS, TYPES, Excusable, Party, Severity


class _OneOf:
    """A closed vocabulary that is known at run time only: validates a string and says so in the JSON schema."""

    def __init__(self, codes: Iterable[str]) -> None:
        self._codes = tuple(codes)

    def __call__(self, value: str) -> str:
        if value not in self._codes:
            raise ValueError("unknown code")
        return value

    @property
    def schema(self) -> WithJsonSchema:
        return WithJsonSchema({"type": "string", "enum": list(self._codes)})


_TYPE = _OneOf(entry.code for entry in TYPES)
_REASON = _OneOf(entry.code for entry in REASONS)
_PARTY = _OneOf(Party.values)
_EXCUSABLE = _OneOf(Excusable.values)
_SEVERITY = _OneOf(Severity.values)


class Classification(BaseModel):
    """The answer of both twins. `evidence` holds ids of signals and keys of facts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: Annotated[str, AfterValidator(_TYPE), _TYPE.schema]
    reason: Annotated[str, AfterValidator(_REASON), _REASON.schema]
    responsible_party: Annotated[str, AfterValidator(_PARTY), _PARTY.schema]
    excusable: Annotated[str, AfterValidator(_EXCUSABLE), _EXCUSABLE.schema]
    severity: Annotated[str, AfterValidator(_SEVERITY), _SEVERITY.schema]
    evidence: list[str]

    @property
    def payload(self) -> dict[str, str]:
        """What `classification_set` takes."""
        return {name: getattr(self, name) for name in CLASSIFIED}


CLASSIFIED = ("type", "reason", "responsible_party", "excusable", "severity")
