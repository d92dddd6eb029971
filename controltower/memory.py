"""What a process loads at its start stays to its end: the garbage collector need not look at it again and again."""

import gc
from typing import Final

# New objects between two looks for circles among the young ones. A chunk of signals makes some hundred thousand objects
# that all go with it, and next to no circles.
YOUNG: Final = 10_000


def settle() -> None:
    """Leave what is loaded now out of every later collection. Once, when a process is about to begin its work."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, *gc.get_threshold()[1:])
