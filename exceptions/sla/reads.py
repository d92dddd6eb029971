"""What the pricing of each kind of term reads: its fields, its ways of counting, its events and its forms of price."""

from __future__ import annotations

from dataclasses import dataclass, replace

from exceptions.sla.kinds import COUNTED_IN_DAYS, Counting, Measured, Starts, Subkind, TermKind
from exceptions.sla.pricing import Credits, Disputed, Flat, PerUnit, ShareOfValue


@dataclass(frozen=True)
class Reads:
    """Which fields the pricing of a kind reads besides what every term has, and which of them it cannot do without.

    starts, measured: what its clock may run from and until, of any of its subkinds.
    """

    fields: frozenset[str]
    needs: tuple[tuple[str, ...], ...] = ()
    counting: tuple[Counting, ...] = (Counting.WALL,)
    starts: tuple[Starts, ...] = ()
    measured: tuple[Measured, ...] = ()
    prices: tuple[type, ...] = (Flat, ShareOfValue, PerUnit)


_OFFICE = (Counting.WALL, Counting.BUSINESS)
_DAYS = (*_OFFICE, *COUNTED_IN_DAYS)
_DOCK = (Measured.ARRIVAL, Measured.UNLOADING_START, Measured.UNLOADING_END, Measured.PROOF)
_WINDOW = Reads(frozenset({"allowed_minutes", "measured", "notice_minutes"}), measured=_DOCK)
_RATE = frozenset({"allowed_minutes", "measured", "notice_minutes", "period", "threshold"})
# How a case is worked on is nobody's freight: there is no value that a price could be a share of.
_OF_OURS = (Flat, PerUnit)
_ANSWER = Reads(
    frozenset({"allowed_minutes", "counting", "calendar"}),
    needs=(("allowed_minutes",),),
    counting=_OFFICE,
    prices=_OF_OURS,
)
READS: dict[TermKind, Reads] = {
    TermKind.FIRST_RESPONSE: _ANSWER,
    TermKind.NEXT_UPDATE: _ANSWER,
    TermKind.RESOLUTION: replace(_ANSWER, fields=_ANSWER.fields | {"notice_minutes"}),
    TermKind.HOUSE_RATE: Reads(frozenset(), prices=_OF_OURS),
    TermKind.PICKUP_WINDOW: Reads(_WINDOW.fields - {"measured"}),
    TermKind.DELIVERY_WINDOW: _WINDOW,
    TermKind.APPOINTMENT: _WINDOW,
    TermKind.OTIF: Reads(_RATE, measured=_DOCK, prices=(Flat, ShareOfValue)),
    TermKind.SERVICE_CREDIT: Reads(_RATE, needs=(("period",), ("threshold",)), measured=_DOCK, prices=(Flat, Credits)),
    TermKind.FREE_TIME: Reads(
        frozenset(
            {"allowed_minutes", "allowed_days", "first_day_counts", "counting", "calendar", "starts", "measured"}
        ),
        counting=_DAYS,
        starts=(Starts.DISCHARGE, Starts.AVAILABLE, Starts.GATE_OUT, Starts.ARRIVAL),
        measured=(Measured.GATE_OUT, Measured.EMPTY_RETURN, Measured.DEPARTURE),
    ),
    TermKind.CUT_OFF: Reads(frozenset({"allowed_minutes", "notice_minutes"})),
    TermKind.DOCUMENT: Reads(
        frozenset({"allowed_minutes", "allowed_days", "first_day_counts", "counting", "calendar", "notice_minutes"}),
        counting=_DAYS,
        prices=(Flat, ShareOfValue, PerUnit, Disputed),
    ),
    TermKind.TEMPERATURE: Reads(frozenset({"allowed_minutes"}), needs=(("allowed_minutes",),)),
    TermKind.CLAIM: Reads(
        frozenset({"allowed_minutes", "allowed_days", "first_day_counts", "counting", "calendar", "regime", "starts"}),
        needs=(("regime", "allowed_days", "allowed_minutes"),),
        counting=_DAYS,
        starts=(Starts.DELIVERY, Starts.DISALLOWANCE),
        prices=(Flat, ShareOfValue),
    ),
}
# Of free time it depends on what is free: a container is not told of a truck's arrival.
_OF_A_BOX = ((Starts.DISCHARGE, Starts.AVAILABLE, Starts.GATE_OUT), (Measured.GATE_OUT, Measured.EMPTY_RETURN))
FREE: dict[Subkind, tuple[tuple[Starts, ...], tuple[Measured, ...]]] = {
    Subkind.DEMURRAGE: _OF_A_BOX,
    Subkind.STORAGE: _OF_A_BOX,
    Subkind.DETENTION: _OF_A_BOX,
    Subkind.PER_DIEM: _OF_A_BOX,
    Subkind.TRUCK_DETENTION: ((Starts.ARRIVAL,), (Measured.DEPARTURE,)),
}
# What names freight: how a case is worked on is promised whatever moves.
OF_FREIGHT = ("service", "lane", "mode", "goods_class")
