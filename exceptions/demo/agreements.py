"""What was promised to whom, and what missing it costs. Data only; prices have the form of `sla.pricing`."""

from dataclasses import dataclass
from typing import Any

from exceptions.sla.models import Counting, Measured, Starts, Subkind, TermKind


def flat(amount: str, currency: str = "USD") -> dict[str, Any]:
    return {"kind": "flat", "amount": amount, "currency": currency}


def percent(share: str, cap: str = "") -> dict[str, Any]:
    return {"kind": "percent", "percent": share, **({"cap": cap} if cap else {})}


def per_hour(rate: str, cap: str, currency: str = "USD") -> dict[str, Any]:
    return {"kind": "per_unit", "unit": "hour", "rate": rate, "cap": cap, "currency": currency}


@dataclass(frozen=True)
class Promise:
    kind: TermKind
    name: str
    price: dict[str, Any]
    case_type: str = ""
    service: str = ""
    mode: str = ""
    minutes: int | None = None
    counting: Counting = Counting.WALL
    subkind: Subkind | str = ""
    lane: str = ""
    days: int | None = None
    notice: int | None = None
    starts: Starts | str = ""
    measured: Measured | str = ""
    severity: str = ""
    tier: int | None = None


@dataclass(frozen=True)
class Agreement:
    """`account` is the counterparty's code, empty for the house's own rates. `drafted`: why a next version is being
    written, when one is."""

    code: str
    name: str
    account: str
    promises: tuple[Promise, ...]
    side: str = "payable"
    currency: str = "USD"
    drafted: str = ""


WINDOW, TEMPERATURE = TermKind.DELIVERY_WINDOW, TermKind.TEMPERATURE
FREE_TIME = {
    "kind": "per_unit",
    "unit": "calendar_day",
    "tiers": [{"units": 4, "rate": "215"}, {"rate": "430"}],
    "cap": "1720",
    "currency": "USD",
}


PER_DIEM = {
    "kind": "per_unit",
    "unit": "calendar_day",
    "tiers": [{"units": 3, "rate": "95"}, {"rate": "160"}],
    "currency": "USD",
}


def _response(minutes: int, rate: str, currency: str = "USD") -> Promise:
    return Promise(
        TermKind.FIRST_RESPONSE,
        f"First response within {minutes} minutes",
        flat(rate, currency),
        minutes=minutes,
    )


