"""Which model is asked, and within which bounds. Operator configuration only: nothing here comes from a tenant."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

from django.conf import settings
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

DEFAULT_BASE_URL = "https://api.openai.com/v1"


class ProfileError(ValueError):
    """The operator's settings for the model contradict themselves; the text says what to set."""


class Profile(BaseModel):
    """One model behind one address. Prices are per million tokens, in the currency of the operator's bill."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    base_url: str
    api_key: SecretStr
    model: str = Field(min_length=1, max_length=200)
    token_parameter: Literal["max_completion_tokens", "max_tokens"] = "max_completion_tokens"
    max_tokens: int = Field(default=1500, ge=64, le=32_000)
    context_characters: int = Field(default=24_000, ge=2_000)
    deadline_seconds: float = Field(default=45.0, gt=0, le=60)
    connect_seconds: float = Field(default=3.0, gt=0, le=30)
    byte_cap: int = Field(default=512_000, ge=16_000)
    concurrency: int = Field(default=4, ge=1, le=256)
    slot_wait_seconds: float = Field(default=5.0, ge=0, le=20)
    daily_tokens: int = Field(default=2_000_000, ge=0)
    case_tokens: int = Field(default=60_000, ge=0)
    input_price: Decimal | None = None
    output_price: Decimal | None = None

    @property
    def label(self) -> str:
        """What screens, runs and metrics call this profile. Holds no credential and no path."""
        return self.model

    @property
    def key(self) -> str:
        """Identifies model and address together, for the breaker, the semaphore and the uniqueness of runs."""
        return hashlib.sha256(f"{self.base_url}\n{self.model}".encode()).hexdigest()[:16]

    def cost(self, prompt_tokens: int, completion_tokens: int) -> Decimal | None:
        """Price of one call, or None when the operator has not said what tokens cost."""
        if self.input_price is None or self.output_price is None:
            return None
        return (self.input_price * prompt_tokens + self.output_price * completion_tokens) / 1_000_000


def profile_from(*, base_url: str, api_key: str, model: str, options: Mapping[str, object]) -> Profile | None:
    """The operator's profile, or None when no model is named. Raises ProfileError with a sentence.

    The address defaults to OpenAI's own; a local server that asks for no key gets a word in its place.
    """
    if not model:
        return None
    try:
        return Profile.model_validate(
            {"base_url": base_url or DEFAULT_BASE_URL, "api_key": api_key or "none", "model": model, **options}
        )
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise ProfileError(f"TOWER_MODEL_OPTIONS does not fit: {wrong}.") from None


def configured_profile() -> Profile | None:
    """The profile of this installation's settings; None when the rules work alone."""
    return profile_from(
        base_url=settings.OPENAI_BASE_URL,
        api_key=settings.OPENAI_API_KEY,
        model=settings.TOWER_MODEL,
        options=settings.TOWER_MODEL_OPTIONS,
    )
