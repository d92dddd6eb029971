from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from agents.gateway.probe import probe
from agents.gateway.profiles import configured_profile


class Command(BaseCommand):
    help = "Ask the configured model whether it can do what is needed of it."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        profile = configured_profile()
        if profile is None:
            raise CommandError(
                "No model is configured: the rules do the work. Set OPENAI_BASE_URL, OPENAI_API_KEY and TOWER_MODEL."
            )
        self.stdout.write(f"Asking {profile.model} at {profile.base_url}")
        works = True
        for finding in probe(profile):
            mark = {True: "ok  ", False: "BAD ", None: "    "}[finding.good]
            self.stdout.write(f"{mark}{finding.text}")
            works = works and not finding.text.startswith("No answer")
        if not works:
            raise CommandError("The model cannot be used as it is configured. Until it can, the rules answer.")
