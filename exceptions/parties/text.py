"""Names in the form they are searched by. Pure."""

import unicodedata


def search_form(name: str) -> str:
    """Lower case, without accents, single spaces: "Żeglarska  GmbH" and "zeglarska gmbh" are the same."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(bare.split())
