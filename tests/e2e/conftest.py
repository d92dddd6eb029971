from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from controltower.tenancy.models import Organisation
from tests.e2e.house import TRACKING, House, booking, make_house, post_event, post_tracker, tracker
from tests.notices.smtp import Behaviour, mail_server


@pytest.fixture
def house(organisation: Organisation) -> House:
    return make_house(organisation)


@pytest.fixture
def inbox(settings: Any) -> Iterator[Behaviour]:
    """The customer's mail server, and we deliver to it."""
    behaviour = Behaviour()
    with mail_server(behaviour) as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.host, server.port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = False
        yield behaviour


@pytest.fixture
def late(house: House, run_jobs: Callable[[], int]) -> House:
    """A parcel that will miss its store's window by a day, told by the carrier through EasyPost."""
    now = timezone.now().replace(microsecond=0)
    due = now + timedelta(hours=20)
    plan = booking(TRACKING, due=due, city="Brooklyn", region="NY", booked_at=now - timedelta(days=2))
    assert post_event(house, plan).status_code == 202
    assert post_tracker(house, tracker(TRACKING, eta=due + timedelta(hours=25), now=now)).status_code == 202
    run_jobs()
    return house
