"""What nobody types is refused with a sentence. It never breaks a page."""

import base64
import json
from collections.abc import Callable

import pytest
from django.test import Client

from controltower.tenancy.viewer import Viewer

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., Client]
LONG = "9" * 5000


def cursor(*parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "address",
    [
        "/?q=owner:%00",
        "/?%00=1",
        "/cases/EX-%00/",
        "/approvals/%00/",
        "/jobs/?kind=%00",
        "/settings/partners/dead-letters/?partner=%00",
        "/api/v1/cases/%00/",
    ],
)
def test_a_nul_in_the_address_is_a_bad_request(address: str, client_for: ClientFor, supervisor: Viewer) -> None:
    assert client_for(supervisor).get(address).status_code == 400


def test_a_nul_in_a_form_is_a_bad_request(client_for: ClientFor, coordinator: Viewer) -> None:
    answer = client_for(coordinator).post("/settings/preferences/", {"next": "\x00"})
    assert answer.status_code == 400


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-02-30"])
def test_a_day_that_nothing_can_be_of_is_a_bad_request(day: str, client_for: ClientFor, supervisor: Viewer) -> None:
    assert client_for(supervisor).get(f"/settings/partners/dead-letters/?day={day}").status_code == 400


@pytest.mark.parametrize("address", ["/notices/", "/jobs/", "/settings/partners/dead-letters/"])
def test_a_number_that_no_column_holds_is_as_good_as_none(
    address: str, client_for: ClientFor, supervisor: Viewer
) -> None:
    assert client_for(supervisor).get(f"{address}?before={LONG}").status_code == 200


def test_the_trail_is_asked_for_no_entry_beyond_all_numbers(client_for: ClientFor, auditor: Viewer) -> None:
    assert client_for(auditor).get(f"/audit/?before={LONG}").status_code == 200


def test_a_job_beyond_all_numbers_cannot_be_replayed(client_for: ClientFor, supervisor: Viewer) -> None:
    assert client_for(supervisor).post("/jobs/replay/", {"job": LONG}).status_code == 400


@pytest.mark.parametrize(
    "address",
    [
        f"/?after={cursor('rest', float('inf'), 1, False)}",
        f"/?after={cursor('rest', float('nan'), 1, False)}",
        f"/?after={cursor('ranked', 1.0, 10**30, False)}",
        f"/?q=is:resolved&after={cursor('rest', 1e15, 1, False)}",
        f"/?after={base64.urlsafe_b64encode(b'[' * 3000).decode()}",
    ],
)
def test_a_cursor_that_is_not_ours_is_a_bad_request(address: str, client_for: ClientFor, coordinator: Viewer) -> None:
    assert client_for(coordinator).get(address).status_code == 400
