"""Parties and places: the loops of N1, N3 and N4, and the location segments."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from exceptions.intake.adapters.x12.reader import Segment
from exceptions.intake.adapters.x12.reading import Reading
from exceptions.intake.mapping.x12 import ROLES
from exceptions.intake.mapping.zones import country_code, country_of_region, zone_of
from exceptions.shipments.canonical import JSON, Place


@dataclass(frozen=True, slots=True)
class Party:
    """`role` is an entity code (data element 98); `code` is `<qualifier>:<identification>` as the sender writes it."""

    role: str
    name: str
    code: str
    place: Place

    @property
    def zone(self) -> str:
        return self.place.zone


def parties(reading: Reading, segments: Iterable[Segment]) -> list[Party]:
    """Each N1 with the N2, N3 and N4 that follow it."""
    loops: list[tuple[Segment, Segment | None]] = []
    for segment in segments:
        if segment.tag == "N1":
            loops.append((segment, None))
        elif segment.tag == "N4" and loops and loops[-1][1] is None:
            loops[-1] = (loops[-1][0], segment)
    return [_party(reading, name, place) for name, place in loops]


def _party(reading: Reading, segment: Segment, location: Segment | None) -> Party:
    qualifier, number = segment.get(3), segment.get(4)
    name = reading.text(segment, 2)
    city, region, country, postcode = (
        (location.get(1), location.get(2), location.get(4), location.get(3)) if location else ("", "", "", "")
    )
    place = place_of(city, region, country, postcode=postcode, name=name)
    return Party(segment.code(1), name, f"{qualifier}:{number}" if number else "", place)


def place_of(city: str, region: str, country: str, *, postcode: str = "", name: str = "", unlocode: str = "") -> Place:
    land = country_code(country) or ("" if country.strip() else country_of_region(region))
    return Place(
        name=name[:200],
        city=city[:100],
        region=region[:50],
        country=land,
        postcode=postcode[:20],
        unlocode=unlocode,
        zone=zone_of(land, region, city) if land else "",
    )


def party_of(found: Sequence[Party], roles: Sequence[str]) -> Party | None:
    """The first party of the first of these roles that is there."""
    return next((party for role in roles for party in found if party.role == role), None)


def account(reading: Reading, *codes: str) -> str:
    """The code of one of our accounts for a sender's identification, by the partner's `accounts`; empty without a row.

    Only what an administrator mapped becomes an account: an unknown code would hold the whole message up.
    """
    return _mapped(reading.mapping.get("accounts"), codes)


def location(reading: Reading, party: Party | None) -> str:
    """The code of one of our locations, by the partner's `locations`."""
    return _mapped(reading.mapping.get("locations"), (party.code, party.code.partition(":")[2])) if party else ""


def _mapped(table: Any, codes: Sequence[str]) -> str:
    if not isinstance(table, dict):
        return ""
    found = next((table[code] for code in codes if code and code in table), "")
    return found[:40] if isinstance(found, str) else ""


def roles_data(reading: Reading, found: Sequence[Party], carrier: str = "") -> list[dict[str, JSON]]:
    """The parties of a plan that are accounts of ours, each role and account once."""
    wanted: dict[tuple[str, str], None] = {}
    for party in found:
        ours = account(reading, party.code, party.code.partition(":")[2])
        if ours and party.role in ROLES:
            wanted[ROLES[party.role], ours] = None
    if carrier:
        wanted["contracted_carrier", carrier] = None
    rows: list[dict[str, JSON]] = [{"role": role, "account": code} for role, code in wanted]
    return rows[:30]


def customer(reading: Reading, found: Sequence[Party]) -> str:
    """The customer's account: the one who pays, by `accounts`, else the one the partner's mapping names."""
    payer = party_of(found, ("BT", "BY", "OB"))
    ours = account(reading, payer.code, payer.code.partition(":")[2]) if payer else ""
    named = reading.mapping.get("customer")
    return ours or (named[:40] if isinstance(named, str) else "")
