"""A mailbox is looked into on a real IMAP server: every mail once, none lost, none marked or moved."""

import socket
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from unittest.mock import patch

import pytest
from django.test import Client
from django.utils import timezone

from controltower.audit import SYSTEM
from controltower.errors import Invalid
from controltower.jobs.models import Job
from controltower.jobs.runner import drain
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation
from controltower.tenancy.viewer import Viewer
from documents.models import Document
from exceptions.intake.imap import MailboxTrouble, fetch_new
from exceptions.intake.jobs import mailboxes
from exceptions.intake.models import Mailbox, Message, MessageState
from exceptions.intake.services.mailboxes import (
    Wanted,
    mailbox_address,
    mailbox_connect,
    mailbox_disconnect,
    mailbox_failed,
    mails_take,
)
from exceptions.parties.models import Account, Channel, Partner, SignatureScheme
from exceptions.reconciliation.models import DocumentLink, LinkState
from exceptions.shipments.canonical import SourceRank
from exceptions.shipments.models import EventSubject, Milestone
from tests.documents.samples import Freight, vics
from tests.intake.mail.conftest import MailServer
from tests.intake.mail.samples import TRUSTING, VOUCHED, mail

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def partner(organisation: Organisation, carrier: Account) -> Partner:
    with acting_for(organisation):
        return Partner.objects.create(
            account=carrier, slug="ridgeline-mail", name="Ridgeline's desk", channel=Channel.MAIL, adapter="mail",
            signature=SignatureScheme.TRANSPORT, source_rank=SourceRank.MAIL, sandbox=False,
        )  # fmt: skip


def wanted(server: MailServer, folder: str, **changes: object) -> Wanted:
    given = {"host": "127.0.0.1", "port": server.port, "security": "none", "username": server.user,
             "password": server.password, "folder": folder, **changes}  # fmt: skip
    return Wanted(**given)  # type: ignore[arg-type]


@pytest.fixture
def connected(
    organisation: Organisation, partner: Partner, mail_server: MailServer, now: datetime, request: pytest.FixtureRequest
) -> Mailbox:
    folder = mail_server.folder(request.node.name[:60])
    with acting_for(organisation):
        mailbox_connect(partner, wanted(mail_server, folder), actor=SYSTEM, now=now)
    look(now)
    with acting_for(organisation):
        Mailbox.objects.update(next_poll_at=now)
        return Mailbox.objects.get()


def look(now: datetime) -> None:
    """One round of the sweeper and of the workers."""
    mailboxes(now)
    for queue in ("documents", "intake", "documents", "default"):
        drain(queue, now=now)


def test_new_mails_become_messages_once_and_stay_unread(
    organisation: Organisation, connected: Mailbox, mail_server: MailServer, now: datetime
) -> None:
    mail_server.put(
        connected.folder, bytes(mail("PRO 5520017 delayed by snow")), bytes(mail("PRO 88", Message_ID="<2@x>"))
    )
    look(now)
    with acting_for(organisation):
        messages = list(Message.objects.order_by("id"))
        assert [message.state for message in messages] == [MessageState.PROCESSED, MessageState.DEAD]
        Mailbox.objects.update(next_poll_at=now)
    look(now)
    with acting_for(organisation):
        assert Message.objects.count() == 2
        assert Mailbox.objects.get().polled_at == now
    with mail_server.client() as client:
        client.select_folder(connected.folder, readonly=True)
        assert len(client.search("UNSEEN")) == 2


def test_what_lay_in_the_mailbox_before_is_not_news(
    organisation: Organisation, partner: Partner, mail_server: MailServer, now: datetime
) -> None:
    folder = mail_server.folder("old news")
    mail_server.put(folder, bytes(mail("PRO 5520017 delayed")))
    with acting_for(organisation):
        mailbox_connect(partner, wanted(mail_server, folder), actor=SYSTEM, now=now)
    look(now)
    with acting_for(organisation):
        assert Mailbox.objects.get().polled_at == now and not Message.objects.exists()


def test_the_mailbox_of_a_partner_who_is_switched_off_is_left_alone(
    organisation: Organisation, connected: Mailbox, mail_server: MailServer, now: datetime
) -> None:
    with acting_for(organisation):
        Partner.objects.update(active=False)
    mail_server.put(connected.folder, bytes(mail("PRO 5520017 delayed")))
    look(now)
    with acting_for(organisation):
        assert not Message.objects.exists()


def test_a_folder_that_was_made_anew_doubles_nothing(
    organisation: Organisation, connected: Mailbox, mail_server: MailServer, now: datetime
) -> None:
    mail_server.put(connected.folder, bytes(mail("PRO 5520017 delayed")))
    look(now)
    with acting_for(organisation):
        Mailbox.objects.update(next_poll_at=now, uid_validity=1)
    look(now)
    with acting_for(organisation):
        assert Message.objects.count() == 1


