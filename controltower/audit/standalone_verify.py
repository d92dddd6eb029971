#!/usr/bin/env python3
"""Verifies an export of Control Tower's audit trail. Needs Python's standard library and the files beside it.

    python3 verify.py [PUBLIC_KEY_HEX]

Give the public key you received by another way; without it the one in the export is used, which proves less.
Exit 0 and `ok N entries`, or exit 1 with the first bad entry.
Signatures are Ed25519 as in RFC 8032, section 5.1.
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any, Dict, Iterable, List, Set, Tuple

Point = Tuple[int, int, int, int]

FIELDS = ("organisation_id", "seq", "at", "actor", "verb", "subject", "before", "after", "request_id", "prev_hash")

# The curve of RFC 8032: prime, group order, constant d, a square root of -1, base point.
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def recover_x(y: int, sign: int) -> int:
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or y >= P or (x == 0 and sign):
        raise ValueError("not a point of the curve")
    return P - x if x & 1 != sign else x


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = recover_x(BASE_Y, 0)
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def add(one: Point, two: Point) -> Point:
    a = (one[1] - one[0]) * (two[1] - two[0]) % P
    b = (one[1] + one[0]) * (two[1] + two[0]) % P
    c = 2 * one[3] * two[3] * D % P
    d = 2 * one[2] * two[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(scalar: int, point: Point) -> Point:
    total = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = add(total, point)
        point, scalar = add(point, point), scalar >> 1
    return total


def decode(data: bytes) -> Point:
    number = int.from_bytes(data, "little")
    y, sign = number & ((1 << 255) - 1), number >> 255
    x = recover_x(y, sign)
    return (x, y, 1, x * y % P)


def same(one: Point, two: Point) -> bool:
    return (one[0] * two[2] - two[0] * one[2]) % P == 0 and (one[1] * two[2] - two[1] * one[2]) % P == 0


def signed(public_key: bytes, message: bytes, signature: bytes) -> bool:
    try:
        point, first = decode(public_key), decode(signature[:32])
    except ValueError:
        return False
    scalar = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or scalar >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + public_key + message).digest()
    return same(times(scalar, BASE), add(first, times(int.from_bytes(digest, "little") % ORDER, point)))


def entry_hash(entry: Dict[str, str]) -> str:
    digest = hashlib.sha256()
    for name in FIELDS:
        value = entry[name].encode()
        digest.update(b"%d:%s" % (len(value), value))
    return digest.hexdigest()


def bad_entry(lines: Iterable[str], wanted: Set[int], hashes: Dict[int, str]) -> Tuple[int, str]:
    """Walk the chain; `(count, complaint)`. Hashes of the `wanted` sequence numbers are kept in `hashes`."""
    previous, count = "0" * 64, 0
    for line in lines:
        entry = json.loads(line)
        if entry["seq"] != str(count + 1):
            return count, f"entry {count + 1} is missing"
        if entry["prev_hash"] != previous or entry_hash(entry) != entry["hash"]:
            return count, f"entry {count + 1} was changed"
        count, previous = count + 1, entry["hash"]
        if count in wanted:
            hashes[count] = previous
    return count, ""


def bad_checkpoint(checkpoints: List[Dict[str, Any]], hashes: Dict[int, str], public_key: bytes) -> str:
    for point in checkpoints:
        text = "control-tower checkpoint v1\n{organisation_id}\n{seq}\n{hash}\n{at}".format(**point)
        if not signed(public_key, text.encode(), bytes.fromhex(point["signature"])):
            return f"the checkpoint of entry {point['seq']} carries a wrong signature"
        if hashes.get(point["seq"]) != point["hash"]:
            return f"entry {point['seq']} is not the one that was signed at {point['at']}"
    return ""


def main(arguments: List[str]) -> int:
    folder = Path(__file__).resolve().parent
    key = bytes.fromhex(arguments[0] if arguments else (folder / "public_key.txt").read_text().strip())
    checkpoints = [json.loads(line) for line in (folder / "checkpoints.jsonl").read_text().splitlines() if line]
    hashes: Dict[int, str] = {}
    with (folder / "entries.jsonl").open(encoding="utf-8") as lines:
        count, complaint = bad_entry(lines, {point["seq"] for point in checkpoints}, hashes)
    complaint = complaint or bad_checkpoint(checkpoints, hashes, key)
    print(f"BAD: {complaint}" if complaint else f"ok {count} entries, {len(checkpoints)} checkpoints")
    return 1 if complaint else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
