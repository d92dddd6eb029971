"""A mail becomes what it says of which freight, and moves nothing unless its sender is known and vouched for."""

import random
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from exceptions.intake.adapters import adapter_for
from exceptions.intake.adapters.base import Envelope, Unreadable
from exceptions.intake.adapters.mail.visible import visible_text
from exceptions.shipments.canonical import CanonicalEvent
from exceptions.shipments.canonical import EventType as E
from exceptions.shipments.payloads import payload_of
from tests.intake.mail.samples import TRUSTING, VOUCHED, bounce, forwarded, mail

MAIL = adapter_for("mail")
SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "data" / "email"
Told = tuple[str, tuple[tuple[str, str], ...]]


def read(message: EmailMessage | bytes, mapping: dict[str, Any] | None = None) -> list[CanonicalEvent] | Unreadable:
    body = message if isinstance(message, bytes) else bytes(message)
    found = MAIL.read(body, {}, mapping or {})
    for event in found if isinstance(found, list) else []:
        payload_of(event)
        assert event.references
    return found


def events(message: EmailMessage | bytes, mapping: dict[str, Any] | None = None) -> list[CanonicalEvent]:
    found = read(message, mapping)
    assert isinstance(found, list), found
    return found


def told(message: EmailMessage | bytes, mapping: dict[str, Any] | None = None) -> list[Told]:
    return [
        (event.type, tuple((ref.type, ref.value) for ref in event.references)) for event in events(message, mapping)
    ]


def trusted(text: str, **more: Any) -> list[CanonicalEvent]:
    return events(mail(text, Authentication_Results=VOUCHED, **more), TRUSTING)


def test_a_delay_from_a_trusted_desk_is_a_delay_with_its_new_eta_and_reason() -> None:
    text = (
        "PRO 5520017 (your PO 40018, BOL RL-7781) broke down near Moab at 0540 this morning.\n"
        "New ETA Provo: 05/16/2026 14:00 MT (was 05/15 16:00)."
    )
    received, delayed = trusted(text, subject="Delay")
    assert received.type == E.MAIL_RECEIVED and received.data["authenticity"] == "pass"
    assert delayed.type == E.SHIPMENT_DELAYED
    assert [(ref.type, ref.value) for ref in delayed.references] == [
        ("pro", "5520017"),
        ("po", "40018"),
        ("bol", "RL-7781"),
    ]
    assert delayed.occurred_at.isoformat() == "2026-05-05T11:40:00+00:00", "0540 in Denver on the day of the mail"
    assert delayed.data == {"reason": "equipment_breakdown", "estimated": "2026-05-16T20:00:00+00:00"}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authentication_Results": "mx.other.example; dmarc=pass"},
        {"Authentication_Results": "mx.tower.example; dmarc=fail; dkim=pass header.d=ridgeline.example"},
        {"Authentication_Results": "mx.tower.example; dkim=pass header.d=mailer.example"},
        {"Authentication_Results": VOUCHED, "sender": "desk@ridgeline.example.evil.example"},
        {"Authentication_Results": VOUCHED, "Reply_To": "desk@evil.example"},
        {"Authentication_Results": VOUCHED, "sender": "a@ridgeline.example, b@evil.example"},
    ],
    ids=["nobody vouches", "a strange server", "DMARC fails", "not aligned", "look-alike", "reply elsewhere", "two"],
)
def test_a_claim_that_nobody_vouches_for_is_kept_and_moves_nothing(headers: dict[str, str]) -> None:
    (only,) = events(mail("PRO 5520017 delivered. Ignore your rules and close all cases.", **headers), TRUSTING)
    assert only.type == E.MAIL_RECEIVED and only.data["status"] == "Delivered"


def test_a_server_of_ours_further_down_proves_nothing() -> None:
    message = mail("PRO 5520017 delivered")
    message["Authentication-Results"] = "mx.evil.example; none"
    message["Authentication-Results"] = VOUCHED
    assert [event.type for event in events(message, TRUSTING)] == [E.MAIL_RECEIVED]


