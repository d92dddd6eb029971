"""A demo day that is over is put aside, and a new one starts: times on the screens are never stale."""

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from controltower import embedded
from exceptions.demo.script import Day

LASTS = timedelta(hours=10)


def is_over(day: Day, now: datetime) -> bool:
    return now - day.now > LASTS


def put_aside(day: Day) -> str:
    """Rename the packaged database and move its files away; an empty database of this version takes the place.

    Returns the name under which the old one is kept. What belongs together moves together: checkpoints speak of the
    entries of one database.
    """
    name = f"tower_{day.now:%Y%m%d_%H%M}"
    connection.close()
    embedded.rename_database(settings.HOME, "tower", name)
    embedded.create_database(settings.HOME, "tower")
    shelf = Path(settings.HOME) / "past" / name
    shelf.mkdir(parents=True, exist_ok=True)
    for folder in (settings.CHECKPOINT_DIR, settings.DOCUMENT_ROOT, settings.MAILBOX_DIR):
        if folder is not None and Path(folder).exists():
            Path(folder).rename(shelf / Path(folder).name)
    call_command("migrate", verbosity=0, interactive=False)
    return name