AGREEMENTS = (
    Agreement(
        "HG-2026",
        "Harborline cold chain",
        "HARBORLINE",
        (
            _response(30, "150"),
            Promise(WINDOW, "On the dock in the window", per_hour("400", "6000"), minutes=30),
            Promise(
                TEMPERATURE, "Minutes outside the band", percent("40"), case_type="temperature_excursion", minutes=180
            ),
            Promise(
                TermKind.PICKUP_WINDOW, "Loaded while it is cold", flat("250"), mode="road", minutes=60, notice=120
            ),
            Promise(
                TermKind.DOCUMENT,
                "Signed POD with the temperature log within two days",
                flat("75"),
                subkind=Subkind.POD,
                days=2,
                counting=Counting.WORKING_DAYS,
            ),
        ),
    ),
    Agreement(
        "LH-2026",
        "Lumen retail compliance",
        "LUMEN",
        (
            _response(30, "100"),
            Promise(WINDOW, "Retailer's must-arrive-by date: 3 % of the order", percent("3", "20000"), minutes=0),
        ),
    ),
    Agreement(
        "GG-2026",
        "Granite site deliveries",
        "GRANITE",
        (
            Promise(WINDOW, "Crane slot missed", flat("12000"), service="crane slot", minutes=0),
            Promise(WINDOW, "Site delivery late", flat("350"), minutes=120),
        ),
    ),
    Agreement(
        "VT-JIT-2026",
        "Voltara line supply",
        "VOLTARA",
        (
            _response(15, "250"),
            Promise(
                WINDOW, "Line down, each started hour", per_hour("9000", "54000"), service="just in time", minutes=0
            ),
            Promise(WINDOW, "Late at the plant", flat("750"), minutes=60),
        ),
    ),
    Agreement(
        "SP-2026",
        "Silverpine distribution",
        "SILVERPINE",
        (
            _response(60, "30"),
            Promise(WINDOW, "Guaranteed delivery missed", flat("2600"), service="LTL guaranteed", minutes=0),
            Promise(WINDOW, "Delivery day missed", flat("85"), minutes=60),
        ),
    ),
    Agreement(
        "EW-2026",
        "Elbwerk Rahmenvertrag",
        "ELBWERK",
        (
            _response(60, "40", "EUR"),
            Promise(WINDOW, "Verspaetung", per_hour("60", "900", "EUR"), minutes=60),
            Promise(
                TermKind.CLAIM,
                "Notice of damage under CMR",
                percent("6"),
                case_type="freight_damaged",
                minutes=7 * 24 * 60,
                subkind=Subkind.NOTICE,
            ),
        ),
        currency="EUR",
    ),
    Agreement(
        "PC-2026",
        "Pacifica imports",
        "PACIFICA",
        (
            _response(60, "30"),
            Promise(
                TermKind.FREE_TIME,
                "Demurrage after the last free day",
                FREE_TIME,
                case_type="free_time_expiring",
                subkind=Subkind.DEMURRAGE,
            ),
            Promise(
                TermKind.FREE_TIME,
                "Empty box and chassis back within five days",
                PER_DIEM,
                subkind=Subkind.PER_DIEM,
                days=5,
                counting=Counting.CALENDAR_DAYS,
                starts=Starts.GATE_OUT,
                measured=Measured.EMPTY_RETURN,
            ),
            Promise(TermKind.CUT_OFF, "VGM in time, or the box rolls", flat("600"), mode="ocean", subkind=Subkind.VGM),
        ),
    ),
    Agreement(
        "DB-2026",
        "Desert Bloom deliveries",
        "DESERTBLOOM",
        (Promise(WINDOW, "Florist's cold dock", flat("1450"), minutes=15),),
    ),
    Agreement(
        "AG-2026",
        "Alpenglow deliveries",
        "ALPENGLOW",
        (Promise(WINDOW, "Delivery day missed", flat("250"), minutes=120),),
        drafted="Higher price for the season, as agreed by phone",
    ),
    Agreement("OO-2026", "Orchard parcels", "ORCHARD", (Promise(WINDOW, "Parcel late", flat("12"), minutes=0),)),
    Agreement(
        "OT-2025",
        "Odertrans Befoerderungsvertrag",
        "ODERTRANS",
        (
            Promise(
                TermKind.CLAIM,
                "Notice of damage that was not apparent, seven days",
                percent("100"),
                case_type="freight_damaged",
                subkind=Subkind.NOTICE,
                days=7,
                counting=Counting.NOT_SUNDAYS,
                starts=Starts.DELIVERY,
            ),
            Promise(
                TermKind.CLAIM,
                "Claim with its papers",
                percent("100"),
                case_type="freight_damaged",
                subkind=Subkind.FILING,
                days=60,
                counting=Counting.CALENDAR_DAYS,
                starts=Starts.DELIVERY,
            ),
        ),
        side="recoverable",
        currency="EUR",
    ),
    Agreement(
        "HOUSE",
        "House rates",
        "",
        (
            _response(60, "30"),
            Promise(TermKind.HOUSE_RATE, "Every further open day", flat("25")),
            Promise(WINDOW, "Late without a contract", flat("150"), minutes=60),
        ),
    ),
)


@dataclass(frozen=True)
class Office:
    """When a company's office can be reached; `account` is empty for our own."""

    account: str
    name: str
    zone: str
    week: str
    country: str = ""
    subdivision: str = ""


# Our control desk never closes, so that what we can do at night is done at night.
OFFICES = (
    Office("", "Control desk", "America/Chicago", "00:00-24:00"),
    Office("ELBWERK", "Buero Hamburg", "Europe/Berlin", "08:00-12:00 13:00-17:00", "DE", "HH"),
    Office("LUMEN", "Compliance desk", "America/Chicago", "07:00-16:00", "US", "TN"),
)


@dataclass(frozen=True)
class Lead:
    """What an action takes with one party; the shipped table holds for the rest."""

    action: str
    case_type: str
    account: str
    minutes: int
    cost: str
    p_act: float


LEADS = (
    Lead("expedite", "delivery_late", "TRANSVALE", 11 * 60, "3200", 0.05),
    Lead("rebook", "delivery_late", "TRANSVALE", 13 * 60, "900", 0.5),
    Lead("call_carrier", "delivery_late", "TRANSVALE", 12 * 60, "0", 0.85),
    # Transvale's receivers give no later slot for the price of a call: a missed one is missed.
    Lead("reschedule_appointment", "delivery_late", "TRANSVALE", 60, "0", 1.0),
    # The dray desk plans a day ahead: six working hours and a bit before the box must be out.
    Lead("book_dray", "free_time_expiring", "BLUEWATER", 365, "0", 0.1),
    Lead("inspect", "temperature_excursion", "REDMESA", 20, "200", 0.35),
    # A crane slot is not moved on the day.
    Lead("reschedule_appointment", "delivery_late", "STONEHAUL", 24 * 60, "75", 0.25),
)
