"""Signs what the demo's partners send, each by its scheme: the front door makes no difference for a demo."""

import hashlib
import hmac
import unicodedata
from datetime import datetime

from standardwebhooks import Webhook

from exceptions.demo.script import PARCEL


def signed_headers(partner: str, secret: str, body: bytes, delivery: str, now: datetime) -> dict[str, str]:
    """HTTP headers for one delivery. `delivery` is its id, `now` the moment of sending."""
    if partner == PARCEL:
        key = unicodedata.normalize("NFKD", secret).encode()
        digest = hmac.new(key, body, hashlib.sha256).hexdigest()
        return {"Content-Type": "application/json", "X-Hmac-Signature": f"hmac-sha256-hex={digest}"}
    return {
        "Content-Type": "application/cloudevents+json",
        "webhook-id": delivery,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(delivery, now, body.decode()),
    }
