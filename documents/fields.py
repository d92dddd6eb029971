"""What the fields are called on screens, in which order they are reviewed, and how a typed value is brought into form."""

import re
from collections.abc import Callable
from typing import Any

from controltower.errors import Invalid
from documents.extraction.normalise import printed, read_date, read_number, read_terms, read_unit, squeezed, tidy
from documents.extraction.settle import KEYS
from documents.models import DocumentKind

LABELS: dict[str, str] = {
    "document_kind": "Kind of document",
    "bol_number": "BOL number",
    "pro_number": "PRO number",
    "shipment_id": "Shipment number",
    "scac": "SCAC",
    "carrier_name": "Carrier",
    "shipper_name": "Shipper",
    "shipper_address": "Shipper, address",
    "shipper_city": "Shipper, city",
    "shipper_region": "Shipper, state or region",
    "shipper_postcode": "Shipper, postcode",
    "shipper_country": "Shipper, country",
    "consignee_name": "Consignee",
    "consignee_address": "Consignee, address",
    "consignee_city": "Consignee, city",
    "consignee_region": "Consignee, state or region",
    "consignee_postcode": "Consignee, postcode",
    "consignee_country": "Consignee, country",
    "bill_to_name": "Bill to",
    "bill_to_address": "Bill to, address",
    "bill_to_city": "Bill to, city",
    "bill_to_region": "Bill to, state or region",
    "bill_to_postcode": "Bill to, postcode",
    "notify_name": "Notify party",
    "notify_address": "Notify party, address",
    "ship_date": "Ship date",
    "delivery_date": "Delivery date",
    "po_number": "PO or order number",
    "pieces": "Pieces",
    "handling_units": "Handling units",
    "weight": "Weight",
    "weight_unit": "Unit of weight",
    "freight_terms": "Freight terms",
    "seal_number": "Seal",
    "trailer_number": "Trailer",
    "container_number": "Container",
    "hazmat": "Hazardous materials",
    "un_number": "UN number",
    "exceptions_noted": "Exceptions noted",
}

_STATES = {"conflict": 0, "unsupported": 1, "supported": 2, "verified": 3, "confirmed": 5, "absent": 6}
_IDENTIFIERS = frozenset(
    {
        "bol_number",
        "pro_number",
        "shipment_id",
        "po_number",
        "seal_number",
        "trailer_number",
        "container_number",
        "un_number",
    }
)


def sort_key(field: Any) -> tuple[int, int, int]:
    """Conflicts first, then what lacks evidence, then what waits, then what is decided; within that as on the paper."""
    state = 4 if field.decided_by_id and field.state != "absent" else _STATES[field.state]
    order = KEYS.index(field.key) if field.key in KEYS else len(KEYS)
    return state, order, field.position


def typed(key: str, text: str) -> tuple[str, str]:
    """A value that a person typed, as printed and as compared. Raises `Invalid`, saying in a sentence what is wanted."""
    value = tidy(text)
    if not value or len(value) > 500:
        raise Invalid("Type the value, or say that it is not on the document.", code="empty_value")
    if key in _FORMS:
        normalise, sentence, code = _FORMS[key]
        normalised = normalise(value)
        if not normalised:
            raise Invalid(sentence, code=code)
        return value, normalised
    return value, squeezed(value) if key in _IDENTIFIERS else value


def _date(value: str) -> str:
    found = read_date(value, day_first=None)
    return found.value.isoformat() if found and not found.other else ""


def _count(value: str) -> str:
    number = read_number(value)
    return printed(number) if number is not None and number == number.to_integral_value() else ""


def _number(value: str) -> str:
    number = read_number(value)
    return printed(number) if number is not None else ""


def _terms(value: str) -> str:
    return value if re.fullmatch(r"prepaid|collect|third_party|third_party_prepaid", value) else read_terms(value)


def _answer(value: str) -> str:
    return value.casefold() if value.casefold() in {"yes", "no"} else ""


def _kind(value: str) -> str:
    return value if value in DocumentKind.values else ""


_A_DATE = (_date, "Type the date as year-month-day, for example 2026-03-14.", "not_a_date")
_A_COUNT = (_count, "Type a whole number, without a unit.", "not_a_number")
_Form = tuple[Callable[[str], str], str, str]
# Fields whose values have a form: how it is normalised (empty: it has not), and what to say then.
_FORMS: dict[str, _Form] = {
    "document_kind": (_kind, "Choose one of the kinds of documents.", "unknown_kind"),
    "ship_date": _A_DATE,
    "delivery_date": _A_DATE,
    "pieces": _A_COUNT,
    "handling_units": _A_COUNT,
    "weight": (_number, "Type a number, without a unit.", "not_a_number"),
    "weight_unit": (read_unit, "The unit of weight is lb, kg or t.", "not_a_unit"),
    "freight_terms": (_terms, "Freight terms are prepaid, collect or third party.", "not_terms"),
    "hazmat": (_answer, "Answer yes or no.", "not_an_answer"),
}
