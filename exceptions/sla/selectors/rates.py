"""Currencies and what they are worth, for sums and comparisons outside contracts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from exceptions.sla.defaults import DOLLARS, exchange_rate
from exceptions.sla.models import CurrencyRate


def rates_on(house_currency: str, on: date) -> dict[str, Decimal]:
    """What a unit of each currency that has a rate is worth in the organisation's own, on a local date.

    As `Book.rate` says of one: the organisation's newest rate that holds by then, else the shipped table's. One query.
    """
    found = {name: rate for name in DOLLARS if (rate := exchange_rate(name, house_currency)) is not None}
    entered = CurrencyRate.objects.filter(valid_from__lte=on).order_by("valid_from")
    return found | dict(entered.values_list("currency", "rate")) | {house_currency: Decimal(1)}
