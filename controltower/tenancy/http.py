"""The request as our views see it."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from controltower.tenancy.viewer import Viewer


class MemberRequest(HttpRequest):
    """What a view marked with `requires` or `member` is called with: the tenant middleware has set the viewer."""

    viewer: Viewer
    htmx: HtmxDetails
