from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from controltower.audit.recording import flush
from controltower.db import rows
from controltower.errors import Invalid
from exceptions.shipments.canonical import Place, Ref, RefType, SourceRank
from exceptions.shipments.models import Appointment, Equipment, Event, EventSubject, Load, Milestone, Order, Shipment
from tests.shipments.conftest import Say, at, booking, iso, saying

BOL, PRO, LOAD = Ref(RefType.BOL, "BOL-4410"), Ref(RefType.PRO, "771-204"), Ref(RefType.LOAD, "L-2207")
PHOENIX = Place(city="PHOENIX", region="AZ", country="US")


def milestone(shipment: Shipment, kind: str, code: str) -> Milestone | None:
    return Milestone.objects.filter(stop__shipment=shipment, kind=kind, code=code).first()


def test_a_booking_makes_the_shipment_with_all_it_says(say: Say) -> None:
    recorded = say(saying("shipment.booked", **booking()), by="tms")
    (shipment,) = recorded.shipments
    assert recorded.created and not recorded.problem
    assert shipment.number == "SH-10001" and shipment.customer.code == "HALVORSEN"
    assert (shipment.value, shipment.currency, shipment.temperature_unit) == (Decimal(86400), "USD", "F")
    assert shipment.lane == "US-TX>US-AZ" and shipment.status == "booked"
    pickup, delivery = shipment.stops.order_by("sequence")
    assert delivery.zone == "America/Phoenix" and delivery.city == "Phoenix" and delivery.window_end == at(32)
    assert pickup.milestones.get().value == at(0)
    leg = shipment.legs.get()
    assert (leg.origin, leg.destination, leg.carrier.code, leg.load.number) == (pickup, delivery, "ORBIT", "L-2207")
    assert shipment.load_shipments.get().load.number == "L-2207"
    assert shipment.shipment_order_lines.get().order_line.order.number == "SO-88120"
    assert shipment.equipment.get().number == "TRLU5521"
    assert delivery.appointments.get().state == "requested"
    assert shipment.party_roles.get().account.code == "ORBIT"


def test_saying_it_twice_changes_nothing(say: Say) -> None:
    first = say(saying("shipment.booked", **booking()), by="tms")
    again = say(saying("shipment.booked", **booking()), by="tms")
    assert not again.created and again.event == first.event and again.shipments == first.shipments
    assert Shipment.objects.count() == 1 and Event.objects.count() == 1


def test_the_same_words_from_another_source_are_another_report(say: Say) -> None:
    say(saying("shipment.booked", **booking()), by="tms")
    for by, rank in [("edi", SourceRank.EDI), ("tracker", SourceRank.TELEMATICS)]:
        assert say(saying("shipment.arrived", 33, stop=2), by=by, rank=rank).created
    arrival = milestone(Shipment.objects.get(), "actual", "arrival")
    assert arrival is not None and arrival.source_rank == SourceRank.TELEMATICS and arrival.reports.count() == 2


def test_a_late_correction_moves_an_arrival_and_an_old_repeat_does_not_move_it_back(say: Say) -> None:
    say(saying("shipment.booked", **booking()), by="tms")
    say(saying("shipment.arrived", 31, stop=2, reported=31.2))
    say(saying("shipment.arrived", 30, stop=2, reported=34))
    say(saying("shipment.arrived", 31, stop=2, reported=31.2))
    arrival = milestone(Shipment.objects.get(), "actual", "arrival")
    assert arrival is not None and arrival.value == at(30)


def test_a_signal_for_a_shipment_nobody_knows_waits_for_it(say: Say) -> None:
    early = say(saying("shipment.delivered", 31, refs=(PRO,)))
    assert early.created and not early.shipments and "PRO 771-204" in early.problem
    booked = say(saying("shipment.booked", refs=(BOL, PRO), **booking()), by="tms")
    assert booked.rebound == (early.event,)
    shipment = booked.shipments[0]
    assert shipment.status == "delivered" and milestone(shipment, "actual", "delivery") is not None


def test_who_knows_one_identifier_and_adds_another_tells_us_the_other(say: Say) -> None:
    waiting = say(saying("shipment.out_for_delivery", 29, refs=(PRO,)))
    say(saying("shipment.booked", **booking()), by="tms")
    told = say(saying("shipment.departed", 1, refs=(BOL, PRO), stop=1))
    assert told.rebound == (waiting.event,)
    assert Shipment.objects.get().status == "out_for_delivery"


def test_a_partner_that_may_starts_a_shipment_and_the_booking_takes_it_over(say: Say) -> None:
    tracking = Ref(RefType.TRACKING, "EZ1000000001", "UPS")
    started = say(saying("shipment.delivery_attempted", 31, refs=(tracking,)), by="tracker")
    (shipment,) = started.shipments
    delivery = shipment.stops.get(kind="delivery")
    assert shipment.customer.code == "HALVORSEN" and shipment.mode == "parcel"
    booked = say(saying("shipment.booked", refs=(BOL, tracking), **booking()), by="tms")
    assert booked.shipments == [shipment]
    delivery.refresh_from_db()
    assert delivery.city == "Phoenix", "cases that speak of the stop keep speaking of it"


