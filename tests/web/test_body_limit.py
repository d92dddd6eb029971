"""A body that is too large is refused by what it announces, before anything reads it."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.test.client import FakePayload

from controltower.tenancy.viewer import Viewer
from controltower.web.middleware import LARGEST_BODY


class Untouched(FakePayload):
    def read(self, *args: object) -> bytes:
        pytest.fail("the body was read")


@pytest.mark.django_db
def test_an_oversized_upload_is_refused_unread(client_for: Callable[[Viewer], Client], coordinator: Viewer) -> None:
    announced = {"CONTENT_LENGTH": str(LARGEST_BODY + 1), "wsgi.input": Untouched()}
    form = "multipart/form-data; boundary=x"

    answer = client_for(coordinator).generic("POST", "/documents/upload/", content_type=form, **announced)

    assert answer.status_code == 413 and "larger than 26 MB" in answer.content.decode()
