"""Canonical events out of one item of a format that an integrator mapped (`mapping.grammar`): JSON object or row."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from exceptions.intake.adapters.base import Mapped, Refusal
from exceptions.intake.adapters.building import distinct, event_data, sound
from exceptions.intake.adapters.tracking import clock_of
from exceptions.intake.mapping.codes import reason_of
from exceptions.intake.mapping.formats import Unfit, moment_of, number_of
from exceptions.intake.mapping.grammar import IGNORE, PLACE, SYSTEM, field_kinds
from exceptions.intake.mapping.meaning import Meaning, own_meaning, status_meaning
from exceptions.parties.zones import is_zone
from exceptions.shipments.canonical import EVENT_TYPES, JSON, REF_TYPES, CanonicalEvent, EventType, Place, Ref

# Finds a source's value as text, empty where there is none, and the place it stands at. Refuses what is no single value.
Find = Callable[[str], tuple[str, str]]
_E: Final = EventType


class Item:
    """One item to read with a mapping: its values by source, and where they stand."""

    def __init__(self, find: Find, mapping: Mapped) -> None:
        self._find, self.mapping = find, mapping

    def text(self, source: Any, *, at_most: int = 2000) -> tuple[str, str]:
        """The first value among the sources, and its place; empty where none has one."""
        where = ""
        for one in source if isinstance(source, list) else [source]:
            if not isinstance(one, str) or not one:
                continue
            value, where = (one[1:], "the mapping") if one.startswith("=") else self._find(one)
            if len(value) > at_most:
                raise Refusal(f"the text is longer than {at_most} characters", where)
            if value:
                return value, where
        return "", where

    def said(self, key: str, *, at_most: int = 2000) -> str:
        return self.text(self.mapping.get(key), at_most=at_most)[0]

    def moment(self, source: Any, place: Place | None) -> datetime | None:
        value, where = self.text(source, at_most=60)
        if not value:
            return None
        given = self.mapping.get("time_format", "iso")
        problem = ""
        for drawing in given if isinstance(given, list) else [given]:
            try:
                return moment_of(value, str(drawing), clock_of(place, self.mapping))
            except Unfit as unfit:
                problem = problem or unfit.reason
        raise Refusal(problem or "the mapping names no time format", where)

    def converted(self, source: Any, kind: str, place: Place | None) -> JSON:
        """A value of `data` in the kind that its type wants; None where there is none."""
        value, where = self.text(source)
        if not value:
            return None
        if kind == "time":
            moment = self.moment(source, place)
            return moment.isoformat() if moment else None
        if kind == "text":
            return value
        try:
            number = number_of(value, "," if self.mapping.get("decimal") == "," else ".")
        except Unfit as unfit:
            raise Refusal(unfit.reason, where) from None
        if kind == "number":
            return str(number)
        if number != int(number):
            raise Refusal("a whole number was expected", where)
        return int(number)


def item_events(item: Item, where: str) -> list[CanonicalEvent]:
    """What one item says: a status, an estimate or both; nothing where the mapping ignores its code.

    Refuses an item without a time or a reference, and one whose status nobody knows unless the mapping says what it is
    `otherwise`.
    """
    place = _place(item)
    code, text = item.said("code", at_most=60), item.said("text")
    at = item.moment(item.mapping.get("time"), place)
    if at is None:
        raise Refusal("nothing says when it happened", item.text(item.mapping.get("time"))[1] or where)
    base = _Said(
        at, _references(item, where), place, code, text, item.said("id", at_most=200),
        item.moment(item.mapping.get("reported"), place),
    )  # fmt: skip
    eta = item.moment(item.mapping.get("eta"), place)
    events = []
    if code or text:
        meaning = _meaning(item, code, text, where)
        if meaning.event_type is not None:
            events.append(base.event(meaning.event_type, _data(item, meaning, place, eta), where))
    elif eta is None:
        raise Refusal("nothing says what happened", where)
    if eta is not None and not any("estimated" in event.data for event in events):
        data = event_data(_E.SHIPMENT_ETA_CHANGED, estimated=eta.isoformat(), milestone="delivery")
        events.append(base.event(_E.SHIPMENT_ETA_CHANGED, data, where))
    return events


class _Said:
    """What all events of one item share."""

    def __init__(
        self,
        at: datetime,
        references: tuple[Ref, ...],
        place: Place | None,
        code: str,
        text: str,
        event_id: str,
        reported: datetime | None,
    ) -> None:
        self.shared: Mapping[str, Any] = {
            "occurred_at": at,
            "references": references,
            "place": place,
            "source_code": code,
            "source_text": text[:500],
            "event_id": event_id,
            "reported_at": reported,
        }

    def event(self, event_type: str, data: Mapping[str, JSON], where: str) -> CanonicalEvent:
        return sound(CanonicalEvent(type=event_type, data=data, **self.shared), where)


def _meaning(item: Item, code: str, text: str, where: str) -> Meaning:
    """What happened and why. A code that is one of our types is that; a reason's own source comes before the words."""
    system = str(item.mapping.get("system") or SYSTEM)
    if code in EVENT_TYPES:
        meaning = status_meaning(item.mapping, "", "", text)
        meaning = Meaning(code, meaning.reason)
    else:
        meaning = status_meaning(item.mapping, system, code, text)
    given = item.said("reason", at_most=60)
    if given:
        named = given if "." in given else f"{system}.{given}"
        reason = own_meaning(item.mapping, *_split(named)).reason or reason_of(given) or reason_of(named)
        meaning = Meaning(meaning.event_type, reason, meaning.unmapped or ("" if reason else named))
    if meaning.event_type is not None:
        return meaning
    otherwise = item.mapping.get("otherwise")
    if otherwise == IGNORE:
        return Meaning(None, None)
    if isinstance(otherwise, str) and otherwise in EVENT_TYPES:
        return Meaning(str(otherwise), meaning.reason, meaning.unmapped or "text")
    what = f"the code {code[:60]!r}" if code else f"the text {text[:60]!r}"
    raise Refusal(f"{what} is not known; say in the mapping's codes or texts what it means", where)


