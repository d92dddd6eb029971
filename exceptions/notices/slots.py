"""Which facts of a case a notice can use, under which keys, and who may read them.

The one place where notices know the keys of `exceptions.cases.facts`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from exceptions.notices.drafts import FactLike, NoticeKind

# What a template calls a value -> the keys that can fill it, best first.
SLOTS: dict[str, tuple[str, ...]] = {
    "reference": (
        "po",
        "order",
        "bol",
        "pro",
        "container",
        "awb",
        "cmr",
        "booking",
        "tracking_number",
        "tracking",
        "shipment",
        "case",
    ),
    "quantity": ("quantity",),
    "eta_new": ("eta_new",),
    "eta_old": ("eta_old", "promised"),
    "cause": ("cause",),
    "next_update": ("next_update",),
    "decide_by": ("decide_by",),
    "attempt_at": ("attempt_at",),
    "delivered_at": ("delivered_at",),
    "temperature": ("temperature",),
    "temperature_low": ("temperature_low",),
    "temperature_high": ("temperature_high",),
    "minutes_outside": ("minutes_outside",),
    "last_free_day": ("last_free_day",),
    "last_seen": ("last_seen",),
    "appointment": ("appointment",),
    "damaged": ("damaged_quantity",),
    "missing": ("missing_quantity",),
    "place": ("destination",),
}

# A fact in one of these states is somebody's suggestion: it is not told outside and licenses nothing.
UNSETTLED = frozenset({"proposed", "unconfirmed", "disputed"})

# Who reads -> audiences of facts they may see. What a customer may know about the freight, its consignee and those who
# carry and handle it may know too; what is for carriers stays among them.
_OUTSIDE = frozenset({"customer"})
_HANDLING = frozenset({"carrier", "customer"})
READABLE: dict[str, frozenset[str]] = {
    "customer": _OUTSIDE,
    "consignee": _OUTSIDE,
    "carrier": _HANDLING,
    "terminal": _HANDLING,
    "broker": _HANDLING,
    "internal": frozenset({"internal", "carrier", "customer"}),
}


def may_tell(fact: FactLike, audience: str) -> bool:
    return str(fact.audience) in READABLE.get(audience, frozenset()) and str(fact.state) not in UNSETTLED


def fill(facts: Iterable[FactLike], audience: str) -> dict[str, str]:
    """Slot -> key of the best fact that `audience` may be told."""
    told = {fact.key for fact in facts if may_tell(fact, audience)}
    filled: dict[str, str] = {}
    for slot, keys in SLOTS.items():
        key = next((key for key in keys if key in told), None)
        if key is not None:
            filled[slot] = key
    return filled


# A notice of this kind that leaves these out has not said what it is for. Only what is known can be required,
# but a reference always is: without it the reader does not know which freight we mean.
_ALWAYS = ("reference",)
_IF_KNOWN: Mapping[NoticeKind, tuple[str, ...]] = {
    NoticeKind.DELAY: ("eta_new",),
    NoticeKind.ATTEMPT_FAILED: ("attempt_at",),
    NoticeKind.REFUSED: (),
    NoticeKind.DAMAGE: (),
    NoticeKind.SHORTAGE: ("missing",),
    NoticeKind.TEMPERATURE: ("temperature",),
    NoticeKind.FREE_TIME: ("last_free_day",),
    NoticeKind.SILENCE: ("last_seen",),
    NoticeKind.APPOINTMENT: ("appointment",),
    NoticeKind.CUSTOMS: (),
    NoticeKind.RECOVERED: ("delivered_at",),
    NoticeKind.UPDATE: (),
}

# Kinds that ask the reader for something that cannot wait forever.
_DECIDING = frozenset(NoticeKind) - {NoticeKind.SILENCE, NoticeKind.RECOVERED, NoticeKind.UPDATE}


_NAMES = {
    "eta_new": "new ETA",
    "eta_old": "ETA before",
    "decide_by": "time to decide by",
    "attempt_at": "time of the attempt",
}


def slot_name(slot: str) -> str:
    """What people call what a slot holds: "eta_new" is the "new ETA"."""
    return _NAMES.get(slot, slot.replace("_", " "))


def required(kind: NoticeKind, filled: Mapping[str, str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """`(slot, keys that satisfy it)` for everything a notice of `kind` has to mention, given what is known."""
    also: tuple[str, ...] = () if kind is NoticeKind.RECOVERED else ("next_update",)
    also += ("decide_by",) if kind in _DECIDING else ()
    wanted = _ALWAYS + tuple(slot for slot in (*_IF_KNOWN[kind], *also) if slot in filled)
    return tuple((slot, SLOTS[slot]) for slot in wanted)


_KIND_OF_TYPE = {
    "delivery_late": NoticeKind.DELAY,
    "pickup_late": NoticeKind.DELAY,
    "departure_missed": NoticeKind.DELAY,
    "booking_rolled": NoticeKind.DELAY,
    "inbound_supply_delayed": NoticeKind.DELAY,
    "stop_dwell": NoticeKind.DELAY,
    "delivery_attempt_failed": NoticeKind.ATTEMPT_FAILED,
    "delivery_refused": NoticeKind.REFUSED,
    "freight_damaged": NoticeKind.DAMAGE,
    "freight_short": NoticeKind.SHORTAGE,
    "temperature_excursion": NoticeKind.TEMPERATURE,
    "free_time_expiring": NoticeKind.FREE_TIME,
    "tracking_silent": NoticeKind.SILENCE,
    "appointment_problem": NoticeKind.APPOINTMENT,
    "customs_hold": NoticeKind.CUSTOMS,
}


def notice_kind_for(case_type: str, *, recovered: bool = False) -> NoticeKind:
    """The kind of notice that tells an outsider about a case of this taxonomy type."""
    return NoticeKind.RECOVERED if recovered else _KIND_OF_TYPE.get(case_type, NoticeKind.UPDATE)
