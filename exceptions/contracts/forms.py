"""Forms of contracts, versions and terms. Which fields a term has follows from its kind."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django import forms

from exceptions.cases.taxonomy import TYPES, Severity
from exceptions.contracts.common import offer
from exceptions.contracts.kinds import BY_KIND, Kind
from exceptions.contracts.prices import currency_field, price_fields, price_initial, price_of
from exceptions.contracts.words import duration_words
from exceptions.parties.choosing import Choice, NamedField, choose_from
from exceptions.shipments.models import Mode
from exceptions.sla.kinds import COUNTED_IN_DAYS, SUBKINDS
from exceptions.sla.models import Calendar, ClaimRegime, Period, Side, Term
from exceptions.sla.pricing import PRECEDENCE
from exceptions.sla.reach import case_types_of

DATE = {"type": "date"}
MINUTES = {"d": 1440, "h": 60, "min": 1, "m": 1, "": 1}
LONGEST = 60 * 24 * 366 * 3
MATCHING = ("account", *PRECEDENCE)
WHOLE = "all of this contract's party"
CASE_TYPES = [(entry.code, entry.label) for entry in TYPES]


class LengthField(forms.CharField):
    """A length of time as people write it: "30 min", "4 h", "1 d 12 h", "90". Cleaned to minutes, or None."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=40, **kwargs)

    def clean(self, value: Any) -> int | None:
        typed = super().clean(value).lower().strip()
        if not typed:
            return None
        parts = re.findall(r"(\d+)\s*(d|h|min|m)?(?=[\s\d]|$)", typed)
        if "".join(number + unit for number, unit in parts) != re.sub(r"\s+", "", typed):
            raise forms.ValidationError(f"“{typed}” is not a length of time. Write it like 30 min, 4 h or 2 d.")
        total = sum(int(number) * MINUTES[unit] for number, unit in parts)
        if total > LONGEST:
            raise forms.ValidationError("That is more than three years.")
        return total

    def prepare_value(self, value: Any) -> Any:
        return duration_words(timedelta(minutes=value)) if isinstance(value, int) else value


class ContractForm(forms.Form):
    """With whom, on which side, in which currency."""

    side = forms.ChoiceField(label="Who owes when it is missed", choices=Side.choices, widget=forms.RadioSelect)
    account = NamedField(label="With", required=False)
    is_house = forms.BooleanField(label="With nobody: the house's own rates", required=False)
    code = forms.RegexField(
        r"^[A-Za-z0-9][A-Za-z0-9._-]*$",
        label="Code",
        max_length=40,
        help_text="Short and unique, such as ACME-2026. Cases name it.",
        error_messages={"invalid": "Letters, digits, dots and hyphens only."},
    )
    name = forms.CharField(label="Name", max_length=200)
    currency = currency_field()
    effective_from = forms.DateField(label="Holds from", widget=forms.DateInput(attrs=DATE))

    def __init__(self, data: Any = None, *, choice: Choice, sees_all: bool, **kwargs: Any) -> None:
        """sees_all: without it neither the house's rates nor what others owe us, which hold for everybody's freight."""
        super().__init__(data, **kwargs)
        choose_from(self, "account", choice)
        if not sees_all:
            del self.fields["is_house"]
        offer(self, "side", Side.choices if sees_all else [(Side.PAYABLE, Side.PAYABLE.label)])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        is_house = data.pop("is_house", False)
        if is_house and data.get("account") is not None:
            self.add_error("account", "Leave this empty for the house's own rates.")
        elif not is_house and data.get("account") is None and "account" not in self.errors:
            self.add_error("account", "Name the other party.")
        return data


