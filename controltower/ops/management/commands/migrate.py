"""Django's `migrate`, logged in as the owner role: the runtime role may not change tables."""

from typing import Any

from django.core.management.commands.migrate import Command as DjangoCommand

from controltower.db import as_owner


class Command(DjangoCommand):
    def handle(self, *args: Any, **options: Any) -> None:
        with as_owner():
            super().handle(*args, **options)
