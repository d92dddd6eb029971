"""Reading a chain back, entry by entry, as the exact text that was hashed."""

from collections.abc import Iterator

from django.db import connection

from controltower.audit.chain import FIELDS, GENESIS, Entry
from controltower.audit.recording import flush
from controltower.db import rows

CHUNK = 5000
COLUMNS = ", ".join(f"{name}::text" for name in (*FIELDS, "hash"))


def entries(organisation_id: int) -> Iterator[Entry]:
    """All entries of the organisation acted for, in order. Streams: a chain may be longer than memory."""
    flush()
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            f"SELECT {COLUMNS} FROM audit_entry WHERE organisation_id = %s ORDER BY audit_entry.seq",  # noqa: S608
            [organisation_id],
        )
        while chunk := cursor.fetchmany(CHUNK):
            for row in chunk:
                yield Entry(*row)


def head(organisation_id: int) -> tuple[int, str]:
    """Sequence number and hash of the last entry; `(0, GENESIS)` for an organisation without any."""
    flush()
    found = rows("SELECT seq, hash FROM audit_head WHERE organisation_id = %s", [organisation_id])
    return (int(found[0][0]), str(found[0][1])) if found else (0, GENESIS)
