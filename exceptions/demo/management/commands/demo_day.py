"""`manage.py demo_day`: loads the demo, or a new one when the last is over, and prints who can sign in."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from controltower.tenancy.models import Organisation
from exceptions.demo import cast, renewal
from exceptions.demo.load import day_of, load


class Command(BaseCommand):
    help = "Loads the demo day into an empty installation; one that is over is put aside first."
    requires_system_checks: list[str] = []  # `up` starts many at once; workers and lint check

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demo day is not for production: its passwords are known.")
        now = timezone.now()
        known = Organisation.objects.filter(slug=cast.WORKED).first()
        if known is None and Organisation.objects.exists():
            raise CommandError("This installation has organisations of its own: the demo needs an empty one.")
        if known is not None and renewal.is_over(day_of(known), now):
            if settings.CONFIG.embedded_database:
                kept = renewal.put_aside(day_of(known))
                self.stdout.write(f"  A new day: the last one is kept as database {kept}.")
                known = None
            else:
                self.stdout.write("  This demo day is over: empty the database to start a new one.")
        if known is None:
            load(now)
        for email, name, role, _limit, granted in cast.PEOPLE:
            seeing = f", sees {' and '.join(code.title() for code in granted)} only" if granted else ""
            self.stdout.write(f"  {email:<26} {cast.PASSWORD}   {role.label.lower()} {name}{seeing}")
        self.stdout.write(f"  {cast.STRANGER[0]:<26} {cast.PASSWORD}   the other organisation")
