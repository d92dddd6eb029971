"""News from below: a case changed, so what was proposed about it is looked at again. Receivers only enqueue."""

from __future__ import annotations

from typing import Any

from controltower.jobs import enqueue
from exceptions.cases.models import Case


def case_changed(sender: type[Case], case: Case, **news: Any) -> None:
    subject = f"case:{case.pk}"
    enqueue("proposals.reconsider", {"subject": subject}, dedupe_key=subject)
