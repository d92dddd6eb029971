"""What the model does for us, for Prometheus. Every process of the installation counts into the same files."""

from __future__ import annotations

from agents.gateway.ask import Answer
from agents.gateway.outcomes import Outcome
from controltower.ops import metrics  # noqa: F401  # sets the shared folder before prometheus_client is imported

from prometheus_client import Counter, Histogram  # isort: skip

calls = Counter("tower_model_calls", "Questions to the model by how they ended.", ["skill", "outcome", "outcome_class"])
tokens = Counter("tower_model_tokens", "Tokens as the model server counted them.", ["skill", "direction"])
seconds = Histogram(
    "tower_model_seconds", "Time to the end of an answer.", ["skill"], buckets=(0.5, 1, 2, 5, 10, 20, 30, 45, 60)
)


def asked(skill: str, answer: Answer) -> None:  # type: ignore[type-arg]  # any answer counts
    """One question that went out."""
    unasked(skill, answer.outcome)
    tokens.labels(skill, "in").inc(answer.usage.prompt_tokens)
    tokens.labels(skill, "out").inc(answer.usage.completion_tokens)
    seconds.labels(skill).observe(answer.seconds)


def unasked(skill: str, outcome: Outcome) -> None:
    """How a question ended, also when it never went out."""
    calls.labels(skill, outcome.code, outcome.outcome_class.value).inc()