def test_a_partner_that_may_not_starts_nothing(say: Say) -> None:
    recorded = say(saying("shipment.delivered", refs=(Ref(RefType.TRACKING, "EZ1"),)))
    assert recorded.problem and not Shipment.objects.exists()


def test_an_identifier_is_compared_by_its_letters_and_digits_and_its_issuer(say: Say) -> None:
    by_ups = Ref(RefType.TRACKING, "1Z 999-AA", "UPS")
    (shipment,) = say(saying("shipment.scanned", refs=(by_ups,)), by="tracker").shipments
    same = say(saying("shipment.scanned", 1, refs=(Ref(RefType.TRACKING, "1z999aa", "ups"),)), by="tracker")
    other = say(saying("shipment.scanned", 2, refs=(Ref(RefType.TRACKING, "1Z999AA", "DHL"),)), by="tracker")
    assert same.shipments == [shipment] and other.shipments != [shipment]
    nobody = say(saying("shipment.scanned", 3, refs=(Ref(RefType.TRACKING, "1Z999AA"),)), by="tracker")
    assert not nobody.shipments and "more than one" in nobody.problem


def test_identifiers_of_two_shipments_are_reported_and_not_guessed(say: Say) -> None:
    say(saying("shipment.booked", **booking()), by="tms")
    say(saying("shipment.booked", refs=(PRO,), **booking(equipment=[])), by="tms")
    both = say(saying("shipment.delivered", 31, refs=(BOL, PRO)))
    assert "BOL BOL-4410, PRO 771-204" in both.problem and not both.shipments


def test_a_purchase_order_on_two_shipments_needs_something_more(say: Say) -> None:
    po = Ref(RefType.PO, "4500012345")
    say(saying("shipment.booked", refs=(BOL, po), **booking()), by="tms")
    assert say(saying("shipment.scanned", 1, refs=(po,))).shipments
    say(saying("shipment.booked", refs=(PRO, po), **booking(equipment=[])), by="tms")
    assert say(saying("shipment.scanned", 2, refs=(po,))).problem


def test_news_of_a_load_reach_every_shipment_on_it(say: Say) -> None:
    say(saying("shipment.booked", refs=(BOL,), **booking()), by="tms")
    say(saying("shipment.booked", refs=(PRO,), **booking(equipment=[])), by="tms")
    recorded = say(saying("shipment.departed", 1, refs=(LOAD,), stop=1))
    assert len(recorded.shipments) == 2 and [load.number for load in recorded.loads] == ["L-2207"]
    assert {shipment.status for shipment in Shipment.objects.all()} == {"in_transit"}


def test_a_shipment_that_joins_a_load_later_learns_what_happened_to_it(say: Say) -> None:
    say(saying("shipment.booked", refs=(PRO,), **booking(equipment=[])), by="tms")
    say(saying("shipment.departed", 1, refs=(LOAD,), stop=1))
    (late,) = say(saying("shipment.booked", refs=(BOL,), **booking()), by="tms").shipments
    assert late.status == "in_transit" and milestone(late, "actual", "departure") is not None


def test_a_trailer_names_the_move_that_is_under_way(say: Say) -> None:
    say(saying("shipment.booked", **booking()), by="tms")
    trailer = Ref(RefType.TRAILER, "TRLU 5521")
    recorded = say(saying("shipment.temperature_read", 5, refs=(trailer,), value=41, unit="F"))
    assert [shipment.number for shipment in recorded.shipments] == ["SH-10001"]
    assert EventSubject.objects.filter(event=recorded.event, equipment__number="TRLU5521").exists()
    shipment = Shipment.objects.get()
    assert shipment.last_event == recorded.event and shipment.status == "booked"


def test_an_older_plan_that_arrives_late_changes_nothing(say: Say) -> None:
    say(saying("shipment.booked", 2, **booking(goods="Romaine")), by="tms")
    say(saying("shipment.booked", 1, **booking(goods="Lettuce", stops=[], legs=[])), by="tms")
    shipment = Shipment.objects.get()
    assert shipment.goods == "Romaine" and shipment.stops.filter(dropped=False).count() == 2


def test_a_later_plan_replaces_the_earlier_one_and_keeps_the_delivery_stop(say: Say) -> None:
    say(saying("shipment.booked", 1, **booking()), by="tms")
    delivery = Shipment.objects.get().stops.get(kind="delivery")
    say(saying("shipment.arrived", 31, place=PHOENIX))
    pickup, last = booking()["stops"]
    ramp = {"sequence": 2, "kind": "ramp", "city": "Tucson", "region": "AZ", "country": "US", "zone": "America/Phoenix"}
    say(saying("shipment.booked", 2, **booking(stops=[pickup, ramp, {**last, "sequence": 3}], legs=[])), by="tms")
    shipment = Shipment.objects.get()
    assert [stop.kind for stop in shipment.stops.order_by("sequence")] == ["pickup", "ramp", "delivery"]
    assert shipment.stops.get(kind="delivery").pk == delivery.pk
    arrival = milestone(shipment, "actual", "arrival")
    assert arrival is not None and arrival.stop_id == delivery.pk


