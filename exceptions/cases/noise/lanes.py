"""The company whose month it is: its customers, carriers, places, and the lanes it ships on. All names are made up."""

from __future__ import annotations

from exceptions.cases.noise.world import Lane, Site

CUSTOMERS = tuple(f"CUST-{number:02d}" for number in range(1, 13))
CARRIERS = (
    *(f"TRUCK-{number}" for number in range(1, 9)),
    *(f"GROUPAGE-{number}" for number in range(1, 4)),
    *(f"PARCEL-{number}" for number in range(1, 4)),
    *(f"LINE-{number}" for number in range(1, 4)),
    *(f"AIRLINE-{number}" for number in range(1, 3)),
)


def _us(city: str, region: str, zone: str) -> Site:
    return Site(f"{city} depot", city, region, "US", zone)


CENTRAL, EASTERN, MOUNTAIN, PACIFIC = "America/Chicago", "America/New_York", "America/Denver", "America/Los_Angeles"
CHICAGO, DALLAS = _us("Chicago", "IL", CENTRAL), _us("Dallas", "TX", CENTRAL)
MEMPHIS, ATLANTA = _us("Memphis", "TN", CENTRAL), _us("Atlanta", "GA", EASTERN)
NEWARK, COLUMBUS = _us("Newark", "NJ", EASTERN), _us("Columbus", "OH", EASTERN)
DENVER, PHOENIX = _us("Denver", "CO", MOUNTAIN), _us("Phoenix", "AZ", "America/Phoenix")
ONTARIO, TACOMA = _us("Ontario", "CA", PACIFIC), _us("Tacoma", "WA", PACIFIC)
LAREDO, SAVANNAH = _us("Laredo", "TX", CENTRAL), _us("Savannah", "GA", EASTERN)
HAMBURG = Site("Hamburg Altenwerder", "Hamburg", "", "DE", "Europe/Berlin")
ROTTERDAM = Site("Rotterdam Maasvlakte", "Rotterdam", "", "NL", "Europe/Amsterdam")
SHANGHAI = Site("Shanghai Yangshan", "Shanghai", "", "CN", "Asia/Shanghai")
POZNAN = Site("Poznan warehouse", "Poznan", "", "PL", "Europe/Warsaw")
MILAN = Site("Milan warehouse", "Milan", "", "IT", "Europe/Rome")
NEW_YORK_PORT = Site("Port Newark terminal", "Port Newark", "NJ", "US", EASTERN)
LONG_BEACH = Site("Long Beach pier", "Long Beach", "CA", "US", PACIFIC)

# Carriers 1 to 5 have trackers, 6 and 7 send a status on collection and delivery, 8 says nothing until it has delivered.
ROAD = (
    Lane("road", LAREDO, CHICAGO, 26, "TRUCK-1"),
    Lane("road", LAREDO, ATLANTA, 23, "TRUCK-2"),
    Lane("road", DALLAS, PHOENIX, 18, "TRUCK-1"),
    Lane("road", CHICAGO, NEWARK, 15, "TRUCK-3"),
    Lane("road", CHICAGO, DENVER, 19, "TRUCK-2"),
    Lane("road", ONTARIO, PHOENIX, 7, "TRUCK-4"),
    Lane("road", ONTARIO, DALLAS, 26, "TRUCK-4"),
    Lane("road", TACOMA, ONTARIO, 21, "TRUCK-3"),
    Lane("road", SAVANNAH, COLUMBUS, 14, "TRUCK-5"),
    Lane("road", MEMPHIS, ATLANTA, 7, "TRUCK-5"),
    Lane("road", HAMBURG, POZNAN, 8, "TRUCK-3"),
    Lane("road", ROTTERDAM, MILAN, 17, "TRUCK-2"),
    Lane("road", MEMPHIS, COLUMBUS, 11, "TRUCK-6", tracked=False),
    Lane("road", DALLAS, MEMPHIS, 8, "TRUCK-6", tracked=False),
    Lane("road", ATLANTA, NEWARK, 15, "TRUCK-7", tracked=False),
    Lane("road", COLUMBUS, CHICAGO, 6, "TRUCK-8", tracked=False, mute=True),
)
# Rounds of one truck to several receivers in and around a city.
ROUNDS = (
    Lane("road", ONTARIO, PHOENIX, 7, "TRUCK-1"),
    Lane("road", CHICAGO, COLUMBUS, 7, "TRUCK-2"),
    Lane("road", ATLANTA, MEMPHIS, 7, "TRUCK-5"),
    Lane("road", DALLAS, LAREDO, 8, "TRUCK-4"),
)
# Hours stand for working days here: groupage and parcels move overnight and rest on the weekend.
GROUPAGE = (
    Lane("ltl", CHICAGO, ATLANTA, 3, "GROUPAGE-1"),
    Lane("ltl", CHICAGO, DALLAS, 3, "GROUPAGE-1"),
    Lane("ltl", NEWARK, COLUMBUS, 2, "GROUPAGE-2"),
    Lane("ltl", DALLAS, PHOENIX, 3, "GROUPAGE-2"),
    Lane("ltl", ONTARIO, DENVER, 3, "GROUPAGE-3"),
    Lane("ltl", TACOMA, PHOENIX, 4, "GROUPAGE-3"),
)
PARCELS = (
    Lane("parcel", MEMPHIS, NEWARK, 2, "PARCEL-1"),
    Lane("parcel", MEMPHIS, ONTARIO, 3, "PARCEL-1"),
    Lane("parcel", COLUMBUS, DENVER, 3, "PARCEL-2"),
    Lane("parcel", COLUMBUS, ATLANTA, 2, "PARCEL-2"),
    Lane("parcel", ONTARIO, TACOMA, 2, "PARCEL-3"),
)
SEA = (
    Lane("ocean", SHANGHAI, LONG_BEACH, 15 * 24, "LINE-1"),
    Lane("ocean", ROTTERDAM, NEW_YORK_PORT, 11 * 24, "LINE-2"),
    Lane("ocean", HAMBURG, NEW_YORK_PORT, 12 * 24, "LINE-3", tracked=False),
)
AIR = (
    Lane("air", SHANGHAI, CHICAGO, 15, "AIRLINE-1"),
    Lane("air", MILAN, NEWARK, 9, "AIRLINE-2"),
)