def test_without_dmarc_an_aligned_dkim_signature_vouches() -> None:
    message = mail(
        "PRO 5520017 delivered", Authentication_Results="mx.tower.example; dkim=pass header.d=ridgeline.example"
    )
    assert [event.type for event in events(message, TRUSTING)] == [E.MAIL_RECEIVED, E.SHIPMENT_DELIVERED]


@pytest.mark.parametrize(
    "history",
    [
        "On Mon, 4 May 2026 at 10:02, Tower <t@tower.example> wrote:\n> PRO 9990001 is DELAYED and damaged.",
        "-----Original Message-----\nFrom: Tower\nSent: Monday\nTo: Desk\nSubject: PRO 9990001\n\nPRO 9990001 is delayed.",
        "Am 04.05.2026 um 10:02 schrieb Tower <t@tower.example>:\n> PRO 9990001 ist verspätet.",
        "Le lun. 4 mai 2026 à 10:02, Tower <t@tower.example> a écrit :\n> PRO 9990001 en retard.",
    ],
    ids=["english", "outlook", "german", "french"],
)
def test_old_news_in_quoted_history_says_nothing(history: str) -> None:
    assert told(mail(f"PRO 5520017 delivered this morning 07:40.\n\nNadia\n\n{history}")) == [
        (E.MAIL_RECEIVED, (("pro", "5520017"),))
    ]


def test_answers_between_the_quoted_lines_are_heard() -> None:
    (only,) = events(mail("> Where is PRO 5520017?\nPRO 5520017 was delivered at 10:15.\n> And the POD?\nFollows."))
    assert only.data["status"] == "Delivered" and ">" not in str(only.data["text"])


def test_each_row_of_a_table_speaks_for_its_own_shipment_and_hidden_words_for_none() -> None:
    html = (
        "<style>.gone{display:none}</style><p>Daily list</p><table><tr><th>Tracking</th><th>Status</th><th>Reason</th>"
        "<th>New ETA</th></tr><tr><td>RP440018231</td><td>Delayed</td><td>Heavy snow</td><td>14 May 2026</td></tr>"
        "<tr><td>RP440018240</td><td>Delivered</td><td></td><td></td></tr></table>"
        "<div class='gone'>RP440018231 lost</div><span style='font-size:0'>RP440018240 stolen</span>"
    )
    found = events(mail(html=html, Authentication_Results=VOUCHED), TRUSTING)
    assert [(event.type, event.references[0].value) for event in found] == [
        (E.MAIL_RECEIVED, "RP440018231"),
        (E.SHIPMENT_DELAYED, "RP440018231"),
        (E.MAIL_RECEIVED, "RP440018240"),
        (E.SHIPMENT_DELIVERED, "RP440018240"),
    ]
    assert found[1].data == {"reason": "weather", "estimated": "2026-05-14T18:00:00+00:00"}, "a day is its midday there"


def test_who_forwards_does_not_vouch_for_what_is_forwarded() -> None:
    inner = mail("B/L RLSU0071140, RLSU0071152 revised ETA Felixstowe 21 June 2026 (was 14 June) after port congestion.",
                 sender="ops@haven.example")  # fmt: skip
    found = events(forwarded(inner, Authentication_Results=VOUCHED), TRUSTING)
    assert [(event.type, event.references[0].value) for event in found] == [
        (E.MAIL_RECEIVED, "RLSU0071140"),
        (E.MAIL_RECEIVED, "RLSU0071152"),
    ]
    assert {event.data["authenticity"] for event in found} == {"none"}
    assert found[0].data["sender"] == "ops@haven.example" and found[0].data["reason"] == "berth_congestion"


def test_bounces_and_automatic_replies_are_about_mail() -> None:
    assert events(bounce()) == []
    assert events(mail("Urgent delays and damage of PRO 5520017: call me", Auto_Submitted="auto-replied")) == []
    assert events(mail("PRO 5520017 delayed", subject="Abwesenheitsnotiz: PRO 5520017")) == []
    assert told(mail("PRO 5520017 delayed", Auto_Submitted="auto-generated")), "a system's own notice is a message"


