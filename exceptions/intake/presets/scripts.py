"""Shell scripts that send a sample as a partner would: sh, openssl and curl are enough."""

from datetime import datetime
from typing import Final

from exceptions.intake.presets import preset_of, sample_body
from exceptions.parties.models import Channel, Partner, SignatureScheme


def curl_example(partner: Partner, address: str, now: datetime) -> str:
    """A script that posts a sample to `address`, signed with $SECRET or carrying the API key $KEY; empty where there is
    no address to post to, or the sample is no text that a shell script can hold."""
    preset = preset_of(partner.template, partner.adapter)
    signing = _SIGNING.get(partner.signature)
    if preset is None or signing is None or partner.channel == Channel.MAIL:
        return ""
    body = sample_body(preset, now).decode(errors="replace")
    if not body.isascii() or "\r" in body or "\nEND\n" in body:
        return ""
    lines = [
        *signing.before,
        f"BODY=$(cat <<'END'\n{body}\nEND\n)",
        *signing.sign,
        f"curl -sS '{address}' \\",
        f"  -H 'Content-Type: {preset.content_type}' \\",
        *(f"  {header} \\" for header in signing.headers),
        '  --data-binary "$BODY"',
    ]
    return "\n".join(lines) + "\n"


class _Signing:
    """What a scheme adds to a script: what to paste, how to sign, which headers to send."""

    def __init__(self, before: str, sign: tuple[str, ...], headers: tuple[str, ...]) -> None:
        self.before, self.sign, self.headers = (before,), sign, headers


_SECRET: Final = "SECRET='paste the secret here'"
_SIGNING: Final[dict[str, _Signing]] = {
    SignatureScheme.EASYPOST: _Signing(
        _SECRET,
        ("""SIGNATURE=$(printf '%s' "$BODY" | openssl dgst -sha256 -hmac "$SECRET" | sed 's/.*= *//')""",),
        ('-H "X-Hmac-Signature: hmac-sha256-hex=$SIGNATURE"',),
    ),
    SignatureScheme.BEARER: _Signing(_SECRET, (), ('-H "Authorization: Bearer $SECRET"',)),
    SignatureScheme.HMAC: _Signing(
        _SECRET,
        ("""SIGNATURE=$(printf '%s' "$BODY" | openssl dgst -sha256 -hmac "$SECRET" | sed 's/.*= *//')""",),
        ('-H "X-Signature: sha256=$SIGNATURE"',),
    ),
    SignatureScheme.AFTERSHIP: _Signing(
        _SECRET,
        ("""SIGNATURE=$(printf '%s' "$BODY" | openssl dgst -sha256 -hmac "$SECRET" -binary | openssl base64 -A)""",),
        ('-H "aftership-hmac-sha256: $SIGNATURE"',),
    ),
    SignatureScheme.SHIPPO: _Signing(
        _SECRET,
        (
            "TIMESTAMP=$(date +%s)",
            """SIGNATURE=$(printf '%s.%s' "$TIMESTAMP" "$BODY" |\n"""
            """  openssl dgst -sha256 -hmac "$SECRET" | sed 's/.*= *//')""",
        ),
        ('-H "Shippo-Auth-Signature: t=$TIMESTAMP,v1=$SIGNATURE"',),
    ),
    SignatureScheme.STANDARD_WEBHOOKS: _Signing(
        _SECRET,
        (
            "ID=msg_$(date +%s)_$$",
            "TIMESTAMP=$(date +%s)",
            """KEY=$(printf '%s' "${SECRET#whsec_}" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \\n')""",
            """SIGNATURE=$(printf '%s.%s.%s' "$ID" "$TIMESTAMP" "$BODY" |\n"""
            """  openssl dgst -sha256 -mac HMAC -macopt "hexkey:$KEY" -binary | openssl base64 -A)""",
        ),
        (
            '-H "webhook-id: $ID" -H "webhook-timestamp: $TIMESTAMP"',
            '-H "webhook-signature: v1,$SIGNATURE"',
        ),
    ),
    SignatureScheme.TRANSPORT: _Signing(
        "KEY='paste an API key that may send signals'", (), ('-H "Authorization: Bearer $KEY"',)
    ),
}
