"""`manage.py demo_day`: loads the demo once and prints who can sign in."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from controltower.tenancy.models import Organisation
from exceptions.demo import cast
from exceptions.demo.load import load


class Command(BaseCommand):
    help = "Loads the demo day into an empty installation; does nothing when it is there."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demo day is not for production: its passwords are known.")
        if not Organisation.objects.filter(slug=cast.WORKED).exists():
            if Organisation.objects.exists():
                raise CommandError("This installation has organisations of its own: the demo needs an empty one.")
            load(timezone.now())
        for email, name, role, _limit, granted in cast.PEOPLE:
            seeing = f", sees {' and '.join(code.title() for code in granted)} only" if granted else ""
            self.stdout.write(f"  {email:<26} {cast.PASSWORD}   {role.label.lower()} {name}{seeing}")
        self.stdout.write(f"  {cast.STRANGER[0]:<26} {cast.PASSWORD}   the other organisation")
