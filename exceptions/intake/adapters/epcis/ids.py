"""GS1 identifiers as EPCIS writes them: EPC URNs, GS1 Digital Links and plain URIs, brought to one spelling. Pure.

An SSCC is 18 digits whether it came as `urn:epc:id:sscc:4012345.0111111111` or as `https://id.gs1.org/00/040123451111111110`.
Source: GS1 EPC Tag Data Standard (EPC URIs and element strings), GS1 Digital Link, GS1 General Specifications (check digit).
"""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

MAX_URI: Final = 600
# Application identifiers of GS1 Digital Link, with the scheme they belong to.
_KEYS: Final = {
    "00": "sscc",
    "01": "sgtin",
    "253": "gdti",
    "255": "gcn",
    "401": "ginc",
    "402": "gsin",
    "414": "sgln",
    "417": "pgln",
    "8003": "grai",
    "8004": "giai",
    "8018": "gsrn",
}
_URN: Final = re.compile(r"urn:epc:(?:id|class|idpat):(\w+):(.+)", re.IGNORECASE)
_DIGITS: Final = re.compile(r"\d+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Identifier:
    """`scheme` is sscc, sgln, grai ... in lower case, empty for a URI of somebody's own; `value` the element string."""

    scheme: str
    value: str


def identifier_of(uri: str) -> Identifier:
    """What a URI names. One of no known form gives its last part, which is what people print on paper."""
    uri = uri.strip()[:MAX_URI]
    if match := _URN.fullmatch(uri):
        scheme = match.group(1).lower()
        return Identifier(scheme, _element_string(scheme, unquote(match.group(2))))
    if uri.lower().startswith(("http://", "https://")):
        return _linked(uri)
    return Identifier("", uri.rpartition(":")[2] if uri.lower().startswith("urn:") else uri)


def check_digit(digits: str) -> str:
    """GS1's check digit: weights 3 and 1 from the right."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def _element_string(scheme: str, body: str) -> str:
    """Company prefix and reference put together as the element string has them. Unchanged where they do not fit."""
    company, _, rest = body.partition(".")
    reference, _, serial = rest.partition(".")
    if scheme in ("giai", "ginc", "bic"):
        return body.replace(".", "", 1)
    if not (_DIGITS.fullmatch(company) and (reference == "" or _DIGITS.fullmatch(reference))):
        return body
    if scheme in ("sscc", "sgtin", "lgtin"):  # the first digit of the reference stands before the company
        digits = reference[:1] + company + reference[1:]
        return f"{digits}{check_digit(digits)}{serial}"
    digits = company + reference
    if scheme == "grai":
        return f"0{digits}{check_digit(digits)}{serial}"
    if scheme in ("gdti", "sgln", "pgln", "gcn", "gsin", "gsrn"):
        return f"{digits}{check_digit(digits)}" + (serial if scheme in ("gdti", "gcn") else "")
    return body


def _linked(uri: str) -> Identifier:
    try:
        path = urlsplit(uri).path
    except ValueError:
        return Identifier("", uri)
    parts = [unquote(part) for part in path.split("/") if part]
    for index, part in enumerate(parts[:-1]):
        value = parts[index + 1]
        if part in _KEYS and _DIGITS.fullmatch(value[:13]) and len(value) >= 4:
            following = dict(zip(parts[index + 2 :: 2], parts[index + 3 :: 2], strict=False))
            return Identifier(_KEYS[part], value + following.get("21", following.get("10", "")))
    return Identifier("", parts[-1] if parts else uri)


def location_key(uri: str) -> str:
    """A place's GLN without its extension, so that a dock and its yard are one place; the URI where it has none."""
    return identifier_of(uri).value


def document_number(uri: str) -> str:
    """The number of a business transaction: a GDTI's serial, the last part of anything else."""
    found = identifier_of(uri)
    return found.value[13:] or found.value if found.scheme == "gdti" else found.value


def word_of(uri: str) -> str:
    """A word of the vocabulary: "shipping" from itself, a URN, a web URI or a compact one (`cbv:BizStep-shipping`)."""
    last = re.split(r"[/:#]", uri.strip())[-1]
    return last.partition("-")[2] or last if re.match(r"(BizStep|Disp|BTT|SDT|ER)-", last) else last
