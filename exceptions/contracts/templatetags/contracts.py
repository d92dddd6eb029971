"""Times and amounts of terms in words, for templates."""

from datetime import timedelta

from django import template

from exceptions.contracts.words import duration_words

register = template.Library()


@register.filter
def duration(length: timedelta | int | None) -> str:
    """`{{ step.left|duration }}`: 1 d 3 h 30 min, of a timedelta or of minutes."""
    if length is None:
        return ""
    return duration_words(length if isinstance(length, timedelta) else timedelta(minutes=length))
