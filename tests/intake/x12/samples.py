"""Interchanges written for these tests: every set that is read, as a carrier, warehouse or supplier might send it."""

from typing import Any, Final

from exceptions.intake.adapters import adapter_for
from exceptions.intake.adapters.base import Part, Unreadable
from exceptions.shipments.canonical import CanonicalEvent
from exceptions.shipments.payloads import payload_of

X12: Final = adapter_for("x12")


def isa(element: str = "*", component: str = ">", *, number: str = "000000417", version: str = "00401") -> str:
    fields = ["ISA", "00", " " * 10, "00", " " * 10, "02", f"{'ORBT':<15}", "ZZ", f"{'TOWER':<15}", "260504", "1430"]
    return element.join([*fields, "U", version, number, "0", "P", component])


def interchange(
    *sets: str,
    element: str = "*",
    end: str = "~\n",
    component: str = ">",
    group: str = "QM",
    version: str = "004010",
    number: str = "000000417",
) -> bytes:
    """Sets, each written with `*` and one segment a line, in an interchange with these separators."""
    lines = [isa(element, component, number=number), element.join(["GS", group, "ORBT", "TOWER", "20260504", "1430"])]
    lines[1] += element + element.join(["417", "X", version])
    for text in sets:
        lines += [line.strip().replace("*", element) for line in text.strip().splitlines()]
    lines += [element.join(["GE", str(len(sets)), "417"]), element.join(["IEA", "1", number])]
    return "".join(line + end for line in lines).encode()


def a_set(code: str, *lines: str, control: str = "0001") -> str:
    """ST, the lines, and an SE that counts them."""
    body = [line.strip() for text in lines for line in text.strip().splitlines()]
    return "\n".join([f"ST*{code}*{control}", *body, f"SE*{len(body) + 2}*{control}"])


def read(body: bytes | str, mapping: dict[str, Any] | None = None) -> list[CanonicalEvent] | Unreadable:
    return X12.read(body if isinstance(body, bytes) else interchange(body), {}, mapping or {})


def events(body: bytes | str, mapping: dict[str, Any] | None = None) -> list[CanonicalEvent]:
    """The events, each of which keeps the rules of its payload and says what it is about."""
    result = read(body, mapping)
    assert isinstance(result, list), result
    for event in result:
        payload_of(event)
        assert event.references
    return result


def only(body: bytes | str, mapping: dict[str, Any] | None = None) -> CanonicalEvent:
    (event,) = events(body, mapping)
    return event


def refused(body: bytes | str, mapping: dict[str, Any] | None = None) -> Unreadable:
    result = read(body, mapping)
    assert isinstance(result, Unreadable), result
    return result


def parts(body: bytes) -> list[Part | Unreadable]:
    assert X12.split is not None
    result = X12.split(body, {}, {})
    assert not isinstance(result, Unreadable), result
    return list(result)


def named(event: CanonicalEvent, kind: str) -> list[str]:
    return [ref.value for ref in event.references if ref.type == kind]


def status(at7: str, *more: str, before: str = "") -> str:
    """A 214 of one AT7, with what follows it in its loop and what stands before the loop."""
    return a_set("214", "B10*4471902*BOL-9031*ORBT", before or "L11*4500-77*PO", "LX*1", at7, *more)


