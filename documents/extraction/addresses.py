"""Takes a postal address apart: city, region, postcode, country. What it cannot tell stays empty."""

from __future__ import annotations

import re
from dataclasses import dataclass

from documents.extraction.normalise import tidy
from documents.extraction.sheet import folded

# USPS Publication 28, appendix B, with territories and military addresses.
US_REGIONS = frozenset(
    [
        "AL",
        "AK",
        "AZ",
        "AR",
        "CA",
        "CO",
        "CT",
        "DE",
        "DC",
        "FL",
        "GA",
        "HI",
        "ID",
        "IL",
        "IN",
        "IA",
        "KS",
        "KY",
        "LA",
        "ME",
        "MD",
        "MA",
        "MI",
        "MN",
        "MS",
        "MO",
        "MT",
        "NE",
        "NV",
        "NH",
        "NJ",
        "NM",
        "NY",
        "NC",
        "ND",
        "OH",
        "OK",
        "OR",
        "PA",
        "RI",
        "SC",
        "SD",
        "TN",
        "TX",
        "UT",
        "VT",
        "VA",
        "WA",
        "WV",
        "WI",
        "WY",
        "AS",
        "GU",
        "MP",
        "PR",
        "VI",
        "FM",
        "MH",
        "PW",
        "AA",
        "AE",
        "AP",
    ]
)
# Canada Post's two-letter symbols.
CA_REGIONS = frozenset(["AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON", "PE", "QC", "SK", "YT"])

_COUNTRIES = {
    "usa": "US", "us": "US", "u.s.a": "US", "united states": "US", "united states of america": "US", "canada": "CA", "mexico": "MX",
    "deutschland": "DE", "germany": "DE", "france": "FR", "belgie": "BE", "belgique": "BE", "belgium": "BE", "polska": "PL", "poland": "PL",
    "nederland": "NL", "netherlands": "NL", "espana": "ES", "spain": "ES", "italia": "IT", "italy": "IT", "united kingdom": "GB", "uk": "GB",
    "china": "CN", "austria": "AT", "osterreich": "AT", "switzerland": "CH", "schweiz": "CH", "suisse": "CH", "czech republic": "CZ",
}  # fmt: skip

_US = re.compile(r"(?P<city>[^,\d][^,]*?)\s*,?\s+(?P<region>[A-Za-z]{2})\.?,?\s+(?P<code>\d{5}(?:-\d{4})?)\b")
_CA = re.compile(r"(?P<city>[^,\d][^,]*?)\s*,?\s+(?P<region>[A-Z]{2}),?\s+(?P<code>[A-Z]\d[A-Z] ?\d[A-Z]\d)\b")
_MILITARY = re.compile(r"(?P<city>[AFD]PO)\s+(?P<region>A[AEP])\s+(?P<code>\d{5})\b")
_EU = re.compile(r"(?:\b[A-Z]{1,2}-)?(?P<code>\d{2}-\d{3}|\d{4} ?[A-Z]{2}|\d{4,5})\s+(?P<city>[^\d,]{2,40})")
_CITY_REGION = re.compile(r"^(?P<city>[^,\d]{2,40}),\s*(?P<region>[A-Z]{2})$")


@dataclass(frozen=True, slots=True)
class Address:
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""


def read_address(text: str) -> Address:
    """The parts of an address printed on one line or joined by commas."""
    parts = [part.strip() for part in text.split(",")]
    country = _COUNTRIES.get(folded(parts[-1]).strip(" ."), "") if len(parts) > 1 else ""
    tail = _last(_MILITARY, text) or _last(_US, text)
    if tail and tail["region"].upper() in US_REGIONS | CA_REGIONS:
        return Address(_city(tail["city"]), tail["region"].upper(), tail["code"], country or "US")
    tail = _last(_US, text)
    if tail:
        return Address(_city(tail["city"]), tail["region"].upper(), tail["code"], country)
    tail = _last(_CA, text)
    if tail and tail["region"] in CA_REGIONS:
        return Address(_city(tail["city"]), tail["region"], tail["code"], country or "CA")
    for part in reversed(parts[-3:]):
        alone = _EU.fullmatch(part)
        if alone:
            return Address(_city(alone["city"]), "", alone["code"], country)
    short = _CITY_REGION.match(", ".join(parts[-2:]))
    if short and short["region"] in US_REGIONS | CA_REGIONS:
        return Address(_city(short["city"]), short["region"], "", "US" if short["region"] in US_REGIONS else "CA")
    return Address(country=country)


def is_us_or_canadian(text: str) -> bool:
    """Whether a page bears an address of a country that writes the month first."""
    return any(match["region"].upper() in US_REGIONS for match in _US.finditer(text))


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    found = None
    for found in pattern.finditer(text):  # noqa: B007  the last one is wanted: cities stand at the end
        pass
    return found


def _city(text: str) -> str:
    return tidy(text)
