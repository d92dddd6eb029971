"""Which open cases are likely to be about the same thing as this one."""

from __future__ import annotations

from django.db.models import Case as Choice
from django.db.models import Exists, F, IntegerField, OuterRef, Q, Value, When

from controltower.tenancy.viewer import Viewer
from exceptions.cases.models import OPEN_STATES, Case, CaseShipment
from exceptions.cases.selectors.listing import queue_rows, with_row_parts
from exceptions.cases.selectors.queue import cases_visible
from exceptions.cases.selectors.rows import QueueRow
from exceptions.cases.selectors.searching import text_found
from exceptions.shipments.models import LoadShipment

SHOWN = 12


def merge_candidates(viewer: Viewer, case: Case, text: str = "") -> list[QueueRow]:
    """Open cases that this one can be merged into: of the same load or shipments first, then of the same customer and
    place. `text` is a number, a reference or the beginning of a party's name; without it only those with something
    in common are shown."""
    mine = CaseShipment.objects.filter(case=case).values("shipment")
    loads = LoadShipment.objects.filter(shipment__in=mine).values("load")
    beside = LoadShipment.objects.filter(load__in=loads).values("shipment")
    shared = CaseShipment.objects.filter(Q(shipment__in=mine) | Q(shipment__in=beside), case=OuterRef("pk"))
    near = Choice(
        When(Q(Exists(shared)), then=Value(3)),
        When(account=case.account_id, account__isnull=False, then=Value(2)),
        When(place=case.place, then=Value(1)) if case.place else When(pk__in=[], then=Value(1)),
        default=Value(0),
        output_field=IntegerField(),
    )
    cases = cases_visible(viewer).filter(state__in=OPEN_STATES).exclude(pk=case.pk).annotate(near=near)
    if text:
        found = text_found(text)
        # References that fit very many cases narrow nothing: then, too, those with something in common.
        of_text = Q(near__gt=0) if found.ids is None else Q(pk__in=found.ids)
        cases = cases.filter(of_text | Q(account__in=found.accounts))
    else:
        cases = cases.filter(near__gt=0)
    ordered = with_row_parts(cases).order_by(F("near").desc(), F("rank").desc(nulls_last=True), F("id").desc())
    return queue_rows(viewer, list(ordered[:SHOWN]))
