"""One transaction set while it is understood: its values, its time, its references, and what is wrong with it.

An error that leaves the meaning clear is noted for the 997 and reading goes on; any other refuses the set.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from controltower.errors import Invalid
from exceptions.intake.adapters.x12.reader import Fault, Segment, SetRefused, TransactionSet
from exceptions.intake.mapping.x12 import is_container, reference_types
from exceptions.shipments.canonical import JSON, CanonicalEvent, Place, Ref, RefType, normalised
from exceptions.shipments.payloads import payload_of

MAX_REFERENCE: Final = 60
MAX_REFERENCES: Final = 200
# Envelopes have no zone, and clocks differ; but nobody reports what lies further ahead as done.
_TOO_EARLY: Final = timedelta(days=2)
# AK4-03, Data Element Syntax Error Code, and AK3-04, Segment Syntax Error Code.
MISSING, CONDITIONAL, LONG, BAD_CHARACTER, BAD_CODE, BAD_DATE, BAD_TIME, EXCLUSIVE = (
    "1",
    "2",
    "5",
    "6",
    "7",
    "8",
    "9",
    "10",
)
NO_SEGMENT, BAD_ELEMENTS = "3", "8"


@dataclass(slots=True)
class Reading:
    """`reported_at` is the moment in the envelope: when the sender says that it sent the set."""

    set: TransactionSet
    mapping: Mapping[str, Any]
    reported_at: datetime | None = None
    faults: list[Fault] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def segments(self) -> list[Segment]:
        return self.set.segments

    def first(self, *tags: str) -> Segment | None:
        return next((segment for segment in self.segments if segment.tag in tags), None)

    def needed(self, tag: str) -> Segment:
        """The set's first segment of this tag; a set of this kind says nothing without it."""
        found = self.first(tag)
        if found is None:
            header = self.segments[0]
            missing = Segment(min(2, len(self.segments)), (tag,), header.number)
            reason = f"a {self.set.code} needs a segment {tag}"
            raise SetRefused(reason, header.where, fault=Fault(missing, NO_SEGMENT, reason))
        return found

    def refusal(self, segment: Segment, element: int, reason: str, code: str) -> SetRefused:
        fault = Fault(segment, code, reason, element)
        return SetRefused(reason, fault.where, fault=fault)

    def note(self, segment: Segment, element: int, text: str, code: str) -> None:
        """An error that the acknowledgement names and that takes nothing from the meaning."""
        self.faults.append(Fault(segment, code, text, element))

    def text(self, segment: Segment, element: int, *, at_most: int = 200) -> str:
        return segment.get(element)[:at_most]

    def required(self, segment: Segment, element: int) -> str:
        value = segment.get(element)
        if not value:
            raise self.refusal(segment, element, "a value is missing", MISSING)
        return value

    def quantity(self, segment: Segment, element: int, *, places: int = 3) -> Decimal | None:
        """A number of at most nine digits before the point; None where there is none."""
        value = segment.get(element).replace(",", "")
        if not value:
            return None
        try:
            number = Decimal(value)
        except InvalidOperation:
            raise self.refusal(segment, element, f"{value[:20]!r} is not a number", BAD_CHARACTER) from None
        if not number.is_finite() or abs(number) >= 10**9 or len(value) > 30:
            raise self.refusal(segment, element, "the number is out of range", LONG)
        return number.quantize(Decimal(1).scaleb(-places))

    def count(self, segment: Segment, element: int) -> int | None:
        number = self.quantity(segment, element)
        return None if number is None or number < 0 else int(number)

    def money(self, segment: Segment, element: int) -> Decimal | None:
        """An amount (type N2): the last two digits are decimals, unless the sender wrote a point."""
        value = segment.get(element)
        number = self.quantity(segment, element, places=2)
        if number is None:
            return None
        return (number if "." in value else number / 100).quantize(Decimal("0.01"))

    def plain(self, segment: Segment, element: int, *, places: int = 3) -> str | None:
        """A number as text for a payload: without exponent and needless zeros."""
        number = self.quantity(segment, element, places=places)
        return None if number is None else plain(number)

    def references(self, segments: Iterable[Segment], *, issuer: str = "") -> list[Ref]:
        """The identifiers of L11, N9 and REF segments, in their order."""
        found: list[Ref] = []
        for segment in segments:
            if segment.tag in ("N9", "REF"):
                found += self.named(segment.code(1), segment, 2, issuer=issuer)
            elif segment.tag == "L11":
                found += self.named(segment.code(2), segment, 1, issuer=issuer)
        return found

    def named(self, name: str, segment: Segment, element: int, *, issuer: str = "") -> list[Ref]:
        """The identifier at a place, as what `name` (a qualifier, or a position such as B10-01) makes of it."""
        value = segment.get(element)
        if not normalised(value):
            return []
        if not _is_identifier(value):
            self.note(segment, element, "the identifier is too long to be one", LONG)
            return []
        kinds = reference_types(self.mapping, name)
        if not kinds and name == "EQ" and is_container(value):
            kinds = (RefType.CONTAINER,)
        # A number of the carrier's own making is unique only with its maker; the shipper's is not his.
        own = (RefType.PRO, RefType.TRACKING)
        return [Ref(kind, value, issuer[:40] if kind in own and issuer.isascii() else "") for kind in kinds]

    def event(
        self,
        event_type: str,
        occurred_at: datetime,
        references: Sequence[Ref],
        *,
        at: Segment,
        data: Mapping[str, JSON] | None = None,
        place: Place | None = None,
        code: str = "",
        text: str = "",
        remark: str = "",
        event_id: str = "",
    ) -> CanonicalEvent:
        """An event that its payload's rules accept; else the set is refused at `at`, which it was made from."""
        said = {name: value for name, value in (data or {}).items() if value not in ("", None, [])}
        remarks = [str(said.get("detail", "")), remark, *self.remarks]
        if self.reported_at is not None and occurred_at - self.reported_at > _TOO_EARLY:
            remarks.append("said before it happened")
        if detail := "; ".join(dict.fromkeys(part for part in remarks if part)):
            said["detail"] = detail[:200]
        unique = tuple(ref for ref in dict.fromkeys(references) if _is_identifier(ref.value))[:MAX_REFERENCES]
        if not unique:
            raise SetRefused("nothing in the set says what it is about: no known reference", at.where)
        event = CanonicalEvent(
            type=event_type,
            occurred_at=occurred_at,
            references=unique,
            place=place,
            data=said,
            source_code=code[:60],
            source_text=text[:500],
            event_id=event_id[:200],
            reported_at=self.reported_at,
        )
        try:
            payload_of(event)
        except Invalid as invalid:
            what = next(iter(invalid.details.values()), invalid.message)
            name = next(iter(invalid.details), "data")
            raise SetRefused(f"{name}: {what}", at.where, fault=Fault(at, BAD_ELEMENTS, str(what))) from None
        return event


def _is_identifier(value: str) -> bool:
    """Whether it can be one; what is longer is not cut, because the half of an identifier is another's."""
    return len(value) <= MAX_REFERENCE and 0 < len(normalised(value)) <= MAX_REFERENCE


def place_number(text: str) -> int | None:
    """The number of a stop or a line, 1 to 999; None for what is none. However long it is written."""
    short = text.lstrip("0") if text.isascii() and text.isdigit() else ""
    return int(short) if 0 < len(short) <= 3 else None


def plain(number: Decimal) -> str:
    return format(number.normalize() + 0, "f")
