import os
import signal
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from controltower.ops import mailbox
from controltower.tenancy.context import acting_for
from controltower.tenancy.viewer import Viewer

SignIn = Callable[[Viewer], Client]


def mail(organisation: str = "meridian", subject: str = "Late", html: str = "<p>Hello</p>") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "tower@localhost", "ina@acme.example", subject
    message["X-Tower-Organisation"] = organisation
    message["X-Tower-Case"] = "EX-1042"
    message.set_content("Hello,\n\nyour shipment PO 1 is late.\n")
    message.add_alternative(html, subtype="html")
    return message


def kept(folder: Path, message: EmailMessage) -> str:
    return mailbox.store(folder, message.as_bytes(), recipients=["ina@acme.example"]).stem


def test_a_mail_is_kept_whole_and_read_back(tmp_path: Path) -> None:
    name = kept(tmp_path, mail())
    (found,) = mailbox.listed(tmp_path, "meridian")
    assert found == mailbox.opened(tmp_path, "meridian", name)
    assert (found.subject, found.recipient, found.case) == ("Late", "ina@acme.example", "EX-1042")
    assert "your shipment PO 1 is late" in found.text
    assert found.html.strip() == "<p>Hello</p>"


def test_each_organisation_has_its_own(tmp_path: Path) -> None:
    name = kept(tmp_path, mail("meridian"))
    assert mailbox.listed(tmp_path, "northgate") == []
    assert mailbox.opened(tmp_path, "northgate", name) is None


def test_mail_of_no_organisation_is_shown_to_nobody(tmp_path: Path) -> None:
    message = mail()
    del message["X-Tower-Organisation"]
    kept(tmp_path, message)
    kept(tmp_path, mail("../meridian"))
    assert len(list((tmp_path / "_").glob("*.eml"))) == 2
    assert mailbox.listed(tmp_path, "_") == []


@pytest.mark.parametrize("name", ["../meridian", "..", "x", "20261103T150000000000-" + "g" * 32, ""])
def test_a_name_cannot_leave_the_folder(tmp_path: Path, name: str) -> None:
    kept(tmp_path, mail())
    assert mailbox.opened(tmp_path, "meridian", name) is None


def test_a_half_written_mail_is_not_there_yet(tmp_path: Path) -> None:
    (tmp_path / "meridian").mkdir()
    (tmp_path / "meridian" / f"20261103T150000000000-{'a' * 32}.part").write_bytes(b"Subject: half")
    assert mailbox.listed(tmp_path, "meridian") == []


def test_garbage_is_kept_and_shown_as_far_as_it_goes(tmp_path: Path) -> None:
    mailbox.store(tmp_path, b"X-Tower-Organisation: meridian\r\nDate: soon\r\n\r\n\xff\xfe", recipients=[])
    (found,) = mailbox.listed(tmp_path, "meridian")
    assert found.sent_at is None


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "MAILBOX_DIR", tmp_path)
    return tmp_path


@pytest.mark.django_db
class TestThePage:
    @pytest.mark.parametrize("role", ["coordinator", "supervisor", "administrator", "auditor"])
    def test_every_member_sees_the_mail_of_their_organisation(
        self, folder: Path, client_for: SignIn, request: pytest.FixtureRequest, role: str
    ) -> None:
        name = kept(folder, mail(subject="PO 4711: running late"))
        client = client_for(request.getfixturevalue(role))
        assert b"PO 4711: running late" in client.get("/mailbox/").content
        assert b"your shipment PO 1 is late" in client.get(f"/mailbox/{name}/").content

    def test_a_stranger_sees_nothing_of_it(self, folder: Path, client_for: SignIn, stranger: Viewer) -> None:
        name = kept(folder, mail(subject="PO 4711"))
        client = client_for(stranger)
        assert b"PO 4711" not in client.get("/mailbox/").content
        assert client.get(f"/mailbox/{name}/").status_code == 404

    def test_nobody_sees_it_without_signing_in(self, folder: Path, client: Client) -> None:
        assert client.get("/mailbox/").status_code == 302

    def test_the_html_part_is_shown_as_source_only(self, folder: Path, client_for: SignIn, supervisor: Viewer) -> None:
        name = kept(folder, mail(subject="<script>alert(1)</script>", html="<script>alert(2)</script>"))
        shown = client_for(supervisor).get(f"/mailbox/{name}/").content
        assert b"<script>alert" not in shown
        assert b"&lt;script&gt;alert(2)" in shown

    def test_without_the_demo_there_is_no_mailbox(
        self, client_for: SignIn, supervisor: Viewer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(settings, "MAILBOX_DIR", None)
        assert client_for(supervisor).get("/mailbox/").status_code == 404


def test_the_command_takes_mail_until_it_is_told_to_stop(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = os.environ | {"TOWER_MAILBOX": "on", "TOWER_SMTP_PORT": str(port)}
    root = Path(__file__).resolve().parents[2]
    process = subprocess.Popen(  # our own command
        [sys.executable, str(root / "manage.py"), "mailbox"], env=env, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert str(port) in process.stdout.readline()
        message = mail(subject=f"over the wire {time.time_ns()}")
        with smtplib.SMTP("127.0.0.1", port, timeout=60) as client:
            client.send_message(message)
        kept_in = Path(env["TOWER_HOME"]) / "mailbox"
        assert message["Subject"] in [found.subject for found in mailbox.listed(kept_in, "meridian")]
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0


@pytest.mark.django_db
def test_who_sees_some_accounts_only_does_not_see_the_mail_of_all(
    client_for: SignIn, coordinator: Viewer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "MAILBOX_DIR", tmp_path)
    name = kept(tmp_path, mail(subject="Of another account"))
    coordinator.member.restricted = True
    with acting_for(coordinator.organisation):
        coordinator.member.save()
    for path in ("/mailbox/", f"/mailbox/{name}/"):
        answer = client_for(coordinator).get(path)
        assert answer.status_code == 403 and "Of another account" not in answer.content.decode()