class HeadForm(forms.Form):
    """What a contract is called and what it is in. is_fixed: something of it held, so that its currency stays."""

    name = forms.CharField(label="Name", max_length=200)
    currency = currency_field()
    was_name = forms.CharField(widget=forms.HiddenInput)
    was_currency = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, is_fixed: bool, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        if is_fixed:
            del self.fields["currency"]

    def values(self, currency: str) -> dict[str, Any]:
        """For the service; currency: what stays where none is asked for."""
        data = self.cleaned_data
        before = data["was_name"], data["was_currency"]
        return {"name": data["name"], "currency": data.get("currency", currency), "before": before}


class VersionForm(forms.Form):
    """When a draft is to hold."""

    effective_from = forms.DateField(label="Holds from", widget=forms.DateInput(attrs=DATE))
    effective_to = forms.DateField(
        label="Until before",
        required=False,
        widget=forms.DateInput(attrs=DATE),
        help_text="The first day on which it does not hold. Empty: until another version takes over.",
    )
    note = forms.CharField(label="Why this version", max_length=300, required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput)


class TermForm(forms.Form):
    """One term. Only what its kind reads is asked for; `values()` is what the service stores."""

    name = forms.CharField(label="Name", max_length=200, help_text="As cases and letters call it")
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        kind: Kind,
        price_form: str,
        currency: str,
        choice: Choice,
        calendars: list[Calendar],
        regimes: list[ClaimRegime],
        stored: Term | None = None,
        is_house: bool = False,
        **kwargs: Any,
    ) -> None:
        """choice: whom it may be narrowed to. stored: what is edited; what it names is offered whatever the lists say."""
        super().__init__(data, **kwargs)
        self.kind, self.price_form = kind, price_form if price_form in kind.prices else kind.prices[0]
        self.rows: dict[str, dict[str, Any]] = {
            name: {str(row.pk): row for row in (*rows, getattr(stored, name, None)) if row is not None}
            for name, rows in (("calendar", calendars), ("regime", regimes))
        }
        chosen = stored.account if stored else None
        if chosen is not None or choice.rows.exists():
            self.fields["account"] = NamedField(label="Only", empty="everybody" if is_house else WHOLE)
            choose_from(self, "account", choice, chosen)
        for name in kind.fields:
            self.fields[name] = self._field(name)
        for name, field in price_fields(self.price_form).items():
            self.fields[name] = field
        if "currency" in self.fields:
            self.fields["currency"].initial = currency

    @property
    def promise_fields(self) -> list[Any]:
        """What is promised, by when."""
        matching = {*MATCHING, "name", "revision"}
        return [self[name] for name in self.kind.fields if name in self.fields and name not in matching]

    @property
    def matching_fields(self) -> list[Any]:
        return [self[name] for name in MATCHING if name in self.fields]

    @property
    def price_fields(self) -> list[Any]:
        return [self[name] for name in price_fields(self.price_form)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        days, counting = data.get("allowed_days"), data.get("counting")
        if days is not None and data.get("allowed_minutes") is not None:
            self.add_error("allowed_minutes", "Days or hours, not both.")
        if days is not None and counting and counting not in COUNTED_IN_DAYS:
            self.add_error("counting", "Days are counted in calendar or in working days.")
        if (
            days is None
            and counting in COUNTED_IN_DAYS
            and not data.get("regime")
            and "allowed_days" not in self.errors
        ):
            self.add_error("allowed_days", "Say how many.")
        return data

    def values(self) -> dict[str, Any]:
        """Columns of a term. What this kind does not read is left out."""
        data = self.cleaned_data
        values: dict[str, Any] = {"kind": self.kind.kind, "name": data["name"]}
        for name in self.kind.fields:
            values[name] = self.rows[name].get(data[name]) if name in self.rows else data[name]
        if "account" in self.fields:
            values["account"] = data["account"]
        if "tier" in values:
            values["tier"] = values["tier"] or None
        values["price"] = price_of(self.price_form, data)
        return values

    def _field(self, name: str) -> forms.Field:
        kind, rows = self.kind, self.rows
        if name in rows:
            empty = {"calendar": "The usual", "regime": "None: say the days"}
            labels = {"calendar": "Counted by the hours of", "regime": "Regime"}
            choices = [("", empty[name]), *((key, str(row)) for key, row in rows[name].items())]
            return forms.ChoiceField(label=labels[name], choices=choices, required=False)
        if name in ("allowed_minutes", "notice_minutes"):
            label = kind.allowed_label if name == "allowed_minutes" else "An excuse counts when told within"
            return LengthField(label=label, required=False, help_text="Like 30 min, 4 h or 2 d")
        return _FIELDS[name](kind)


def _choice(label: str, choices: list[tuple[str, str]], empty: str | None = None, hint: str = "") -> forms.ChoiceField:
    shown = choices if empty is None else [("", empty), *choices]
    return forms.ChoiceField(label=label, choices=shown, required=empty is None, help_text=hint)


def _labels(members: tuple[Any, ...]) -> list[tuple[str, str]]:
    return [(str(member), str(member.label)) for member in members]


def _case_types(kind: Kind) -> list[tuple[str, str]]:
    """Those that can put such a promise at stake: any other would never match."""
    subkinds = SUBKINDS.get(kind.kind, ())
    fitting = frozenset[str]().union(*(case_types_of(kind.kind, each) for each in subkinds or (None,)))
    return [(code, label) for code, label in CASE_TYPES if code in fitting]


_FIELDS: dict[str, Any] = {
    "subkind": lambda kind: _choice("What exactly", _labels(SUBKINDS[kind.kind])),
    "counting": lambda kind: _choice("Counted in", _labels(kind.counting)),
    "measured": lambda kind: _choice("Kept by", _labels(kind.measured), "The usual"),
    "starts": lambda kind: _choice("The clock starts with", _labels(kind.starts), "The usual"),
    "period": lambda kind: _choice("Measured over a", [*Period.choices], "Each miss by itself"),
    "threshold": lambda kind: forms.DecimalField(
        label="At least, percent", required=False, min_value=0, max_value=100, max_digits=5, decimal_places=2
    ),
    "allowed_days": lambda kind: forms.IntegerField(
        label="Free days" if kind.kind == "free_time" else "Days allowed", required=False, min_value=0, max_value=3660
    ),
    "first_day_counts": lambda kind: forms.BooleanField(
        label="The day on which the clock starts is the first of them", required=False
    ),
    "case_type": lambda kind: _choice("Only cases of", _case_types(kind), "Every type"),
    "service": lambda kind: forms.CharField(
        label="Only the service", max_length=60, required=False, help_text="As orders name it"
    ),
    "lane": lambda kind: forms.CharField(
        label="Only on the lane", max_length=40, required=False, help_text="As shipments show it, such as US-TX>US-IL"
    ),
    "mode": lambda kind: _choice("Only by", [*Mode.choices], "Every mode"),
    "goods_class": lambda kind: forms.CharField(
        label="Only goods of class", max_length=40, required=False, help_text="As shipments name it, such as produce"
    ),
    "tier": lambda kind: forms.IntegerField(
        label="Only customers of tier", required=False, min_value=1, max_value=9, help_text="1 is served first"
    ),
    "severity": lambda kind: _choice("Only cases of severity", [*Severity.choices], "Every severity"),
}


def term_initial(term: Term) -> dict[str, Any]:
    """What the form shows for a stored term."""
    kind = BY_KIND[term.kind]
    plain = {name: getattr(term, name) for name in ("name", "revision", *kind.fields) if name not in _BY_ID}
    by_id = {name: getattr(term, f"{name}_id") or "" for name in _BY_ID}
    account = "" if term.account_id == term.version.contract.account_id else term.account
    if term.threshold is not None:
        plain["threshold"] = f"{term.threshold.normalize():f}"
    return {**plain, **by_id, "account": account, **price_initial(term.price)}


_BY_ID = ("calendar", "regime")
