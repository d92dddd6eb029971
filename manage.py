#!/usr/bin/env python
"""Command-line entry point. `python manage.py up --demo` is the one to try first."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "controltower.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(str(error))  # the sentence says what to set; where it was noticed helps nobody


if __name__ == "__main__":
    main()
