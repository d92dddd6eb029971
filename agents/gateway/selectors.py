"""What screens say of the model. No tenant's data, so no viewer."""

from __future__ import annotations

from agents.gateway.profiles import configured_profile
from agents.gateway.shared import Breaker


def model_trouble() -> str:
    """Why the rules are answering although a model is configured, as a sentence; empty when nothing is wrong."""
    profile = configured_profile()
    if profile is None:
        return ""
    gate = Breaker(profile).gate()
    if gate.open or gate.cause is None:
        return ""
    return f"The rules are answering, because {gate.cause.sentence} ({profile.label})."
