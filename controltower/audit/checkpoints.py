"""Signed heads that leave the database.

Whoever owns the database can cut off the end of a chain and nothing inside would show it. So the head of every chain is
signed (Ed25519) every few minutes and appended to a file; operators ship that file to where the database's owner
cannot reach. A chain that no longer contains a signed head has been cut or rewritten.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from controltower.audit.recording import stamp


@dataclass(frozen=True)
class Checkpoint:
    """Says: at `at`, entry `seq` of this organisation had `hash`. `signature` is hex over `message`."""

    organisation_id: int
    seq: int
    hash: str
    at: str
    signature: str = ""

    @property
    def message(self) -> bytes:
        return f"control-tower checkpoint v1\n{self.organisation_id}\n{self.seq}\n{self.hash}\n{self.at}".encode()


def private_key(seed_hex: str) -> Ed25519PrivateKey:
    """The signing key from its 32-byte seed in hex; `ValueError` with a sentence for anything else."""
    try:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed_hex))
    except ValueError:
        raise ValueError("TOWER_AUDIT_KEY must be 64 hexadecimal digits (an Ed25519 seed)") from None


def public_hex(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes_raw().hex()


def sign(key: Ed25519PrivateKey, organisation_id: int, seq: int, entry_hash: str, now: datetime) -> Checkpoint:
    unsigned = Checkpoint(organisation_id, seq, entry_hash, stamp(now))
    return Checkpoint(**{**asdict(unsigned), "signature": key.sign(unsigned.message).hex()})


def genuine(checkpoint: Checkpoint, public: str) -> bool:
    """Whether the signature holds under the public key (hex)."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(
            bytes.fromhex(checkpoint.signature), checkpoint.message
        )
    except (InvalidSignature, ValueError):
        return False
    return True


def append(folder: Path, checkpoint: Checkpoint) -> None:
    """Add one line to the organisation's file. Never rewrites what is there."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / f"{checkpoint.organisation_id}.jsonl").open("a") as file:
        file.write(json.dumps(asdict(checkpoint), sort_keys=True) + "\n")


def read(folder: Path, organisation_id: int) -> list[Checkpoint]:
    """The organisation's checkpoints, oldest first; empty when there is no file yet."""
    path = folder / f"{organisation_id}.jsonl"
    if not path.exists():
        return []
    return parse(path.read_text().splitlines())


def parse(lines: Iterable[str]) -> list[Checkpoint]:
    return [Checkpoint(**json.loads(line)) for line in lines if line.strip()]
