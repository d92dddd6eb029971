"""A view of the queue as a file."""

from collections.abc import Iterator
from datetime import datetime

from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from controltower.audit import Actor, record
from controltower.errors import Forbidden
from controltower.tenancy.context import acting_for
from controltower.tenancy.guards import requires
from controltower.tenancy.http import MemberRequest
from controltower.tenancy.models import Member, Organisation
from controltower.tenancy.permissions import Verb
from controltower.tenancy.viewer import Viewer
from exceptions.cases.http import filters
from exceptions.cases.selectors.exporting import export_batch, export_head, filter_for_trail
from exceptions.cases.selectors.grammar import Filters
from exceptions.cases.selectors.queue import filter_read


@requires(Verb.EXPORT)
@require_POST
def export(request: MemberRequest) -> HttpResponseBase:
    """The cases of the filter as CSV. On the trail twice: when it begins, and how many rows had left when it ended."""
    viewer, now = request.viewer, timezone.now()
    wanted = filter_read(viewer, filters(request)[0], now=now)
    after = {"filter": filter_for_trail(wanted)}
    record(verb="cases.export_begun", subject=_subject(viewer.member.pk), actor=viewer.actor, after=after, now=now)
    name = f"cases-{timezone.localtime(now):%Y-%m-%d-%H%M}.csv"
    lines = _lines(viewer.organisation, viewer.member.pk, viewer.actor, wanted, now)
    return StreamingHttpResponse(
        lines,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"},
    )


def _lines(organisation: Organisation, member_id: int, actor: Actor, wanted: Filters, now: datetime) -> Iterator[str]:
    """Runs after the request: each batch in a short transaction of its own, and none while somebody reads slowly.

    Who may export is read anew for each batch: it ends for somebody who loses the right, and says so on the trail.
    """
    rows, behind, is_whole = 0, 0, False
    try:
        yield export_head()
        while True:
            with acting_for(organisation):
                member = Member.objects.select_related("user").get(pk=member_id)
                viewer = Viewer.of(member, organisation)
                lines, count, behind = export_batch(viewer, wanted, behind=behind, now=now)
            if not count:
                break
            rows += count  # what is handed over counts as gone, also when the reader hangs up over it
            yield lines
        is_whole = True
    except Forbidden:
        return
    finally:
        with acting_for(organisation):
            after = {"filter": filter_for_trail(wanted), "rows": rows, "is_whole": is_whole}
            record(verb="cases.exported", subject=_subject(member_id), actor=actor, after=after, now=timezone.now())


def _subject(member_id: int) -> str:
    return f"member:{member_id}"
