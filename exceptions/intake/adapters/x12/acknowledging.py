"""The 997 for an interchange: what was accepted, what was accepted with errors, what was refused, and where.

Codes: ASC X12 transaction set 997, data elements 715 to 724 (AK3-04 is 720, AK4-03 is 723, AK5-01 is 717, AK5-02 is 718, AK9-01 is 715,
AK9-05 is 716). A wrong segment count or control number in SE is accepted with errors (E with 4 or 3): the set is closed
and complete, and senders miscount more often than lines lose segments. A set without SE was cut off and is refused (R 2).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from exceptions.intake.adapters.base import Refusal
from exceptions.intake.adapters.x12.reader import Fault, Group, Interchange, Separators, decoded, interchanges
from exceptions.intake.adapters.x12.sets import ANSWERS, Understood, understood

_MAX_FAULTS: Final = 50  # of one set; what follows is told after those are mended


def acknowledged(body: bytes, mapping: Mapping[str, Any], now: datetime) -> bytes:
    """One interchange for each received one that has groups to answer, in its separators; empty when there is none."""
    try:
        found = interchanges(decoded(body))
    except Refusal:
        return b""
    written = [text for number, one in enumerate(found, start=1) if (text := _answer(one, number, mapping, now))]
    return "".join(written).encode("utf-8")


def _answer(received: Interchange, number: int, mapping: Mapping[str, Any], now: datetime) -> str:
    sets: list[list[str]] = []
    control = f"{(int(now.timestamp()) + number) % 10**9:09}"
    for group in received.groups:
        answered = [one for one in group.sets if one.code not in ANSWERS]
        if group.header is None or not answered:
            continue  # sets without a group cannot be named in AK1, and acknowledgements are not acknowledged
        results = [understood(one, group, received, mapping) for one in answered]
        sets.append(list(_set(group, results, f"{len(sets) + 1:04}", received.separators)))
    if not sets or received.header is None:
        return ""
    lines = [_isa(received, control, now), _gs(received, control, now)]
    lines += [line for one in sets for line in one]
    lines += [_line("GE", str(len(sets)), str(int(control)), by=received.separators)]
    lines += [_line("IEA", "1", control, by=received.separators)]
    end = received.separators.segment + ("" if received.separators.segment in "\r\n" else "\n")
    return "".join(line + end for line in lines)


def _set(group: Group, results: Sequence[Understood], control: str, by: Separators) -> Iterator[str]:
    lines = [_line("ST", "997", control, by=by)]
    assert group.header is not None, "the caller looked"
    lines.append(_line("AK1", group.header.get(1)[:2], group.header.get(6)[:9], by=by))
    for result in results:
        lines.append(_line("AK2", result.set.code[:3] or "000", result.set.control[:9] or "0000", by=by))
        lines += _faults(result, by)
        lines.append(_line("AK5", verdict(result), *_set_codes(result), by=by))
    accepted = sum(result.refused is None for result in results)
    lines.append(
        _line(
            "AK9",
            _group_verdict(group, results, accepted),
            _count(group.counted) or str(len(group.sets)),
            str(len(group.sets)),
            str(accepted),
            *group.codes[:5],
            by=by,
        )
    )
    lines.append(_line("SE", str(len(lines) + 1), control, by=by))
    yield from lines


def verdict(result: Understood) -> str:
    """AK5-01: A accepted, E accepted but errors were noted, R refused."""
    if result.refused is not None:
        return "R"
    return "E" if result.faults or result.set.set_codes else "A"


def _set_codes(result: Understood) -> list[str]:
    """AK5-02 and following: why, at most five."""
    codes = list(result.set.set_codes)
    if result.refused is not None:
        codes.append(result.refused.set_code)
    if result.faults:
        codes.append("5")
    return list(dict.fromkeys(codes))[:5]


def _group_verdict(group: Group, results: Sequence[Understood], accepted: int) -> str:
    """AK9-01: A all accepted, E accepted but errors were noted, P some refused, R all refused."""
    if accepted == 0:
        return "R"
    if accepted < len(results):
        return "P"
    return "E" if group.codes or any(verdict(result) == "E" for result in results) else "A"


def _faults(result: Understood, by: Separators) -> Iterator[str]:
    faults = list(result.faults)
    if result.refused is not None and result.refused.fault is not None:
        faults.append(result.refused.fault)
    faults = sorted(faults, key=lambda fault: fault.segment.position)[:_MAX_FAULTS]
    said: set[tuple[int, str]] = set()
    for fault in faults:
        code = "8" if fault.element else fault.code
        if (fault.segment.position, code) not in said:
            said.add((fault.segment.position, code))
            yield _line("AK3", fault.segment.tag[:3] or "XX", str(fault.segment.position), "", code, by=by)
        if fault.element:
            yield _element(fault, by)


def _element(fault: Fault, by: Separators) -> str:
    """AK4: which element, what is wrong, and a copy of it unless it is missing."""
    return _line("AK4", str(fault.element), "", fault.code, fault.segment.get(fault.element)[:99], by=by)


def _isa(received: Interchange, control: str, now: datetime) -> str:
    """Sender and receiver change places; version, separators and usage stay."""
    assert received.header is not None, "the caller looked"
    isa = received.header
    fields = ["00", " " * 10, "00", " " * 10]
    fields += [f"{isa.get(7)[:2] or 'ZZ':<2}", f"{isa.get(8)[:15]:<15}", f"{isa.get(5)[:2] or 'ZZ':<2}"]
    fields += [f"{isa.get(6)[:15]:<15}", f"{now:%y%m%d}", f"{now:%H%M}", f"{isa.get(11)[:1] or 'U'}"]
    version = isa.get(12) if isa.get(12).isdigit() and len(isa.get(12)) == 5 else "00401"
    fields += [version, control, "0", isa.code(15) if isa.code(15) in ("P", "T") else "P"]
    by = received.separators
    # Not through `_line`: blanks that fill an element to its length stay.
    return by.element.join(["ISA", *fields, by.component])


def _gs(received: Interchange, control: str, now: datetime) -> str:
    header = next(group.header for group in received.groups if group.header is not None)
    fields = ["FA", header.get(3)[:15], header.get(2)[:15], f"{now:%Y%m%d}", f"{now:%H%M}", str(int(control)), "X"]
    return _line("GS", *fields, header.get(8)[:12] or "004010", by=received.separators)


def _line(*elements: str, by: Separators) -> str:
    """A segment without trailing empty elements. What a sender wrote must not break ours, so separators go."""
    clean = [_safe(element, by) for element in elements]
    while clean and not clean[-1]:
        clean.pop()
    return by.element.join(clean)


def _safe(element: str, by: Separators) -> str:
    return "".join(" " if c in (by.element, by.segment, by.component, "\r", "\n") else c for c in element)


def _count(text: str) -> str:
    return text if text.isascii() and text.isdigit() and len(text) <= 6 else ""
