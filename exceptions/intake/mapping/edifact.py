"""Codes of IFTSTA, CODECO and COARRI in our event types, reasons and references.

Sources. Numbers 1 to 103: UN/ECE Recommendation 24, Trade and Transport Status Codes, which the directories D.95B to D.98B
carry as data element 9011 (Status event). Numbers from 205: data element 4405 (Status description code) of later
directories; the first hundred of those numbers there mean something that no freight report says, so in these messages
they are read as Recommendation 24. 9013 (Status reason) has the numbers of 4405 less 204. Letters: what container lines
send in 9011 and 4405, the codes of X12 data element 157 used by the ocean status message 315. 1001: document names of
gate and quay reports. 1153: reference qualifiers.
"""

from collections.abc import Mapping
from typing import Final

from exceptions.intake.mapping.x12_157 import STATUS_157
from exceptions.shipments.canonical import EventType, RefType

_T = EventType

# What an estimate is about, by the status that announces it (a value of `EtaData.milestone`).
ESTIMATED: Final[Mapping[str, str]] = {
    "AG": "delivery",
    "C": "departure",
    "E": "arrival",
    "X2": "arrival",
    "126": "delivery",
    "361": "delivery",
}

_EVENTS: Final[Mapping[str, str]] = {
    # numbers: Recommendation 24
    _T.SHIPMENT_ARRIVED: "1 40",
    _T.SHIPMENT_DEPARTED: "24 27 35 365",
    _T.SHIPMENT_PICKED_UP: "13 41 43 72 349",
    _T.SHIPMENT_SCANNED: "5 14 15 16 26 28 31 39 46 47 50 59 67 68 70 71 74 75 76 91 92 93 94 98 99 100 146 312 328 355"
    " 356 357 360 364 366 368",
    _T.SHIPMENT_ANNOUNCED: "2 6 84 321 322 363",
    _T.SHIPMENT_DELIVERED: "21 22 42",
    _T.SHIPMENT_DELIVERY_ATTEMPTED: "23 55 56 64 210 211 254 269 317 318 348 352 353 354",
    _T.SHIPMENT_AVAILABLE_FOR_PICKUP: "45 347",
    _T.SHIPMENT_RETURNED: "80 81 82 151 276 279 313 323",
    _T.SHIPMENT_REFUSED: "69 77 207 253 275 277 278 280 281 282 283 284 285 286 291 292 295 297 298 299 325",
    _T.SHIPMENT_DELAYED: "20 25 53 57 63 90 101 205 206 212 213 216 219 220 222 224 225 227 234 239 242 247 266 270 271"
    " 272 273 274 314 338 339 340 341 342 344 345 52 238",
    _T.SHIPMENT_ETA_CHANGED: "126 209 361",
    _T.SHIPMENT_ROLLED: "7 86",
    _T.SHIPMENT_HELD: "17 184 215 228 229 232 236 250 315 326 373 374 376 377",
    _T.SHIPMENT_RELEASED: "8 9 10 11 12 78 379",
    _T.SHIPMENT_DAMAGED: "3 18 97 218 307 308 331",
    _T.SHIPMENT_LOST: "36 49 66 231 287 329 330",
    _T.SHIPMENT_DEVIATED: "44 87 302",
    _T.SHIPMENT_PROBLEM_REPORTED: "19 51 54 57 62 73 85 102 208 241 288 301 309 316 320 327 335 336 337 351",
    _T.SHIPMENT_CANCELLED: "324",
    _T.EQUIPMENT_LOADED: "48 79 372",
    _T.EQUIPMENT_DISCHARGED: "29 346",
    _T.DOCUMENT_RECEIVED: "359 378",
}  # fmt: skip
# Letters that container lines use and the list of 315 has otherwise, or not at all.
_LETTERS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("CS", "PN", "PO", "PP", "PQ", "PR", "PS", "PT", "PW", "PX", "TC"), _T.SHIPMENT_HELD),
    **dict.fromkeys(("HR", "PU", "PV", "W"), _T.SHIPMENT_RELEASED),
    "C": _T.SHIPMENT_ETA_CHANGED,
    "CO": _T.SHIPMENT_PICKED_UP,
    "EE": _T.SHIPMENT_ANNOUNCED,
    "TM": _T.SHIPMENT_SCANNED,
    "TS": _T.SHIPMENT_SCANNED,
    "U": _T.EQUIPMENT_DISCHARGED,
}
STATUS_4405: Final[Mapping[str, str]] = {
    **{code: event for code, event in STATUS_157.items() if code[0].isalpha()},
    **_LETTERS,
    **{code: event for event, codes in _EVENTS.items() for code in codes.split()},
}

