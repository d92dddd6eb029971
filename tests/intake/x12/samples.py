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
