"""What a classification says, from a model or from the rules: codes of the taxonomy and the lines they stand on."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, WithJsonSchema

from exceptions.cases.taxonomy import REASONS, TYPES, Excusable, Party, Severity


def _one_of(codes: tuple[str, ...]) -> Any:
    """A string from a closed vocabulary that is known at run time only."""
    known = frozenset(codes)

    def check(value: str) -> str:
        if value not in known:
            raise ValueError("unknown code")
        return value

    return Annotated[str, AfterValidator(check), WithJsonSchema({"type": "string", "enum": list(codes)})]


TypeCode = _one_of(tuple(entry.code for entry in TYPES))
ReasonCode = _one_of(tuple(entry.code for entry in REASONS))
PartyCode = _one_of(tuple(Party.values))
ExcusableCode = _one_of(tuple(Excusable.values))
SeverityCode = _one_of(tuple(Severity.values))


class Classification(BaseModel):
    """The answer of both twins. `evidence` holds ids of signals and keys of facts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: TypeCode
    reason: ReasonCode
    responsible_party: PartyCode
    excusable: ExcusableCode
    severity: SeverityCode
    evidence: list[str]

    @property
    def payload(self) -> dict[str, str]:
        """What `classification_set` takes."""
        return {name: getattr(self, name) for name in CLASSIFIED}


CLASSIFIED = ("type", "reason", "responsible_party", "excusable", "severity")
