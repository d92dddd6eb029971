"""Which facts allow which statement about the state of the freight."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from exceptions.notices.drafts import FactLike
from exceptions.notices.lexicon import Claim
from exceptions.notices.slots import SLOTS, UNSETTLED
from exceptions.notices.values import Code, Moment, UnreadableFact, value_of

Facts = Mapping[str, FactLike]
Keys = tuple[str, ...]


def settled(facts: Iterable[FactLike]) -> dict[str, FactLike]:
    """Facts that can license something: nobody's mere suggestion."""
    return {fact.key: fact for fact in facts if str(fact.state) not in UNSETTLED}


def _code(facts: Facts, key: str) -> str:
    fact = facts.get(key)
    if fact is None:
        return ""
    try:
        value = value_of(fact)
    except UnreadableFact:
        return ""
    return value.code if isinstance(value, Code) else ""


def _moment(facts: Facts, slot: str) -> tuple[str, Moment] | None:
    for key in SLOTS[slot]:
        if key in facts:
            try:
                value = value_of(facts[key])
            except UnreadableFact:
                return None
            return (key, value) if isinstance(value, Moment) else None
    return None


def _type_is(*types: str) -> Callable[[Facts], Keys]:
    return lambda facts: ("case_type",) if _code(facts, "case_type") in types else ()


def _has(*keys: str) -> Callable[[Facts], Keys]:
    return lambda facts: tuple(key for key in keys if key in facts)[:1]


def _cause_is(*causes: str) -> Callable[[Facts], Keys]:
    return lambda facts: ("cause",) if _code(facts, "cause") in causes else ()


def _later(facts: Facts) -> Keys:
    new, old = _moment(facts, "eta_new"), _moment(facts, "eta_old")
    return (new[0], old[0]) if new and old and new[1].at > old[1].at else ()


def _not_later(facts: Facts) -> Keys:
    new, old = _moment(facts, "eta_new"), _moment(facts, "eta_old")
    return (new[0], old[0]) if new and old and new[1].at <= old[1].at else ()


def _either(*rules: Callable[[Facts], Keys]) -> Callable[[Facts], Keys]:
    def first(facts: Facts) -> Keys:
        return next((keys for rule in rules if (keys := rule(facts))), ())

    return first


_LICENCES: Mapping[Claim, Callable[[Facts], Keys]] = {
    Claim.DELIVERED: _has("delivered_at"),
    Claim.PICKED_UP: _has("picked_up_at", "departed_at"),
    Claim.DEPARTED: _has("departed_at", "picked_up_at"),
    Claim.ARRIVED: _has("arrived_at", "delivered_at"),
    Claim.CLEARED: _has("released_at"),
    Claim.HELD: _type_is("customs_hold", "quality_or_compliance_hold"),
    Claim.DAMAGED: _either(_type_is("freight_damaged"), _has("damaged_quantity")),
    Claim.LOST: _type_is("freight_lost"),
    Claim.SHORT: _either(_type_is("freight_short"), _has("missing_quantity")),
    Claim.REFUSED: _type_is("delivery_refused"),
    Claim.ATTEMPTED: _either(_type_is("delivery_attempt_failed", "delivery_refused"), _has("attempt_at")),
    Claim.DELAYED: _either(
        _later,
        _type_is(
            "delivery_late", "pickup_late", "departure_missed", "booking_rolled", "inbound_supply_delayed", "stop_dwell"
        ),
    ),
    Claim.EARLY: _not_later,
    Claim.TEMPERATURE: _type_is("temperature_excursion"),
    Claim.SILENT: _either(_type_is("tracking_silent"), _has("last_seen")),
    Claim.RECOVERED: _either(_not_later, _has("recovered_at", "delivered_at")),
    Claim.WEATHER: _cause_is("weather"),
    Claim.STRIKE: _cause_is("strike_or_civil", "terminal_labour"),
    Claim.BREAKDOWN: _cause_is("equipment_breakdown", "reefer_fault", "vessel_mechanical"),
    Claim.ACCIDENT: _cause_is("accident"),
    Claim.CONGESTION: _cause_is("berth_congestion", "road_conditions", "terminal_productivity", "rail_disruption"),
    Claim.THEFT: _cause_is("theft"),
}

# "Not yet delivered" is licensed by whatever shows that the freight is still on its way or was tried in vain.
_NOT_YET: Mapping[Claim, Callable[[Facts], Keys]] = {
    Claim.DELIVERED: _has("eta_new", "eta_old", "promised", "attempt_at", "last_seen", "case_type"),
    Claim.ARRIVED: _has("eta_new", "eta_old", "promised", "last_seen", "case_type"),
    Claim.DEPARTED: _type_is("pickup_late", "departure_missed", "booking_rolled", "tender_rejected"),
    Claim.PICKED_UP: _type_is("pickup_late", "tender_rejected"),
    Claim.CLEARED: _type_is("customs_hold", "quality_or_compliance_hold"),
}


def licence(claim: Claim, facts: Facts, *, negated: bool = False) -> Keys:
    """Keys of the facts that allow `claim` (or its denial), empty when nothing does. `facts` are settled ones."""
    allowed = _LICENCES[claim](facts)
    if not negated:
        return allowed
    if allowed or claim not in _NOT_YET:
        return ()
    return _NOT_YET[claim](facts)
