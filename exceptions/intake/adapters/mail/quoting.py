"""What a mail's writer wrote anew, and what is quoted below it. Pure.

Read line by line with bounded patterns: the kept libraries for this search the whole text at once, and a crafted mail
keeps their patterns busy for minutes.
"""

import re
from typing import Final

_INTRO_LENGTH: Final = 400
# How mail programs introduce the mail that is answered, in the languages of our partners.
_INTRO: Final = re.compile(
    r"(?:on|am|le|el|il|op|em|w dniu|dnia)\b.{3,390}\b(?:wrote|schrieb(?:en)?|a écrit|escribió|ha scritto|schreef|escreveu|"
    r"napisał(?:\(a\)|a)?|pisze)\b.{0,120}:\s*",
    re.IGNORECASE | re.DOTALL,
)
_OPENS: Final = re.compile(r"(?:on|am|le|el|il|op|em|w dniu|dnia)\s", re.IGNORECASE)
_DIVIDER: Final = re.compile(
    r"[-_ ]{2,}\s*(?:original message|forwarded message|ursprüngliche nachricht|weitergeleitete nachricht|message d'origine|"
    r"message original|message transféré|mensaje original|mensaje reenviado|messaggio originale|oorspronkelijk bericht|"
    r"wiadomość oryginalna|mensagem original)\s*[-_ ]{2,}",
    re.IGNORECASE,
)
_FROM: Final = re.compile(r"\**(?:from|von|de|da|van|od)\**\s?:\**\s", re.IGNORECASE)
_SENT: Final = re.compile(
    r"\**(?:sent|date|gesendet|datum|envoyé|enviado(?: el)?|fecha|inviato|data|verzonden|wysłano)\**\s?:", re.IGNORECASE
)
_TO: Final = re.compile(
    r"\**(?:to|an|à|para|a|aan|do|subject|betreff|objet|asunto|oggetto|onderwerp|temat|assunto)\**\s?:", re.IGNORECASE
)
_HEADER_LINES: Final = 6


def written_anew(text: str) -> tuple[str, str]:
    """(new text, quoted history), both without outer space. A mail that only quotes, as a forwarded one does, is all new:
    what it passes on is what it says."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ").split("\n")
    start = next((at for at in range(len(lines)) if _begins_history(lines, at)), len(lines))
    fresh = "\n".join(line for line in lines[:start] if not line.lstrip().startswith(">")).strip()
    if not fresh:
        return "\n".join(lines).strip(), ""
    quoted = [line for line in lines[:start] if line.lstrip().startswith(">")]
    return fresh, "\n".join([*quoted, *lines[start:]]).strip()


def _begins_history(lines: list[str], at: int) -> bool:
    line = lines[at].strip()
    if not line or len(line) > _INTRO_LENGTH:
        return False
    if _DIVIDER.fullmatch(line):
        return True
    if _OPENS.match(line) and any(_INTRO.fullmatch(_joined(lines, at, count)) for count in (1, 2, 3)):
        return True
    if _FROM.match(line + " "):
        below = [later.strip()[:_INTRO_LENGTH] for later in lines[at + 1 : at + _HEADER_LINES]]
        return any(_SENT.match(later) for later in below) and any(_TO.match(later) for later in below)
    return False


def _joined(lines: list[str], at: int, count: int) -> str:
    """A long introduction is broken over lines."""
    return " ".join(line.strip() for line in lines[at : at + count])[:_INTRO_LENGTH].strip()