def test_what_was_received_before_the_first_look_is_no_news_in_a_folder_that_was_made_anew(
    organisation: Organisation, connected: Mailbox, mail_server: MailServer, now: datetime
) -> None:
    assert connected.first_look_at == now
    with mail_server.client() as client:
        for days, words in ((-40, "PRO 5520001"), (-1, "PRO 5520002"), (0, "PRO 5520003"), (1, "PRO 5520004")):
            body, received = bytes(mail(f"{words} delayed", Message_ID=f"<{days}@x>")), now + timedelta(days=days)
            client.append(connected.folder, body, msg_time=received)
    with acting_for(organisation):
        Mailbox.objects.update(uid_validity=1)
    look(now)
    look(now)
    with acting_for(organisation):
        heard = b"".join(bytes(message.raw) for message in Message.objects.all())
        assert [f"PRO 552000{at}".encode() in heard for at in (1, 2, 3, 4)] == [False, False, True, True]


def test_a_look_that_comes_back_after_the_mailbox_moved_changes_nothing(
    organisation: Organisation, connected: Mailbox, mail_server: MailServer, now: datetime
) -> None:
    old = mailbox_address(connected)
    mail_server.put(connected.folder, bytes(mail("PRO 5520017 delayed")))
    late = fetch_new(old, uid_validity=connected.uid_validity, last_uid=connected.last_uid)
    with acting_for(organisation):
        elsewhere = wanted(mail_server, mail_server.folder("elsewhere"))
        mailbox_connect(connected.partner, elsewhere, actor=SYSTEM, now=now)
        assert mails_take(connected.pk, late, address=old, seen_from=connected.last_uid, now=now) == 0
        mailbox_failed(connected.pk, "no", address=old, now=now)
        mailbox = Mailbox.objects.get()
        assert (mailbox.uid_validity, mailbox.last_uid, mailbox.polled_at, mailbox.problem) == (None, 0, None, "")
        assert not Message.objects.exists()


def test_files_become_documents_of_the_shipments_that_the_mail_names(
    organisation: Organisation,
    connected: Mailbox,
    mail_server: MailServer,
    shipment_of_pro: Callable[[str], int],
    now: datetime,
) -> None:
    shipment = shipment_of_pro("5520017")
    pdf = ("POD 5520017.pdf", "application/pdf", vics(Freight()))
    note = ("invite.ics", "text/calendar", b"BEGIN:VCALENDAR")
    mail_server.put(connected.folder, bytes(mail("POD for PRO 5520017 attached", files=(pdf, note))))
    look(now)
    with acting_for(organisation):
        (document,) = Document.objects.all()
        link = DocumentLink.objects.get(document=document)
        assert (link.shipment_id, link.state) == (shipment, LinkState.PROPOSED)
        assert "mail" in link.why


def test_only_a_mail_that_somebody_vouches_for_moves_a_shipment(
    organisation: Organisation,
    partner: Partner,
    connected: Mailbox,
    mail_server: MailServer,
    shipment_of_pro: Callable[[str], int],
    now: datetime,
) -> None:
    shipment = shipment_of_pro("5520017")
    with acting_for(organisation):
        Partner.objects.filter(pk=partner.pk).update(mapping=TRUSTING)
    date = now.strftime("%a, %d %b %Y %H:%M:%S +0000")
    claim = bytes(mail("PRO 5520017 delivered", date=date, sender="desk@ridgeline.example.evil.example"))
    mail_server.put(connected.folder, claim)
    look(now)
    with acting_for(organisation):
        assert [subject.event.type for subject in EventSubject.objects.filter(shipment=shipment)].count(
            "mail.received"
        ) == 1
        assert not Milestone.objects.filter(stop__shipment=shipment, kind="actual").exists()
        Mailbox.objects.update(next_poll_at=now)
    vouched = mail("PRO 5520017 delivered", date=date, Authentication_Results=VOUCHED)
    vouched.replace_header("Message-ID", "<two@ridgeline.example>")
    mail_server.put(connected.folder, bytes(vouched))
    look(now)
    with acting_for(organisation):
        assert Milestone.objects.filter(stop__shipment=shipment, kind="actual").exists()


def test_a_mailbox_that_cannot_be_read_says_why_and_is_tried_again_later(
    organisation: Organisation, connected: Mailbox, now: datetime
) -> None:
    with acting_for(organisation):
        Mailbox.objects.update(port=1)
    look(now)
    with acting_for(organisation):
        mailbox = Mailbox.objects.get()
        assert "127.0.0.1:1 cannot be reached" in mailbox.problem and mailbox.next_poll_at > now
        assert not Job.objects.filter(kind="intake.mailbox", state="dead").exists()


