"""Where an answer came from, as the proposal says it, and when to look again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from agents.gateway.outcomes import Outcome
from agents.gateway.profiles import Profile
from agents.gateway.services import Consulted
from agents.policy.kinds import OriginKind
from agents.proposals.services.creating import Origin
from controltower.jobs import enqueue

MAX_LOOKS = 4


def origin_of(consulted: Consulted[Any], profile: Profile | None, prompt_version: str) -> Origin:
    """The model with its prompt version, or the rules with the reason why it was not the model."""
    if consulted.value is not None and profile is not None:
        detail = {"model": consulted.model, "profile": profile.key, "prompt": prompt_version}
        return Origin(OriginKind.MODEL, detail, consulted.run_id)
    return by_rules(consulted.outcome, consulted.run_id)


def by_rules(outcome: Outcome, run_id: int | None = None) -> Origin:
    """The rules, with the reason in words and as a code."""
    return Origin(OriginKind.RULES, {"reason": outcome.sentence, "outcome": outcome.code}, run_id)


def look_again(name: str, payload: dict[str, Any], consulted: Consulted[Any], *, now: datetime) -> None:
    """Queues another try for when the model may answer again. Bounded: people decide meanwhile on what the rules say."""
    looks = int(payload.get("looks", 0)) + 1
    if consulted.look_again_after is None or looks >= MAX_LOOKS:
        return
    enqueue(
        name,
        {**payload, "looks": looks},
        dedupe_key=f"case:{payload['case']}:again",
        run_after=now + timedelta(seconds=consulted.look_again_after),
    )
