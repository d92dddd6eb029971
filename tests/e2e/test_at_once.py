"""People and signals work on the same case at the same moment, and nobody meets a broken page for it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from controltower.tenancy.context import acting_for
from controltower.tenancy.viewer import Viewer
from exceptions.cases.models import Case
from exceptions.cases.services import detection_run
from exceptions.intake.models import Message, MessageState
from exceptions.intake.services import message_process
from tests.e2e.house import TRACKING, House, post_tracker, tracker

pytestmark = pytest.mark.django_db(transaction=True)


def test_taking_a_case_while_a_signal_about_it_is_worked_on(
    late: House, coordinator: Viewer, client_for: Callable[..., Client]
) -> None:
    """Each records something before it locks the case, and neither holds the audit chain while it waits for it."""
    now = timezone.now().replace(microsecond=0) + timedelta(minutes=2)
    later = json.loads(tracker(TRACKING, eta=now + timedelta(hours=72), now=now)) | {"id": "evt_later"}
    assert post_tracker(late, json.dumps(later).encode()).status_code == 202
    with acting_for(late.organisation):
        message, case = Message.objects.get(state=MessageState.RECEIVED), Case.objects.get()
    client = client_for(coordinator)
    between, outcome = threading.Event(), {}

    def slow_detection(**given: Any) -> Any:
        between.set()
        time.sleep(0.6)
        return detection_run(**given)

    def signal() -> None:
        with acting_for(late.organisation):
            outcome["signal"] = message_process(message.pk, now=now)
        connection.close()

    def person() -> None:
        between.wait(60)
        address = reverse("cases:act", args=[case.number, "take"])
        outcome["person"] = client.post(address, {"version": case.version}).status_code
        connection.close()

    with patch("exceptions.intake.services.processing.detection_run", slow_detection):
        threads = [threading.Thread(target=work) for work in (signal, person)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert outcome == {"signal": MessageState.PROCESSED, "person": 302}
    with acting_for(late.organisation):
        assert Case.objects.get().owner == coordinator.member
