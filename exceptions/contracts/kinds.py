"""Which kinds of terms there are, in what order, what each is for, and which fields its form asks for.

What pricing reads of a kind stands in `sla.reads.READS`; here are the words for people, and the order of the form.
"""

from __future__ import annotations

from dataclasses import dataclass

from exceptions.sla.kinds import SUBKINDS, Counting, Measured, Starts, TermKind
from exceptions.sla.pricing import PRECEDENCE, Credits, Disputed, Flat, PerUnit, ShareOfValue
from exceptions.sla.reach import OF_THE_CASE
from exceptions.sla.reads import OF_FREIGHT, READS

# What a term may name, in the order of the form. A promise about the work on a case knows nothing of the freight.
OF_A_CASE = tuple(name for name in PRECEDENCE if name not in OF_FREIGHT)
ASKED = (
    "subkind",
    "regime",
    "period",
    "threshold",
    "starts",
    "measured",
    "allowed_days",
    "allowed_minutes",
    "counting",
    "first_day_counts",
    "calendar",
    "notice_minutes",
)
PRICES = {
    Flat: "flat",
    ShareOfValue: "percent",
    PerUnit: "per_unit",
    Credits: "credits",
    Disputed: "disputed",
}


@dataclass(frozen=True)
class Kind:
    """A kind of term for people. usual: how it is mostly priced."""

    kind: TermKind
    group: str
    about: str
    allowed_label: str = "Time allowed"
    usual: str = "flat"

    @property
    def fields(self) -> tuple[str, ...]:
        """What its form asks for beside the name and the price: exactly what is read of it."""
        read = {*READS[self.kind].fields, *(["subkind"] if self.kind in SUBKINDS else [])}
        return (*(name for name in ASKED if name in read), *self.matching)

    @property
    def matching(self) -> tuple[str, ...]:
        return OF_A_CASE if self.kind in OF_THE_CASE else PRECEDENCE

    @property
    def prices(self) -> tuple[str, ...]:
        """The forms of price that it may have, the usual one first."""
        allowed = READS[self.kind].prices
        found = (name for form, name in PRICES.items() if form in allowed)
        return tuple(sorted(found, key=lambda name: name != self.usual))

    @property
    def counting(self) -> tuple[Counting, ...]:
        return READS[self.kind].counting

    @property
    def starts(self) -> tuple[Starts, ...]:
        return READS[self.kind].starts

    @property
    def measured(self) -> tuple[Measured, ...]:
        return READS[self.kind].measured


WORK, STOPS, RATES, PLACES, PAPERS, FREIGHT_ITSELF, HOUSE = (
    "How we work on a case",
    "Windows at the stop",
    "Rates over a period",
    "Time at terminals and docks",
    "Papers and claims",
    "The freight itself",
    "The house's own",
)
KINDS: tuple[Kind, ...] = (
    Kind(
        TermKind.FIRST_RESPONSE,
        WORK,
        "Somebody has answered within this time from the opening of the case.",
    ),
    Kind(
        TermKind.RESOLUTION,
        WORK,
        "The case is resolved within this time from its opening.",
    ),
    Kind(
        TermKind.NEXT_UPDATE,
        WORK,
        "The customer hears again within this time from the last word.",
    ),
    Kind(
        TermKind.PICKUP_WINDOW,
        STOPS,
        "The freight is picked up within the stop's window.",
        allowed_label="Tolerance after the window",
    ),
    Kind(
        TermKind.DELIVERY_WINDOW,
        STOPS,
        "The freight is delivered within the stop's window.",
        allowed_label="Tolerance after the window",
    ),
    Kind(
        TermKind.APPOINTMENT,
        STOPS,
        "The truck is there when the appointment begins.",
        allowed_label="Tolerance after the appointment",
    ),
    Kind(
        TermKind.OTIF,
        RATES,
        "So many of a period's deliveries are on time and in full; a miss costs what it moves the period's price.",
        allowed_label="Tolerance after the window",
    ),
    Kind(
        TermKind.SERVICE_CREDIT,
        RATES,
        "So many of a period's deliveries are on time, or the customer is credited; a miss costs what it moves the credit.",
        allowed_label="Tolerance after the window",
        usual="credits",
    ),
    Kind(
        TermKind.FREE_TIME,
        PLACES,
        "Equipment or a truck is free of charge for a time; then every further day or hour costs.",
        allowed_label="Free hours",
        usual="per_unit",
    ),
    Kind(
        TermKind.CUT_OFF,
        PLACES,
        "What has to be there or said before the plan's cut-off; missing it rolls the freight.",
        allowed_label="Tolerance after the cut-off",
    ),
    Kind(
        TermKind.DOCUMENT,
        PAPERS,
        "A document is there, or a dispute is raised, within this time.",
    ),
    Kind(
        TermKind.CLAIM,
        PAPERS,
        "Notice, claim and suit each have a deadline of their own; after it nothing can be recovered.",
        usual="percent",
    ),
    Kind(
        TermKind.TEMPERATURE,
        FREIGHT_ITSELF,
        "The temperature is outside its band for no longer than this.",
    ),
    Kind(
        TermKind.HOUSE_RATE,
        HOUSE,
        "What a further day open is worth to us, where no contract prices it.",
        usual="per_unit",
    ),
)
BY_KIND: dict[str, Kind] = {str(entry.kind): entry for entry in KINDS}
ORDER: dict[str, int] = {str(entry.kind): number for number, entry in enumerate(KINDS)}