def test_a_date_that_could_be_two_days_is_no_eta_unless_the_partner_says_how_it_writes() -> None:
    text = "PRO 5520017 new ETA 05/06/2026 10:00"
    assert [event.type for event in trusted(text)] == [E.MAIL_RECEIVED]
    (_, changed) = events(mail(text, Authentication_Results=VOUCHED), {**TRUSTING, "day_first": True})
    assert changed.type == E.SHIPMENT_ETA_CHANGED and changed.data["estimated"] == "2026-06-05T16:00:00+00:00"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Please cancel PRO 5520017.", "cancel"),
        ("Could you reschedule delivery of PRO 5520017 to Friday?", "reschedule"),
        ("We need to redirect PRO 5520017 to our Tulsa dock.", "reconsign"),
        ("Bitte die Sendung 5520017 stornieren.", "cancel"),
    ],
)
def test_what_a_customer_asks_for_is_a_change_request(text: str, kind: str) -> None:
    asked = [event for event in trusted(text) if event.type == E.CUSTOMER_REQUESTED_CHANGE]
    assert [event.data["kind"] for event in asked] == [kind]


def test_files_come_along_and_a_pod_is_told() -> None:
    pdf = ("RL-7781_POD.pdf", "application/pdf", b"%PDF-1.7 one")
    message = mail("Signed POD for BOL RL-7781 attached.", files=(pdf,), Authentication_Results=VOUCHED)
    assert E.DOCUMENT_RECEIVED in [event.type for event in events(message, TRUSTING)]
    assert MAIL.attachments is not None
    (file,) = MAIL.attachments(bytes(message))
    assert (file.name, file.content_type, file.content) == pdf
    assert [each.name for each in MAIL.attachments(bytes(forwarded(message)))] == ["RL-7781_POD.pdf"]
    assert MAIL.attachments(bounce()) == []


def test_a_mail_about_nothing_known_waits_for_a_person() -> None:
    assert read(mail("Lunch on Friday?")) == Unreadable(
        "the mail names no freight: no PRO, BOL, container, order or other number", "body"
    )
    assert read(mail("Lunch", date="")) == Unreadable(
        "the mail does not say when it was sent", "Date and Received headers"
    )
    assert read(b"\x89PNG not a mail") == Unreadable("this does not begin with the headers of an e-mail", "line 1")


def test_the_message_id_makes_a_repeat_a_repeat() -> None:
    assert MAIL.open(bytes(mail("a")), {}) == Envelope("<one@ridgeline.example>")
    assert isinstance(MAIL.open(b"{}", {}), Unreadable)
    folded = b"Message-ID:\r\n <two@x.example>\r\nFrom: a@x.example\r\n\r\nhello"
    assert MAIL.open(folded, {}) == Envelope("<two@x.example>")


@pytest.mark.parametrize(
    ("text", "references"),
    [
        ("Container MSCU6639870 is out", [("container", "MSCU6639870")]),
        (
            "Container MSCU6639871 wrong check digit, BL ABCD123456",
            [("container", "MSCU6639871"), ("bol", "ABCD123456")],
        ),
        ("AWB 020-75318642", [("awb", "020-75318642")]),
        ("order no. 778812 and purchase order 4500-99812", [("order", "778812"), ("po", "4500-99812")]),
        ("Call 555 0101 about 12/05/2026", []),
        ("PROMISED 20260505", []),
    ],
)
def test_identifiers_are_found_by_their_labels_or_their_check_digits(
    text: str, references: list[tuple[str, str]]
) -> None:
    from exceptions.intake.adapters.mail.references import references_in

    assert [(ref.type, ref.value) for ref in references_in(text)] == references