def test_an_arrival_somewhere_else_is_no_milestone_of_the_plan(say: Say) -> None:
    say(saying("shipment.booked", **booking()), by="tms")
    say(saying("shipment.arrived", 10, place=Place(city="El Paso", region="TX", country="US")))
    say(saying("shipment.arrived", 11))
    assert milestone(Shipment.objects.get(), "actual", "arrival") is None


def test_every_estimate_is_kept_and_the_last_reported_holds(say: Say) -> None:
    say(saying("shipment.booked", **booking()), by="tms")
    say(saying("shipment.eta_changed", 12, estimated=iso(36)))
    say(saying("shipment.eta_changed", 10, estimated=iso(34)))
    eta = milestone(Shipment.objects.get(), "estimated", "arrival")
    assert eta is not None and eta.value == at(36) and eta.reports.count() == 2


def test_an_appointment_keeps_its_history(say: Say) -> None:
    say(saying("shipment.booked", **booking()), by="tms")
    say(saying("appointment.rescheduled", 9, starts_at=iso(40), ends_at=iso(41), by="Receiving"))
    say(saying("appointment.confirmed", 6, starts_at=iso(30), ends_at=iso(32), number="D-5512"))
    appointment = Appointment.objects.get()
    assert (appointment.state, appointment.number, appointment.ends_at) == ("rescheduled", "D-5512", at(41))
    assert [change.state for change in appointment.changes.all()] == ["requested", "confirmed", "rescheduled"]
    assert appointment.holds


def test_a_missed_appointment_keeps_the_time_that_was_missed(say: Say) -> None:
    say(saying("shipment.booked", **booking()), by="tms")
    say(saying("appointment.missed", 33))
    appointment = Appointment.objects.get()
    assert appointment.state == "missed" and appointment.ends_at == at(32) and not appointment.holds


def test_free_time_clocks_follow_the_terminal(say: Say) -> None:
    container = Ref(RefType.CONTAINER, "MSKU 123456-5")
    say(saying("shipment.booked", refs=(BOL, container), **booking(equipment=[])), by="tms")
    say(saying("equipment.discharged", 1, refs=(container,)))
    say(saying("equipment.made_available", 3, refs=(container,), last_free_at=iso(50)))
    say(saying("equipment.made_available", 2, refs=(container,), last_free_at=iso(99)))
    row = Equipment.objects.get()
    assert (row.discharged_at, row.available_at, row.last_free_at) == (at(1), at(3), at(50))


def test_a_count_at_the_receiver_is_what_was_received(say: Say) -> None:
    say(saying("shipment.booked", **booking()), by="tms")
    say(saying("shipment.counted", 31, stop=2, counted=21, expected=22))
    unit = Shipment.objects.get().handling_units.get()
    assert (unit.count_ordered, unit.count_received) == (22, 21)


def test_an_order_and_a_load_are_in_the_state_last_said(say: Say) -> None:
    order = Ref(RefType.ORDER, "SO 88120")
    say(saying("order.held", 2, refs=(order,), detail="credit limit"))
    say(saying("order.created", 0, refs=(order,), customer="HALVORSEN"))
    say(saying("order.released", 1, refs=(order,)))
    say(saying("load.rejected", 2, refs=(LOAD,)))
    say(saying("load.planned", 0, refs=(LOAD,), carrier="ORBIT"))
    held, load = Order.objects.get(), Load.objects.get()
    assert (held.state, held.hold_reason, held.customer.code) == ("held", "credit limit", "HALVORSEN")
    assert (load.state, load.carrier.code) == ("rejected", "ORBIT")


def test_an_account_nobody_entered_stops_the_message_and_leaves_nothing_behind(say: Say) -> None:
    with pytest.raises(Invalid, match="No account has the code 'NOBODY'"), transaction.atomic():
        say(saying("shipment.booked", **booking(customer="NOBODY")), by="tms")
    assert not Shipment.objects.exists() and not Event.objects.exists()


def test_a_booking_without_an_identifier_of_its_own_is_refused(say: Say) -> None:
    with pytest.raises(Invalid, match="names the shipment alone"):
        say(saying("shipment.booked", refs=(Ref(RefType.PO, "45"),), **booking()), by="tms")


def test_an_event_cannot_be_edited(say: Say) -> None:
    event = say(saying("shipment.booked", **booking()), by="tms").event
    with pytest.raises(DatabaseError, match="immutable"), transaction.atomic():
        Event.objects.filter(pk=event.pk).update(source_text="never said")


def test_what_was_recorded_is_on_the_trail(say: Say) -> None:
    event = say(saying("shipment.booked", **booking()), by="tms").event
    flush()
    entries = rows("SELECT verb, subject FROM audit_entry ORDER BY seq DESC LIMIT 1")
    assert entries == [("event.recorded", f"event:{event.pk}")]
