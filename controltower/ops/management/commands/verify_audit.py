"""`manage.py verify_audit`: exit 0 and `ok N entries`, or exit 1 naming the first bad entry of each broken chain."""

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from controltower.audit import checkpoints
from controltower.audit.verification import verify
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation


class Command(BaseCommand):
    help = "Verifies the audit chains against themselves and against the signed checkpoints."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--organisation", metavar="SLUG", help="only this one")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = Organisation.objects.order_by("pk")
        if options["organisation"]:
            wanted = wanted.filter(slug=options["organisation"])
        public_key = checkpoints.public_hex(checkpoints.private_key(settings.AUDIT_KEY))
        total, bad = 0, 0
        for organisation in wanted:
            with acting_for(organisation):
                signed = checkpoints.read(settings.CHECKPOINT_DIR, organisation.pk)
                report = verify(organisation.pk, signed, public_key)
            total += report.count
            if report.broken is not None:
                bad += 1
                self.stdout.write(f"BAD {organisation.slug}: entry {report.broken.seq} {report.broken.why}")
        if bad:
            sys.exit(1)
        self.stdout.write(f"ok {total} entries")
