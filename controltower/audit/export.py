"""An export that proves itself: the entries, the signed checkpoints, the public key and a verifier, in one zip."""

import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import IO

from controltower.audit import reading
from controltower.audit.checkpoints import Checkpoint

VERIFIER = Path(__file__).with_name("standalone_verify.py")
README = """This is the complete audit trail of one organisation, as of its last entry.

entries.jsonl      one entry a line, every field as the text that was hashed
checkpoints.jsonl  signed heads of the chain; signatures are Ed25519
public_key.txt     the key that signs checkpoints; compare it with the one you were given by another way
verify.py          python3 verify.py PUBLIC_KEY_HEX   (Python's standard library is all it needs)
"""


def write_export(target: IO[bytes], organisation_id: int, checkpoints: Sequence[Checkpoint], public_key: str) -> int:
    """Write the zip for the organisation acted for and return the number of entries. Streams entry by entry."""
    count = 0
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("entries.jsonl", "w") as raw, io.TextIOWrapper(raw, encoding="utf-8") as lines:
            for entry in reading.entries(organisation_id):
                lines.write(json.dumps(asdict(entry), ensure_ascii=False) + "\n")
                count += 1
        signed = "".join(json.dumps(asdict(point), sort_keys=True) + "\n" for point in checkpoints)
        archive.writestr("checkpoints.jsonl", signed)
        archive.writestr("public_key.txt", public_key + "\n")
        archive.writestr("verify.py", VERIFIER.read_text())
        archive.writestr("README.txt", README)
    return count
