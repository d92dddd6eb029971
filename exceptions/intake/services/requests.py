"""A request under an `Idempotency-Key` is done once: sent again it gets the answer that it got."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from controltower.db import rows
from controltower.errors import BadRequest, Invalid
from controltower.tenancy.context import acting_for, current_organisation_id
from controltower.tenancy.models import Member, Organisation
from exceptions.intake.models import KeyedRequest

KEPT: Final = timedelta(hours=24)
MAX_KEY: Final = 200

# Waits for a twin that is being answered at this moment. A key that has expired is as good as new.
RESERVE = """
INSERT INTO intake_keyedrequest AS kept (organisation_id, member_id, key, digest, answer, expires_at)
VALUES (%s, %s, %s, %s, NULL, %s)
ON CONFLICT (organisation_id, member_id, key) DO UPDATE SET digest = excluded.digest, answer = NULL,
   expires_at = excluded.expires_at WHERE kept.expires_at <= %s
RETURNING id
"""


def request_once(
    member: Member, key: str, digest: str, make: Callable[[], dict[str, Any]], *, now: datetime
) -> tuple[dict[str, Any], bool]:
    """The answer of `make`, and whether it is that of an earlier request; in the caller's transaction.

    `digest` stands for what was asked. Raises `Invalid` when the key was used for something else. When `make` raises, the
    key is free again with the transaction that is rolled back.
    """
    if len(key) > MAX_KEY or not key.isascii() or not key.isprintable():
        raise BadRequest(f"An Idempotency-Key has at most {MAX_KEY} printable ASCII characters.", code="bad_key")
    reserved = rows(RESERVE, [current_organisation_id(), member.pk, key, digest, now + KEPT, now])
    if not reserved:
        earlier = KeyedRequest.objects.get(member=member, key=key)
        if earlier.digest != digest:
            raise Invalid(
                "This Idempotency-Key came with another request before. Use a new key for a new request.",
                code="key_reused",
            )
        return earlier.answer or {}, True
    answer = make()
    KeyedRequest.objects.filter(pk=reserved[0][0]).update(answer=answer)
    return answer, False


def requests_forget(now: datetime) -> int:
    """Remove answers that nobody may ask for any more. Returns how many."""
    gone = 0
    for organisation_id in Organisation.objects.order_by("pk").values_list("pk", flat=True):
        with acting_for(organisation_id):
            gone += KeyedRequest.objects.filter(expires_at__lte=now).delete()[0]
    return gone
