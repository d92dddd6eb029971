"""How a model call can end. Callers decide by class, metrics count by value, people read the sentence."""

from __future__ import annotations

import enum


class OutcomeClass(enum.StrEnum):
    """What the caller does next; the value is the metric label."""

    OK = "ok"
    RETRY = "retry"
    REPAIR = "repair"
    SHRINK = "shrink"
    STOP = "stop"
    CONFIG = "config"
    BOUND = "bound"
    SEMANTIC = "semantic"


class Outcome(enum.Enum):
    """One way a call ends: value, class, and a sentence that fits behind "written by rules, because"."""

    OK = ("ok", OutcomeClass.OK, "the model answered")

    CONNECT = ("connect", OutcomeClass.RETRY, "the model server could not be reached")
    TIMEOUT = ("timeout", OutcomeClass.RETRY, "the model server did not answer in time")
    RATE_LIMITED = ("rate_limited", OutcomeClass.RETRY, "the model server asked us to slow down")
    SERVER_ERROR = ("server_error", OutcomeClass.RETRY, "the model server reported an error of its own")
    BAD_ENVELOPE = ("bad_envelope", OutcomeClass.RETRY, "the model server sent something that is not a completion")
    BUSY = ("busy", OutcomeClass.RETRY, "all places at the model were taken")
    BREAKER_OPEN = (
        "breaker_open",
        OutcomeClass.RETRY,
        "the model failed repeatedly and is being left alone for a while",
    )

    NOT_JSON = ("not_json", OutcomeClass.REPAIR, "the model did not answer in the agreed form")
    SCHEMA_VIOLATION = ("schema_violation", OutcomeClass.REPAIR, "the model's answer did not fit the form")
    EMPTY = ("empty", OutcomeClass.REPAIR, "the model's answer was empty")

    LENGTH = ("length", OutcomeClass.SHRINK, "the model's answer was cut off")
    CONTEXT_TOO_LONG = ("context_too_long", OutcomeClass.SHRINK, "the material was too long for the model")

    REFUSAL = ("refusal", OutcomeClass.STOP, "the model refused")
    CONTENT_FILTER = ("content_filter", OutcomeClass.STOP, "the model provider's content filter stepped in")

    NOT_CONFIGURED = ("not_configured", OutcomeClass.CONFIG, "no model is configured")
    AUTH = ("auth", OutcomeClass.CONFIG, "the model server did not accept our key")
    MODEL_NOT_FOUND = ("model_not_found", OutcomeClass.CONFIG, "the model server does not know this model")
    QUOTA = ("quota", OutcomeClass.CONFIG, "the account at the model provider is used up")
    SCHEMA_REJECTED = ("schema_rejected", OutcomeClass.CONFIG, "the model server does not take our answer form")
    BAD_REQUEST = ("bad_request", OutcomeClass.CONFIG, "the model server did not accept the request")
    REDIRECT = ("redirect", OutcomeClass.CONFIG, "the model server tried to send us elsewhere")

    DEADLINE = ("deadline", OutcomeClass.BOUND, "the model took longer than it may")
    TOO_LARGE = ("too_large", OutcomeClass.BOUND, "the model's answer was larger than it may be")
    BUDGET = ("budget", OutcomeClass.BOUND, "the budget for model calls is used up")

    SEMANTIC = ("semantic", OutcomeClass.SEMANTIC, "the model's answer did not stand up to the checks")

    def __init__(self, code: str, outcome_class: OutcomeClass, sentence: str) -> None:
        self.code = code
        self.outcome_class = outcome_class
        self.sentence = sentence

    @classmethod
    def of(cls, code: str) -> Outcome:
        """The outcome with this code. Raises KeyError for a code we do not know."""
        for outcome in cls:
            if outcome.code == code:
                return outcome
        raise KeyError(code)

    @property
    def opens_breaker(self) -> bool:
        """Trying again cannot help until somebody changes something."""
        return self.outcome_class is OutcomeClass.CONFIG and self is not Outcome.NOT_CONFIGURED

    @property
    def counts_against_server(self) -> bool:
        """Several of these in a row open the breaker."""
        return self in _SERVER_TROUBLE

    @property
    def deserves_second_look(self) -> bool:
        """The same question may well be answered later."""
        return self.outcome_class is OutcomeClass.RETRY or self.opens_breaker or self is Outcome.DEADLINE


_SERVER_TROUBLE = frozenset(
    {Outcome.CONNECT, Outcome.TIMEOUT, Outcome.SERVER_ERROR, Outcome.BAD_ENVELOPE, Outcome.DEADLINE, Outcome.TOO_LARGE}
)
CODES = tuple((outcome.code, outcome.sentence) for outcome in Outcome)