def _split(named: str) -> tuple[str, str]:
    system, _, code = named.rpartition(".")
    return system, code


def _data(item: Item, meaning: Meaning, place: Place | None, eta: datetime | None) -> dict[str, JSON]:
    event_type = meaning.event_type or ""
    kinds, wanted = field_kinds(event_type), item.mapping.get("data")
    said: dict[str, JSON] = {}
    for name, source in (wanted if isinstance(wanted, Mapping) else {}).items():
        if name in kinds:
            said[name] = item.converted(source, kinds[name], place)
    if eta is not None and "estimated" in kinds:
        said.setdefault("estimated", eta.isoformat())
    return event_data(event_type, meaning, **said)


def _references(item: Item, where: str) -> tuple[Ref, ...]:
    found = []
    wanted = item.mapping.get("references")
    for entry in wanted if isinstance(wanted, list) else []:
        kind = entry.get("type") if isinstance(entry, Mapping) else None
        if not isinstance(kind, str) or kind not in REF_TYPES:
            continue
        value = item.text(entry.get("value"), at_most=60)[0]
        if value:
            found.append(Ref(kind, value, item.text(entry.get("issuer"), at_most=40)[0]))
    references = distinct(found)
    if not references:
        raise Refusal("there is no reference: nothing says which shipment is meant", where)
    return references


def _place(item: Item) -> Place | None:
    wanted = item.mapping.get("place")
    if not isinstance(wanted, Mapping):
        return None
    texts = {name: item.text(wanted.get(name), at_most=120) for name in PLACE}
    if not any(value for value, _ in texts.values()):
        return None
    zone, where = texts["zone"]
    if zone and not is_zone(zone):
        raise Refusal("not an IANA time zone like America/Chicago", where)
    name, city, region, country, postcode, unlocode = (texts[key][0] for key in PLACE[:6])
    return Place(
        name=name,
        city=city,
        region=region,
        country=country,
        postcode=postcode,
        unlocode=unlocode,
        zone=zone,
        latitude=_degrees(item, *texts["latitude"], 90),
        longitude=_degrees(item, *texts["longitude"], 180),
    )


def _degrees(item: Item, value: str, where: str, limit: int) -> float | None:
    if not value:
        return None
    try:
        degrees = float(number_of(value, "," if item.mapping.get("decimal") == "," else "."))
    except Unfit as unfit:
        raise Refusal(unfit.reason, where) from None
    if abs(degrees) > limit:
        raise Refusal(f"a number from -{limit} to {limit} was expected", where)
    return degrees
