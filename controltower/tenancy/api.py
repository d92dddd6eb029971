"""What every API view of ours is made of."""

from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.views import APIView

from controltower.tenancy.permissions import Verb
from controltower.tenancy.viewer import Viewer, require


class ViewerAPIView(APIView):
    """An endpoint for members and API keys: `verb` is what their role, or the key's scopes, must allow."""

    access: ClassVar[str] = "member"
    verb: ClassVar[Verb]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        require(self.viewer, self.verb)

    @property
    def viewer(self) -> Viewer:
        found: Viewer = self.request._request.viewer  # type: ignore[attr-defined]
        return found
