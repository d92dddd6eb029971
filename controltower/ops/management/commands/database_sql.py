"""`manage.py database_sql`: what to run once, as superuser, on a PostgreSQL server of one's own."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from controltower.embedded_sql import server_sql


class Command(BaseCommand):
    help = "Prints the SQL that creates the three roles and the database. Pipe it into psql as a superuser."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--database", default="tower", help="name of the database to create (default: tower)")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(server_sql(options["database"]))
