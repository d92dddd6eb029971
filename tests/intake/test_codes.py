"""What partners send that no table knows is listed, mapped once, and known from then on."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from controltower.audit import SYSTEM
from controltower.audit.reading import entries
from controltower.errors import Invalid
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation
from controltower.tenancy.viewer import Viewer
from exceptions.intake.mapping.meaning import status_meaning
from exceptions.intake.models import Message, MessageEvent, UnmappedCode
from exceptions.intake.selectors import unmapped_codes
from exceptions.intake.services import code_map, code_reread, message_accept
from exceptions.intake.services.tally import unmapped_name
from exceptions.parties.models import Account, Partner
from exceptions.shipments.canonical import CanonicalEvent
from exceptions.shipments.models import Event
from tests.intake.cast import STANDARD_SECRET, cloudevent
from tests.intake.conftest import connect

pytestmark = pytest.mark.django_db
See = Callable[..., UnmappedCode]


@pytest.fixture
def see(organisation: Organisation, cloudevents: Partner, now: datetime) -> See:
    with acting_for(organisation):
        message = Message.objects.create(
            partner=cloudevents, channel="webhook", raw=b"{}", sha256="0" * 64, dedupe_key="k", received_at=now
        )

    def seen(system: str = "x12.1650", code: str = "QQ", at: datetime = now, **changes: Any) -> UnmappedCode:
        known = {"partner": cloudevents, "first_seen": at, "last_seen": at, "example": message, "count": 3}
        with acting_for(organisation):
            return UnmappedCode.objects.create(system=system, code=code, **{**known, **changes})

    return seen


def test_a_code_that_was_mapped_is_known_from_then_on(
    acting: Organisation, see: See, cloudevents: Partner, now: datetime
) -> None:
    code_map(see(), event="shipment.held", reason="weather", everywhere=False, actor=SYSTEM, now=now)
    cloudevents.refresh_from_db()
    meaning = status_meaning(cloudevents.mapping, "x12.1650", "QQ", "")
    assert (meaning.event_type, meaning.reason, meaning.unmapped) == ("shipment.held", "weather", "")
    assert UnmappedCode.objects.get().mapped_at == now
    assert [entry.verb for entry in entries(cloudevents.organisation_id)][-1] == "partner.mapped"


def test_a_text_that_was_mapped_is_known_from_then_on(
    acting: Organisation, see: See, cloudevents: Partner, now: datetime
) -> None:
    row = see("text", "gone fishing", words="Gone fishing!")
    code_map(row, event="", reason="weather", everywhere=False, actor=SYSTEM, now=now)
    cloudevents.refresh_from_db()
    assert status_meaning(cloudevents.mapping, "", "", "GONE  fishing").reason == "weather"


def test_a_text_longer_than_the_list_holds_is_mapped_by_its_beginning(
    acting: Organisation, see: See, cloudevents: Partner, now: datetime
) -> None:
    text = "Gone fishing, " * 40
    said = CanonicalEvent("shipment.scanned", now, data={"unmapped": "text"}, source_text=text)
    system, code = unmapped_name(said) or ("", "")
    code_map(see(system, code), event="", reason="weather", everywhere=False, actor=SYSTEM, now=now)
    cloudevents.refresh_from_db()
    assert len(code) <= 200 and status_meaning(cloudevents.mapping, "", "", text).reason == "weather"


def test_a_code_is_mapped_for_all_partners_of_the_format_when_wanted(
    see: See, easypost: Partner, cloudevents: Partner, carrier: Account, acting: Organisation, now: datetime
) -> None:
    twin = connect(acting, "cloudevents", carrier, None, STANDARD_SECRET, now)
    see(partner=twin)
    mapped = code_map(see(), event="shipment.held", reason="", everywhere=True, actor=SYSTEM, now=now)
    assert {partner.pk for partner in mapped} == {twin.pk, cloudevents.pk}
    easypost.refresh_from_db()
    assert easypost.mapping == {}
    assert not UnmappedCode.objects.filter(mapped_at=None).exists()


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ("", ""),
        ("shipment.flew", ""),
        ("", "bad luck"),
        ("order.created", ""),
        ("mail.received", "weather"),
        ("event.retracted", ""),
    ],
)
def test_a_meaning_that_is_none_is_refused(
    acting: Organisation, see: See, event: str, reason: str, now: datetime
) -> None:
    with pytest.raises(Invalid):
        code_map(see(), event=event, reason=reason, everywhere=False, actor=SYSTEM, now=now)
    assert UnmappedCode.objects.get().mapped_at is None


def test_a_mapping_that_is_at_fault_already_is_named(
    acting: Organisation, see: See, cloudevents: Partner, now: datetime
) -> None:
    Partner.objects.filter(pk=cloudevents.pk).update(mapping={"zone": "CST"})
    row = UnmappedCode.objects.select_related("partner").get(pk=see().pk)
    with pytest.raises(Invalid, match=f"The mapping of {cloudevents.name}: .* is no time zone"):
        code_map(row, event="shipment.held", reason="", everywhere=False, actor=SYSTEM, now=now)


def test_the_list_goes_page_by_page_without_a_gap(
    acting: Organisation, see: See, supervisor: Viewer, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exceptions.intake.selectors.codes.PAGE", 2)
    for at in range(5):
        see(code=f"Q{at}", at=now - timedelta(hours=at // 2))
    see(code="DONE", mapped_at=now)
    found: list[str] = []
    after = "start"
    while after:
        shown = unmapped_codes(supervisor, after=after)
        found += [code.code for code in shown.codes]
        after = shown.next_after
    assert found == ["Q1", "Q0", "Q3", "Q2", "Q4"]


@pytest.mark.django_db(transaction=True)
def test_what_came_in_with_a_code_is_read_again_and_the_first_reading_counts_no_more(
    organisation: Organisation, cloudevents: Partner, run_jobs: Callable[[], int], now: datetime
) -> None:
    def send(event_id: str, **data: Any) -> None:
        body = cloudevent(id=event_id, data={"references": [{"type": "pro", "value": "447-1120"}], **data})
        message_accept(cloudevents, body=body, headers={}, content_type="application/json", now=now)

    with acting_for(organisation):
        send("e-1", reason="x12.1651.Q9", minutes=90)
        send("e-2", reason="x12.1651.Q8", minutes=90)
        send("e-3", reason="weather", minutes=120)
    run_jobs()
    with acting_for(organisation):
        code = UnmappedCode.objects.get(code="Q9")
        partners = code_map(code, event="", reason="customs_exam", everywhere=False, actor=SYSTEM, now=now)
        code_reread(code, partners, actor=SYSTEM, now=now)
    run_jobs()
    with acting_for(organisation):
        events = Event.objects.order_by("id")
        assert [(event.sender_event_id, event.data.get("reason"), event.retracted_by is None) for event in events] == [
            ("e-1", None, False),
            ("e-2", None, True),
            ("e-3", "weather", True),
            ("e-1", "customs_exam", True),
        ]
        assert events[0].retracted_by == events[3]
        assert MessageEvent.objects.filter(event=events[3], message=code.example).exists()
        code_reread(code, partners, actor=SYSTEM, now=now)
    run_jobs()
    with acting_for(organisation):
        assert Event.objects.count() == 4, "reading again what is known already changes nothing"


def test_the_page_lists_what_waits_and_administrators_map_it(
    see: See,
    client_for: Callable[[Viewer], Client],
    administrator: Viewer,
    supervisor: Viewer,
    stranger: Viewer,
    cloudevents: Partner,
) -> None:
    row = see(words="<b>Held</b>")
    page = client_for(supervisor).get(reverse("intake:unmapped")).content.decode()
    assert "x12.1650.QQ" in page and "&lt;b&gt;Held" in page and "Map it" not in page
    form = {"code": row.pk, "event": "shipment.held", "scope": "one", "partner": cloudevents.slug}
    assert client_for(supervisor).post(reverse("intake:code_map"), form).status_code == 403
    client = client_for(administrator)
    assert client.post(reverse("intake:code_map"), {**form, "code": "x"}).status_code == 400
    page = client.post(reverse("intake:code_map"), form, follow=True).content.decode()
    assert f"QQ is mapped for {cloudevents.name}." in page and "Nothing to map" in page
    with acting_for(stranger.organisation):
        assert not UnmappedCode.objects.exists()
    assert client_for(stranger).get(reverse("intake:unmapped"), {"partner": cloudevents.slug}).status_code == 404


def test_a_stranger_who_administers_another_organisation_maps_nothing(
    see: See, client_for: Callable[[Viewer], Client], other_organisation: Organisation
) -> None:
    from tests.conftest import make_viewer

    row = see()
    client = client_for(make_viewer(other_organisation, "administrator", "Nadia"))
    assert client.post(reverse("intake:code_map"), {"code": row.pk, "event": "shipment.held"}).status_code == 404
