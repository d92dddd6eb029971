"""`manage.py export_audit SLUG FILE.zip`: the trail of one organisation with a verifier that needs only Python."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from controltower.audit import SYSTEM
from controltower.ops.audit import export_audit
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation


class Command(BaseCommand):
    help = "Writes one organisation's audit trail, its signed checkpoints and a stand-alone verifier into a zip."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("organisation", metavar="SLUG")
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        organisation = Organisation.objects.filter(slug=options["organisation"]).first()
        if organisation is None:
            raise CommandError(f"There is no organisation {options['organisation']!r}.")
        with acting_for(organisation), options["file"].open("wb") as target:
            count = export_audit(target, actor=SYSTEM, now=timezone.now())
        self.stdout.write(f"{count} entries in {options['file']}")
