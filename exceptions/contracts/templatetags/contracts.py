"""Times and amounts of terms in words, for templates."""

from datetime import timedelta
from decimal import Decimal

from django import template

from exceptions.contracts.words import duration_words
from exceptions.sla.kinds import ActingParty

register = template.Library()


@register.filter
def duration(length: timedelta | int | None) -> str:
    """`{{ step.left|duration }}`: 1 d 3 h 30 min, of a timedelta or of minutes."""
    if length is None:
        return ""
    return duration_words(length if isinstance(length, timedelta) else timedelta(minutes=length))


@register.filter
def acts(party: str) -> str:
    """`{{ lead.party|acts }}`: "the carrier acts", "we act"."""
    who = str(ActingParty(party).label).lower() if party in ActingParty.values else party
    return f"{who} act" if party == ActingParty.US else f"{who} acts"


@register.filter
def works(p_act: Decimal | float) -> str:
    """`{{ lead.p_act|works }}`: in how many of a hundred cases an action saves the day, from the likelihood of losing
    all the same."""
    return f"{(1 - Decimal(str(p_act))) * 100:.0f} %"


@register.filter
def rate(worth: Decimal) -> str:
    """A rate with what says something, at least four decimals: 1.1000, 0.00670."""
    text = f"{Decimal(worth):.6f}".rstrip("0")
    whole, _, part = text.partition(".")
    return f"{whole}.{part:0<4}"
