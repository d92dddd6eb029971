"""The one who asks. Selectors and pages take a `Viewer`; services take its `actor`."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from controltower.audit import Actor
from controltower.audit.actors import ActorKind
from controltower.errors import Forbidden
from controltower.tenancy.models import Member, Organisation, User
from controltower.tenancy.permissions import VERBS, Verb


@dataclass(frozen=True)
class Viewer:
    """A member acting in their organisation, with what they may do resolved once per request.

    `verbs` is the role's set, narrowed to an API key's scopes. `cache` keeps what is costly to ask twice in one
    request (the accounts a restricted member may see).
    """

    member: Member
    organisation: Organisation
    verbs: frozenset[Verb]
    cache: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, member: Member, organisation: Organisation, *, scopes: list[str] | None = None) -> "Viewer":
        verbs = VERBS[member.role] if member.is_active else frozenset()
        if scopes is not None:
            verbs = frozenset(verb for verb in verbs if verb.name in scopes)
        return cls(member, organisation, verbs)

    @property
    def role(self) -> str:
        return self.member.role

    @property
    def user(self) -> User | None:
        return self.member.user

    @property
    def actor(self) -> Actor:
        kind: ActorKind = "member" if self.member.user_id else "integration"
        return Actor(kind, self.member.pk, self.member.name)

    @property
    def authority_limit(self) -> Decimal:
        return self.member.authority_limit if self.member.authority_limit is not None else Decimal(0)

    def can(self, verb: Verb) -> bool:
        return verb in self.verbs


def require(viewer: Viewer, verb: Verb) -> None:
    """Raise `Forbidden` unless the viewer may. The sentence names the role, so that people know whom to ask."""
    if not viewer.can(verb):
        raise Forbidden(
            f"Your role ({viewer.member.get_role_display().lower()}) does not allow you to {verb.value}. "
            "Ask an administrator of your organisation."
        )
