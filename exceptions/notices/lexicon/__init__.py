"""Words that carry values, claims, promises and blame, in the languages that notices are written in."""

from exceptions.notices.drafts import Locale

from .base import Claim, Lexicon, any_of, fold
from .de import GERMAN
from .en import ENGLISH
from .es import SPANISH
from .pl import POLISH

LEXICONS: dict[Locale, Lexicon] = {
    Locale.EN: ENGLISH,
    Locale.DE: GERMAN,
    Locale.PL: POLISH,
    Locale.ES: SPANISH,
}

__all__ = ["LEXICONS", "Claim", "Lexicon", "any_of", "fold"]