TENDER: Final = a_set(
    "204",
    """
    B2**ORBT**L-5120**PP
    B2A*00
    L11*BOL-9031*BM
    L11*4500-77*PO
    G62*64*20260504*1*1700*CT
    MS3*ORBT*B**M
    NTE*LOI*Call the dock an hour ahead
    N1*BT*Halvorsen Foods*93*HALV
    N7**TRL5521*********RT
    M7*SL-7781
    S5*1*CL*42000*L*22*PLT
    L11*PU-88*P8
    G62*37*20260505*U*0600*LT
    G62*38*20260505*U*1000*LT
    N1*SF*Sierra Pack House*93*SPH-1
    N3*12 Mesa Road
    N4*El Paso*TX*79901*US
    L5*1*Romaine, 24 ct
    S5*2*CU*42000*L*22*PLT
    L11*D-5512*AO
    G62*70*20260506*X*0800*LT
    N1*ST*Halvorsen DC*93*HALV-PHX
    N3*4 Depot Way
    N4*Phoenix*AZ*85043*US
    L3*42000*G***215000
    """,
)
INVOICE: Final = a_set(
    "210",
    """
    B3**INV-3301*BOL-9031*PP**20260507*215000**20260506*035*ORBT
    C3*USD
    N9*CN*4471902
    N9*PO*4500-77
    N1*BT*Halvorsen Foods*93*HALV
    LX*1
    L5*1*Linehaul
    L0*1***42000*G***22*PLT
    L1*1*1900*FR*190000****400
    LX*2
    L5*2*Detention at consignee
    L1*2*250*FR*25000****DTU
    L3*42000*G***215000
    """,
)
LADING: Final = a_set(
    "211",
    """
    BOL*ORBT*CC*BOL-9032*20260504*1515*4471903
    B2A*00
    L11*4500-78*PO
    G62*10*20260505
    G62*54*20260507*X*1600
    N1*SH*Sierra Pack House*93*SPH-1
    N4*Dallas*TX*75201*US
    N1*CN*Halvorsen Dock*93*HALV-2
    N4*Columbus*OH*43004*US
    AT1*1
    AT4*Canned tomatoes
    AT2*3*CTN*G*L*660
    MAN*GM*00340000000000000011
    MAN*GM*00340000000000000028
    MAN*GM*00340000000000000035
    SPO*4500-79**CT*3*L*660
    """,
)
OCEAN: Final = a_set(
    "315",
    """
    B4***VD*20260504*2200*NINGBO*MSCU*456122*L*45G1*CNNGB*UN*9
    N9*BN*EBKG771
    N9*MB*MEDU990012
    Q2*9321483********118W***L*ORBIT STAR
    R4*L*UN*CNNGB*NINGBO*CN
    DTM*140*20260504*2200*LT
    R4*D*UN*USLAX*LOS ANGELES*US***CA
    DTM*139*20260519*0600*LT
    R4*E*UN*USPHX*PHOENIX*US***AZ
    DTM*139*20260523*1200*LT
    """,
)
RAMP: Final = a_set(
    "322",
    """
    Q5*I*20260520*0815*LT**Memphis*TN*US
    N7*MSCU*456122*********CN*******9
    M7*SL-7781
    N9*BM*MEDU990012
    N7*TRLU*331208*********CN*******4
    N9*BM*MEDU990013
    """,
)
NOTICE: Final = a_set(
    "856",
    """
    BSN*00*ASN-771*20260504*0930*0001
    HL*1**S
    TD1*PLT*4****G*3600*LB
    TD5*B*2*ORBT*M
    REF*BM*BOL-9040
    REF*CN*4471910
    DTM*011*20260504*0930*MT
    DTM*017*20260506*1400*MT
    N1*SF*Sierra Farms*92*SF-1
    N4*El Paso*TX*79901*US
    N1*ST*Halvorsen DC*92*HALV-PHX
    N4*Phoenix*AZ*85043*US
    HL*2*1*O
    PRF*4500-7***20260420
    HL*3*2*P
    MAN*GM*00340000000000000042
    HL*4*3*I
    LIN**BP*ROM-24*UP*008815509183
    SN1**1200*CA**1250*CA
    HL*5*1*O
    PRF*4500-8
    HL*6*5*I
    LIN**VP*SPI-10
    SN1**300*CA
    CTT*6
    """,
)
RECEIPT: Final = a_set(
    "861",
    """
    BRA*RCV-88*20260506*00*1
    DTM*050*20260506*1410*MT
    N1*ST*Halvorsen DC*92*HALV-PHX
    N4*Phoenix*AZ*85043*US
    REF*BM*BOL-9040
    RCD*1*1180*CA***20*CA*01*50*CA*02
    SN1**1250*CA
    LIN**BP*ROM-24
    PRF*4500-7
    RCD*2*300*CA
    SN1**300*CA
    LIN**VP*SPI-10
    PRF*4500-8
    """,
)
STOCK: Final = a_set(
    "944",
    """
    W17*F*20260506*WR-55*SO-88120*BOL-9040
    N1*WH*Mesa Cold Store*9*0012345
    N4*Phoenix*AZ*85043*US
    W07*1180*CA**BP*ROM-24***L-456
    N9*PO*4500-7
    W13*12*CA*01
    W14*1180
    """,
)
ORDER: Final = a_set(
    "940",
    """
    W05*N*SO-88120*PO-5512
    N1*BY*Halvorsen Foods*92*HALV
    N1*ST*Halvorsen DC*92*HALV-PHX
    N4*Phoenix*AZ*85043*US
    G62*10*20260505
    G62*02*20260506*1*1000*LT
    LX*1
    W01*1200*CA**BP*ROM-24
    G69*Romaine, 24 ct
    LX*2
    W01*40*EA*001234567890
    W76*1240
    """,
)
SHIPPED: Final = a_set(
    "945",
    """
    W06*F*SO-88120*20260505*BOL-9031**PO-5512
    N1*WH*Mesa Cold Store*9*0012345
    N4*Phoenix*AZ*85043*US
    N9*CN*4471902
    G62*11*20260505*1*1530*LT
    W27*M*ORBT
    LX*1
    W12*CP*1200*1080*120*CA**BP*ROM-24
    G69*Romaine, 24 ct
    LX*2
    W12*CC*40*40**EA*001234567890
    W03*1120*24000*LB
    """,
)
ANSWER: Final = a_set("990", "B1*ORBT*L-5120*20260504*D", "N9*CN*4471902", "K1*No capacity out of Laredo")
STATUS: Final = status("AT7*SD*AI***20260506*0300*MT", "DTM*017*20260506*1830*MT", "MS1*Lordsburg*NM*US", "L11*2*QN")
SAMPLES: Final = {
    "204": TENDER,
    "210": INVOICE,
    "211": LADING,
    "214": STATUS,
    "315": OCEAN,
    "322": RAMP,
    "856": NOTICE,
    "861": RECEIPT,
    "940": ORDER,
    "944": STOCK,
    "945": SHIPPED,
    "990": ANSWER,
}
