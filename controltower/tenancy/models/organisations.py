from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models


def validate_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(f"{name!r} is not a time zone: use an IANA name such as America/Chicago.")


class Organisation(models.Model):
    """A tenant. Not under row-level security itself: it is what the policies compare with."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    time_zone = models.CharField(max_length=60, default="UTC", validators=[validate_zone])
    currency = models.CharField(max_length=3, default="USD")
    half_life_hours = models.FloatField(
        default=4.0,
        validators=[MinValueValidator(0.25), MaxValueValidator(168)],
        help_text="Urgency doubles every so many hours: the H of the queue's order.",
    )
    hold_seconds = models.PositiveIntegerField(
        default=60,
        validators=[MaxValueValidator(3600)],
        help_text="How long an approved notice can still be called back before it is sent.",
    )
    mfa_for_approvers = models.BooleanField(
        default=False, help_text="Members who may approve must have a second factor."
    )
    reply_to = models.EmailField(blank=True, help_text="Where customers' answers to notices go.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(half_life_hours__gt=0), name="organisation_half_life_positive"),
        ]

    def __str__(self) -> str:
        return self.name
