"""Secrets at rest: partner secrets, model answers. Fernet keys come from the environment, newest first."""

from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from controltower.errors import Unavailable


@cache
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def seal(plain: bytes) -> bytes:
    """Encrypt with the newest key. The result is ASCII and safe to store as text."""
    return _box(tuple(settings.FIELD_KEYS)).encrypt(plain)


def unseal(sealed: bytes) -> bytes:
    """Decrypt with any key still listed; `Unavailable` when the key that sealed it is gone."""
    try:
        return _box(tuple(settings.FIELD_KEYS)).decrypt(sealed)
    except InvalidToken:
        raise Unavailable("A stored secret cannot be opened: add the key that sealed it to TOWER_FIELD_KEYS.") from None
