"""Who did something. Services take an `Actor`; the trail keeps its kind and id, never the name."""

from dataclasses import dataclass
from typing import Literal

ActorKind = Literal["member", "integration", "partner", "agent", "system"]


@dataclass(frozen=True)
class Actor:
    """`name` is for screens of the moment only; `id` is that of the member, partner or run, None for the system."""

    kind: ActorKind
    id: int | None
    name: str

    @property
    def is_person(self) -> bool:
        """Whether this is a named human: what an approval needs."""
        return self.kind == "member" and self.id is not None

    @property
    def reference(self) -> str:
        return self.kind if self.id is None else f"{self.kind}:{self.id}"


SYSTEM = Actor("system", None, "Control Tower")
