"""What the views of the queue and of a case read of a request, and the word they say after an action."""

from django.urls import reverse

from controltower.tenancy.http import MemberRequest
from controltower.tenancy.viewer import Viewer
from controltower.web.numbers import number_in
from controltower.web.toast import toast
from exceptions.cases.actions import Said, way_back
from exceptions.cases.models import Case


def filters(request: MemberRequest) -> tuple[str, str]:
    """The filter and the cursor of the list that the person is looking at."""
    given = request.GET
    return given.get("q", "").strip(), given.get("after", "")


def zone(viewer: Viewer) -> str:
    return viewer.organisation.time_zone


def version(request: MemberRequest) -> int | None:
    """The version that the posted form was made from; None when it carries none."""
    return number_in(request.POST.get("version", ""))


def say(request: MemberRequest, case: Case, said: str | Said, action: str) -> None:
    """A toast, with the way back where there is one."""
    if isinstance(said, Said):
        toast(request, said.text, undo=reverse("cases:act", args=[case.number, said.back]), fields=said.fields)
        return
    back = way_back(action)
    if back:
        case.refresh_from_db(fields=["version"])
        toast(request, said, undo=reverse("cases:act", args=[case.number, back]), fields={"version": case.version})
    else:
        toast(request, said)