def test_a_wrong_password_is_told_in_the_words_of_the_server(
    organisation: Organisation, partner: Partner, mail_server: MailServer, now: datetime
) -> None:
    with acting_for(organisation):
        mailbox_connect(partner, wanted(mail_server, "INBOX", password="wrong"), actor=SYSTEM, now=now)
    look(now)
    with acting_for(organisation):
        assert Mailbox.objects.get().problem.startswith("The mail server refuses: ")


def test_an_administrator_connects_a_mailbox_on_its_page(
    client_for: Callable[[Viewer], Client],
    administrator: Viewer,
    partner: Partner,
    mail_server: MailServer,
    now: datetime,
) -> None:
    client, address = client_for(administrator), f"/settings/partners/{partner.slug}/mailbox/"
    given = {"host": "127.0.0.1", "port": mail_server.port, "security": "none", "username": mail_server.user,
             "password": mail_server.password, "folder": "INBOX"}  # fmt: skip
    assert client.post(address, {**given, "password": ""}).status_code == 422
    client.post(address, given)
    look(timezone.now())
    page = client.get(f"/settings/partners/{partner.slug}/").content.decode()
    assert "Last look" in page and "Not yet" not in page and mail_server.password not in page
    assert mail_server.password not in client.get(address).content.decode()
    elsewhere = client.post(address, {**given, "password": "", "host": "imap.evil.example"})
    assert elsewhere.status_code == 422 and "not sent to another server" in elsewhere.content.decode()
    client.post(address, {**given, "password": "", "folder": "Signals"})
    with acting_for(administrator.organisation):
        assert mailbox_address(Mailbox.objects.get()).password == mail_server.password
    client.post(f"/settings/partners/{partner.slug}/mailbox/forget/")
    with acting_for(administrator.organisation):
        assert not Mailbox.objects.exists()


def test_the_stored_password_is_not_taken_along_to_another_server(
    organisation: Organisation, partner: Partner, connected: Mailbox, mail_server: MailServer, now: datetime
) -> None:
    elsewhere = wanted(mail_server, connected.folder, password="", port=mail_server.port + 1)
    with acting_for(organisation), pytest.raises(Invalid, match="password is needed"):
        mailbox_connect(partner, elsewhere, actor=SYSTEM, now=now)


def test_the_password_is_sealed_and_forgotten(organisation: Organisation, connected: Mailbox, now: datetime) -> None:
    with acting_for(organisation):
        mailbox = Mailbox.objects.get()
        assert "correct horse" not in mailbox.secret
        assert mailbox_address(mailbox).password == "correct horse battery"
        mailbox_disconnect(mailbox, actor=SYSTEM, now=now)
        assert not Mailbox.objects.exists()


def test_many_mails_are_fetched_a_part_at_a_time(connected: Mailbox, mail_server: MailServer) -> None:
    mail_server.put(connected.folder, *(bytes(mail(f"PRO 55200{at:02}")) for at in range(53)))
    address = mailbox_address(connected)
    first = fetch_new(address, uid_validity=connected.uid_validity, last_uid=connected.last_uid)
    assert (len(first.mails), first.more) == (50, True)
    second = fetch_new(address, uid_validity=first.uid_validity, last_uid=first.last_uid)
    assert (len(second.mails), second.more) == (3, False)


def test_in_production_no_organisation_looks_into_the_network_of_the_installation(
    connected: Mailbox, settings: pytest.FixtureRequest
) -> None:
    settings.PRODUCTION = True  # type: ignore[attr-defined]
    with pytest.raises(MailboxTrouble, match="not a public mail server"):
        fetch_new(mailbox_address(connected), uid_validity=None, last_uid=0)


def test_the_address_that_was_checked_is_the_one_that_is_connected_to(
    connected: Mailbox, mail_server: MailServer
) -> None:
    here = socket.getaddrinfo("127.0.0.1", mail_server.port, type=socket.SOCK_STREAM)
    asked = []

    def answer(host: str, *given: object, **more: object) -> object:
        asked.append(host)
        if host == "mail.example":
            return here if asked.count(host) == 1 else []
        return resolve(host, *given, **more)  # type: ignore[arg-type]

    resolve = socket.getaddrinfo
    address = replace(mailbox_address(connected), host="mail.example")
    with patch("socket.getaddrinfo", answer):
        assert fetch_new(address, uid_validity=None, last_uid=0).uid_validity == connected.uid_validity
    assert asked.count("mail.example") == 1


def test_the_certificate_is_held_against_the_name_and_not_the_address(connected: Mailbox) -> None:
    address = replace(mailbox_address(connected), host="localhost", security="tls")
    with (
        patch("exceptions.intake.imap.socket.create_connection", return_value="a socket") as connect,
        patch("ssl.SSLContext.wrap_socket", side_effect=OSError("as far as this goes")) as wrap,
        pytest.raises(MailboxTrouble),
    ):
        fetch_new(address, uid_validity=None, last_uid=0)
    assert connect.call_args.args[0][0] in ("127.0.0.1", "::1")
    assert wrap.call_args.kwargs["server_hostname"] == "localhost"