# By the number in 4405; 9013 has the same less 204.
_REASONS: Final[Mapping[str, str]] = {
    "address_wrong": "205 213 234 243 274 340",
    "linehaul_missed": "206 254 344",
    "receiver_refused": "207 253 275 276 277 278 280 281 282 283 284 285 295 297 298 299 325",
    "receiver_closed": "211 269 317 352 353 354",
    "customer_reschedule": "212 216 219 225 242 271 299",
    "missort_misroute": "220 302",
    "accident": "222 238",
    "strike_or_civil": "224 235 341",
    "credit_or_payment": "215 250 251 291 292",
    "equipment_breakdown": "227 239 342",
    "customs_exam": "228",
    "shipper_hold": "236 272",
    "customs_documents": "241 343",
    "shipper_not_ready": "247 319 339",
    "shipper_paperwork": "233 301",
    "weather": "266 345",
    "insufficient_time": "318",
    "theft": "329",
}
REASON_4405: Final[Mapping[str, str]] = {code: reason for reason, codes in _REASONS.items() for code in codes.split()}
REASON_9013: Final[Mapping[str, str]] = {
    str(int(code) - 204): reason for code, reason in REASON_4405.items() if int(code) <= 274
}
# Statuses that say why by themselves.
STATUS_REASONS: Final[Mapping[str, str]] = {
    "7": "carrier_capacity",
    "44": "missort_misroute",
    "52": "equipment_breakdown",
    "66": "theft",
    "69": "receiver_refused",
    "77": "receiver_refused",
    "87": "missort_misroute",
    "PA": "customs_exam",
    "PB": "customs_documents",
    "PC": "customs_documents",
    "PD": "customs_documents",
    "PI": "customs_exam",
    "PJ": "customs_exam",
    "PL": "customs_exam",
    "PQ": "customs_exam",
    "TC": "credit_or_payment",
    "17": "customs_documents",
}

# 1001 of BGM: gate-in and gate-out reports of CODECO, discharge and loading reports of COARRI.
REPORTS_1001: Final[Mapping[str, str]] = {
    "34": _T.EQUIPMENT_GATED_IN,
    "36": _T.EQUIPMENT_GATED_OUT,
    "44": _T.EQUIPMENT_DISCHARGED,
    "45": _T.EQUIPMENT_DISCHARGED,
    "46": _T.EQUIPMENT_LOADED,
    "98": _T.EQUIPMENT_LOADED,
    "119": _T.EQUIPMENT_DISCHARGED,
    "121": _T.EQUIPMENT_LOADED,
}

# 1153 of RFF: what identifies freight. All others are somebody's file numbers and are left alone.
REFERENCES_1153: Final[Mapping[str, str]] = {
    **dict.fromkeys(("BM", "MB", "BH", "AAS", "HBL", "MBL"), RefType.BOL),
    **dict.fromkeys(("BN", "CBN", "BKN"), RefType.BOOKING),
    **dict.fromkeys(("EQ", "AAQ"), RefType.CONTAINER),
    **dict.fromkeys(("AWB", "MWB", "HWB"), RefType.AWB),
    **dict.fromkeys(("ON", "CO", "PO"), RefType.PO),
    **dict.fromkeys(("CN", "CW", "PK", "AAM"), RefType.TRACKING),
    **dict.fromkeys(("CU", "CR", "FF", "SI", "AAO", "SRN", "UCN", "AAJ", "ACD", "SS"), RefType.CUSTOMER),
    "CRN": RefType.LOAD,
}
