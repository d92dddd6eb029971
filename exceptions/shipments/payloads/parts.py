"""What payloads are made of: times with a zone, codes, money. Pure."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from exceptions.parties.zones import is_zone

# No freight moves outside these years, and the ends of the calendar overflow when a clock is read in another zone.
FIRST_YEAR, LAST_YEAR = 1990, 2100


def _utc(moment: datetime) -> datetime:
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError("the year is out of range")
    return moment.astimezone(UTC)


def _zone(name: str) -> str:
    if name and not is_zone(name):
        raise ValueError("not a time zone of the IANA list, such as America/Phoenix")
    return name


Moment = Annotated[AwareDatetime, AfterValidator(_utc)]
Zone = Annotated[str, AfterValidator(_zone)]
Code = Annotated[str, Field(max_length=40)]
Number = Annotated[str, Field(min_length=1, max_length=60)]
Text = Annotated[str, Field(max_length=200)]
Quantity = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=3)]
Sequence = Annotated[int, Field(ge=1, le=999)]
Mode = Literal["road", "ltl", "parcel", "rail", "ocean", "air", "intermodal"]
StopKind = Literal["pickup", "delivery", "terminal", "port", "ramp", "airport", "border"]
AppointmentState = Literal["requested", "confirmed", "rescheduled", "missed", "cancelled"]
Unit = Literal["C", "F"]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Payload(Part):
    """What any event may say: the sender's status words, our reason code, and whether a reason found no row."""

    status: Text = ""
    detail: Text = ""
    reason: Text = ""
    unmapped: bool | Text = False


class Money(Part):
    amount: Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2)]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


class Window(Part):
    @model_validator(mode="after")
    def _in_order(self) -> "Window":
        for earlier, later in (("window_start", "window_end"), ("starts_at", "ends_at")):
            first, last = getattr(self, earlier, None), getattr(self, later, None)
            if first and last and first > last:
                raise ValueError(f"{earlier} is after {later}")
        return self