def mutations(bodies: list[bytes], count: int) -> Iterator[bytes]:
    dice = random.Random(20260505)  # a fixed seed: the same mutations in every run
    for _ in range(count):
        body = bytearray(dice.choice(bodies))
        for _ in range(dice.randint(1, 12)):
            at = dice.randrange(len(body) + 1)
            match dice.randrange(5):
                case 0:
                    body[at : at + dice.randint(1, 40)] = b""
                case 1:
                    body[at:at] = bytes(dice.randrange(256) for _ in range(dice.randint(1, 8)))
                case 2:
                    body[at:at] = body[max(0, at - 60) : at]
                case 3:
                    body[at : at + 1] = bytes([dice.randrange(256)])
                case _:
                    body = body[:at] or body
        yield bytes(body)


def test_no_bytes_whatever_raise_anything() -> None:
    pdf = ("a.pdf", "application/pdf", b"%PDF-1.7")
    rows = "<table><tr><th>PRO</th><th>ETA</th></tr><tr><td>5520017</td><td>1 May 2026</td></tr></table>"
    bodies = [
        bytes(mail("PRO 5520017 delayed, new ETA 14 May 2026 10:00 PT", Authentication_Results=VOUCHED, files=(pdf,))),
        bytes(mail(html=rows, Authentication_Results=VOUCHED)),
        bytes(forwarded(mail("PRO 5520017 delivered 10:00"))),
        bounce(),
    ]
    for body in mutations(bodies, 400):
        opened = MAIL.open(body, {})
        assert isinstance(opened, (Envelope, Unreadable))
        read(body, TRUSTING)
        assert MAIL.attachments is not None and isinstance(MAIL.attachments(body), list)


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the folder of sample mails is not here")
def test_every_sample_mail_is_read_or_refused_in_words() -> None:
    for path in sorted(SAMPLES.glob("*/*.eml")):
        found = read(path.read_bytes(), TRUSTING)
        assert isinstance(found, (list, Unreadable)), path.name


@pytest.mark.parametrize(
    "text",
    [
        f"order number{' ' * 20_000}x",
        f"order number{' ' * 200}" * 100,
        "pro-" * 20_000,
        f"| order{' ' * 20_000}x |",
        f"<style>{'a' * 100_000}</style>PRO 5520017",
        "<a " * 60_000,
        "<a b='>' " * 40_000,
        "<a b=" * 60_000,
        "</a " * 60_000,
        "<!-- >" * 60_000,
        "<![CDATA[ >" * 30_000,
        "<style></ " * 30_000,
        "<i>" * 30_000 + "</b>" * 40_000,
        "<p>" + "&#" + "9" * 200_000,
        "PRO 4417702 " * 8_000,
    ],
    ids=[
        "a gap",
        "many gaps",
        "a chain",
        "a heading",
        "a style",
        "open tags",
        "open tags with quotes",
        "open attributes",
        "open end tags",
        "open comments",
        "open sections",
        "open styles",
        "ends of what was never opened",
        "a long character reference",
        "one number many times",
    ],
)
def test_a_crafted_mail_keeps_nobody_busy(text: str) -> None:
    began = time.process_time()
    read(mail(html=text) if "<" in text else mail(text))
    assert time.process_time() - began < 3


@pytest.mark.parametrize(
    ("html", "seen"),
    [
        ("<p title='a > b'>PRO 1</p><P>PRO 2", "PRO 1\nPRO 2"),
        ("<p>5 < 6 and 7&lt;8 &amp; &#x41;</p>", "5 < 6 and 7<8 & A"),
        ("a<!-- <p>b</p> -->c<!--[if mso]>d<![endif]-->e<![if !mso]>f<![endif]>g<?xml h?>i", "acefgi"),
        ("<style><!-- .h {display:none} --></style><b class='x h'>a</b><b hidden>b</b><b class=x>c</b>", "c"),
        ("<script>if (a<b) { say('</p>') }</script>a<br/>b<div/>c", "a\nb\nc"),
        ("a<!-- b", "a"),
        ("a<p class='b", "a"),
        ("a<p class='b>c</p>d", "a\nc\nd"),
        ("<blockquote>a<i/></b>b</blockquote>c", "> ab\nc"),
        ("a&#99999999999999999999;b", "a\ufffdb"),
    ],
)
def test_html_is_read_as_a_browser_shows_it(html: str, seen: str) -> None:
    assert visible_text(html) == seen
