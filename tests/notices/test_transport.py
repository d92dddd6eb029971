import socket
import ssl
import threading
import time
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from exceptions.notices.transport import How, Outcome, Server, hand_over

from .smtp import Behaviour, mail_server

MAIL = b"Subject: Late\r\nMessage-ID: <notice.1@tower.example>\r\n\r\nHello,\r\n.hidden dot\r\n..two\r\nBye\r\n"


def deliver(behaviour: Behaviour, *, patience: float = 60.0) -> Outcome:
    with mail_server(behaviour, patience=patience) as server:
        return hand_over(MAIL, sender="tower@tower.example", recipient="ina@acme.example", server=server)


def test_a_mail_that_the_server_takes_is_accepted() -> None:
    behaviour = Behaviour()
    outcome = deliver(behaviour)
    assert outcome == Outcome(How.ACCEPTED, "250 Taken")
    assert behaviour.taken[0].mail_from == "tower@tower.example"
    assert behaviour.taken[0].rcpt_tos == ["ina@acme.example"]


def test_lines_that_start_with_a_dot_arrive_as_they_were() -> None:
    behaviour = Behaviour()
    deliver(behaviour)
    content = behaviour.taken[0].content
    assert isinstance(content, bytes)
    assert message_from_bytes(content, policy=default).get_content().splitlines() == [
        "Hello,",
        ".hidden dot",
        "..two",
        "Bye",
    ]


@pytest.mark.parametrize(
    ("behaviour", "how"),
    [
        (Behaviour(on_recipient="450 4.2.1 mailbox busy"), How.TEMPORARY),
        (Behaviour(on_recipient="550 5.1.1 no such user"), How.PERMANENT),
        (Behaviour(on_data="451 4.3.0 try later"), How.TEMPORARY),
        (Behaviour(on_data="554 5.7.1 looks like spam"), How.PERMANENT),
    ],
)
def test_what_the_server_says_decides(behaviour: Behaviour, how: How) -> None:
    outcome = deliver(behaviour)
    assert outcome.how is how
    assert outcome.answer.startswith(behaviour.on_recipient or behaviour.on_data)
    assert behaviour.taken == []


def test_a_connection_lost_before_the_content_is_worth_another_try() -> None:
    assert deliver(Behaviour(drop_at_recipient=True)).how is How.TEMPORARY


def test_a_connection_lost_after_the_content_leaves_it_unknown() -> None:
    behaviour = Behaviour(drop_after_content=True)
    assert deliver(behaviour).how is How.UNKNOWN
    assert len(behaviour.taken) == 1, "the server had it in full: sending again would be twice"


def test_silence_after_the_content_leaves_it_unknown_within_the_deadline() -> None:
    assert deliver(Behaviour(hang_after_content=120), patience=4).how is How.UNKNOWN


def test_a_server_that_is_not_there_is_worth_another_try() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert (
        hand_over(MAIL, sender="a@b.example", recipient="c@d.example", server=Server("127.0.0.1", port)).how
        is How.TEMPORARY
    )


def scripted(*steps: bytes) -> tuple[int, threading.Thread]:
    """A server that says these things whatever it hears, then hangs up."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with listener, listener.accept()[0] as connection:
            for step in steps:
                connection.sendall(step)
                connection.recv(4096)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    return listener.getsockname()[1], thread


def test_a_server_that_talks_nonsense_is_worth_another_try() -> None:
    port, thread = scripted(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    outcome = hand_over(
        MAIL, sender="a@b.example", recipient="c@d.example", server=Server("127.0.0.1", port, patience=60)
    )
    assert outcome.how is How.TEMPORARY
    thread.join(2)


def test_a_server_that_dies_in_the_middle_of_the_content_leaves_it_unknown() -> None:
    port, thread = scripted(b"220 hi\r\n", b"250 hi\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n")
    outcome = hand_over(
        MAIL * 2000, sender="a@b.example", recipient="c@d.example", server=Server("127.0.0.1", port, patience=60)
    )
    assert outcome.how is How.UNKNOWN
    thread.join(2)


def test_a_greeting_that_drips_does_not_hold_the_worker() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def drip() -> None:
        with listener, listener.accept()[0] as connection:
            while not stop.wait(0.2):
                try:
                    connection.sendall(b"2")
                except OSError:
                    return

    threading.Thread(target=drip, daemon=True).start()
    started = time.monotonic()
    outcome = hand_over(
        MAIL,
        sender="a@b.example",
        recipient="c@d.example",
        server=Server("127.0.0.1", listener.getsockname()[1], patience=1),
    )
    stop.set()
    assert outcome.how is How.TEMPORARY
    assert time.monotonic() - started < 30


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1 that nobody but this test trusts, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail")])
    moment = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - timedelta(days=1))
        .not_valid_after(moment + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "mail.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + made.public_bytes(Encoding.PEM))
    return path


def test_with_tls_the_server_must_prove_who_it_is(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    behaviour = Behaviour()
    with mail_server(behaviour, tls=tls) as server:
        outcome = hand_over(MAIL, sender="a@b.example", recipient="c@d.example", server=server)
        assert outcome.how is How.TEMPORARY
        assert behaviour.taken == []
        trusting = ssl.create_default_context(cafile=str(certificate))
        monkeypatch.setattr(ssl, "create_default_context", lambda: trusting)
        assert hand_over(MAIL, sender="a@b.example", recipient="c@d.example", server=server).how is How.ACCEPTED
