"""The time zone of a UN/LOCODE, for formats that give local times without saying which.

A country of one zone decides by itself (`zones.py`). Where a country has several, the ports, ramps and airports that
container traffic uses are listed, from the UN/LOCODE list; any other place there stays unknown, and whoever asks decides
what to do about it. Pure.
"""

from typing import Final

from exceptions.intake.mapping.zones import zone_of

# Country -> zone -> last three letters of the UN/LOCODEs there. These places also win over their country's zone.
_PLACES: Final[dict[str, str]] = {
    country + place: zone
    for country, zones in {
        "US": {
            "America/New_York": "ACY ALX ATL BAL BFD BOS BRG BRP BUF BWI CAE CHS CLE CLT CMH CVG DTT DET EWR FLL FRP "
            "GSP HAR ILG IND JAX JFK LUI MIA NBW NYC ELZ NWK NPT ORF PEF PEV PHF PHL PIT PME PVD PWM RDU RIC ROC SAV "
            "SDF SYR TOL TPA WOB WTN YNG AXF WIL ILM LQN",
            "America/Chicago": "ARH AUS BHM BMT BNA BPT BRO BTR CHI CPT DAL DFW DLH DSM FTW FWO GLS GPT HOU IAH JLT "
            "JOL KCK LCH LIT LRD MCI MEM MES MKC MKE MNA MOB MSP MSY OKC OMA ORD PAS PFN PNS ROQ SAT SHV SPI STL STP "
            "TUL WOQ ICT BDT ELW RKD",
            "America/Denver": "ABQ BOI COS DEN ELP SLC",
            "America/Phoenix": "PHX TUS",
            "America/Los_Angeles": "BFI EUG FAT FRI LAS LAX LGB LGV LSA OAK ONT PDX PTH RNO SAC SAN SCK SEA SFO SJC "
            "SPQ TIW VAN WCI PKC PDT",
            "America/Anchorage": "ANC DUT FAI KDK",
            "Pacific/Honolulu": "HNL KOA LIH OGG HIL",
        },
        "CA": {
            "America/Halifax": "HAL SJB DRT YHZ",
            "America/Moncton": "MNT",
            "America/St_Johns": "SJF CBK ARG",
            "America/Toronto": "BRA BRP CDL HAM MIS MTR OTT QUE TOR VAD VGN WND YYZ",
            "America/Winnipeg": "WNP WPG",
            "America/Regina": "REG SAS SAK",
            "America/Edmonton": "CAL CLG EDM",
            "America/Vancouver": "DEL NWE PRR RMD VAN SUR VIC",
        },
        "MX": {
            "America/Mexico_City": "ATM GDL LZC MEX ZLO TAM VER PBC QRO SLP TLC CEN CUU PGO",
            "America/Monterrey": "MTY APO NLD SLW",
            "America/Cancun": "CUN PMS",
            "America/Tijuana": "ESE TIJ MXL",
            "America/Mazatlan": "MZT LAP",
            "America/Hermosillo": "GYM HMO NOG",
            "America/Ciudad_Juarez": "CJS",
        },
        "BR": {
            "America/Sao_Paulo": "SSZ RIO ITJ NVT PNG RIG IGI VIX SPO SUA IOA IBB POA CWB GRU VCP SFS",
            "America/Bahia": "SSA",
            "America/Fortaleza": "PEC FOR NAT",
            "America/Recife": "REC SUP",
            "America/Manaus": "MAO",
            "America/Belem": "BEL VLC",
        },
        "AU": {
            "Australia/Sydney": "SYD PKL NTL BTB",
            "Australia/Melbourne": "MEL GEX",
            "Australia/Brisbane": "BNE TSV GLT",
            "Australia/Adelaide": "ADL PAE",
            "Australia/Perth": "FRE PER PHE DAM",
            "Australia/Darwin": "DRW",
            "Australia/Hobart": "HBA BEL BWT DPO LST",
        },
        "RU": {
            "Europe/Moscow": "LED MOW NVS ULU UST VYG ARH MMK SPB",
            "Europe/Kaliningrad": "KGD",
            "Asia/Vladivostok": "VVO VYP NJK VOS",
            "Asia/Yekaterinburg": "SVX",
            "Asia/Novosibirsk": "OVB",
        },
        "ID": {
            "Asia/Jakarta": "JKT TPP SUB SRG BLW PNJ PLM BTM PDG TJQ CGK",
            "Asia/Pontianak": "PNK BDJ",
            "Asia/Makassar": "MAK UPG BPN BOA DPS BIT",
            "Asia/Jayapura": "DJJ SOQ AMQ",
        },
        "KZ": {"Asia/Almaty": "ALA AKX TSE DSK", "Asia/Aqtau": "AAU SCO"},
        "ES": {"Atlantic/Canary": "LPA SCT TCI ACE ARR FUE PDR SPC"},
        "PT": {"Atlantic/Madeira": "FNC CNL", "Atlantic/Azores": "PDL HOR PRV TER"},
        "CD": {"Africa/Lagos": "MAT BOM BNW FIH", "Africa/Maputo": "FBM GOM KWZ"},
        "MN": {"Asia/Ulaanbaatar": "ULN"},
        "EC": {"Pacific/Galapagos": "GPS"},
        "PG": {"Pacific/Port_Moresby": "LAE POM RAB"},
        "PF": {"Pacific/Tahiti": "PPT"},
        "MY": {"Asia/Kuching": "BKI BTU KCH LBU MYY SBW SDK TWU"},
    }.items()
    for zone, places in zones.items()
    for place in places.split()
}  # fmt: skip


def zone_of_unlocode(code: str) -> str:
    """The IANA zone of a UN/LOCODE ("NLRTM"); empty for a place that is not known or lies in a country of several."""
    return _PLACES.get(code) or zone_of(code[:2])
