"""A signature is proof or it is refused; there is no third outcome."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exceptions.intake.signature_templates import made, signature_problems, template_of
from exceptions.intake.signatures import (
    SCHEMES,
    Scheme,
    SignatureRefused,
    aftership_signature,
    easypost_signature,
    shippo_signature,
    standard_signature,
    verify,
)

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
BODY = '{"id":"evt_77","text":"Übergabe"}'.encode()
SECRET = "whsec_" + "Q29udHJvbCBUb3dlciB0ZXN0IHNlY3JldA=="
OLD_SECRET = "whsec_" + "YW4gb2xkZXIgc2VjcmV0IG9mIG91cnM="
SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "data" / "webhooks"
needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample data lies beside the project, not in it")


def standard_headers(secret: str = SECRET, at: datetime = NOW, body: bytes = BODY) -> dict[str, str]:
    signature = standard_signature(secret, message_id="msg_1", timestamp=at, body=body)
    return {
        "Webhook-Id": "msg_1",
        "Webhook-Timestamp": str(int(at.timestamp())),
        "Webhook-Signature": signature,
    }


def accepts(
    scheme: str,
    headers: dict[str, str],
    *,
    secrets: list[str],
    body: bytes = BODY,
    mapping: dict[str, Any] | None = None,
) -> bool:
    try:
        verify(scheme, secrets=secrets, headers=headers, body=body, now=NOW, mapping=mapping or {})
    except SignatureRefused:
        return False
    return True


class TestOwnTemplates:
    STAMP = str(int(NOW.timestamp()))

    def drawn(self, **template: str) -> dict[str, Any]:
        return {"signature": template}

    def test_without_a_template_it_is_hex_over_the_body_in_x_signature(self) -> None:
        signature = made(template_of({}), "geheim", timestamp="", body=BODY)
        assert accepts(Scheme.HMAC, {"X-Signature": f"sha256={signature}"}, secrets=["neu", "geheim"])
        assert accepts(Scheme.HMAC, {"X-Signature": f"sha256={signature.upper()}"}, secrets=["geheim"])
        assert not accepts(Scheme.HMAC, {"X-Signature": f"sha256={signature}"}, secrets=["geheim"], body=BODY + b" ")
        assert not accepts(Scheme.HMAC, {"X-Signature": signature}, secrets=["geheim"])
        assert not accepts(Scheme.HMAC, {}, secrets=["geheim"])

    def test_a_known_value_computed_with_openssl(self) -> None:
        # printf '1763631000.{"id":"evt_1"}' | openssl dgst -sha512 -hmac 'tower' -binary | openssl base64 -A
        template = template_of(
            self.drawn(signed="{timestamp}.{body}", timestamp="x-t", algorithm="sha512", encoding="base64")
        )
        signature = made(template, "tower", timestamp="1763631000", body=b'{"id":"evt_1"}')
        assert signature == "QudTiwf8yVu9fALpE4fxMmu71ZgOU4LwNJfJEOigun2YdaSw5RMIxqLzuvZ+n+ZdP4oTEqTIjdWHKm4FkXCASg=="

    def test_a_signed_time_is_checked_wherever_it_stands(self) -> None:
        old = str(int((NOW - timedelta(minutes=6)).timestamp()))
        inside = self.drawn(header="Acme", value="t={timestamp},v1={signature}", signed="{timestamp}.{body}")
        beside = self.drawn(header="Acme", value="{signature}", signed="{body}{timestamp}", timestamp="Acme-Time")
        for stamp, fresh in ((self.STAMP, True), (old, False)):
            one = made(template_of(inside), "geheim", timestamp=stamp, body=BODY)
            assert accepts(Scheme.HMAC, {"acme": f"t={stamp},v1={one}"}, secrets=["geheim"], mapping=inside) is fresh
            two = made(template_of(beside), "geheim", timestamp=stamp, body=BODY)
            headers = {"acme": two, "acme-time": stamp}
            assert accepts(Scheme.HMAC, headers, secrets=["geheim"], mapping=beside) is fresh
        assert not accepts(Scheme.HMAC, {"acme": two}, secrets=["geheim"], mapping=beside), "the time is missing"

    def test_a_partner_without_a_secret_accepts_nothing(self) -> None:
        empty = made(template_of({}), "", timestamp="", body=BODY)
        assert not accepts(Scheme.HMAC, {"x-signature": f"sha256={empty}"}, secrets=[""])
        assert not accepts(Scheme.BEARER, {"authorization": "Bearer "}, secrets=[""])

    def test_a_token_is_taken_as_bearer_or_in_the_header_that_the_mapping_names(self) -> None:
        assert accepts(Scheme.BEARER, {"Authorization": "Bearer geheim"}, secrets=["neu", "geheim"])
        assert not accepts(Scheme.BEARER, {"Authorization": "Basic geheim"}, secrets=["geheim"])
        assert not accepts(Scheme.BEARER, {"Authorization": "Bearer geheim2"}, secrets=["geheim"])
        named = self.drawn(header="X-Api-Key")
        assert accepts(Scheme.BEARER, {"x-api-key": "geheim"}, secrets=["geheim"], mapping=named)
        assert not accepts(Scheme.BEARER, {"Authorization": "Bearer geheim"}, secrets=["geheim"], mapping=named)

    @pytest.mark.parametrize(
        "template, sentence",
        [
            ([], "must be an object"),
            ({"hdr": "x"}, "has no 'hdr'"),
            ({"header": "x y"}, "no name of a header"),
            ({"value": "sha256="}, "'value' must hold {signature} once"),
            ({"signed": "{bdy}"}, "'signed' must hold {body} once"),
            ({"signed": "{timestamp}.{body}"}, "neither 'value' nor 'timestamp'"),
            ({"algorithm": "md5"}, "'algorithm' must be one of"),
            ({"encoding": "base32"}, "'encoding' must be one of"),
            ({"header": 7}, "short text"),
        ],
    )
    def test_a_faulty_template_is_said_in_a_sentence_and_never_used(self, template: Any, sentence: str) -> None:
        (problem, *_) = signature_problems({"signature": template})
        assert sentence in problem
        assert template_of({"signature": template}) == template_of({})


class TestAfterShip:
    def test_the_signature_of_the_exact_bytes_is_accepted(self) -> None:
        headers = {"Aftership-Hmac-Sha256": aftership_signature("geheim", BODY)}
        assert accepts(Scheme.AFTERSHIP, headers, secrets=["neu", "geheim"])
        assert not accepts(Scheme.AFTERSHIP, headers, secrets=["geheim"], body=BODY + b" ")
        assert not accepts(Scheme.AFTERSHIP, headers, secrets=["neu"])
        assert not accepts(Scheme.AFTERSHIP, {}, secrets=["geheim"])

    def test_a_known_value_computed_with_openssl(self) -> None:
        # printf '{"id":"evt_1"}' | openssl dgst -sha256 -hmac 'tower' -binary | openssl base64 -A
        assert aftership_signature("tower", b'{"id":"evt_1"}') == "YQzhJUq2/OfJhuTkg5FgVj1cfn7v5FRMTitXiK8CEvw="

    def test_a_partner_without_a_secret_accepts_nothing(self) -> None:
        assert not accepts(Scheme.AFTERSHIP, {"aftership-hmac-sha256": aftership_signature("", BODY)}, secrets=[""])


class TestShippo:
    STAMP = str(int(NOW.timestamp()))

    def header(self, secret: str = "geheim", stamp: str = STAMP, body: bytes = BODY) -> dict[str, str]:
        return {"Shippo-Auth-Signature": f"t={stamp},v1={shippo_signature(secret, timestamp=stamp, body=body)}"}

    def test_the_signature_of_time_and_bytes_is_accepted(self) -> None:
        assert accepts(Scheme.SHIPPO, self.header(), secrets=["neu", "geheim"])
        assert not accepts(Scheme.SHIPPO, self.header(), secrets=["geheim"], body=BODY + b" ")
        assert not accepts(Scheme.SHIPPO, self.header(), secrets=["neu"])

    def test_a_replay_is_refused_and_so_is_another_time_than_was_signed(self) -> None:
        old = str(int((NOW - timedelta(minutes=6)).timestamp()))
        assert not accepts(Scheme.SHIPPO, self.header(stamp=old), secrets=["geheim"])
        signed = self.header(stamp=old)["Shippo-Auth-Signature"].replace(old, self.STAMP)
        assert not accepts(Scheme.SHIPPO, {"Shippo-Auth-Signature": signed}, secrets=["geheim"])

    @pytest.mark.parametrize("value", ["", "t=1", "v1=ab", "t=1,t=2,v1=ab", "t=x,v1=ab", "t=1" + ",v1=a" * 9])
    def test_what_is_not_the_scheme_is_refused(self, value: str) -> None:
        assert not accepts(Scheme.SHIPPO, {"Shippo-Auth-Signature": value}, secrets=["geheim"])


class TestEasyPost:
    def test_the_signature_of_the_exact_bytes_is_accepted(self) -> None:
        headers = {"X-Hmac-Signature": easypost_signature("geheim", BODY)}
        assert accepts(Scheme.EASYPOST, headers, secrets=["geheim"])
        assert not accepts(Scheme.EASYPOST, headers, secrets=["geheim"], body=BODY + b" ")

    def test_a_known_value_computed_with_openssl(self) -> None:
        # printf '{"id":"evt_1"}' | openssl dgst -sha256 -hmac 'tower'
        assert easypost_signature("tower", b'{"id":"evt_1"}') == (
            "hmac-sha256-hex=610ce1254ab6fce7c986e4e4839160563d5c7e7eefe4544c4e2b5788af0212fc"
        )

    def test_composed_and_decomposed_spellings_of_a_secret_are_the_same_key(
        self,
    ) -> None:
        assert easypost_signature("s\u00e9cret", BODY) == easypost_signature("se\u0301cret", BODY)

    def test_two_secrets_are_valid_at_once_and_a_third_is_not(self) -> None:
        for secret in ("old", "new"):
            assert accepts(
                Scheme.EASYPOST,
                {"x-hmac-signature": easypost_signature(secret, BODY)},
                secrets=["new", "old"],
            )
        assert not accepts(
            Scheme.EASYPOST,
            {"x-hmac-signature": easypost_signature("older", BODY)},
            secrets=["new", "old"],
        )

    def test_a_partner_without_a_secret_accepts_nothing(self) -> None:
        assert not accepts(
            Scheme.EASYPOST,
            {"x-hmac-signature": easypost_signature("", BODY)},
            secrets=[],
        )
        assert not accepts(
            Scheme.EASYPOST,
            {"x-hmac-signature": easypost_signature("", BODY)},
            secrets=[""],
        )

    @needs_samples
    def test_the_published_vectors_hold(self) -> None:
        vectors = json.loads((SAMPLES / "easypost_signature_vectors.json").read_text())["vectors"]
        for vector in vectors:
            body = (SAMPLES / vector["body_file"]).read_bytes()
            headers = {vector["header"]: vector["value"]}
            assert accepts(Scheme.EASYPOST, headers, secrets=[vector["secret"]], body=body)
            assert not accepts(
                Scheme.EASYPOST,
                headers,
                secrets=[vector["secret"]],
                body=body + b"\n",
            )


class TestStandardWebhooks:
    def test_the_signature_of_the_exact_bytes_is_accepted(self) -> None:
        assert accepts(Scheme.STANDARD_WEBHOOKS, standard_headers(), secrets=[SECRET])
        assert not accepts(
            Scheme.STANDARD_WEBHOOKS,
            standard_headers(),
            secrets=[SECRET],
            body=BODY + b" ",
        )

    @pytest.mark.parametrize("age, fits", [(300, True), (301, False), (-300, True), (-301, False)])
    def test_the_replay_window_is_300_seconds_both_ways(self, age: int, fits: bool) -> None:
        headers = standard_headers(at=NOW - timedelta(seconds=age))
        assert accepts(Scheme.STANDARD_WEBHOOKS, headers, secrets=[SECRET]) is fits

    def test_the_timestamp_and_the_id_are_covered_by_the_signature(self) -> None:
        for name, value in (
            ("Webhook-Timestamp", str(int(NOW.timestamp()) + 1)),
            ("Webhook-Id", "msg_2"),
        ):
            assert not accepts(
                Scheme.STANDARD_WEBHOOKS,
                {**standard_headers(), name: value},
                secrets=[SECRET],
            )

    def test_one_valid_signature_among_several_is_enough_even_after_a_malformed_one(
        self,
    ) -> None:
        headers = standard_headers()
        headers["Webhook-Signature"] = "nonsense v1,AAAA v2,xyz " + headers["Webhook-Signature"]
        assert accepts(Scheme.STANDARD_WEBHOOKS, headers, secrets=[SECRET])

    def test_another_version_with_the_right_digest_is_refused(self) -> None:
        headers = standard_headers()
        headers["Webhook-Signature"] = headers["Webhook-Signature"].replace("v1,", "v2,")
        assert not accepts(Scheme.STANDARD_WEBHOOKS, headers, secrets=[SECRET])

    def test_a_flood_of_signatures_is_refused_unread(self) -> None:
        headers = standard_headers()
        headers["Webhook-Signature"] = " ".join(["v1,AAAA"] * 50 + [headers["Webhook-Signature"]])
        assert not accepts(Scheme.STANDARD_WEBHOOKS, headers, secrets=[SECRET])

    def test_old_and_new_secret_are_valid_during_a_rotation(self) -> None:
        for signer in (SECRET, OLD_SECRET):
            assert accepts(
                Scheme.STANDARD_WEBHOOKS,
                standard_headers(signer),
                secrets=[SECRET, OLD_SECRET],
            )
        assert not accepts(Scheme.STANDARD_WEBHOOKS, standard_headers(OLD_SECRET), secrets=[SECRET])

    @pytest.mark.parametrize("stamp", ["hello", "", "1.5", " 1", "-1", "१२३", "9" * 400, "nan"])
    def test_a_timestamp_that_is_no_whole_number_is_refused(self, stamp: str) -> None:
        headers = {**standard_headers(), "Webhook-Timestamp": stamp}
        assert not accepts(Scheme.STANDARD_WEBHOOKS, headers, secrets=[SECRET])

    def test_the_right_moment_in_other_digits_is_refused(self) -> None:
        headers = standard_headers()
        headers["Webhook-Timestamp"] = headers["Webhook-Timestamp"].translate(
            dict(zip(b"0123456789", "٠١٢٣٤٥٦٧٨٩", strict=True))
        )
        assert not accepts(Scheme.STANDARD_WEBHOOKS, headers, secrets=[SECRET])

    @needs_samples
    def test_the_published_vectors_hold(self) -> None:
        published = json.loads((SAMPLES / "standard_webhooks_vectors.json").read_text())
        secret = published["vectors"][0]["secret"]
        for vector in published["vectors"]:
            headers = {name: vector[name] for name in published["headers"]}
            at = datetime.fromtimestamp(1614265330, tz=UTC)
            if vector["valid"]:
                verify(
                    Scheme.STANDARD_WEBHOOKS,
                    secrets=[secret],
                    headers=headers,
                    body=vector["body"].encode(),
                    now=at,
                )
            else:
                with pytest.raises(SignatureRefused):
                    verify(
                        Scheme.STANDARD_WEBHOOKS,
                        secrets=[secret],
                        headers=headers,
                        body=vector["body"].encode(),
                        now=at,
                    )
            assert not accepts(
                Scheme.STANDARD_WEBHOOKS,
                headers,
                secrets=[secret],
                body=vector["body"].encode(),
            )


def test_an_unknown_scheme_is_a_refusal() -> None:
    assert not accepts("rot13", {}, secrets=["x"])


@settings(max_examples=100, deadline=None)
@given(
    scheme=st.sampled_from(sorted(SCHEMES)),
    secrets=st.lists(st.text(max_size=40), max_size=3),
    headers=st.dictionaries(
        st.sampled_from(
            [
                "X-Hmac-Signature",
                "webhook-id",
                "webhook-timestamp",
                "webhook-signature",
                "x",
            ]
        ),
        st.one_of(
            st.text(max_size=60),
            st.just(str(int(NOW.timestamp()))),
            st.just("v1,!!"),
            st.just("v1,\ud800"),
        ),
    ),
    body=st.binary(max_size=80),
)
def test_garbage_never_raises_anything_but_the_refusal(
    scheme: str, secrets: list[str], headers: dict[str, str], body: bytes
) -> None:
    with pytest.raises(SignatureRefused):
        verify(scheme, secrets=secrets, headers=headers, body=body, now=NOW)
