"""Watches for cases as anybody would who looks at the queue: by asking for the new ones, on a connection of its own."""

import threading
import time

from django.db import connection

from controltower.db import rows
from controltower.tenancy.context import acting_for

EVERY = 0.05  # seconds between two looks
NEW = """
SELECT DISTINCT ON (found.id) found.id, reference.value
  FROM cases_case AS found
  JOIN cases_caseshipment AS touched ON touched.case_id = found.id
  JOIN shipments_reference AS reference ON reference.shipment_id = touched.shipment_id AND reference.type = 'pro'
 WHERE found.organisation_id = %s AND NOT found.id = ANY(%s)
"""


class CaseWatch:
    """`expect` a shipment's case from now on; `stop` answers how long each took, in seconds: one that did not come took
    as long as it was waited for."""

    def __init__(self, organisation_id: int) -> None:
        self.organisation_id = organisation_id
        self._expected: dict[str, float] = {}
        self._took: dict[str, float] = {}
        self._seen: list[int] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    @property
    def missing(self) -> int:
        return len(self._expected) - len(self._took)

    def start(self) -> None:
        self._look(time.monotonic())
        self._thread.start()

    def expect(self, number: str) -> None:
        self._expected.setdefault(number, time.monotonic())

    def stop(self) -> list[float]:
        self._over.set()
        self._thread.join()
        now = time.monotonic()
        return [self._took.get(number, now - since) for number, since in self._expected.items()]

    def _watch(self) -> None:
        try:
            while not self._over.is_set():
                self._look(time.monotonic())
                self._over.wait(EVERY)
        finally:
            connection.close()

    def _look(self, at: float) -> None:
        with acting_for(self.organisation_id):
            found = rows(NEW, [self.organisation_id, self._seen])
        for pk, number in found:
            self._seen.append(pk)
            if number in self._expected and number not in self._took:
                self._took[number] = at - self._expected[number]
