"""What one exchange with a model server gave: bytes, or the way it failed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from agents.gateway.outcomes import Outcome


@dataclass(frozen=True)
class Reply:
    """A whole body with status 200; nothing is known about its content yet."""

    body: bytes
    seconds: float


@dataclass(frozen=True)
class Failure:
    """Why there is no body. `detail` holds a status and a code at most, never the server's prose."""

    outcome: Outcome
    detail: str = ""
    retry_after: float | None = None
    seconds: float = 0.0
    body: bytes = b""

    def after(self, seconds: float, body: bytes) -> Failure:
        """The same failure with the time it took and the first bytes that came."""
        return replace(self, seconds=seconds, body=body[:4096])
