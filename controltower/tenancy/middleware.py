"""Runs every view inside its organisation, as the last middleware.

`process_view` calls the view itself: wrapping `get_response` instead would commit partial writes, because Django has
turned an exception into a 500 response before a middleware sees it.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from controltower.errors import DomainError, Forbidden, Unauthorised
from controltower.tenancy import access
from controltower.tenancy.context import acting_for
from controltower.tenancy.permissions import Verb
from controltower.tenancy.viewer import Viewer
from controltower.web.errors import error_response

Response = HttpResponseBase


class TenantMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], Response]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> Response:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> Response | None:
        kind = access.kind_of(view)
        try:
            if kind == "foreign":
                return self._foreign(request, view, args, kwargs)
            if kind in ("public", "no_db"):
                return _finished(view(request, *args, **kwargs))
            return self._as_member(request, view, args, kwargs)
        except DomainError as error:
            return error_response(request, error)

    def _as_member(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> Response:
        found = access.identify(request)
        if found is None:
            return _sign_in(request)
        with acting_for(found.organisation_id):
            viewer = access.viewer_of(found)
            if viewer is None:
                raise Forbidden("Your membership in this organisation has ended. Ask an administrator.")
            if _second_factor_missing(request, viewer):
                return HttpResponse(status=302, headers={"Location": reverse("mfa_activate_totp")})
            request.viewer = viewer  # type: ignore[attr-defined]
            if not access.enters_itself(view):
                response = _finished(view(request, *args, **kwargs))
                if response.status_code >= 400 and getattr(response, "exception", False):
                    transaction.set_rollback(True)  # REST framework turns errors into responses by itself
                return response
        return _finished(view(request, *args, **kwargs))

    def _foreign(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> Response | None:
        """A library's view (login, admin). Those that show our tables do so for the member's organisation only."""
        if not request.path.startswith(settings.ADMIN_PREFIX):
            return None
        found = access.identify(request)
        if found is None:
            return None
        with acting_for(found.organisation_id):
            viewer = access.viewer_of(found)
            if viewer is not None and not viewer.can(Verb.ADMINISTER):
                raise Forbidden("Only administrators may open the admin.")
            request.viewer = viewer  # type: ignore[attr-defined]
            return _finished(view(request, *args, **kwargs))


def _finished(response: Any) -> Response:
    """Templates run their queries now, inside the organisation, not when the server writes the answer."""
    if hasattr(response, "render") and not getattr(response, "is_rendered", True):
        response = response.render()
    result: Response = response
    return result


def _sign_in(request: HttpRequest) -> Response:
    if request.headers.get("HX-Request"):
        # The fragment would otherwise be replaced by a login page. The page the person is on comes back afterwards.
        here = request.htmx.current_url_abs_path or "/"  # type: ignore[attr-defined]
        login = f"{reverse('account_login')}?{urlencode({'next': here})}"
        return HttpResponse(status=204, headers={"HX-Redirect": login})
    if request.path.startswith("/api/") or request.headers.get("Authorization"):
        raise Unauthorised("Send a valid API key: Authorization: Bearer ct_...")
    # What a form was posted to cannot be opened after the sign-in.
    wanted = request.get_full_path() if request.method in ("GET", "HEAD") else "/"
    return redirect_to_login(wanted, reverse("account_login"))


def _second_factor_missing(request: HttpRequest, viewer: Viewer) -> bool:
    if not (viewer.organisation.mfa_for_approvers and viewer.can(Verb.DECIDE)):
        return False
    from allauth.mfa.utils import is_mfa_enabled  # its models must be loaded first

    return not is_mfa_enabled(request.user)
