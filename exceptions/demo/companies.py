"""Who is who in the demo: invented companies at real places. Data only."""

from dataclasses import dataclass

from exceptions.parties.models import AccountKind, ContactRole, LocationKind

PACIFIC, MOUNTAIN, PHOENIX = "America/Los_Angeles", "America/Denver", "America/Phoenix"
CENTRAL, EASTERN, BOISE = "America/Chicago", "America/New_York", "America/Boise"
BERLIN, WARSAW, SHANGHAI = "Europe/Berlin", "Europe/Warsaw", "Asia/Shanghai"

OFFICE = {day: [["07:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
DRAY_DESK = {day: [["06:00", "12:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
ROUND_THE_CLOCK = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
CUSTOMER, CONSIGNEE, CARRIER = AccountKind.CUSTOMER, AccountKind.CONSIGNEE, AccountKind.CARRIER


@dataclass(frozen=True)
class Company:
    """`person` is the primary contact: name, role, phone, zone. Its mail is made from the code.

    `tells_consignee`: this customer wants the consignee of its freight told too.
    """

    code: str
    name: str
    kind: AccountKind
    person: tuple[str, ContactRole, str, str]
    parent: str = ""
    tier: int = 2
    scac: str = ""
    locale: str = "en"
    tells_consignee: bool = False


SERVICE, RECEIVING, DISPATCH = ContactRole.CUSTOMER_SERVICE, ContactRole.RECEIVING, ContactRole.DISPATCH

CUSTOMERS = (
    Company(
        "HARBORLINE", "Harborline Grocers", CUSTOMER, ("Dana Whitlock", SERVICE, "+1 312 555 0141", CENTRAL), tier=1
    ),
    Company("PACIFICA", "Pacifica Outdoor Supply", CUSTOMER, ("Ray Imada", SERVICE, "+1 909 555 0122", PACIFIC)),
    Company("SILVERPINE", "Silverpine Supply", CUSTOMER, ("Jo Lindqvist", SERVICE, "+1 801 555 0166", MOUNTAIN)),
    Company("LUMEN", "Lumen Housewares", CUSTOMER, ("Priya Raman", SERVICE, "+1 901 555 0118", CENTRAL), tier=1),
    Company(
        "ELBWERK",
        "Elbwerk Textil GmbH",
        CUSTOMER,
        ("Katrin Behrens", SERVICE, "+49 40 5550 177", BERLIN),
        locale="de",
        tells_consignee=True,
    ),
    Company("GRANITE", "Granite & Glass Contractors", CUSTOMER, ("Luis Ortega", SERVICE, "+1 602 555 0189", PHOENIX)),
    Company("VOLTARA", "Voltara Motors", CUSTOMER, ("Ken Sato", SERVICE, "+1 615 555 0107", CENTRAL), tier=1),
    Company("ALPENGLOW", "Alpenglow Beverages", CUSTOMER, ("Mia Torres", SERVICE, "+1 303 555 0155", MOUNTAIN), tier=3),
    Company("DESERTBLOOM", "Desert Bloom Florists", CUSTOMER, ("Eva Novak", SERVICE, "+1 480 555 0133", PHOENIX)),
    Company("ORCHARD", "Orchard & Oak Web Shop", CUSTOMER, ("Ben Achebe", SERVICE, "+1 503 555 0190", PACIFIC), tier=3),
)
CARRIERS = (
    Company(
        "REDMESA", "Red Mesa Refrigerated", CARRIER, ("Night desk", DISPATCH, "+1 915 555 0111", CENTRAL), scac="RMRF"
    ),
    Company(
        "TRANSVALE",
        "Transvale Truckload",
        CARRIER,
        ("Dispatch desk", DISPATCH, "+1 423 555 0102", EASTERN),
        scac="TVLX",
    ),
    Company(
        "QUICKSILVER",
        "Quicksilver Express",
        CARRIER,
        ("Control desk", DISPATCH, "+1 214 555 0103", CENTRAL),
        scac="QSXP",
    ),
    Company(
        "STONEHAUL", "Stonehaul Flatbed", CARRIER, ("Dispatch desk", DISPATCH, "+1 404 555 0186", EASTERN), scac="STHF"
    ),
    Company(
        "BLUE-CANYON",
        "Blue Canyon LTL",
        CARRIER,
        ("Salt Lake dispatch", DISPATCH, "+1 801 555 0177", MOUNTAIN),
        scac="BCLT",
    ),
    Company("BLUEWATER", "Bluewater Dray", CARRIER, ("Dray desk", DISPATCH, "+1 562 555 0144", PACIFIC), scac="BWDR"),
    Company(
        "ODERTRANS",
        "Odertrans Spedycja",
        CARRIER,
        ("Piotr Zielinski", DISPATCH, "+48 61 555 01 20", WARSAW),
        scac="ODTR",
    ),
    Company("SKYLARK", "Skylark Parcel", CARRIER, ("Service desk", DISPATCH, "+1 800 555 0199", MOUNTAIN), scac="SKYP"),
)
SHIPPERS = (
    Company(
        "VALLE-VERDE",
        "Valle Verde Pack House",
        AccountKind.SUPPLIER,
        ("Shipping office", ContactRole.SHIPPING, "+1 956 555 0121", CENTRAL),
    ),
    Company(
        "SHENWEI",
        "Shenwei Manufacturing",
        AccountKind.SUPPLIER,
        ("Export desk", ContactRole.SHIPPING, "+86 755 5550 188", SHANGHAI),
    ),
    Company(
        "CABLEX",
        "Cablex de Juarez",
        AccountKind.SUPPLIER,
        ("Shipping office", ContactRole.SHIPPING, "+1 915 555 0166", MOUNTAIN),
    ),
    Company(
        "LUMEN-MEM",
        "Lumen Memphis warehouse",
        AccountKind.WAREHOUSE,
        ("Dock office", ContactRole.SHIPPING, "+1 901 555 0125", CENTRAL),
        parent="LUMEN",
    ),
    Company(
        "ELBWERK-HH",
        "Elbwerk Lager Hamburg",
        AccountKind.WAREHOUSE,
        ("Versand", ContactRole.SHIPPING, "+49 40 5550 180", BERLIN),
        parent="ELBWERK",
        locale="de",
    ),
)
CONSIGNEES = (
    Company(
        "HARBORLINE-CHI",
        "Harborline Chicago DC",
        CONSIGNEE,
        ("Receiving", RECEIVING, "+1 312 555 0150", CENTRAL),
        parent="HARBORLINE",
    ),
    Company(
        "PACIFICA-ONT",
        "Pacifica Ontario warehouse",
        CONSIGNEE,
        ("Receiving", RECEIVING, "+1 909 555 0130", PACIFIC),
        parent="PACIFICA",
    ),
    Company(
        "BRIGHTMART-6094", "Brightmart DC 6094", CONSIGNEE, ("Appointment desk", RECEIVING, "+1 815 555 0160", CENTRAL)
    ),
    Company(
        "WARTA-HURT", "Hurtownia Warta", CONSIGNEE, ("Marek Nowak", RECEIVING, "+48 61 555 01 44", WARSAW), locale="pl"
    ),
    Company(
        "GRANITE-PHX",
        "Granite Phoenix site",
        CONSIGNEE,
        ("Site office", RECEIVING, "+1 602 555 0195", PHOENIX),
        parent="GRANITE",
    ),
    Company(
        "VOLTARA-SMYRNA",
        "Voltara Smyrna, line 2",
        CONSIGNEE,
        ("Line supply", RECEIVING, "+1 615 555 0112", CENTRAL),
        parent="VOLTARA",
    ),
    Company(
        "ALPENGLOW-DEN",
        "Alpenglow Denver",
        CONSIGNEE,
        ("Receiving", RECEIVING, "+1 303 555 0159", MOUNTAIN),
        parent="ALPENGLOW",
    ),
    Company(
        "DESERTBLOOM-PHX",
        "Desert Bloom Phoenix",
        CONSIGNEE,
        ("Cold dock", RECEIVING, "+1 480 555 0138", PHOENIX),
        parent="DESERTBLOOM",
    ),
)
LTL_CONSIGNEES = (
    ("RENO-SURGICAL", "Reno Surgical Center", "Supply room"),
    ("SPARKS-DATA", "Sparks Data Hall", "Site logistics"),
    ("SIERRA-PAINT", "Sierra Paint", "Receiving"),
    ("TRUCKEE-HARDWARE", "Truckee Hardware", "Receiving"),
    ("WASHOE-SCHOOLS", "Washoe School Stores", "Stores"),
    ("BIGLITTLE-BREW", "Big Little Brewing", "Receiving"),
    ("TAHOE-PRINT", "Tahoe Print Works", "Receiving"),
    ("CARSON-TILE", "Carson Tile & Stone", "Yard"),
    ("MINDEN-FEED", "Minden Feed", "Yard"),
    ("DAYTON-AUTO", "Dayton Auto Parts", "Counter"),
    ("FERNLEY-PET", "Fernley Pet Supply", "Receiving"),
    ("FALLON-FARM", "Fallon Farm Store", "Counter"),
    ("LOVELOCK-STORE", "Lovelock General", "Counter"),
    ("WINNEMUCCA-MINE", "Winnemucca Mine Supply", "Gate"),
)


@dataclass(frozen=True)
class Spot:
    """A location. `account` is the company whose place it is, empty for public ones."""

    code: str
    kind: LocationKind
    name: str
    city: str
    region: str
    country: str
    zone: str
    account: str = ""
    unlocode: str = ""


DOCK, WAREHOUSE, PORT = LocationKind.DOCK, LocationKind.WAREHOUSE, LocationKind.PORT
LOCATIONS = (
    Spot("LRD-VALLE", WAREHOUSE, "Valle Verde", "Laredo", "TX", "US", CENTRAL, "VALLE-VERDE"),
    Spot("DAL-XDOCK", LocationKind.TERMINAL, "Red Mesa cross-dock", "Dallas", "TX", "US", CENTRAL, "REDMESA"),
    Spot("CHI-HARBOR", DOCK, "Harborline DC", "Chicago", "IL", "US", CENTRAL, "HARBORLINE-CHI"),
    Spot("CNYTN", PORT, "Yantian", "Shenzhen", "GD", "CN", SHANGHAI, "", "CNYTN"),
    Spot("USLGB", PORT, "Pier G", "Long Beach", "CA", "US", PACIFIC, "", "USLGB"),
    Spot("ONT-PACIFICA", WAREHOUSE, "Pacifica Ontario", "Ontario", "CA", "US", PACIFIC, "PACIFICA-ONT"),
    Spot("SLC-SILVERPINE", WAREHOUSE, "Silverpine", "Salt Lake City", "UT", "US", MOUNTAIN, "SILVERPINE"),
    Spot("RNO-SURGICAL", DOCK, "Reno Surgical", "Reno", "NV", "US", PACIFIC, "RENO-SURGICAL"),
    Spot("RNO-DATAHALL", DOCK, "Sparks Data Hall", "Sparks", "NV", "US", PACIFIC, "SPARKS-DATA"),
    Spot("RNO-PAINT", DOCK, "Sierra Paint", "Reno", "NV", "US", PACIFIC, "SIERRA-PAINT"),
    Spot("RNO-TRUCKEE", DOCK, "Truckee Hardware", "Reno", "NV", "US", PACIFIC, "TRUCKEE-HARDWARE"),
    Spot("RNO-SCHOOLS", DOCK, "Washoe School Stores", "Reno", "NV", "US", PACIFIC, "WASHOE-SCHOOLS"),
    Spot("RNO-BREW", DOCK, "Big Little Brewing", "Reno", "NV", "US", PACIFIC, "BIGLITTLE-BREW"),
    Spot("RNO-PRINT", DOCK, "Tahoe Print Works", "Reno", "NV", "US", PACIFIC, "TAHOE-PRINT"),
    Spot("CSN-TILE", DOCK, "Carson Tile", "Carson City", "NV", "US", PACIFIC, "CARSON-TILE"),
    Spot("CSN-FEED", DOCK, "Minden Feed", "Minden", "NV", "US", PACIFIC, "MINDEN-FEED"),
    Spot("CSN-AUTO", DOCK, "Dayton Auto", "Dayton", "NV", "US", PACIFIC, "DAYTON-AUTO"),
    Spot("FRN-PET", DOCK, "Fernley Pet", "Fernley", "NV", "US", PACIFIC, "FERNLEY-PET"),
    Spot("FRN-FARM", DOCK, "Fallon Farm", "Fallon", "NV", "US", PACIFIC, "FALLON-FARM"),
    Spot("LOV-STORE", DOCK, "Lovelock General", "Lovelock", "NV", "US", PACIFIC, "LOVELOCK-STORE"),
    Spot("WMC-MINE", DOCK, "Winnemucca Mine", "Winnemucca", "NV", "US", PACIFIC, "WINNEMUCCA-MINE"),
    Spot("MEM-LUMEN", WAREHOUSE, "Lumen Memphis", "Memphis", "TN", "US", CENTRAL, "LUMEN-MEM"),
    Spot("JOT-6094", DOCK, "Brightmart DC 6094", "Joliet", "IL", "US", CENTRAL, "BRIGHTMART-6094"),
    Spot("HAM-ELBWERK", WAREHOUSE, "Elbwerk Lager", "Hamburg", "HH", "DE", BERLIN, "ELBWERK-HH"),
    Spot("POZ-WARTA", DOCK, "Hurtownia Warta", "Poznan", "", "PL", WARSAW, "WARTA-HURT"),
    Spot("ATL-PANEL", WAREHOUSE, "Panel works", "Atlanta", "GA", "US", EASTERN),
    Spot("PHX-GRANITE", DOCK, "Granite site", "Phoenix", "AZ", "US", PHOENIX, "GRANITE-PHX"),
    Spot("ELP-CABLEX", DOCK, "Cablex", "El Paso", "TX", "US", MOUNTAIN, "CABLEX"),
    Spot("SMYRNA-VOLTARA", LocationKind.PLANT, "Voltara line 2", "Smyrna", "TN", "US", CENTRAL, "VOLTARA-SMYRNA"),
    Spot("BOI-SPRING", WAREHOUSE, "Spring works", "Boise", "ID", "US", BOISE),
    Spot("DEN-ALPENGLOW", WAREHOUSE, "Alpenglow", "Denver", "CO", "US", MOUNTAIN, "ALPENGLOW-DEN"),
    Spot("SAT-FLORA", WAREHOUSE, "Flora packing", "San Antonio", "TX", "US", CENTRAL),
    Spot("PHX-BLOOM", DOCK, "Desert Bloom", "Phoenix", "AZ", "US", PHOENIX, "DESERTBLOOM-PHX"),
)
