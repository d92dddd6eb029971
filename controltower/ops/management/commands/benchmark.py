"""`manage.py benchmark NAME [--json]`: measure, with a database and folder of its own."""

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from controltower.embedded import EmbeddedError
from controltower.ops import bench_run
from controltower.ops.benchmarks import Benchmark, benchmarks

NUMBERS = {
    "events": "how many events, where the measurement has a size",
    "shipments": "how many shipments, where it makes some up",
    "seed": "what it makes up, where it does",
    "open": "how many open cases, where it makes a backlog",
}


class Command(BaseCommand):
    help = "Runs a measurement in a database and data folder of its own and says what came out, with its spread."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", nargs="?", help="which one; see --list")
        parser.add_argument("--list", action="store_true", help="name all benchmarks")
        parser.add_argument("--all", action="store_true", help="run all of them")
        parser.add_argument("--json", action="store_true", help="the last line is one JSON object")
        parser.add_argument("--quick", action="store_true", help="a small run: shows that it works, not how fast")
        for name, about in NUMBERS.items():
            parser.add_argument(f"--{name}", type=int, help=about)
        parser.add_argument("--only", default="", help="one part of it, where the measurement has parts")
        parser.add_argument("--inside", action="store_true", help="measure here: set by the command itself")

    def handle(self, *args: Any, **options: Any) -> None:
        known = benchmarks()
        if options["list"] or not (options["name"] or options["all"]):
            for benchmark in known.values():
                self.stdout.write(f"{benchmark.name:<12} {benchmark.about}")
            return
        chosen = list(known.values()) if options["all"] else [self._named(known, options["name"])]
        for benchmark in chosen:
            _check_part(benchmark, options["only"])
        if options["inside"]:
            self._inside(chosen[0], options)
            return
        arguments = [f"--{name}" for name in ("json", "quick") if options[name]]
        arguments += [f"--{name}={options[name]}" for name in NUMBERS if options[name] is not None]
        if options["only"]:
            arguments.append(f"--only={options['only']}")
        for benchmark in chosen:
            try:
                code = bench_run.outside(settings.HOME, benchmark, arguments)
            except EmbeddedError as error:
                raise CommandError(str(error)) from None
            if code:
                sys.exit(code)

    def _inside(self, benchmark: Benchmark, options: dict[str, Any]) -> None:
        found = bench_run.inside(
            settings.HOME,
            benchmark,
            quick=options["quick"],
            say=self._say,
            only=options["only"],
            **{name: options[name] for name in NUMBERS},
        )
        if options["json"]:
            self._say(bench_run.as_json(found))

    def _named(self, known: dict[str, Benchmark], name: str) -> Benchmark:
        if name not in known:
            raise CommandError(f"There is no benchmark {name!r}. There are: {', '.join(known)}.")
        return known[name]

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _check_part(benchmark: Benchmark, only: str) -> None:
    if only and only not in benchmark.parts:
        parts = f"These parts of it can be: {', '.join(benchmark.parts)}." if benchmark.parts else "It has no parts."
        raise CommandError(f"{benchmark.name} cannot be run for {only!r} alone. {parts}")
