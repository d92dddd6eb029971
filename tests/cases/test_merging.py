"""Several cases become one and come apart again, and nothing is lost on the way."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from guardian.shortcuts import assign_perm

from controltower.audit.models import AuditEntry
from controltower.errors import Conflict, Forbidden, Invalid
from controltower.tenancy.models import Role
from controltower.tenancy.viewer import Viewer
from exceptions.cases import services
from exceptions.cases.detection import Finding, SubjectRef
from exceptions.cases.models import (
    Case,
    CaseMerge,
    CaseOrder,
    CaseShipment,
    CaseState,
    Commitment,
    CommitmentState,
    Stake,
)
from exceptions.cases.selectors import case_detail
from exceptions.cases.services.merging import cases_under
from exceptions.cases.services.opening import case_add_merged
from exceptions.cases.taxonomy import Severity, Subject
from exceptions.parties.models import Account, AccountKind
from exceptions.shipments.canonical import EventType
from exceptions.shipments.models import Order, Shipment
from exceptions.sla.models import TermKind
from tests.cases.conftest import HOUR, book, eta, make_account, make_term, tell
from tests.conftest import make_viewer

pytestmark = pytest.mark.django_db


@pytest.fixture
def late(acting: Any, customer: Account, now: datetime) -> list[Case]:
    """Three trucks of one customer, each late."""
    made = []
    for number in ("481", "482", "483"):
        book(number, now, now + 6 * HOUR, customer=customer)
        made += eta(number, now, now + 9 * HOUR)
    return made


def shipments(case: Case) -> set[int]:
    return set(CaseShipment.objects.filter(case=case).values_list("shipment_id", flat=True))


def damaged(number: str, at: datetime) -> Case:
    touched = tell(EventType.SHIPMENT_DAMAGED, number, at, stop=2)
    return next(case for case in touched if case.type == "freight_damaged")


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def test_a_merged_case_points_to_the_one_that_goes_on_for_both(
    late: list[Case], coordinator: Viewer, now: datetime
) -> None:
    one, two, _ = late
    survivor = services.case_merge(one, [two], actor=coordinator.actor, now=now + HOUR)
    merged = fresh(two)
    assert (merged.state, merged.merged_into, merged.closed_at) == (CaseState.MERGED, one, now + HOUR)
    assert shipments(survivor) == shipments(one) | shipments(two) and len(shipments(survivor)) == 2
    assert survivor.version == one.version + 1
    assert survivor.timeline.order_by("-id")[0].text == f"Cora merged in {two.number}"
    assert merged.timeline.order_by("-id")[0].text == f"Merged into {one.number} by Cora"


def test_both_are_in_the_audit_trail(late: list[Case], coordinator: Viewer, now: datetime) -> None:
    services.case_merge(late[0], [late[1]], actor=coordinator.actor, now=now)
    entries = AuditEntry.objects.filter(verb__in=["case.merged", "case.absorbed"])
    verbs = dict(entries.values_list("subject", "verb"))
    assert verbs == {f"case:{late[1].pk}": "case.merged", f"case:{late[0].pk}": "case.absorbed"}


def test_news_about_the_merged_one_reaches_the_one_on_top_and_opens_nothing(
    late: list[Case], coordinator: Viewer, now: datetime
) -> None:
    services.case_merge(late[0], [late[1]], actor=coordinator.actor, now=now)
    (told,) = eta("482", now + 2 * HOUR, now + 15 * HOUR)
    assert told.pk == late[0].pk
    assert Case.objects.count() == 3
    heard = late[0].timeline.filter(kind="signal").order_by("-id")[0]
    assert heard.text.startswith(f"{late[1].number}: ETA 9 h")
    assert late[1].occurrences.count() == 2 and late[0].occurrences.count() == 1


def test_the_recovery_of_a_merged_one_is_said_and_resolves_nothing(
    late: list[Case], coordinator: Viewer, now: datetime
) -> None:
    services.case_merge(late[0], [late[1]], actor=coordinator.actor, now=now)
    eta("482", now + HOUR, now + 5 * HOUR)
    eta("482", now + HOUR, now + 5 * HOUR)
    said = [entry.text for entry in late[0].timeline.all() if "recovered" in entry.text]
    assert said == [f"{late[1].number} looks recovered: ETA within the window"]
    assert fresh(late[0]).is_open


def test_taken_out_again_it_is_what_it_would_be_had_nobody_merged_it(
    late: list[Case], coordinator: Viewer, now: datetime
) -> None:
    one, two, _ = late
    services.case_merge(one, [two], actor=coordinator.actor, now=now)
    eta("482", now + 2 * HOUR, now + 15 * HOUR)
    back = services.case_unmerge(fresh(two), actor=coordinator.actor, now=now + 3 * HOUR)
    assert (back.state, back.merged_into_id, back.closed_at) == (CaseState.NEW, None, None)
    assert shipments(back) == shipments(two) and back.occurrences.count() == 2
    assert len(shipments(one)) == 1 and not shipments(one) & shipments(two)
    assert CaseMerge.objects.get().undone_by_id == coordinator.member.pk
    (told,) = eta("482", now + 4 * HOUR, now + 20 * HOUR)
    assert told.pk == two.pk


def test_both_clocks_keep_running_and_the_contract_of_each_is_priced_once(
    late: list[Case], customer: Account, coordinator: Viewer, flat: Any, now: datetime
) -> None:
    make_term(customer, TermKind.DELIVERY_WINDOW, flat(500))
    one, two, _ = late
    survivor = services.case_merge(one, [two], actor=coordinator.actor, now=now)
    services.case_price(survivor, now=now)
    services.case_price(fresh(two), now=now)
    clocks = Commitment.objects.filter(case=survivor, state=CommitmentState.OPEN).values_list("key", flat=True)
    assert {"open_day", f"{two.number}:open_day"} <= set(clocks)
    windows = [key for key in clocks if key.startswith(TermKind.DELIVERY_WINDOW)]
    assert len(windows) == 2
    assert (
        sum(
            Stake.objects.filter(case=survivor, key__startswith=TermKind.DELIVERY_WINDOW).values_list(
                "payable", flat=True
            )
        )
        == 100_000
    )
    assert not Commitment.objects.filter(case=two, state=CommitmentState.OPEN).exists()


def test_a_shipment_that_two_merged_cases_affect_is_priced_and_kept_once(
    late: list[Case], coordinator: Viewer, now: datetime
) -> None:
    one, two, _ = late
    hurt = damaged("482", now + HOUR)
    services.case_merge(one, [two, hurt], actor=coordinator.actor, now=now + HOUR)
    assert len(shipments(one)) == 2
    services.case_unmerge(fresh(two), actor=coordinator.actor, now=now + 2 * HOUR)
    assert len(shipments(one)) == 2, "the damage still is on the same shipment"
    services.case_unmerge(fresh(hurt), actor=coordinator.actor, now=now + 2 * HOUR)
    assert len(shipments(one)) == 1


def test_the_worst_severity_counts_and_goes_again_with_the_case_that_brought_it(
    late: list[Case], coordinator: Viewer, now: datetime
) -> None:
    hurt = damaged("482", now + HOUR)
    survivor = services.case_merge(late[0], [hurt], actor=coordinator.actor, now=now + HOUR)
    assert survivor.severity == Severity.S1
    services.case_unmerge(fresh(hurt), actor=coordinator.actor, now=now + HOUR)
    assert fresh(late[0]).severity == Severity.S2


def test_what_was_merged_comes_along_and_goes_back_where_it_was(
    late: list[Case], coordinator: Viewer, now: datetime
) -> None:
    one, two, three = late
    by = {"actor": coordinator.actor, "now": now}
    services.case_merge(two, [three], **by)
    services.case_merge(one, [fresh(two)], **by)
    assert fresh(three).merged_into_id == one.pk and len(shipments(one)) == 3
    assert [case.pk for case in cases_under(one)] == [two.pk, three.pk]
    services.case_unmerge(fresh(two), **by)
    assert fresh(three).merged_into_id == two.pk
    assert len(shipments(one)) == 1 and len(shipments(two)) == 2
    services.case_unmerge(fresh(three), **by)
    assert [len(shipments(case)) for case in late] == [1, 1, 1]


def test_merging_answers_both_first_responses(late: list[Case], coordinator: Viewer, now: datetime) -> None:
    services.case_merge(late[0], [late[1]], actor=coordinator.actor, now=now + HOUR)
    assert [fresh(case).first_response_at for case in late] == [now + HOUR, now + HOUR, None]


def test_an_old_version_of_either_refuses(
    late: list[Case], coordinator: Viewer, supervisor: Viewer, now: datetime
) -> None:
    one, two, _ = late
    services.case_pin(two, actor=supervisor.actor, now=now)
    with pytest.raises(Conflict, match="Sam changed"):
        services.case_merge(one, [two], versions={two.pk: two.version}, actor=coordinator.actor, now=now)
    services.case_pin(one, actor=supervisor.actor, now=now)
    with pytest.raises(Conflict, match="Sam changed"):
        services.case_merge(one, [two], version=one.version, actor=coordinator.actor, now=now)
    assert fresh(two).is_open


def test_only_open_cases_merge_and_none_into_itself(late: list[Case], coordinator: Viewer, now: datetime) -> None:
    one, two, three = late
    by = {"actor": coordinator.actor, "now": now}
    with pytest.raises(Invalid):
        services.case_merge(one, [one], **by)
    services.case_merge(one, [two], **by)
    with pytest.raises(Conflict, match="merged already"):
        services.case_merge(three, [fresh(two)], **by)
    with pytest.raises(Conflict, match="not merged"):
        services.case_unmerge(fresh(three), **by)


def test_it_stays_merged_while_another_case_is_open_about_the_same_thing(
    late: list[Case], coordinator: Viewer, now: datetime
) -> None:
    one, two, _ = late
    by = {"actor": coordinator.actor, "now": now}
    services.case_merge(one, [two], **by)
    services.case_resolve(fresh(one), reason_unknown=True, **by)
    (new,) = eta("482", now + 20 * HOUR, now + 40 * HOUR)
    assert new.pk not in {one.pk, two.pk}
    with pytest.raises(Conflict, match=new.number):
        services.case_unmerge(fresh(two), actor=coordinator.actor, now=now + 21 * HOUR)


def test_who_sees_some_accounts_cannot_merge_across_customers(
    late: list[Case], acting: Any, organisation: Any, now: datetime
) -> None:
    other = make_account("SUNDOWN", AccountKind.CUSTOMER)
    book("490", now, now + 6 * HOUR, customer=other)
    (theirs,) = eta("490", now, now + 9 * HOUR)
    dan = make_viewer(organisation, Role.COORDINATOR, "Dan", restricted=True)
    with pytest.raises(Forbidden):
        services.case_merge(late[0], [theirs], actor=dan.actor, now=now)


def test_what_belongs_to_two_customers_is_nobodys_until_they_part(
    late: list[Case], coordinator: Viewer, customer: Account, now: datetime
) -> None:
    other = make_account("SUNDOWN", AccountKind.CUSTOMER)
    book("490", now, now + 6 * HOUR, customer=other)
    (theirs,) = eta("490", now, now + 9 * HOUR)
    assert services.case_merge(late[0], [theirs], actor=coordinator.actor, now=now).account is None
    services.case_unmerge(fresh(theirs), actor=coordinator.actor, now=now)
    assert fresh(late[0]).account_id == customer.pk


@pytest.fixture
def truck(acting: Any, customer: Account, now: datetime) -> Case:
    """One truck with three shipments that has broken down."""
    for number in ("1", "2", "3"):
        book(number, now, now + 6 * HOUR, customer=customer, load="L-9", city=f"Town {number}")
    (case,) = tell(EventType.LOAD_BROKEN_DOWN, "L-9", now + HOUR, ref="load", description="Turbo failed")
    assert len(shipments(case)) == 3
    return case


def test_a_shipment_of_a_load_gets_a_case_of_its_own(truck: Case, coordinator: Viewer, now: datetime) -> None:
    leaving = min(shipments(truck))
    (own,) = services.case_split(truck, [leaving], actor=coordinator.actor, now=now + 2 * HOUR)
    assert (own.type, own.phase, own.split_from_id) == (truck.type, truck.phase, truck.pk)
    assert shipments(own) == {leaving} and leaving not in shipments(truck)
    assert own.subject_stop_id is not None
    assert fresh(truck).timeline.order_by("-id")[0].text == f"Cora split off {own.number}"


def test_findings_about_the_load_leave_it_alone_and_its_own_go_to_it(
    truck: Case, coordinator: Viewer, now: datetime
) -> None:
    leaving = min(shipments(truck))
    (own,) = services.case_split(truck, [leaving], actor=coordinator.actor, now=now + 2 * HOUR)
    tell(EventType.LOAD_BROKEN_DOWN, "L-9", now + 3 * HOUR, ref="load", description="Again")
    assert leaving not in shipments(truck)
    (told,) = eta("1", now + 3 * HOUR, now + 12 * HOUR)
    assert told.pk == own.pk


def test_merged_back_the_load_is_one_case_again(truck: Case, coordinator: Viewer, now: datetime) -> None:
    before = shipments(truck)
    by = {"actor": coordinator.actor, "now": now + 2 * HOUR}
    made = services.case_split(truck, sorted(before)[:2], **by)
    assert len(shipments(truck)) == 1
    services.case_merge(fresh(truck), made, **by)
    assert shipments(truck) == before
    services.case_unmerge(fresh(made[0]), **by)
    assert shipments(truck) == before - shipments(made[0])


def test_at_least_one_stays_and_only_its_own_leave(truck: Case, coordinator: Viewer, now: datetime) -> None:
    by = {"actor": coordinator.actor, "now": now}
    with pytest.raises(Invalid, match="At least one"):
        services.case_split(truck, sorted(shipments(truck)), **by)
    with pytest.raises(Invalid, match="Choose"):
        services.case_split(truck, [], **by)
    assert Case.objects.count() == 1


def test_a_shipment_with_an_open_case_of_that_kind_is_not_given_a_second(
    late: list[Case], coordinator: Viewer, now: datetime, customer: Account
) -> None:
    case = services.case_merge(late[0], [late[1]], actor=coordinator.actor, now=now)
    with pytest.raises(Invalid):
        services.case_split(case, sorted(shipments(late[1])), actor=coordinator.actor, now=now)


def test_an_order_of_one_customer_and_a_truck_of_another_are_nobodys_until_they_part(
    late: list[Case], acting: Any, coordinator: Viewer, now: datetime
) -> None:
    other = make_account("SUNDOWN", AccountKind.CUSTOMER)
    order = Order.objects.create(number="SO-1", customer=other)
    short = Case.objects.create(
        number="EX-77", type="order_short", severity="S3", subject_order=order, subject_key="order:1", account=other,
        fingerprint="order_short:order:1", opened_at=now, currency="USD",
    )  # fmt: skip
    CaseOrder.objects.create(case=short, order=order)
    by = {"actor": coordinator.actor, "now": now}
    assert services.case_merge(late[0], [short], **by).account is None
    services.case_unmerge(fresh(short), **by)
    assert services.case_merge(fresh(short), [fresh(late[0])], **by).account is None
    services.case_unmerge(fresh(late[0]), **by)
    assert (fresh(short).account_id, fresh(late[0]).account_id) == (other.pk, late[0].account_id)


def test_what_comes_to_a_merged_case_from_another_customer_takes_it_out_of_ones_sight(
    late: list[Case], coordinator: Viewer, now: datetime
) -> None:
    other = make_account("SUNDOWN", AccountKind.CUSTOMER)
    services.case_merge(late[0], [late[1]], actor=coordinator.actor, now=now)
    book("490", now, now + 6 * HOUR, customer=other)
    shipment = Shipment.objects.get(customer=other)
    finding = Finding(
        type=late[1].type, subject=SubjectRef(Subject.SHIPMENT, shipment.pk), shipments=(shipment.pk,), at=now,
        summary="Late", severity=Severity.S2, phase=late[1].phase,
    )  # fmt: skip
    case_add_merged(fresh(late[1]), fresh(late[0]), finding, held=(), ran_out={}, now=now)
    assert shipment.pk in shipments(fresh(late[0])) and fresh(late[0]).account_id is None


def test_a_case_split_off_one_that_sleeps_is_awake_as_somebody_looks_at_it(
    truck: Case, coordinator: Viewer, now: datetime
) -> None:
    by = {"actor": coordinator.actor, "now": now + 2 * HOUR}
    services.case_snooze(truck, until=now + 9 * HOUR, **by)
    (own,) = services.case_split(fresh(truck), [min(shipments(truck))], **by)
    assert (own.state, own.snoozed_until) == (CaseState.NEW, None)


def test_who_sees_some_accounts_reads_nothing_of_what_was_split_off_for_another(
    acting: Any, organisation: Any, customer: Account, coordinator: Viewer, now: datetime
) -> None:
    other = make_account("SUNDOWN", AccountKind.CUSTOMER)
    book("1", now, now + 6 * HOUR, customer=customer, load="L-9")
    book("2", now, now + 6 * HOUR, customer=other, load="L-9")
    (case,) = tell(EventType.LOAD_BROKEN_DOWN, "L-9", now + HOUR, ref="load", description="Turbo failed")
    theirs = Shipment.objects.get(customer=other)
    services.case_split(case, [theirs.pk], actor=coordinator.actor, now=now + 2 * HOUR)
    dan = make_viewer(organisation, Role.COORDINATOR, "Dan", restricted=True)
    assign_perm("parties.view_account", dan.user, customer)
    assert case_detail(dan, case.number, now=now + 2 * HOUR).split_off == []
    assert len(case_detail(coordinator, case.number, now=now + 2 * HOUR).split_off) == 1
