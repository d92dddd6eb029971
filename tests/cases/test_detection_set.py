"""What people set about detection, what it learns, and what it does to orders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from controltower.audit import SYSTEM, reading
from controltower.errors import Conflict, Forbidden, Invalid
from controltower.tenancy.context import acting_for
from controltower.tenancy.viewer import Viewer
from exceptions.cases import services
from exceptions.cases.jobs import suppressions as sweep_suppressions
from exceptions.cases.models import Case, CaseState, DetectionSetting, Expectation, LaneGap, Suppressed
from exceptions.cases.services import detection
from exceptions.cases.services.gaps import Gaps, gaps_learn
from exceptions.parties.models import Account, Partner
from exceptions.shipments.canonical import CanonicalEvent, EventType, Ref, RefType, SourceRank
from exceptions.shipments.models import Event, Order, OrderState, Shipment
from exceptions.shipments.services import event_record
from tests.cases.conftest import HOUR, book, eta, tell

pytestmark = pytest.mark.django_db
ORDER = "SO-1"


def order_told(type_: str, at: datetime, **data: Any) -> list[Case]:
    return tell(type_, ORDER, at, ref="order", **data)


def test_a_customers_setting_makes_its_freight_late_later(
    acting: Any, customer: Account, coordinator: Viewer, now: datetime
) -> None:
    services.detection_setting_save(
        type="delivery_late", account=customer, tolerance_minutes=240, severity="S1", actor=coordinator.actor, now=now
    )
    book("1", now, now + 6 * HOUR, customer=customer)
    assert eta("1", now + HOUR, now + 9 * HOUR) == []
    (case,) = eta("1", now + 2 * HOUR, now + 11 * HOUR)
    assert case.severity == "S1"
    book("2", now, now + 6 * HOUR)
    assert len(eta("2", now + HOUR, now + 9 * HOUR)) == 1


def test_settings_are_saved_once_per_scope_and_refused_where_they_mean_nothing(
    acting: Any, coordinator: Viewer, now: datetime
) -> None:
    for minutes in (30, 45):
        services.detection_setting_save(
            type="stop_dwell", lane="US-TX>US-IL", threshold_minutes=minutes, actor=coordinator.actor, now=now
        )
    assert DetectionSetting.objects.get().threshold_minutes == 45
    for wrong in (
        {"type": "document_mismatch"},
        {"type": "stop_dwell", "severity": "S9"},
        {"type": "stop_dwell", "lead_minutes": -1},
    ):
        with pytest.raises(Invalid):
            services.detection_setting_save(**wrong, actor=coordinator.actor, now=now)  # type: ignore[arg-type]
    services.detection_setting_remove(DetectionSetting.objects.get(), actor=coordinator.actor, now=now)
    assert not DetectionSetting.objects.exists()


def suppress(viewer: Viewer, now: datetime, **more: Any) -> Any:
    given = {
        "starts_at": now,
        "ends_at": now + 8 * HOUR,
        "note": "Strike at the ramp",
        "actor": viewer.actor,
        "now": now,
    }
    return services.suppression_add(**{**given, **more})


def test_a_suppression_opens_no_case_and_keeps_what_it_held_back(
    acting: Any, customer: Account, coordinator: Viewer, now: datetime
) -> None:
    suppress(coordinator, now, type="delivery_late", place="chicago")
    book("1", now, now + 6 * HOUR, customer=customer)
    assert eta("1", now + HOUR, now + 9 * HOUR) == [] and eta("1", now + 2 * HOUR, now + 10 * HOUR) == []
    kept = Suppressed.objects.get()
    assert (kept.type, kept.summary, kept.account, kept.cleared_at) == (
        "delivery_late",
        "ETA 4 h past the window",
        customer,
        None,
    )
    tell(EventType.SHIPMENT_DAMAGED, "1", now + 3 * HOUR)
    assert Case.objects.get().type == "freight_damaged", "only what fits is held back"
    eta("1", now + 4 * HOUR, now + 5 * HOUR)
    assert Suppressed.objects.get().cleared_at == now + 4 * HOUR


@pytest.mark.parametrize("limit", [{"place": "Reno"}, {"lane": "US-TX>US-CA"}, {"type": "pickup_late"}])
def test_a_suppression_of_something_else_changes_nothing(
    acting: Any, coordinator: Viewer, now: datetime, limit: dict[str, str]
) -> None:
    suppress(coordinator, now, **limit)
    book("1", now, now + 6 * HOUR)
    assert len(eta("1", now + HOUR, now + 9 * HOUR)) == 1


def test_a_suppression_needs_a_person_a_reason_and_an_end_ahead(
    acting: Any, coordinator: Viewer, now: datetime
) -> None:
    for wrong in ({"note": " "}, {"ends_at": now - HOUR}, {"type": "nonsense"}):
        with pytest.raises(Invalid):
            suppress(coordinator, now, **wrong)
    with pytest.raises(Forbidden):
        suppress(coordinator, now, actor=SYSTEM)
    made = suppress(coordinator, now)
    services.suppression_end(made, actor=coordinator.actor, now=now + HOUR)
    with pytest.raises(Conflict):
        services.suppression_end(made, actor=coordinator.actor, now=now + HOUR)


@pytest.mark.django_db(transaction=True)
def test_what_still_stands_wrong_opens_when_the_suppression_is_over(
    organisation: Any, coordinator: Viewer, now: datetime, run_jobs: Any
) -> None:
    with acting_for(organisation):
        suppress(coordinator, now)
        for number, late in (("1", 9), ("2", 9)):
            book(number, now, now + 6 * HOUR)
            eta(number, now + HOUR, now + late * HOUR)
        eta("2", now + 2 * HOUR, now + 5 * HOUR)
    sweep_suppressions(now + 7 * HOUR)
    with acting_for(organisation):
        assert not Case.objects.exists()
    sweep_suppressions(now + 8 * HOUR)
    run_jobs()
    with acting_for(organisation):
        assert "1" in {ref.value for ref in Case.objects.earliest("id").case_shipments.get().shipment.references.all()}
        assert Suppressed.objects.filter(cleared_at__isnull=False).count() == 1
    assert sweep_suppressions(now + 9 * HOUR) == 0, "it is settled once"


def test_what_a_person_closed_stays_closed_until_something_new_is_said(
    acting: Any, coordinator: Viewer, now: datetime
) -> None:
    book("1", now, now + 6 * HOUR)
    (case,) = eta("1", now + HOUR, now + 9 * HOUR)
    services.case_resolve(case, actor=coordinator.actor, now=now + HOUR, reason_unknown=True)
    assert tell(EventType.SHIPMENT_SCANNED, "1", now + 2 * HOUR) == []
    assert Case.objects.get().state == CaseState.RESOLVED
    (again,) = eta("1", now + 3 * HOUR, now + 11 * HOUR)
    assert again.pk == case.pk and again.is_open and again.occurrences.count() == 2


def test_a_case_that_a_person_calls_something_else_keeps_what_is_found(
    acting: Any, coordinator: Viewer, now: datetime
) -> None:
    book("1", now, now + 6 * HOUR)
    (case,) = eta("1", now + HOUR, now + 9 * HOUR)
    Case.objects.filter(pk=case.pk).update(
        type="route_deviation", fingerprint=f"route_deviation:{case.subject_key}", touched_by_human=True
    )
    eta("1", now + 2 * HOUR, now + 10 * HOUR)
    assert Case.objects.get().occurrences.count() == 2


def test_an_event_that_is_taken_back_takes_its_case_along(acting: Any, now: datetime) -> None:
    book("1", now, now + 6 * HOUR)
    (case,) = tell(EventType.SHIPMENT_DAMAGED, "1", now + HOUR)
    event = Event.objects.get(type=EventType.SHIPMENT_DAMAGED)
    Event.objects.filter(pk=event.pk).update(retracted_by=Event.objects.earliest("id"))
    tell(EventType.SHIPMENT_SCANNED, "1", now + 2 * HOUR)
    case.refresh_from_db()
    assert (case.state, case.resolution) == (CaseState.RESOLVED, "recovered: Nothing says so any more")


def test_a_shortfall_pauses_its_order_and_the_allocation_lets_it_go(acting: Any, now: datetime) -> None:
    order_told(EventType.ORDER_CREATED, now, lines=[{"line": 1, "sku": "ROM-24", "quantity": "1200"}])
    order_told(EventType.ORDER_RELEASED, now + HOUR)
    instead = [{"location": "RENO-DC", "quantity": "200"}]
    (case,) = order_told(
        EventType.INVENTORY_SHORTFALL_DETECTED, now + 2 * HOUR, line=1, quantity="1080", short="120", alternates=instead
    )
    assert (case.type, case.reference) == ("inventory_shortfall", "Order SO-1")
    assert case.summary == "Line 1: 120 short; instead: 200 at RENO-DC"
    order = Order.objects.get()
    assert order.state == OrderState.HELD and "120 short" in order.hold_reason
    assert Case.objects.count() == 1, "our own hold is no case of its own"
    order_told(EventType.INVENTORY_ALLOCATED, now + 3 * HOUR, line=1, quantity="1200")
    order.refresh_from_db()
    case.refresh_from_db()
    assert (order.state, case.state) == (OrderState.RELEASED, CaseState.RESOLVED)
    assert Event.objects.filter(source_code="control_tower").count() == 2


SHORT = {"line": 1, "quantity": "1080", "short": "120"}


@pytest.fixture
def short(acting: Any, now: datetime) -> Callable[[], tuple[str, bool]]:
    """An order of which a line is short; says how the order stands and whether its case is open."""
    order_told(EventType.ORDER_CREATED, now, lines=[{"line": 1, "sku": "ROM-24", "quantity": "1200"}])
    order_told(EventType.ORDER_RELEASED, now + HOUR)
    order_told(EventType.INVENTORY_SHORTFALL_DETECTED, now + 2 * HOUR, **SHORT)
    return lambda: (Order.objects.get().state, Case.objects.get().is_open)


def test_an_order_is_held_again_when_the_allocation_that_let_it_go_is_taken_back(
    short: Callable[[], tuple[str, bool]], carrier: Account, now: datetime
) -> None:
    assert short() == ("held", True)
    partner = Partner.objects.create(
        account=carrier, slug="wms", name="WMS", adapter="canonical", signature="standard_webhooks"
    )
    order = (Ref(RefType.ORDER, ORDER),)
    allocated = CanonicalEvent(
        EventType.INVENTORY_ALLOCATED, now + 3 * HOUR, order, data={"line": 1, "quantity": "1200"}, event_id="a-1"
    )
    for number in (1, 2, 3):
        event_id = f"a-{number}"
        for event, expected in (
            (replace(allocated, event_id=event_id), ("released", False)),
            (CanonicalEvent(EventType.EVENT_RETRACTED, now, data={"event_id": event_id}), ("held", True)),
        ):
            by = {"message_id": None, "partner": partner, "source_rank": SourceRank.EDI, "actor": SYSTEM}
            recorded = event_record(event, **by, now=now + (3 + number) * HOUR)  # type: ignore[arg-type]
            events = [recorded.event, *recorded.rebound]
            services.detection_run(events=events, now=now + (3 + number) * HOUR)
            assert short() == expected


def test_the_name_of_an_order_is_locked_before_its_case(short: Callable[[], tuple[str, bool]], now: datetime) -> None:
    allocated = CanonicalEvent(
        EventType.INVENTORY_ALLOCATED,
        now + 3 * HOUR,
        (Ref(RefType.ORDER, ORDER),),
        data={"line": 1, "quantity": "1200"},
    )
    said = event_record(
        allocated, message_id=None, partner=None, source_rank=SourceRank.EDI, actor=SYSTEM, now=now + 3 * HOUR
    )
    with CaptureQueriesContext(connection) as queries:
        services.detection_run(events=[said.event], now=now + 3 * HOUR)
    asked = [query["sql"] for query in queries]
    names = [at for at, sql in enumerate(asked) if "pg_advisory_xact_lock" in sql]
    cases = [at for at, sql in enumerate(asked) if 'FROM "cases_case"' in sql and "FOR NO KEY UPDATE" in sql]
    assert names[0] < cases[0] and short() == ("released", False)


def test_an_order_that_is_let_go_says_truthfully_why(
    short: Callable[[], tuple[str, bool]], coordinator: Viewer, now: datetime
) -> None:
    services.detection_setting_save(type="inventory_shortfall", enabled=False, actor=coordinator.actor, now=now)
    order_told(EventType.INVENTORY_SHORTFALL_DETECTED, now + 3 * HOUR, **SHORT)
    assert Order.objects.get().state == OrderState.RELEASED
    back = Event.objects.get(type=EventType.EVENT_RETRACTED)
    assert back.source_text == "Shortfalls of this order are not looked for any more"


def test_a_suppressed_shortfall_pauses_no_order(acting: Any, coordinator: Viewer, now: datetime) -> None:
    made = suppress(coordinator, now, type="inventory_shortfall")
    order_told(EventType.ORDER_CREATED, now, lines=[{"line": 1, "sku": "ROM-24", "quantity": "1200"}])
    order_told(EventType.INVENTORY_SHORTFALL_DETECTED, now + 2 * HOUR, **SHORT)
    assert Order.objects.get().state == OrderState.CREATED and not Case.objects.exists()
    assert services.suppression_settle(made.pk, now=now + 9 * HOUR) is None
    assert Order.objects.get().state == OrderState.HELD and Case.objects.count() == 1


def test_what_a_suppression_kept_down_is_judged_in_parts(
    acting: Any, coordinator: Viewer, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(detection, "SETTLED", 2)
    made = suppress(coordinator, now)
    for number in range(5):
        book(str(number), now, now + 6 * HOUR)
        eta(str(number), now + HOUR, now + 9 * HOUR)
    after, opened = None, []
    for _ in range(3):
        after = services.suppression_settle(made.pk, now=now + 8 * HOUR, after=after)
        opened.append(Case.objects.count())
    assert (opened, after) == ([2, 4, 5], None)


def test_a_hold_of_a_partner_is_none_of_ours_whatever_code_it_sends(
    acting: Any, carrier: Account, now: datetime
) -> None:
    order_told(EventType.ORDER_CREATED, now, lines=[{"line": 1, "sku": "ROM-24", "quantity": "1200"}])
    partner = Partner.objects.create(
        account=carrier, slug="erp", name="ERP", adapter="canonical", signature="standard_webhooks"
    )
    held = CanonicalEvent(
        EventType.ORDER_HELD,
        now + HOUR,
        (Ref(RefType.ORDER, ORDER),),
        data={"kind": "quality"},
        source_code="control_tower",
    )
    recorded = event_record(
        held, message_id=None, partner=partner, source_rank=SourceRank.EDI, actor=SYSTEM, now=now + HOUR
    )
    (case,) = services.detection_run(events=[recorded.event], now=now + HOUR)
    assert case.type == "quality_or_compliance_hold"
    assert Order.objects.get().state == OrderState.HELD


def test_supply_that_comes_late_finds_the_lines_that_wait_for_it(acting: Any, now: datetime) -> None:
    need_by = now + 100 * HOUR
    order_told(
        EventType.ORDER_CREATED,
        now,
        need_by=need_by.isoformat(),
        lines=[{"line": 1, "quantity": "5", "waits_for": "4500-7"}, {"line": 2, "quantity": "5"}],
    )
    assert Expectation.objects.get().due_at == need_by - 48 * HOUR
    late = (need_by + 5 * HOUR).isoformat()
    (case,) = tell(EventType.SUPPLY_DELAYED, "45007", now + HOUR, ref="po", expected_at=late)
    assert case.subject_order_line is not None and case.subject_order_line.line_number == 1
    assert case.case_orders.get().order.number == ORDER
    tell(EventType.SUPPLY_RECEIVED, "4500-7", now + 2 * HOUR, ref="po")
    assert Case.objects.get().state == CaseState.RESOLVED


def test_the_eta_of_inbound_freight_finds_the_lines_that_wait_for_what_it_brings(acting: Any, now: datetime) -> None:
    need_by = now + 60 * HOUR
    lines = [{"line": 1, "quantity": "5", "waits_for": "4500-7"}]
    order_told(EventType.ORDER_CREATED, now, need_by=need_by.isoformat(), lines=lines)
    po = Ref(RefType.PO, "4500-7")
    tell(EventType.SUPPLY_ANNOUNCED, "4500-7", now, ref="po", expected_at=need_by.isoformat())
    book("1", now, now + 90 * HOUR, refs=[po])
    cases = eta("1", now + HOUR, need_by + 3 * HOUR)
    assert [(case.type, case.summary) for case in cases] == [
        ("inbound_supply_delayed", "PO 4500-7 arrives 3 h too late")
    ]


def test_silence_is_judged_by_the_gap_that_was_learned_with_a_floor(
    acting: Any, carrier: Account, now: datetime
) -> None:
    for number in range(3):
        book(str(number), now, now + 90 * HOUR, carrier=carrier)
        for hour in range(20):
            tell(EventType.SHIPMENT_SCANNED, str(number), now + hour * 6 * HOUR)
        at = now + 115 * HOUR
        tell(EventType.SHIPMENT_ARRIVED, str(number), at, stop=2)
    assert gaps_learn(now=now + 120 * HOUR) == 4
    lane = Shipment.objects.earliest("id").lane
    learned = LaneGap.objects.get(carrier=carrier, lane=lane)
    assert (learned.gap_minutes, learned.samples) == (720, 60)
    gaps = Gaps.load()
    assert gaps.of(carrier.pk, "road", lane) == timedelta(minutes=720)
    assert gaps.of(None, "road", "XX>YY") == timedelta(minutes=720), "of the mode"
    assert gaps.of(carrier.pk, "ocean", lane) == 72 * HOUR, "never learned"
    assert Gaps({(7, "road", ""): (5, {})}).of(7, "road", "") == 2 * HOUR, "the floor"
    others = Gaps({(None, "road", ""): (5, {}), (None, "rail", ""): (1800, {})})
    assert others.of(7, "road", "") == 4 * HOUR, "that others report often is no custom of this one"
    assert others.of(7, "rail", "") == 30 * HOUR
    assert not others.is_learned(7, "rail", "") and not others.is_learned(None, "rail", "")
    assert gaps.is_learned(carrier.pk, "road", "XX>YY") and gaps.is_learned(None, "road", lane)


def test_a_pause_that_lasts_shows_a_custom_unless_one_shipment_alone_makes_it(
    acting: Any, carrier: Account, now: datetime
) -> None:
    def sailing(number: int) -> None:
        book(str(number), now, now + 900 * HOUR, carrier=carrier, mode="ocean")
        for hour in range(12):
            tell(EventType.SHIPMENT_SCANNED, str(number), now + hour * HOUR)

    sailing(0)
    gaps_learn(now=now + 131 * HOUR)
    assert LaneGap.objects.get(carrier=carrier, lane="").gap_minutes == 120, "one is silent, and that may be trouble"
    sailing(1)
    gaps_learn(now=now + 131 * HOUR)
    learned = LaneGap.objects.get(carrier=carrier, lane="").gap_minutes
    assert learned > 120 * 60, "all of them are silent for days: that is how this line reports"


def test_each_kind_of_word_has_a_lag_of_its_own_and_only_the_first_word_of_a_thing_counts(
    acting: Any, carrier: Account, now: datetime
) -> None:
    for number in range(100):
        book(str(number), now, now + 90 * HOUR, carrier=carrier)
        tell(EventType.SHIPMENT_PICKED_UP, str(number), now, stop=1)
        at = now + 20 * HOUR
        if number < 40:
            tell(EventType.SHIPMENT_ARRIVED, str(number), at, now=at + timedelta(minutes=6), stop=2)
        hours = 11 if number == 99 else 1
        tell(EventType.SHIPMENT_DELIVERED, str(number), at + HOUR, now=at + (1 + hours) * HOUR, stop=2)
        if number < 40:
            tell(EventType.SHIPMENT_DELIVERED, str(number), at + HOUR, now=at + 90 * HOUR, stop=2, note="sent again")
    gaps_learn(now=now + 120 * HOUR)
    lags = LaneGap.objects.get(carrier=carrier, lane="").lags
    assert lags == {"handover": 63}, "of pickups at once and hand-overs after an hour, 199 of 200; of the rest too few"
    of_mode = LaneGap.objects.get(carrier=None, lane="").lags
    assert (of_mode["departure"], of_mode["handover"]) == (0, 63), "of a mode forty are enough"
    gaps = Gaps.load()
    assert gaps.lags_of(carrier.pk, "road", "XX>YY")["handover"] == timedelta(minutes=63)
    assert gaps.lags_of(carrier.pk, "road", "XX>YY")["departure"] == timedelta(0), "of the mode: too few of its own"
    assert gaps.lags_of(None, "road", "XX>YY")["handover"] == timedelta(minutes=63), "of the mode"
    assert gaps.lags_of(carrier.pk, "road", "")["release"] == 2 * HOUR, "never learned"
    assert gaps.lags_of(carrier.pk, "ocean", "")["arrival"] == 2 * HOUR, "never learned"


def test_a_handful_of_pauses_shows_the_custom_of_a_carrier_and_weekends_are_no_pause(
    acting: Any, carrier: Account, now: datetime
) -> None:
    friday = now + timedelta(days=(4 - now.weekday()) % 7)
    for number in range(10):
        book(str(number), friday, friday + 200 * HOUR, carrier=carrier, mode="ltl")
        tell(EventType.SHIPMENT_PICKED_UP, str(number), friday, stop=1)
        tell(EventType.SHIPMENT_OUT_FOR_DELIVERY, str(number), friday + 72 * HOUR, stop=2)
    gaps_learn(now=friday + 80 * HOUR)
    assert LaneGap.objects.get(carrier=carrier).samples == 19, "ten that are over and all but one that last"
    assert Gaps.load().of(carrier.pk, "ltl", "XX>YY") == 48 * HOUR, "twice the working day between Friday and Monday"


def test_every_milestone_of_a_plan_is_expected_once(acting: Any, now: datetime) -> None:
    due = now + 30 * HOUR
    book("1", now, due, documents=[{"kind": "certificate", "due_at": due.isoformat()}])
    assert sorted(Expectation.objects.values_list("code", flat=True)) == ["arrival", "document"]
    tell(EventType.SHIPMENT_PICKED_UP, "1", now + HOUR, stop=1)
    awaited = Expectation.objects.filter(cleared_at=None).order_by("code").values_list("code", flat=True)
    assert [*awaited.all()] == ["arrival", "document"], "nobody reports on its way so far, so silence is none"
    tell(EventType.SHIPMENT_POSITION_REPORTED, "1", now + 2 * HOUR)
    assert [*awaited.all()] == ["", "arrival", "document"]
    tell(EventType.DOCUMENT_RECEIVED, "1", now + 3 * HOUR, kind="certificate")
    cleared = Expectation.objects.get(code="document")
    assert cleared.cleared_by is not None and cleared.cleared_by.type == EventType.DOCUMENT_RECEIVED


def test_a_chunk_costs_the_same_number_of_queries_however_many_shipments_it_speaks_of(
    acting: Any, now: datetime
) -> None:
    asked = []
    for some in (range(2), range(2, 22)):
        for number in some:
            book(str(number), now, now + 30 * HOUR)
        events = list(Event.objects.order_by("-id")[: len(some)])
        with CaptureQueriesContext(connection) as queries:
            assert services.detection_run(events=events, now=now + HOUR) == []
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 30


def test_what_opens_a_case_stands_in_the_trail(acting: Any, organisation: Any, now: datetime) -> None:
    book("1", now, now + 6 * HOUR)
    (case,) = eta("1", now + HOUR, now + 9 * HOUR)
    (entry,) = [entry for entry in reading.entries(organisation.pk) if entry.verb == "case.opened"]
    assert entry.subject == f"case:{case.pk}"
