"""Files by what they contain: the name is the SHA-256 of the bytes, apart for each organisation.

Apart, because one shared store would tell an organisation that another one already holds the same file.
"""

import hashlib
import os
import tempfile
from pathlib import Path

from django.conf import settings


def store(organisation_id: int, content: bytes) -> str:
    """Keep the bytes and return their digest. Durable when it returns; keeping the same bytes again changes nothing."""
    digest = hashlib.sha256(content).hexdigest()
    path = _path(organisation_id, digest)
    if path.exists():
        return digest
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return digest


def load(organisation_id: int, digest: str) -> bytes:
    """The bytes; `FileNotFoundError` when the data folder lost them, `ValueError` when they are no longer the same."""
    content = _path(organisation_id, digest).read_bytes()
    if hashlib.sha256(content).hexdigest() != digest:
        raise ValueError(f"the stored file {digest[:12]} is not what was stored")
    return content


def _path(organisation_id: int, digest: str) -> Path:
    if len(digest) != 64 or not all(char in "0123456789abcdef" for char in digest):
        raise ValueError("not a digest")
    return Path(settings.DOCUMENT_ROOT) / str(int(organisation_id)) / digest[:2] / digest
