"""For whom of a contract's party a term is: chosen from a list, or named by its code where a list would be too long.

Whoever is chosen already can always be chosen again: a field that lacked it would widen the term to everybody.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from exceptions.parties.models import Account

LISTED = 200
NEAR = 5


def account_field(accounts: QuerySet[Account], chosen: Account | None, *, whole: str) -> forms.Field | None:
    """A field that cleans to an account or None; None when there is nobody to choose. whole: what empty means."""
    listed = list(accounts[: LISTED + 1])
    if len(listed) > LISTED:
        return AccountCodeField(accounts, chosen, whole=whole)
    if chosen is not None and chosen not in listed:
        listed.append(chosen)
    return AccountListField(listed, whole=whole) if listed else None


class AccountListField(forms.ChoiceField):
    """One of a few."""

    def __init__(self, accounts: list[Account], *, whole: str) -> None:
        self.accounts = {str(row.pk): row for row in accounts}
        choices = [("", whole), *((key, str(row)) for key, row in self.accounts.items())]
        super().__init__(label="Only", choices=choices, required=False)

    def clean(self, value: Any) -> Account | None:
        return self.accounts.get(super().clean(value))


class AccountCodeField(forms.CharField):
    """One of many, by its code. Who types something else is told whose code or name begins like it."""

    def __init__(self, accounts: QuerySet[Account], chosen: Account | None, *, whole: str) -> None:
        self.accounts, self.chosen = accounts, chosen
        super().__init__(label="Only", max_length=60, required=False, help_text=f"Its code. Empty: {whole.lower()}")

    def prepare_value(self, value: Any) -> Any:
        return self.chosen.code if self.chosen is not None and value == self.chosen.pk else value

    def clean(self, value: Any) -> Account | None:
        code = super().clean(value)
        if not code:
            return None
        if self.chosen is not None and code == self.chosen.code:
            return self.chosen
        found = self.accounts.filter(code__in=(code, code.upper())).first()
        if found is not None:
            return found
        like = self.accounts.filter(Q(code__istartswith=code) | Q(name__istartswith=code))
        near = [f"{row.code} ({row.name})" for row in like[:NEAR]]
        raise forms.ValidationError(
            f"There is no account {code} here." + (f" Like it: {', '.join(near)}." if near else "")
        )
