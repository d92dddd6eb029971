"""Names in the form they are searched by. Pure."""

import unicodedata
from typing import Final

# Letters that Unicode does not take apart into a base letter and a mark.
_WHOLE: Final = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})


def search_form(name: str) -> str:
    """Lower case, without accents, single spaces: "Żeglarska  Łódź" and "zeglarska lodz" are the same."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(bare.translate(_WHOLE).split())
