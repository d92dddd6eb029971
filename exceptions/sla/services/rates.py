"""What currencies are worth in the organisation's own: they bring amounts into one order, nobody is paid by them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db.models import QuerySet

from controltower.audit import Actor, record
from controltower.errors import Conflict, Invalid, NotFound
from controltower.tenancy.models import Organisation
from exceptions.sla.defaults import exchange_rate
from exceptions.sla.models import Contract, CurrencyRate, Term, VersionState
from exceptions.sla.services.editing import person, tell_changed


def rate_save(
    *, currency: str, rate: Decimal, valid_from: date, source: str, house: Organisation, actor: Actor, now: datetime
) -> CurrencyRate:
    """What a unit of `currency` is worth from a day on; one of the same day is replaced. `Invalid` for the own."""
    person(actor)
    if currency == house.currency:
        raise Invalid(
            f"{currency} is the house's own currency: it is worth itself.",
            code="own_currency",
            details={"currency": "is our own"},
        )
    if rate <= 0:
        raise Invalid("A rate is greater than nothing.", code="no_rate", details={"rate": "is not positive"})
    before = CurrencyRate.objects.filter(currency=currency, valid_from=valid_from).first()
    told = {"rate": str(before.rate), "source": before.source} if before else None
    row, _ = CurrencyRate.objects.update_or_create(
        currency=currency, valid_from=valid_from, defaults={"rate": rate, "source": source}
    )
    after = {"currency": currency, "valid_from": valid_from.isoformat(), "rate": str(rate), "source": source}
    record(verb="rate.set", subject=f"currency_rate:{row.pk}", actor=actor, before=told, after=after, now=now)
    tell_changed(f"The rate of {currency} was set", actor=actor, now=now)
    return row


def rate_remove(row: CurrencyRate, *, house: Organisation, actor: Actor, now: datetime) -> None:
    """Remove a rate. `Conflict` when nothing would be known any more of a currency that a contract is in."""
    person(actor)
    locked = CurrencyRate.objects.select_for_update(no_key=True).filter(pk=row.pk).first()
    if locked is None:
        raise NotFound("This rate does not exist any more.")
    others = CurrencyRate.objects.filter(currency=locked.currency).exclude(pk=locked.pk)
    is_known = others.exists() or exchange_rate(locked.currency, house.currency) is not None
    users_of = [] if is_known else currency_users(Contract.objects.all())
    users = sorted(code for name, code in users_of if name == locked.currency)
    if users:
        raise Conflict(
            f"{', '.join(users)} {'is' if len(users) == 1 else 'are'} in {locked.currency}: it would be counted as the "
            "house's own. Set a newer rate first.",
            code="rate_in_use",
        )
    before = {"currency": locked.currency, "valid_from": locked.valid_from.isoformat(), "rate": str(locked.rate)}
    subject = f"currency_rate:{locked.pk}"
    locked.delete()
    record(verb="rate.removed", subject=subject, actor=actor, before=before, now=now)
    tell_changed(f"A rate of {locked.currency} was removed", actor=actor, now=now)


def currency_users(contracts: QuerySet[Contract]) -> set[tuple[str, str]]:
    """(currency, code) of each of the contracts that is in a currency or prices a term in it, unless it is withdrawn."""
    priced = (
        Term.objects.filter(price__has_key="currency", version__contract__in=contracts)
        .exclude(version__state=VersionState.WITHDRAWN)
        .values_list("price__currency", "version__contract__code")
        .distinct()
    )
    return {*contracts.values_list("currency", "code"), *priced}
