"""Ready-made connections: what a common kind of partner needs, so that connecting one is a form and not a project."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from exceptions.intake.signatures import Scheme
from exceptions.shipments.canonical import SourceRank


@dataclass(frozen=True, slots=True)
class Preset:
    """`own_secret` is true where the sender's form takes any secret, and the partner may bring its own."""

    key: str
    label: str
    about: str
    adapter: str
    signature: Scheme
    source_rank: SourceRank
    creates_shipments: bool
    own_secret: bool


PRESETS: Final[dict[str, Preset]] = {
    preset.key: preset
    for preset in (
        Preset(
            key="easypost",
            label="EasyPost tracker",
            about="Parcel tracking of some hundred carriers. EasyPost posts tracker.updated, signed with HMAC.",
            adapter="easypost",
            signature=Scheme.EASYPOST,
            source_rank=SourceRank.SCAN,
            creates_shipments=True,
            own_secret=True,
        ),
        Preset(
            key="cloudevents",
            label="CloudEvents 1.0",
            about="Your own TMS, WMS or ERP, or a carrier's integration team: our canonical events as CloudEvents in "
            "JSON, signed with Standard Webhooks.",
            adapter="cloudevents",
            signature=Scheme.STANDARD_WEBHOOKS,
            source_rank=SourceRank.EDI,
            creates_shipments=False,
            own_secret=False,
        ),
    )
}


def preset_of(adapter: str) -> Preset | None:
    """The preset behind a partner's adapter, if it was made from one."""
    return next((preset for preset in PRESETS.values() if preset.adapter == adapter), None)


def sample_body(adapter: str, now: datetime) -> str:
    """A message that this adapter understands, to try a connection with; empty for an adapter without a sample."""
    sample = _SAMPLES.get(adapter)
    if sample is None:
        return ""
    moment = now.isoformat(timespec="seconds").replace("+00:00", "Z")
    return json.dumps(sample(moment), indent=2)


def curl_example(adapter: str, address: str, now: datetime) -> str:
    """A shell script that signs a sample with $SECRET and posts it: sh, openssl and curl are enough."""
    body = sample_body(adapter, now)
    if not body:
        return ""
    sign, content_type = _SIGNERS[adapter]
    return f"""SECRET='paste the secret here'
BODY=$(cat <<'END'
{body}
END
)
{sign}
curl -sS '{address}' \\
  -H 'Content-Type: {content_type}' \\
{_HEADERS[adapter]}
  --data-binary "$BODY"
"""


def _easypost(moment: str) -> dict[str, object]:
    step = {
        "object": "TrackingDetail",
        "status": "in_transit",
        "status_detail": "weather_delay",
        "message": "Delayed by snow",
        "datetime": moment,
        "carrier_code": "SE",
        "tracking_location": {"city": "Reno", "state": "NV", "country": "US", "zip": "89502"},
    }
    tracker = {
        "object": "Tracker",
        "tracking_code": "TEST 0001",
        "carrier": "FedEx",
        "status": "in_transit",
        "status_detail": "weather_delay",
        "updated_at": moment,
        "tracking_details": [step],
    }
    return {"object": "Event", "id": f"evt_test_{moment}", "description": "tracker.updated", "result": tracker}


def _cloudevents(moment: str) -> dict[str, object]:
    return {
        "specversion": "1.0",
        "id": f"test-{moment}",
        "source": "/try/it",
        "type": "shipment.delayed",
        "time": moment,
        "datacontenttype": "application/json",
        "data": {
            "references": [{"type": "pro", "value": "TEST-0001"}],
            "place": {"city": "Reno", "region": "NV", "country": "US", "zone": "America/Los_Angeles"},
            "text": "Delayed by snow",
            "minutes": 90,
        },
    }


_SIGNERS: Final = {
    "easypost": (
        """SIGNATURE=$(printf '%s' "$BODY" | openssl dgst -sha256 -hmac "$SECRET" | sed 's/.*= *//')""",
        "application/json",
    ),
    "cloudevents": (
        """ID=msg_$(date +%s)_$$
TIMESTAMP=$(date +%s)
KEY=$(printf '%s' "${SECRET#whsec_}" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \\n')
SIGNATURE=$(printf '%s.%s.%s' "$ID" "$TIMESTAMP" "$BODY" |
  openssl dgst -sha256 -mac HMAC -macopt "hexkey:$KEY" -binary | openssl base64 -A)""",
        "application/cloudevents+json",
    ),
}
_HEADERS: Final = {
    "easypost": """  -H "X-Hmac-Signature: hmac-sha256-hex=$SIGNATURE" \\""",
    "cloudevents": """  -H "webhook-id: $ID" -H "webhook-timestamp: $TIMESTAMP" \\
  -H "webhook-signature: v1,$SIGNATURE" \\""",
}
_SAMPLES: Final = {"easypost": _easypost, "cloudevents": _cloudevents}
