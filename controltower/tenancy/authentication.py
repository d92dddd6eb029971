"""REST framework's view of who is calling: the viewer that the tenant middleware already found."""

from typing import Any

from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request

from controltower.tenancy.viewer import Viewer


class ViewerAuthentication(SessionAuthentication):
    """One permission engine for pages and API. A session must pass CSRF; an API key cannot be forged by a page."""

    def authenticate(self, request: Request) -> tuple[Any, Viewer] | None:
        viewer: Viewer | None = getattr(request._request, "viewer", None)
        if viewer is None:
            return None
        if viewer.user is not None:  # people come with a session, whatever else they send
            self.enforce_csrf(request)
        return viewer.user or _Machine(viewer), viewer


class _Machine:
    """Stands in for a user where an integration calls: REST framework asks only whether it is authenticated."""

    is_authenticated = True

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer
