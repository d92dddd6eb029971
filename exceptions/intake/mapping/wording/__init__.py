"""The language of carriers' status texts: phrases by what they are a sign of, one module for each language.

The wording was collected from the carriers' public status lists and tracking pages; the rules are ours. A new phrase is
a line in its language and under its sign, written over folded text; the order in which signs are believed stands once,
in `signs.Sign`.
"""

import re
from collections.abc import Sequence
from typing import Final

from exceptions.intake.mapping.wording import dutch, english, french, german, italian, polish, portuguese, spanish
from exceptions.intake.mapping.wording.signs import EVENTS, ONLY_WHEN_DONE, Sign

_LANGUAGES: Final = (english, german, french, spanish, italian, dutch, polish, portuguese)

# A reason that names a cause comes before one that names an obstacle: "delayed by snow, receiver closed" is snow.
_CAUSES: Final[tuple[str, ...]] = tuple(english.WHY)


def _compiled(pieces: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(pieces)})")


SIGNS: Final[tuple[tuple[Sign, re.Pattern[str]], ...]] = tuple(
    (sign, _compiled([piece for language in _LANGUAGES for piece in language.WHAT.get(sign, ())])) for sign in Sign
)
CAUSES: Final[tuple[tuple[str, re.Pattern[str]], ...]] = tuple(
    (cause, _compiled([piece for language in _LANGUAGES for piece in language.WHY.get(cause, ())])) for cause in _CAUSES
)

# "no", "kein", "ne" ... up to two words before a phrase and in the same clause turn it round.
NEGATED: Final = re.compile(
    r"\b(?:no|not|never|without|isnt|wasnt|cannot|kein\w*|nicht|ohne|nie|bez|brak|sans|pas|sin|non|niet|geen|zonder|senza|nao|sem)"
    r"(?: \w+){0,2} ?$"
)
# What is only meant to happen: "will be delivered", "wird heute zugestellt".
FUTURE: Final = re.compile(
    r"\b(?:will|shall|may|might|should|would|to be|be|being|expected|wird|werden|soll|sera|seront|doit|sara|verra|zostanie|bedzie|"
    r"wordt|zal|worden|se entregara|vai ser|ha de ser|once|when|until|before)(?: \w+){0,3} ?$"
)

__all__ = ["CAUSES", "EVENTS", "FUTURE", "NEGATED", "ONLY_WHEN_DONE", "SIGNS", "Sign"]
