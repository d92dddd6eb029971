"""The time zone of a place that a message names by country, state and city: for formats that say "local time".

Source: the IANA time zone database and CLDR's list of zones by territory (through babel). A state or country of
several zones stands here with the one in which most of its people live; a few cities of freight on the other side of
a line are named. A country of several zones that is not listed has none: nothing is guessed.
"""

from functools import cache
from typing import Final

from babel.core import get_global

_EASTERN, _CENTRAL, _MOUNTAIN, _PACIFIC = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
)


def _each(zones: dict[str, str]) -> dict[str, str]:
    return {region: zone for zone, regions in zones.items() for region in regions.split()}


_UNITED_STATES: Final = _each(
    {
        _EASTERN: "CT DC DE FL GA IN KY MA MD ME MI NC NH NJ NY OH PA RI SC VA VT WV",
        _CENTRAL: "AL AR IA IL KS LA MN MO MS ND NE OK SD TN TX WI",
        _MOUNTAIN: "CO MT NM UT WY",
        _PACIFIC: "CA NV OR WA",
        "America/Boise": "ID",
        "America/Phoenix": "AZ",
        "America/Anchorage": "AK",
        "Pacific/Honolulu": "HI",
        "America/Puerto_Rico": "PR VI",
        "Pacific/Guam": "GU",
    }
)
_CANADA: Final = _each(
    {
        "America/Toronto": "ON QC PQ",
        "America/Vancouver": "BC",
        "America/Edmonton": "AB NT",
        "America/Regina": "SK",
        "America/Winnipeg": "MB",
        "America/Moncton": "NB",
        "America/Halifax": "NS PE",
        "America/St_Johns": "NL NF",
        "America/Whitehorse": "YT",
        "America/Iqaluit": "NU",
    }
)
# Mexico's states by ISO 3166-2 and by the two letters that freight uses; every other one keeps the capital's time.
_MEXICO: Final = _each(
    {
        "America/Tijuana": "BCN BC BN",
        "America/Mazatlan": "BCS BS SIN SI NAY",
        "America/Hermosillo": "SON SO",
        "America/Chihuahua": "CHH CI",
        "America/Cancun": "ROO QR",
        "America/Monterrey": "NLE NL COA TAM",
    }
)
_AUSTRALIA: Final = _each(
    {
        "Australia/Sydney": "NSW ACT",
        "Australia/Melbourne": "VIC",
        "Australia/Brisbane": "QLD",
        "Australia/Adelaide": "SA",
        "Australia/Perth": "WA",
        "Australia/Hobart": "TAS",
        "Australia/Darwin": "NT",
    }
)
_REGIONS: Final = {"US": _UNITED_STATES, "CA": _CANADA, "MX": _MEXICO, "AU": _AUSTRALIA}
# Countries of several zones whose freight keeps one of them.
_COUNTRIES: Final = {
    "MX": "America/Mexico_City",
    "DE": "Europe/Berlin",
    "CN": "Asia/Shanghai",
    "ES": "Europe/Madrid",
    "PT": "Europe/Lisbon",
    "UA": "Europe/Kyiv",
    "CY": "Asia/Nicosia",
    "NZ": "Pacific/Auckland",
    "MY": "Asia/Kuala_Lumpur",
    "UZ": "Asia/Tashkent",
    "CL": "America/Santiago",
    "EC": "America/Guayaquil",
    "AR": "America/Argentina/Buenos_Aires",
}
_CITIES: Final = {
    ("US", "TX", "EL PASO"): _MOUNTAIN,
    ("US", "FL", "PENSACOLA"): _CENTRAL,
    ("US", "FL", "PANAMA CITY"): _CENTRAL,
    ("US", "IN", "GARY"): _CENTRAL,
    ("US", "IN", "HAMMOND"): _CENTRAL,
    ("US", "IN", "PORTAGE"): _CENTRAL,
    ("US", "IN", "EVANSVILLE"): _CENTRAL,
    ("US", "KY", "BOWLING GREEN"): _CENTRAL,
    ("US", "KY", "PADUCAH"): _CENTRAL,
    ("US", "KY", "OWENSBORO"): _CENTRAL,
    ("US", "TN", "KNOXVILLE"): _EASTERN,
    ("US", "TN", "CHATTANOOGA"): _EASTERN,
    ("US", "TN", "JOHNSON CITY"): _EASTERN,
    ("US", "TN", "KINGSPORT"): _EASTERN,
    ("US", "SD", "RAPID CITY"): _MOUNTAIN,
    ("US", "NE", "SCOTTSBLUFF"): _MOUNTAIN,
    ("US", "ID", "COEUR D ALENE"): _PACIFIC,
    ("US", "ID", "LEWISTON"): _PACIFIC,
    ("MX", "CHH", "JUAREZ"): "America/Ciudad_Juarez",
    ("MX", "CHH", "CIUDAD JUAREZ"): "America/Ciudad_Juarez",
    ("MX", "CI", "JUAREZ"): "America/Ciudad_Juarez",
    ("MX", "CI", "CIUDAD JUAREZ"): "America/Ciudad_Juarez",
}


def zone_of(country: str, region: str = "", city: str = "") -> str:
    """The IANA zone of a place; empty where country and state do not settle it.

    `country` in two or three letters, `region` as the sender writes a state or province. A state or province without a
    country is one of the United States or of Canada, whose letters do not collide.
    """
    state = region.strip().upper()
    land = country_code(country) or ("" if country.strip() else _country_of(state))
    town = " ".join("".join(c if c.isalnum() else " " for c in city.upper()).split())
    if found := _CITIES.get((land, state, town)):
        return found
    if found := _REGIONS.get(land, {}).get(state):
        return found
    return _COUNTRIES.get(land) or _only_zones().get(land, "")


def country_code(country: str) -> str:
    """Two letters (ISO 3166-1) for two or three; empty for what is no country."""
    wanted = country.strip().upper()
    return wanted if wanted in _territories() else _three_letters().get(wanted, "")


def country_of_region(region: str) -> str:
    """US or CA for a state or province written in two letters; empty for anything else."""
    return _country_of(region.strip().upper())


def _country_of(state: str) -> str:
    return "US" if state in _UNITED_STATES else "CA" if state in _CANADA else ""


@cache
def _territories() -> frozenset[str]:
    zones = get_global("territory_zones")
    return frozenset(land for land in zones if len(land) == 2 and land not in ("ZZ", "UM"))


@cache
def _three_letters() -> dict[str, str]:
    aliases = get_global("territory_aliases")
    return {
        long: short[0]
        for long, short in aliases.items()
        if len(long) == 3 and long.isalpha() and len(short) == 1 and short[0] in _territories()
    }


@cache
def _only_zones() -> dict[str, str]:
    zones = get_global("territory_zones")
    return {land: zones[land][0] for land in _territories() if len(zones[land]) == 1}
