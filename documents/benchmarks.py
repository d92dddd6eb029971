"""How well the rules reader reads labelled documents, field by field, and how fast."""

import os
import time
from collections.abc import Mapping
from pathlib import Path

from controltower.ops.benchmarks import Bench, Figure, benchmark
from documents.measured import Tally, compare, labelled_documents, summary
from documents.reading.reader import read_document

# Relative to the project's root, where commands run.
_BESIDE = Path("../shared/data")


def samples_folder() -> Path:
    """The labelled documents: `TOWER_SHARED_DATA` or the folder beside the project."""
    return Path(os.environ.get("TOWER_SHARED_DATA") or _BESIDE) / "documents"


@benchmark(
    "documents", "fields of labelled text PDFs: precision, recall, invented values, pages per second", durable=False
)
def documents(bench: Bench) -> Mapping[str, Figure]:
    """Reads every labelled PDF in the limited child process, as the job does. Scans count apart: they are not read yet."""
    folder = samples_folder()
    if not folder.is_dir():
        bench.say(f"  skipped: {folder} is not there; set TOWER_SHARED_DATA to the folder with the labelled documents")
        return {"documents": Figure((0.0,), "labelled PDFs found")}
    tallies: dict[str, Tally] = {}
    read = scans = pages = 0
    seconds = 0.0
    for file, truth in labelled_documents(folder):
        content = file.read_bytes()
        started = time.perf_counter()
        found = read_document(content)
        seconds += time.perf_counter() - started
        pages += len(found.text.pages)
        if not found.is_read:
            scans += 1
            continue
        read += 1
        compare(found.extraction, truth, tallies, file.name)
        if bench.quick and read == 5:
            break
    _say(bench, tallies, scans)
    return _figures(tallies, read, scans, pages / seconds if seconds else 0.0)


def _say(bench: Bench, tallies: Mapping[str, Tally], scans: int) -> None:
    bench.say(f"  {scans} PDFs without text were left out: scans are not read yet")
    bench.say(f"  {'field':20} {'right':>6} {'wrong':>6} {'missed':>6} {'made up':>7}")
    for key, tally in tallies.items():
        bench.say(f"  {key:20} {tally.right:6} {tally.wrong:6} {tally.missed:6} {tally.invented:7}")
        for example in tally.examples[:3]:
            bench.say(f"      {example}")


def _figures(tallies: Mapping[str, Tally], read: int, scans: int, pages_per_second: float) -> dict[str, Figure]:
    found = summary(tallies)
    every = found["all"]
    given = every["right"] + every["wrong"] + every["invented"]
    figures = {
        "documents": Figure((float(read),), "labelled text PDFs read"),
        "scans_left_out": Figure((float(scans),), "PDFs without text"),
        "pages_per_s": Figure((pages_per_second,), "/s, one process"),
        "precision": Figure((every["precision"] or 0.0,), "of values given"),
        "recall": Figure((every["recall"] or 0.0,), "of values on the paper"),
        "f1": Figure((every["f1"] or 0.0,), "", goal=0.98),
        "made_up": Figure(
            (every["invented"] / given if given else 0.0,), "of values given", goal=0.005, at_least=False
        ),
    }
    if every["verified"]:
        share = every["verified_right"] / every["verified"]
        figures["verified_right"] = Figure((share,), "of verified values", goal=0.995)
    for key, row in found["fields"].items():
        for name in ("precision", "recall"):
            if row[name] is not None:
                figures[f"{key}_{name}"] = Figure((row[name],), "")
    return figures
