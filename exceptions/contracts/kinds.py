"""Which kinds of terms there are, in what order, what each is for, and which of its fields are read."""

from __future__ import annotations

from dataclasses import dataclass

from exceptions.sla.models import Counting, Measured, Starts, TermKind

CASE = ("case_type", "tier", "severity")
FREIGHT = ("case_type", "service", "lane", "mode", "goods_class")
RUNNING = (Counting.WALL, Counting.BUSINESS)
AT_THE_STOP = (Measured.ARRIVAL, Measured.UNLOADING_START, Measured.UNLOADING_END, Measured.PROOF)


@dataclass(frozen=True)
class Kind:
    """A kind of term for people. fields: what it reads beside its name and its price, in the order of the form.
    prices: the forms of price that make sense for it."""

    kind: TermKind
    group: str
    about: str
    fields: tuple[str, ...]
    prices: tuple[str, ...] = ("flat", "percent", "per_unit")
    counting: tuple[Counting, ...] = ()
    measured: tuple[Measured, ...] = ()
    starts: tuple[Starts, ...] = ()
    allowed_label: str = "Time allowed"


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
        ("allowed_minutes", "counting", *CASE),
        prices=("flat",),
        counting=RUNNING,
    ),
    Kind(
        TermKind.RESOLUTION,
        WORK,
        "The case is resolved within this time from its opening.",
        ("allowed_minutes", "counting", *CASE),
        counting=RUNNING,
    ),
    Kind(
        TermKind.NEXT_UPDATE,
        WORK,
        "The customer hears again within this time from the last word.",
        ("allowed_minutes", "counting", *CASE),
        prices=("flat",),
        counting=RUNNING,
    ),
    Kind(
        TermKind.PICKUP_WINDOW,
        STOPS,
        "The freight is picked up within the stop's window.",
        ("allowed_minutes", "measured", "notice_minutes", *FREIGHT),
        measured=AT_THE_STOP,
        allowed_label="Tolerance after the window",
    ),
    Kind(
        TermKind.DELIVERY_WINDOW,
        STOPS,
        "The freight is delivered within the stop's window.",
        ("allowed_minutes", "measured", "notice_minutes", *FREIGHT),
        measured=AT_THE_STOP,
        allowed_label="Tolerance after the window",
    ),
    Kind(
        TermKind.APPOINTMENT,
        STOPS,
        "The truck is there when the appointment begins.",
        ("allowed_minutes", "measured", "notice_minutes", *FREIGHT),
        measured=AT_THE_STOP,
        allowed_label="Tolerance after the appointment",
    ),
    Kind(
        TermKind.OTIF,
        RATES,
        "So many of a period's deliveries are on time and in full; a miss costs what it moves the period's price.",
        ("period", "threshold", "allowed_minutes", "measured", *FREIGHT),
        prices=("percent", "flat"),
        measured=AT_THE_STOP,
        allowed_label="Tolerance after the window",
    ),
    Kind(
        TermKind.SERVICE_CREDIT,
        RATES,
        "So many of a period's deliveries are on time, or the customer is credited; a miss costs what it moves the credit.",
        ("period", "threshold", "allowed_minutes", "measured", *FREIGHT),
        prices=("percent", "flat"),
        measured=AT_THE_STOP,
        allowed_label="Tolerance after the window",
    ),
    Kind(
        TermKind.FREE_TIME,
        PLACES,
        "Equipment or a truck is free of charge for a time; then every further day or hour costs.",
        (
            "subkind",
            "starts",
            "measured",
            "allowed_days",
            "allowed_minutes",
            "counting",
            "first_day_counts",
            "calendar",
            *FREIGHT,
        ),
        prices=("per_unit",),
        counting=(Counting.CALENDAR_DAYS, Counting.WORKING_DAYS, Counting.WALL),
        measured=(Measured.GATE_OUT, Measured.EMPTY_RETURN, Measured.DEPARTURE),
        starts=(Starts.DISCHARGE, Starts.AVAILABLE, Starts.GATE_OUT, Starts.ARRIVAL),
        allowed_label="Free hours",
    ),
    Kind(
        TermKind.CUT_OFF,
        PLACES,
        "What has to be there or said before the plan's cut-off; missing it rolls the freight.",
        ("subkind", "allowed_minutes", *FREIGHT),
        prices=("flat", "percent"),
        allowed_label="Tolerance after the cut-off",
    ),
    Kind(
        TermKind.DOCUMENT,
        PAPERS,
        "A document is there, or a dispute is raised, within this time.",
        ("subkind", "allowed_days", "allowed_minutes", "counting", "calendar", *FREIGHT),
        prices=("flat", "percent"),
        counting=(Counting.WALL, Counting.BUSINESS, Counting.CALENDAR_DAYS, Counting.WORKING_DAYS),
    ),
    Kind(
        TermKind.CLAIM,
        PAPERS,
        "Notice, claim and suit each have a deadline of their own; after it nothing can be recovered.",
        ("subkind", "regime", "starts", "allowed_days", "counting", *FREIGHT),
        prices=("percent", "flat"),
        counting=(Counting.CALENDAR_DAYS, Counting.WORKING_DAYS, Counting.NOT_SUNDAYS),
        starts=(Starts.DELIVERY, Starts.DISALLOWANCE),
    ),
    Kind(
        TermKind.TEMPERATURE,
        FREIGHT_ITSELF,
        "The temperature is outside its band for no longer than this.",
        ("allowed_minutes", *FREIGHT),
        prices=("percent", "flat"),
    ),
    Kind(
        TermKind.HOUSE_RATE,
        HOUSE,
        "What a further day open is worth to us, where no contract prices it.",
        CASE,
        prices=("flat",),
    ),
)
BY_KIND: dict[str, Kind] = {str(entry.kind): entry for entry in KINDS}
ORDER: dict[str, int] = {str(entry.kind): number for number, entry in enumerate(KINDS)}
