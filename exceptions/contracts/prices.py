"""Prices as people type them: a form of price is chosen, and only its fields are asked for."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms

from exceptions.contracts.words import UNITS
from exceptions.sla.pricing import Unit, is_whole

FORMS = {
    "flat": "One fee",
    "percent": "Percent of the value",
    "per_unit": "Per hour or day",
    "credits": "By the rate of the period",
    "disputed": "What is disputed",
}
FIELDS = {
    "flat": ("amount", "currency"),
    "percent": ("percent", "cap"),
    "per_unit": ("unit", "tiers", "cap", "currency"),
    "credits": ("steps", "currency"),
    "disputed": (),
}


def amount_field(label: str, *, required: bool = True, hint: str = "", most: int = 10**9) -> forms.DecimalField:
    """Never negative: what is owed the other way round is a contract on the other side."""
    return forms.DecimalField(
        label=label, required=required, min_value=0, max_value=most, max_digits=14, decimal_places=2, help_text=hint
    )


def currency_field() -> forms.CharField:
    """An ISO 4217 code."""
    return forms.RegexField(
        r"^[A-Z]{3}$",
        label="Currency",
        max_length=3,
        error_messages={"invalid": "Write its three capital letters, such as USD."},
    )


class TiersField(forms.CharField):
    """One tier a line: "4 x 215", and at the end "430" for all that follow. Cleaned to the stored tiers."""

    widget = forms.Textarea

    def clean(self, value: Any) -> list[dict[str, Any]]:
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        return [_tier(line, is_last=number == len(lines)) for number, line in enumerate(lines, start=1)]


class CreditsField(forms.CharField):
    """One step a line, from high to low: "98: 1000". Cleaned to the stored steps."""

    widget = forms.Textarea

    def clean(self, value: Any) -> list[dict[str, str]]:
        found = []
        for line in super().clean(value).splitlines():
            below, colon, amount = line.partition(":")
            if not line.strip():
                continue
            if not colon:
                raise forms.ValidationError(f"“{line.strip()}” is not a step. Write it like 98: 1000.")
            found.append(
                {"below": _rate(below.removeprefix("below"), line.strip()), "amount": _rate(amount, line.strip())}
            )
        return found


def price_fields(chosen: str) -> dict[str, forms.Field]:
    """The fields of one form of price."""
    every: dict[str, forms.Field] = {
        "amount": amount_field("Fee"),
        "percent": forms.DecimalField(
            label="Percent of the value", min_value=0, max_value=100, max_digits=7, decimal_places=4
        ),
        "unit": forms.ChoiceField(
            label="For each", choices=[(unit.value, f"{one[:1].upper()}{one[1:]}") for unit, (one, _) in UNITS.items()]
        ),
        "tiers": TiersField(
            label="Rates",
            max_length=5000,
            help_text="One rate, such as 75. Or tiers, one on each line: 4 x 215 for the first four, then 430 for all "
            "that follow.",
        ),
        "steps": CreditsField(
            label="Owed for a period",
            max_length=5000,
            help_text="One step on each line, from high to low: 98: 1000 for a rate below 98 %, then 95: 4000.",
        ),
        "cap": amount_field("At most in total", required=False, hint="Empty: without limit"),
        "currency": currency_field(),
    }
    return {name: every[name] for name in FIELDS[chosen]}


def price_of(chosen: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """The stored form of a price from cleaned fields."""
    price: dict[str, Any] = {"kind": chosen}
    if chosen == "flat":
        price["amount"] = _plain(data["amount"])
    elif chosen == "percent":
        price["percent"] = _plain(data["percent"])
    elif chosen == "credits":
        price["steps"] = data["steps"]
    elif chosen == "per_unit":
        price["unit"] = str(Unit(data["unit"]))
        tiers = data["tiers"]
        price |= {"rate": tiers[0]["rate"]} if len(tiers) == 1 and "units" not in tiers[0] else {"tiers": tiers}
    if data.get("cap") is not None and "cap" in FIELDS[chosen]:
        price["cap"] = _plain(data["cap"])
    if "currency" in FIELDS[chosen]:
        price["currency"] = data["currency"]
    return price


def price_initial(price: Mapping[str, Any]) -> dict[str, Any]:
    """What the fields show for a stored price."""
    if not price:
        return {}
    tiers = price.get("tiers") or ([{"rate": price["rate"]}] if "rate" in price else [])
    lines = [f"{tier['units']} x {tier['rate']}" if tier.get("units") else str(tier["rate"]) for tier in tiers]
    steps = [f"{step['below']}: {step['amount']}" for step in price.get("steps", [])]
    plain = {name: value for name, value in price.items() if name != "kind"}
    return {**plain, "tiers": "\n".join(lines), "steps": "\n".join(steps)}


def _tier(line: str, *, is_last: bool) -> dict[str, Any]:
    units, times, rate = line.lower().replace("×", "x").partition("x")
    if not times:
        if not is_last:
            raise forms.ValidationError(
                f"“{line}” holds for ever, so nothing can follow it. Say for how many: 4 x {line}."
            )
        return {"rate": _rate(units, line)}
    units = units.strip()
    if not is_whole(units) or not 0 < int(units) <= 10_000:
        raise forms.ValidationError(f"“{line}” is not a tier. Write it like 4 x 215.")
    return {"units": int(units), "rate": _rate(rate, line)}


def _rate(text: str, line: str) -> str:
    try:
        rate = amount_field("").clean(text.strip().replace(",", ""))
    except forms.ValidationError as problem:
        raise forms.ValidationError(f"“{line}” has no amount. Write it like 4 x 215, or 430.") from problem
    return _plain(rate)


def _plain(amount: Decimal) -> str:
    """Without an exponent and without noughts that say nothing."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
